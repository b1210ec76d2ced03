import { readSections, type Section, section } from '../../host/sections.ts'
import { defineModule, type Plan } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { NOTHING } from '../../sdk/plans.ts'
import { mapOf } from '../../values/keys.ts'
import type { ValueMap } from '../../values/value.ts'

const declared = options({})

type State = ReadonlyMap<string, Section>
type Services = Map<string, ValueMap>

/** Returns which services a host has, and how they are. Semantics: ansible.builtin.service_facts. */
export const service_facts = defineModule<typeof declared, State>({
  name: 'service_facts',
  summary: 'Returns the services of the host and their states as the fact services.',
  options: declared,
  returnsFacts: () => ['services'],
  probe: () => PROBE,
  parse: ({ bytes }) => readSections(bytes, Object.keys(WAYS)),
  plan: (_, state) => plan(state),
})

// Chkconfig tells what is enabled and not what runs. What SLES has under systemd, it lists only if told so.
const RED_HAT = `x=$(chkconfig --list 2>/dev/null) || x=$(chkconfig -l --allservices) || exit
printf '%s\\n' "$x" | sed -n 's/^\\([^[:space:]]*\\)[[:space:]].*3:\\(o[nf]*\\).*/\\1 \\2/p' | while read -r n on; do
  e=$(service "$n" status 2>&1 >/dev/null)
  printf '%s %s %s ' "$n" "$on" $?
  printf '%s' "$e" | tr '\\n' ' '
  echo
done`

const OPENRC = `rc-status -a -s -m
printf '\\001'
rc-update show -v`

// Units that no one has loaded are asked for by their files; a template has no state.
const SYSTEMD = `u=$(systemctl list-units --no-pager --type service --all)
f=$(systemctl list-unit-files --no-pager --type service --all) || exit
printf '%s\\001%s\\001' "$u" "$f"
set -f
set --
for n in $(printf '%s\\n' "$f" | sed -n 's/^\\([^ ]*\\.service\\) .*/\\1/p'); do
  case $n in *@.service) continue ;; esac
  case $u in *" $n "*) ;; *) set -- "$@" "$n" ;; esac
done
[ $# -gt 0 ] || exit 0
printf '%s\\n' "$*"
x=$(systemctl show --property=ActiveState -- "$@") && { printf '%s\\n' "$x"; exit; }
for n; do systemctl show --property=ActiveState -- "$n" || echo ActiveState=unknown; done
:`

const PROBE = [
  'has() { command -v "$1" >/dev/null; }',
  `if has service && ! has chkconfig && ! has rc-status; then`,
  section('sysv', '[ -d /etc/init.d ] || exit 0\nservice --status-all'),
  'fi',
  `if has initctl && ! has chkconfig; then`,
  section('upstart', 'initctl list'),
  'elif has chkconfig; then',
  section('redhat', RED_HAT),
  'elif has rc-status && has rc-update; then',
  section('openrc', OPENRC),
  'fi',
  'comm=; { read -r comm </proc/1/comm; } 2>/dev/null',
  'case $comm in *systemd*) if has systemctl; then',
  section('systemd', SYSTEMD),
  'fi ;; esac',
].join('\n')

/** Of each way: how it is read, and what it is called where it fails. */
const WAYS: Readonly<
  Record<string, { readonly read: (printed: string, warnings: string[]) => Services; readonly said: string }>
> = {
  sysv: { read: readSysv, said: "Unable to query 'service' tool" },
  upstart: { read: readUpstart, said: 'Unable to query upstart for service data' },
  redhat: { read: readRedHat, said: 'Unable to query chkconfig for service data' },
  openrc: { read: readOpenrc, said: 'Unable to query OpenRC for service data' },
  systemd: { read: readSystemd, said: 'Could not list units from systemd' },
}

