import type { ModuleResult, Outcome } from '../../../sdk/module.ts'
import { concludeIp, ip, type Row, script } from '../iproute2.ts'
import { kindIn, moduleOf, NEEDED } from './kinds.ts'
import { creation } from './plan.ts'
import { type DesiredLink, ownOf, wanted } from './settings.ts'

/**
 * sh of the commands for a link. When the kernel does not support something of them, it says on stderr what: the kind
 * of link, or an option of it. It learns that from links made for a trial and deleted at once.
 */
export function linkScript(desired: DesiredLink, rows: readonly Row[], commands: readonly string[]): string {
  const kind = desired.type ?? kindIn(rows, desired.name)
  const hasOwn = ownOf(wanted(desired.settings, kind)).length > 0
  if (kind === undefined || desired.state === 'absent' || (desired.type === undefined && !hasOwn))
    return script(commands)
  return [
    `said=$({\n${script(commands)}\n} 2>&1) || {`,
    '  code=$?',
    '  printf "%s\\n" "$said" >&2',
    '  case $said in *"not supported"*)',
    ...trials(desired, kind),
    '  esac',
    '  exit $code',
    '}',
  ].join('\n')
}

const LACKS = /^lacks (type|option (\S+))\n/gm

function trials(desired: DesiredLink, kind: string): string[] {
  const own = ownOf(wanted(desired.settings, kind))
  const needed = own.filter(([option]) => NEEDED[kind]?.includes(option))
  const others = own.filter(([option]) => !NEEDED[kind]?.includes(option))
  const name = `try-${desired.name}`.slice(0, 15)
  const away = ip(desired.netns, 'link', 'delete', 'dev', name)
  const trial = (what: string, asked: typeof own) => {
    const [make] = creation({ ...desired, state: 'present' }, kind, Object.fromEntries(asked), name)
    return `said=$(${make} 2>&1) && ${away} || case $said in *"not supported"*) echo ${what} >&2 ;; esac`
  }
  return [
    trial('lacks type', needed),
    ...others.map((one) => trial(`"lacks option ${one[0]}"`, [...needed, one])),
  ]
}

/** The failure of the commands for a link, with what the kernel lacks for it where that has been found out. */
export function concludeLink(outcomes: readonly Outcome[], type: string | undefined): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  const lacks = [...last.stderr.matchAll(LACKS)].map(([, what, option]) => ({ what, option }))
  const said = { ...last, stderr: last.stderr.replace(LACKS, '') }
  const isKind = lacks.some(({ what }) => what === 'type') || NO_KIND.test(said.stderr)
  if (isKind && type !== undefined) {
    const advice = `this kernel has no ${type}: modprobe ${moduleOf(type)}; for a container, on the machine that it runs on`
    return concludeIp([said], [[/^/, advice]])
  }
  if (lacks.length === 0) return concludeIp([said])
  const names = lacks.map(({ option }) => `"${option}"`).join(' and ')
  return concludeIp(
    [said],
    [
      [
        /^/,
        `this kernel was built without ${names} for a link of type ${type}: leave that out, or boot another`,
      ],
    ],
  )
}

// The second is what ip says of /dev/net/tun, the third of the tunnels of older kernels.
const NO_KIND = /Unknown device type|^open: No such (device|file)|^add tunnel .* failed: No such device/m
