import type { Value } from '../../../values/value.ts'
import { vifsOf } from '../vifs.ts'
import type { Args } from './options.ts'

/** A key of a configuration and what it is to be. */
export interface Setting {
  readonly key: string
  readonly values: readonly string[]
  /** As a change calls it. */
  readonly what: string
  /** What the host's control groups call it, which apply it to a running container; "" if none needs to. */
  readonly live?: string
}

/** Keys whose lines add up. */
const ADDS_UP =
  /^lxc\.(mount\.(entry|auto)|environment|cap\.(drop|keep)|hook\..*|include|group|idmap|apparmor\.raw|cgroup2?\.devices\.(allow|deny)|net\.\d+\.ipv[46]\.address)$/

/** What the arguments say about the configuration, for control groups of version 1 or 2. */
export function settingsOf(args: Args, unified: boolean): Setting[] {
  const group = (what: string, name: string, value: string): Setting => ({
    ...{ key: `lxc.${unified ? 'cgroup2' : 'cgroup'}.${name}`, values: [value], what, live: name },
  })
  const { memory, vcpus, cpus, autostart, rootfs } = args
  const lines = (args.container_config ?? []).map(lineOf)
  return [
    ...(rootfs === undefined ? [] : [{ key: 'lxc.rootfs.path', values: [rootfs], what: 'rootfs' }]),
    ...(memory === undefined
      ? []
      : [group('memory', unified ? 'memory.max' : 'memory.limit_in_bytes', String(memory * 1024 * 1024))]),
    ...(vcpus === undefined
      ? []
      : [
          unified
            ? group('vcpus', 'cpu.max', `${vcpus * 100000} 100000`)
            : group('vcpus', 'cpu.cfs_quota_us', String(vcpus * 100000)),
        ]),
    ...(cpus === undefined ? [] : [group('cpus', 'cpuset.cpus', cpus)]),
    ...(autostart === undefined
      ? []
      : [{ key: 'lxc.start.auto', values: [autostart ? '1' : '0'], what: 'autostart', live: '' }]),
    ...[...new Set(lines.map(([key]) => key))].map((key) => {
      const values = lines.filter((line) => line[0] === key).map(([, value]) => value)
      return { key, values: ADDS_UP.test(key) ? values : values.slice(-1), what: key }
    }),
  ]
}

function lineOf(line: Value): [string, string] {
  const text = String(line)
  const at = text.indexOf('=')
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** Lines of the configuration for its interfaces; undefined if nothing is said about them. */
function netLines({ vif }: Args, before: readonly string[]): string[] | undefined {
  if (vif === undefined) return undefined
  if (vif.length === 0) return ['lxc.net.0.type = empty']
  return vifsOf(vif).flatMap(({ bridge, mac, vifname }, index) => {
    const key = `lxc.net.${index}`
    // An address that lxc has chosen stays.
    const chosen = before.findLast((line) => line.startsWith(`${key}.hwaddr = `))
    return [
      `${key}.type = veth`,
      `${key}.link = ${bridge}`,
      `${key}.flags = up`,
      `${key}.name = eth${index}`,
      ...(mac === undefined ? (chosen ? [chosen] : []) : [`${key}.hwaddr = ${mac}`]),
      ...(vifname === undefined ? [] : [`${key}.veth.pair = ${vifname}`]),
    ]
  })
}

export interface Difference {
  readonly what: string
  readonly before: string | null
  readonly after: string
  readonly needsRestart: boolean
}

/** A configuration with what the arguments say, and how it differs from that before. */
export function configured(
  text: string,
  args: Args,
  unified: boolean,
): { text: string; differences: Difference[] } {
  let lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const differences: Difference[] = []
  for (const { key, values, what, live } of settingsOf(args, unified)) {
    const known = lines.filter((line) => keyOf(line) === key).map((line) => lineOf(line)[1])
    const adds = ADDS_UP.test(key)
    const missing = adds ? values.filter((value) => !known.includes(value)) : values
    if (adds ? missing.length === 0 : isSame(key, known.at(-1), values[0]!)) continue
    const first = lines.findIndex((line) => keyOf(line) === key)
    if (!adds) lines = lines.filter((line) => keyOf(line) !== key)
    const at = adds || first === -1 ? lines.length : first
    lines = lines.toSpliced(at, 0, ...missing.map((value) => `${key} = ${value}`))
    const before = (adds ? known.join('\n') : known.at(-1)) || null
    const after = adds ? [...known, ...missing].join('\n') : values[0]!
    differences.push({ what, before, after, needsRestart: live === undefined })
  }
  const [nets, rest] = [lines.filter(isNet), lines.filter((line) => !isNet(line))]
  const said = nets.map((line) => lineOf(line).join(' = '))
  const wanted = netLines(args, said)
  if (wanted !== undefined && wanted.join('\n') !== said.join('\n')) {
    lines = [...rest, ...wanted]
    differences.push({
      ...{ what: 'vif', before: said.join('\n') || null, after: wanted.join('\n'), needsRestart: true },
    })
  }
  return { text: differences.length === 0 ? text : `${lines.join('\n')}\n`, differences }
}

/** lxc-create puts the kind of storage before a path. */
function isSame(key: string, known: string | undefined, wanted: string): boolean {
  return known === wanted || (key === 'lxc.rootfs.path' && known === `dir:${wanted}`)
}

function keyOf(line: string): string | undefined {
  return line.trimStart().startsWith('#') || !line.includes('=') ? undefined : lineOf(line)[0]
}

function isNet(line: string): boolean {
  return /^lxc\.net(\.|$)/.test(keyOf(line) ?? '')
}