function plan(state: State): Plan {
  const warnings: string[] = []
  const services: Services = new Map()
  for (const [name, { printed, code }] of state) {
    const { read, said } = WAYS[name]!
    for (const [service, what] of read(printed, warnings)) services.set(service, what)
    if (code !== 0) warnings.push(`${said} (${code})`)
  }
  if (services.size === 0)
    return {
      ...NOTHING,
      skipped:
        'Failed to find any services. This can be due to privileges or some other configuration issue.',
      warnings,
    }
  return { ...NOTHING, result: { ansible_facts: { services: mapOf(services) } }, warnings }
}

function named(all: readonly (ValueMap & { readonly name: string })[]): Services {
  return new Map(all.map((one) => [one.name, one]))
}

/** " [ + ]  cron"; what nobody knows has "?", and is left out. */
function readSysv(printed: string): Services {
  const found = [...printed.matchAll(/^\s*\[ ([+-]) \]\s+(.+)$/gm)]
  return named(
    found.map(([, sign, name]) => ({
      name: name!,
      state: sign === '+' ? 'running' : 'stopped',
      source: 'sysv',
    })),
  )
}

/** "ssh start/running, process 1". */
function readUpstart(printed: string): Services {
  const found = [...printed.matchAll(/^(.*)\s(\w+)\/(\w+)(?:, process \d+)?\s*$/gm)]
  return named(
    found.map(([, name, goal, state]) => ({
      name: name!.trim(),
      state: state!,
      goal: goal!,
      source: 'upstart',
    })),
  )
}

/** "sshd on 0 " and what its script has complained of. */
function readRedHat(printed: string, warnings: string[]): Services {
  return named(
    [...printed.matchAll(/^(\S+) (on|off) (\d+) (.*)$/gm)].map(([, name, on, code, complaint]) => {
      const isDenied = code !== '0' && /root|permission|not in sudoers/i.test(complaint!)
      if (isDenied) warnings.push(`Insufficient permissions to query sysV service "${name}" and their states`)
      const state = code === '0' ? 'running' : isDenied ? Number(code) : 'stopped'
      return { name: name!, state, status: on === 'on' ? 'enabled' : 'disabled', source: 'sysv' }
    }),
  )
}

/** " sshd   [  started  ]", and "  sshd | default boot". */
function readOpenrc(printed: string): Services {
  const [states = '', levels = ''] = printed.split('\x01')
  const runlevels = new Map(
    [...levels.matchAll(/^\s*(\S+)\s*\|(.*)$/gm)].map(([, name, given]) => [
      name!,
      given!.trim() === '' ? null : given!.trim().split(/\s+/),
    ]),
  )
  return named(
    [...states.matchAll(/^ +(\S+)[ [\]]+(\w[\w-]*)/gm)].map(([, name, state]) => ({
      name: name!,
      runlevels: runlevels.get(name!) ?? null,
      state: state!,
      source: 'openrc',
    })),
  )
}

/** States of units that say more than those of their files. */
const BAD = ['not-found', 'masked', 'failed']

function readSystemd(printed: string): Services {
  const [units = '', files = '', unloaded = ''] = printed.split('\x01')
  const services: Services = new Map()
  const source = 'systemd'
  for (const [, name, ...states] of units.matchAll(/^\W*(\S+\.service) +(\S+) +(\S+) +(\S+)/gm)) {
    const status = BAD.find((bad) => states.includes(bad)) ?? states[1]!
    const state = states[2] === 'running' ? 'running' : 'stopped'
    services.set(name!, { name: name!, state, status, source })
  }
  const [names = '', ...shown] = unloaded.split('\n')
  const active = shown.filter((line) => line !== '').map((line) => line.replace(/^ActiveState=/, ''))
  const states = new Map(names.split(' ').map((name, index) => [name, active[index]]))
  for (const [, name, status] of files.matchAll(/^(\S+\.service) +(\S+)/gm)) {
    const known = services.get(name!)
    if (known === undefined)
      services.set(name!, { name: name!, state: states.get(name!) ?? 'unknown', status: status!, source })
    else if (!BAD.includes(String(known.status))) services.set(name!, { ...known, status: status! })
  }
  return services
}
