import { isMap, type Value, type ValueMap } from '../../../values/value.ts'

/** Something in which a running domain differs from its configuration. */
export interface Difference {
  /** "memory", "vif 0 bridge", "disk xvda1", as in xl.cfg(5) where it has a name for it. */
  readonly what: string
  readonly before: Value
  readonly after: Value
  /** Words of the xl command that applies it to the running domain, given its id; none: only a restart does. */
  readonly live?: (id: number) => readonly string[]
}

/**
 * How a running domain's configuration (`xl list -l`) differs from the wanted one (`xl create -n`), both
 * libxl_domain_config as JSON. What the wanted one leaves out has a default that only the running one shows, so it is
 * compared only where it is known what that is.
 */
export function differencesOf(wanted: ValueMap, running: ValueMap): Difference[] {
  return [
    ...memoryDifferences(info(wanted), info(running)),
    ...cpuDifferences(info(wanted), info(running)),
    ...leafDifferences('', withoutSpecial(wanted), withoutSpecial(running)),
    ...Object.entries(DEVICES).flatMap(([list, kind]) => deviceDifferences(list, kind, wanted, running)),
  ]
}

function info(config: ValueMap): ValueMap {
  return isMap(config.b_info ?? null) ? (config.b_info as ValueMap) : {}
}

/** Without "maxmem" the most is what "memory" says: then having had more is no difference. */
function memoryDifferences(wanted: ValueMap, running: ValueMap): Difference[] {
  const [memory, most] = [Number(wanted.target_memkb), Number(wanted.max_memkb)]
  const [now, limit] = [Number(running.target_memkb), Number(running.max_memkb)]
  const live = memory <= limit && { live: (id: number) => ['mem-set', String(id), `${memory}k`] }
  return [
    ...(memory === now
      ? []
      : [{ what: 'memory', before: mebibytes(now), after: mebibytes(memory), ...live }]),
    ...(most === limit || most === memory
      ? []
      : [{ what: 'maxmem', before: mebibytes(limit), after: mebibytes(most) }]),
  ]
}

function mebibytes(kibibytes: number): string {
  return `${Math.round((kibibytes / 1024) * 100) / 100} MiB`
}

/** As with the memory: without "maxvcpus" the most is what "vcpus" says. */
function cpuDifferences(wanted: ValueMap, running: ValueMap): Difference[] {
  const count = ({ avail_vcpus }: ValueMap) => (Array.isArray(avail_vcpus) ? avail_vcpus.length : 0)
  const [cpus, now] = [count(wanted), count(running)]
  const [most, limit] = [Number(wanted.max_vcpus), Number(running.max_vcpus)]
  // xl asks to be told that more than the host has are meant, but not when it makes the domain.
  const live = cpus <= limit && { live: (id: number) => ['vcpu-set', '-i', String(id), String(cpus)] }
  return [
    ...(cpus === now ? [] : [{ what: 'vcpus', before: now, after: cpus, ...live }]),
    ...(most === limit || most === cpus ? [] : [{ what: 'maxvcpus', before: limit, after: most }]),
    ...AFFINITIES.flatMap(([member, what]) => affinityDifferences(what, wanted[member], running[member])),
  ]
}

const AFFINITIES = [
  ['vcpu_hard_affinity', 'cpus'],
  ['vcpu_soft_affinity', 'cpus_soft'],
] as const

/** Lists with the CPUs of the host for each of the domain's, of which there may be fewer now. */
function affinityDifferences(
  what: string,
  wanted: Value | undefined,
  running: Value | undefined,
): Difference[] {
  const [after, before] = [wanted, running].map((lists) => (Array.isArray(lists) ? lists : undefined))
  const count = Math.min(after?.length ?? Infinity, before?.length ?? Infinity)
  const shown = (lists: Value[] | undefined) =>
    lists === undefined ? null : JSON.stringify(lists.slice(0, count))
  return shown(after) === shown(before) ? [] : [{ what, before: shown(before), after: shown(after) }]
}

const DEVICES: Readonly<Record<string, { readonly name: string; readonly key: string }>> = {
  nics: { name: 'vif', key: 'devid' },
  disks: { name: 'disk', key: 'vdev' },
}

function deviceDifferences(
  list: string,
  { name, key }: { name: string; key: string },
  wanted: ValueMap,
  running: ValueMap,
): Difference[] {
  const devices = (config: ValueMap) =>
    new Map((listOf(config[list]) as ValueMap[]).map((one) => [one[key]!, one]))
  const [after, before] = [devices(wanted), devices(running)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id): Difference[] => {
    const what = `${name} ${id}`
    const [one, other] = [after.get(id), before.get(id)]
    return one === undefined || other === undefined
      ? [{ what, before: other ?? null, after: one ?? null }]
      : leafDifferences(`${what} `, one, other)
  })
}

function listOf(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : []
}

/** What is compared in ways of its own, or says who a domain is and not how. */
const SPECIAL =
  /^(c_info\.(uuid|domid|name)|b_info\.(\w+_memkb|(max|avail)_vcpus|vcpu_(hard|soft)_affinity))$/

function withoutSpecial(config: ValueMap): ValueMap {
  const rest = Object.entries(config).filter(([name]) => DEVICES[name] === undefined)
  return Object.fromEntries(rest)
}

/** What the wanted configuration leaves out, and what it means then. */
const UNSAID: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(
    ['poweroff', 'reboot', 'watchdog', 'crash'].map((event) => [`on_${event}`, 'destroy']),
  ),
  ...Object.fromEntries(
    ['kernel', 'ramdisk', 'cmdline', 'bootloader', 'bootloader_args'].map((name) => [`b_info.${name}`, null]),
  ),
  ...{ ip: null, ifname: null, readwrite: 0 },
}

/** As xl.cfg(5) calls them. */
const NAMES: Readonly<Record<string, string>> = { ifname: 'vifname', pdev_path: 'target' }

function leafDifferences(prefix: string, wanted: ValueMap, running: ValueMap): Difference[] {
  const [after, before] = [leavesOf(wanted), leavesOf(running)]
  const known = [...before.keys()].filter((name) => UNSAID[name] !== undefined)
  return [...new Set([...after.keys(), ...known])]
    .filter((name) => !SPECIAL.test(name))
    .map((name) => {
      const of = (leaves: ReadonlyMap<string, Value>) => leaves.get(name) ?? UNSAID[name] ?? null
      return {
        what: prefix + (NAMES[name] ?? name.replace(/^[bc]_info\./, '')),
        before: of(before),
        after: of(after),
      }
    })
    .filter((difference) => difference.before !== difference.after)
}

/** What is not a map or a list of them by its path, other lists as text. */
function leavesOf(map: ValueMap, path = ''): Map<string, Value> {
  return new Map(
    Object.entries(map).flatMap(([name, value]): [string, Value][] => {
      const inner = Array.isArray(value) && value.every(isMap) ? { ...value } : value
      if (isMap(inner)) return [...leavesOf(inner as ValueMap, `${path}${name}.`)]
      return [[path + name, Array.isArray(inner) ? JSON.stringify(inner) : inner]]
    }),
  )
}
