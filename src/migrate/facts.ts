import { mapShape, optional, type Shape, shape } from './shape.ts'

const text = shape('text')
const number = shape('number')
const boolean = shape('boolean')
const texts = shape('list', { items: text })

const FACTS_OF_TEXT =
  'architecture bios_version date_time distribution distribution_file_variety distribution_major_version ' +
  'distribution_release distribution_version domain fqdn hostname kernel kernel_version lsb machine machine_id nodename ' +
  'os_family pkg_mgr product_name python_version service_mgr system system_vendor user_dir user_gid user_id user_shell ' +
  'userspace_architecture virtualization_role virtualization_type'
const FACTS_OF_NUMBER =
  'memtotal_mb memfree_mb swaptotal_mb processor_cores processor_count processor_vcpus processor_threads_per_core uptime_seconds'
const FACTS_OF_TEXTS = 'all_ipv4_addresses all_ipv6_addresses interfaces'

const address = mapShape({
  address: text,
  gateway: text,
  interface: text,
  netmask: text,
  network: text,
  macaddress: text,
})

function named(words: string, one: Shape): [string, Shape][] {
  return words.split(' ').map((name) => [name, one])
}

/** What facts are, without their `ansible_`; any may be missing. */
const facts: Readonly<Record<string, Shape>> = Object.fromEntries(
  [
    ...named(FACTS_OF_TEXT.replace('date_time ', '').replace('lsb ', ''), text),
    ...named(FACTS_OF_NUMBER, number),
    ...named(FACTS_OF_TEXTS, texts),
    ...named('default_ipv4 default_ipv6', address),
    ['env', shape('map', { items: text })] as [string, Shape],
  ].map(([name, one]) => [name, optional(one)]),
)

/** Variables that are always there, or facts of hosts. */
export const magic: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...Object.entries(facts).map(([name, one]) => [`ansible_${name}`, one] as const),
  ['ansible_facts', mapShape(facts)],
  ['ansible_check_mode', boolean],
  ['ansible_diff_mode', boolean],
  ['ansible_managed', text],
  ['ansible_role_name', text],
  ['ansible_user', optional(text)],
  ['ansible_host', optional(text)],
  ['ansible_play_hosts', texts],
  ['ansible_play_batch', texts],
  ['group_names', texts],
  ['groups', shape('map', { items: texts })],
  ['inventory_dir', text],
  ['inventory_hostname', text],
  ['inventory_hostname_short', text],
  ['omit', shape('text', { seen: ['__omit_this_argument__'] })],
  ['playbook_dir', text],
  ['role_name', text],
  ['role_path', text],
])

/** What a task registers; what it does not give may be missing, as of one that was skipped. */
const FIELDS: Readonly<Record<string, Shape>> = {
  changed: boolean,
  failed: boolean,
  skipped: boolean,
  rc: number,
  stdout: text,
  stderr: text,
  stdout_lines: texts,
  stderr_lines: texts,
  msg: text,
  content: text,
  status: number,
  stat: mapShape({
    exists: boolean,
    isdir: optional(boolean),
    isreg: optional(boolean),
    islnk: optional(boolean),
    size: optional(number),
    mode: optional(text),
    checksum: optional(text),
  }),
}
const fields = Object.fromEntries(Object.entries(FIELDS).map(([name, one]) => [name, optional(one)]))

export const RESULT: Shape = mapShape({
  ...fields,
  results: optional(shape('list', { items: mapShape(fields) })),
})
