import { readAddress } from '../prefix.ts'
import type { Settings } from './settings.ts'

/** A property that is to be set: what it is, undefined for a connection that does not have it, and is to be. */
export interface Difference {
  readonly property: string
  readonly before: string | undefined
  readonly after: string
}

/** What of the settings a connection does not have yet. */
export function differences(wanted: Settings, present: Settings): Difference[] {
  return [...wanted].flatMap(([property, value]) => {
    const before = present.get(property)
    const after = property === 'bond.options' ? merged(before ?? '', value) : value
    return canonical(property, before ?? '') === canonical(property, after)
      ? []
      : [{ property, before, after }]
  })
}

/** Options of a bond that nobody asks about stay; one that is to be "" goes. */
function merged(before: string, wanted: string): string {
  return parts({ ...record(before), ...record(wanted) })
}

function record(options: string): Record<string, string> {
  const pairs = options.split(',').filter((option) => option.includes('='))
  return Object.fromEntries(
    pairs.map((pair) => [pair.replace(/=.*/s, '').trim(), pair.replace(/^[^=]*=/, '').trim()]),
  )
}

function parts(options: Record<string, string>): string {
  return Object.entries(options)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
}

/** Words of nmcli for numbers: the index is the number. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  '802-11-wireless.mac-address-randomization': ['default', 'never', 'always'],
  '802-11-wireless.powersave': ['default', 'ignore', 'disable', 'enable'],
  '802-11-wireless-security.wep-key-type': ['unknown', 'key', 'passphrase'],
}

/** Lists in which the first has a meaning of its own. */
const ORDERED = ['ipv4.addresses', 'ipv6.addresses']

/** A value in the one form in which two are compared that mean the same. */
function canonical(property: string, value: string): string {
  const word = WORDS[property]?.indexOf(value) ?? -1
  if (word !== -1) return String(word)
  if (property === 'bond.options' || property === 'vpn.data') {
    return JSON.stringify(Object.entries(record(value)).sort())
  }
  if (/^ipv[46]\.(addresses|dns|dns-search|routes|routing-rules|gateway)$/.test(property)) {
    const family = property.startsWith('ipv4') ? 4 : 6
    const items = value.split(',').map((item) => canonicalWords(item, family))
    return (ORDERED.includes(property) ? items : items.sort()).filter((item) => item !== '').join(',')
  }
  if (property === 'connection.permissions') return items(value.replaceAll('user:', ''))
  if (
    /-priority-map$|\.(group|pairwise|proto|mac-address-blacklist)$|-flags$/.test(property) &&
    !/^0x/.test(value)
  )
    return items(value)
  if (/mac-address|bssid/.test(property)) return value.toUpperCase()
  if (property === 'gsm.apn') return value.replace(/^"(.*)"$/s, '$1')
  if (/\.mtu$/.test(property)) return value === 'auto' || value === '' ? '0' : value
  return /^0x[0-9a-f]+$/i.test(value) ? String(Number(value)) : value
}

function items(value: string): string {
  const all = value.split(/[\s,]+/).filter((item) => item !== '')
  return all.sort().join(',')
}

/** Addresses as the system shows them; the attributes of a route in one order. */
function canonicalWords(item: string, family: 4 | 6): string {
  const words = item.trim().split(/\s+/)
  const attributes = words.filter((word) => word.includes('=')).sort()
  const others = words
    .filter((word) => !word.includes('='))
    .map((word) => {
      const [, address = '', length] = /^([^/]*)(\/\d+)?$/.exec(word) ?? [undefined, word, undefined]
      return `${readAddress(address) ?? address}${length === (family === 4 ? '/32' : '/128') ? '' : (length ?? '')}`
    })
  return [...others, ...attributes].join(' ')
}
