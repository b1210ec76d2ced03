import { quote, words } from '../../../shell/quote.ts'
import type { Setting } from '../link/attribute.ts'
import { GENERAL } from '../link/kinds.ts'
import { creation } from '../link/plan.ts'
import { wanted } from '../link/settings.ts'
import { showPrefix } from '../prefix.ts'
import type { Backend, OwnedFile } from './backend.ts'
import type { ConfiguredLink, ConfiguredRoute, ConfiguredRule } from './model.ts'

/**
 * Files of ifupdown (interfaces(5)). Links are made by iproute2's own commands, so that nothing else need be installed,
 * and what a link has here is what the module link makes.
 */
export const ifupdown: Backend = {
  folder: '/etc/network/interfaces.d',
  files: (name, links, header) =>
    links.length === 0 ? [] : [{ path: pathOf(name), mode: 0o644, text: textOf(links, header) }],
  owns: (name, path) => path === pathOf(name),
  pattern: (name) => pathOf(name),
  cannot: () => [],
  apply: 'if command -v ifreload >/dev/null; then ifreload -a; else ifup -a; fi',
}

function pathOf(name: string): OwnedFile['path'] {
  return `/etc/network/interfaces.d/${name}`
}

function textOf(links: readonly ConfiguredLink[], header: string): string {
  return [header, ...links.map(stanzas)].join('\n')
}

/** Several stanzas of one interface are gone through in their order, also on the way down: the last one takes it away. */
function stanzas(link: ConfiguredLink): string {
  const { name, dhcp4, dhcp6, accept_ra, addresses } = link
  const of = (family: string) => addresses.filter((address) => address.family === family)
  const addressed = [
    ...(dhcp4 ? [[`iface ${name} inet dhcp`]] : []),
    ...of('inet').map((address) => [`iface ${name} inet static`, `address ${showWhole(address)}`]),
    ...(dhcp6 ? [[`iface ${name} inet6 dhcp`, ...acceptRa(accept_ra)]] : []),
    ...(accept_ra === true && !dhcp6 ? [[`iface ${name} inet6 auto`]] : []),
    ...of('inet6').map((address) => [`iface ${name} inet6 static`, `address ${showWhole(address)}`]),
  ]
  const manual = `iface ${name} inet manual`
  const ends = [...after(link), ...away(link)]
  const parts =
    addressed.length === 0
      ? [[manual, ...before(link), ...ends]]
      : [[manual, ...before(link)], ...addressed, [manual, ...ends]]
  return `auto ${name}\n${parts.map((lines) => `${lines.join('\n    ')}\n`).join('')}`
}

function acceptRa(value: boolean | undefined): string[] {
  return value === undefined ? [] : [`accept_ra ${value ? 1 : 0}`]
}

function showWhole({ address, length }: ConfiguredLink['addresses'][number]): string {
  return `${address}/${length}`
}

/** What makes the link, before it comes up. */
function before({ name, type, settings, master, mtu, mac }: ConfiguredLink): string[] {
  const general: Record<string, Setting> = {
    ...(mtu !== undefined && { mtu }),
    ...(mac !== undefined && { address: mac }),
    ...(master !== undefined && { master }),
  }
  const set = Object.entries(general).flatMap(([option, value]) => GENERAL[option]!.words(value))
  return [
    ...(type === undefined
      ? []
      : [`pre-up ip link show dev ${name} >/dev/null 2>&1 || ${make(name, type, settings)}`]),
    ...(set.length === 0 ? [] : [`pre-up ${words('ip', 'link', 'set', 'dev', name, ...set)}`]),
    `up ip link set dev ${name} up`,
  ]
}

function away({ name, type }: ConfiguredLink): string[] {
  return [type === undefined ? `down ip link set dev ${name} down` : `post-down ip link delete dev ${name}`]
}

function make(name: string, type: string, { key, ...settings }: ConfiguredLink['settings']): string {
  const own = key === undefined ? settings : { ...settings, ikey: key, okey: key }
  const desired = { name, type, state: 'present', recreate: false, settings: own } as const
  return creation(desired, type, wanted(own, type))[0]!
}

/** What belongs to the link once it has its addresses. */
function after({ name, routes, rules, dns, search }: ConfiguredLink): string[] {
  return [
    ...routes.map((route) => `up ${routeCommand('replace', name, route)}`),
    ...rules.flatMap((rule) => [
      `up ${ruleCommand('delete', rule)} 2>/dev/null || true`,
      `up ${ruleCommand('add', rule)}`,
      `down ${ruleCommand('delete', rule)} || true`,
    ]),
    ...(dns.length === 0 ? [] : [`dns-nameservers ${dns.join(' ')}`]),
    ...(search.length === 0 ? [] : [`dns-search ${search.join(' ')}`]),
  ]
}

function routeCommand(verb: string, name: string, route: ConfiguredRoute): string {
  const { to, via, src, type = 'unicast', metric, table, mtu, onlink } = route
  const option = (word: string, value: string | number | undefined) =>
    value === undefined ? [] : [word, String(value)]
  return words(
    ...['ip', to.family === 'inet' ? '-4' : '-6', 'route', verb],
    ...(type === 'unicast' ? [] : [type]),
    to.length === 0 ? 'default' : showPrefix(to),
    ...option('via', via),
    ...(type === 'unicast' ? ['dev', name] : []),
    ...(onlink ? ['onlink'] : []),
    ...option('metric', metric),
    ...option('table', table),
    ...option('src', src),
    ...option('mtu', mtu),
  )
}

function ruleCommand(verb: string, { family, priority, table, ...rule }: ConfiguredRule): string {
  const selectors = (['from', 'to', 'iif', 'oif', 'fwmark'] as const).flatMap((word) =>
    rule[word] === undefined ? [] : [word, quote(rule[word])],
  )
  const own = [...selectors, 'priority', String(priority), 'lookup', String(table)].join(' ')
  return `ip ${family === 'inet' ? '-4' : '-6'} rule ${verb} ${own}`
}
