import { jsonOf } from '../../host/json.ts'
import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { sh } from '../../sdk/plans.ts'
import { type BatchedProbe, unclear } from '../../sdk/probe.ts'
import type { Output } from '../../shell/output.ts'
import { words } from '../../shell/quote.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'

/** One object of what `ip -j` prints. */
export type Row = ValueMap

/** The options that all modules over ip(8) share. */
export const ipOptions = options({
  netns: {
    type: 'str',
    help: 'Name of the network namespace to look at and work in (ip -n); that of the connection by default.',
  },
})

/** A command line of ip(8); with a namespace it works in that one. */
export function ip(netns: string | undefined, ...args: string[]): string {
  return words('ip', ...(netns === undefined ? [] : ['-n', netns]), ...args)
}

/**
 * A batched probe by a read-only ip command, a family (`-4`, `-6`, `-M`) perhaps before it; `rowsOf` reads what it finds. The
 * commands of many tasks are one process (ip -batch).
 */
export function ipProbe(netns: string | undefined, ...args: string[]): BatchedProbe<string> {
  const families = args.filter((word) => /^-[46M]$/.test(word))
  const command = args.filter((word) => !families.includes(word))
  const base = ip(netns, '-j', '-d', ...families)
  // In a batch a word with one of these would be something else.
  const isPlain = command.every((word) => /^[^\s'"\\#]+$/.test(word))
  return {
    kind: `${base} ${isPlain ? objectsWith(command[0]!) : words(...command)}`,
    items: [words(...command)],
    script: (commands) =>
      commands.length === 1
        ? `${base} ${commands[0]} 2>&1; printf '\\nexit %s\\n' "$?"\n`
        : `${base} -force -batch - 2>&1 <<'END' || :\n${commands.join('\n')}\nEND\n`,
    read: (output, commands) =>
      commands.length === 1 ? [readSingle(output)] : readBatch(output, commands.length),
  }
}

/**
 * The objects that may stand in one batch with this one. Not all may: ip has one filter for links and addresses, and behind a
 * link it shows addresses without addresses.
 */
function objectsWith(object: string): string {
  return FILTERED_APART.includes(object) ? FILTERED_APART.join() : object
}

const FILTERED_APART = ['route', 'rule', 'neighbour']

/** What one command printed, up to the line with its exit status. */
export function readSingle(output: Output): string {
  let text = ''
  for (;;) {
    const line = output.line()
    text += `${line}\n`
    if (/^exit \d+$/.test(line)) return text
  }
}

/** A line for each command that did its work; "Command failed -:3" says that the third did not. */
function readBatch(output: Output, count: number): (string | typeof unclear)[] {
  const lines = output.rest().toString().split('\n')
  const failed = new Set(lines.map((line) => Number(/^Command failed -:(\d+)$/.exec(line)?.[1])))
  const printed = lines.filter((line) => /^\[.*\]$/.test(line))
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const done = numbers.filter((number) => !failed.has(number))
  // Nothing was asked of a namespace that is not there, and another ip may know no batches.
  if (printed.length !== done.length) return numbers.map(() => unclear)
  return numbers.map((number) =>
    failed.has(number) ? unclear : `${printed[done.indexOf(number)]}\n\nexit 0\n`,
  )
}

/**
 * The objects that a probe by ip, or another program of iproute2, found. `nothing` recognises the complaint that means there are none; any other
 * raises an Error with a sentence.
 */
export function rowsOf(output: string, nothing = /^$/, program = 'ip'): Row[] {
  const printed = printedOf(output, nothing, program)
  const start = printed.search(/^\[/m)
  const rows: Value = start === -1 ? [] : jsonOf(program, printed.slice(start))
  // A filter that fits nothing makes ip print an empty object for each thing it left out.
  return Array.isArray(rows) ? rows.filter(isMap).filter((row) => Object.keys(row).length > 0) : []
}

const NO_NETNS = /^Cannot open network namespace .*No such file or directory/

/** The complaints that mean there is nothing; under check also that of a namespace, which an earlier task may make. */
export function nothing({ check }: ModuleContext, complaint = /^$/): RegExp {
  return check ? new RegExp(`${complaint.source}|${NO_NETNS.source}`, 'm') : complaint
}

/** The namespace that a probe by ip asked about is not there. */
export function isNoNetns(output: string): boolean {
  return NO_NETNS.test(output)
}

/** What a program of iproute2 printed for a probe; nothing if it complained that there is none of it. */
export function printedOf(output: string, nothing: RegExp, program: string): string {
  const [, printed = '', code] = /^([\s\S]*?)\nexit (\d+)\n/.exec(output) ?? []
  if (code === '0') return printed
  if (nothing.test(printed)) return ''
  throw new Error(complaint(program, printed))
}

function complaint(program: string, printed: string): string {
  if (/BusyBox/.test(printed))
    return `the ${program} of this host is BusyBox's, which prints no JSON: install iproute2 on it`
  if (new RegExp(`${program}: (command )?not found`).test(printed))
    return `this host has no ${program}: install iproute2 on it`
  if (/Option "-[jd]" is unknown/.test(printed))
    return 'the iproute2 of this host is too old: version 4.18 or newer is needed'
  if (/Object "nexthop" is unknown/.test(printed))
    return 'the iproute2 of this host is too old for nexthops: version 5.3 or newer is needed'
  return printed.replace(/^\[/m, '').trim() || `${program} failed and did not say why`
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /Operation not permitted/,
    'changing the network takes root: say become: true; in a container, also CAP_NET_ADMIN',
  ],
  [/Network is down/, 'a device that it needs is down: set that up first'],
  [/Nexthop has invalid gateway|Network is unreachable/, 'the gateway is on no network of a link that is up'],
]

/** The failure of an ip command as a sentence, with what to do about it where that is known. */
export function concludeIp(
  outcomes: readonly Outcome[],
  advice: readonly (readonly [RegExp, string])[] = [],
): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  const said = last.stderr.trim() || `exit status ${last.code}`
  const known = [...advice, ...ADVICE].find(([pattern]) => pattern.test(said))
  const failed = known === undefined ? said : `${said} (${known[1]})`
  return { failed, result: { rc: last.code, stderr: last.stderr } }
}

/** What must change, and the commands of ip that change it, in their order. */
export interface IpPlan {
  readonly changes: Change[]
  readonly commands: string[]
  readonly failed?: string
}

/** The plan of a module over ip, whose commands are one script. */
export function planOfIp({ commands, ...plan }: IpPlan, result: ValueMap, asScript = script): Plan {
  return { ...plan, result, ...(plan.changes.length > 0 && { actions: [sh(asScript(commands))] }) }
}

/** One script of commands of which each is run only if those before it did their work. */
export function script(commands: readonly string[]): string {
  return commands.join(' &&\n')
}

/** sh that prints the names which iproute2 knows for numbers ("rt_tables", "rt_protos"); `namesOf` reads it. */
export function lookNames(file: string): string {
  const places = ['/usr/share/iproute2', '/etc/iproute2'].flatMap((folder) => [
    `${folder}/${file}`,
    `${folder}/${file}.d/*.conf`,
  ])
  return `for file in ${places.join(' ')}; do
  if [ -r "$file" ]; then
    while read -r number name rest; do
      case $number in [0-9]*) printf '${file} %s %s\\n' "$number" "$name" ;; esac
    done <"$file"
  fi
done
`
}

/** Numbers by their names, as `lookNames` of the same file printed them. */
export function namesOf(output: string, file: string): ReadonlyMap<string, number> {
  const lines = output.matchAll(new RegExp(`^${file} (0x[0-9a-fA-F]+|\\d+) (\\S+)$`, 'gm'))
  return new Map([...lines].map(([, number, name]) => [name!, Number(number)]))
}

/** The number that a name or numeral means, or undefined for an unknown name. */
export function numberOf(text: string, names: ReadonlyMap<string, number>): number | undefined {
  return /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : names.get(text)
}

/** The name that iproute2 shows for a protocol (rt_protos) on this host, if it has one. */
export function protocolName(proto: string, names: ReadonlyMap<string, number>): string {
  const number = numberOf(proto, names)
  return [...names].find(([, known]) => known === number)?.[0] ?? proto
}

const SCOPES: Readonly<Record<string, string>> = {
  0: 'global',
  universe: 'global',
  200: 'site',
  253: 'link',
  254: 'host',
  255: 'nowhere',
}

/** The name under which iproute2 shows a scope, given by name or number. */
export function scopeName(scope: string): string {
  return SCOPES[scope] ?? scope
}

/** What is wrong with a name for a network namespace, which ip takes for a path if it can, as no or one sentence. */
export function netnsProblems(option: string, name: string | undefined): string[] {
  if (name === undefined || (/^[^/\0]{1,255}$/.test(name) && name !== '.' && name !== '..')) return []
  return [`${option}: ${JSON.stringify(name)} is not a name of a network namespace (ip netns)`]
}

/**
 * What is wrong with a name for an interface, as no or one sentence: what the kernel does not take (dev_valid_name()),
 * takes for a pattern of names, or ip for a number.
 */
export function interfaceProblems(option: string, name: string | undefined): string[] {
  if (name === undefined) return []
  if (name === '') return [`${option}: an interface needs a name, and this is empty`]
  if (Buffer.byteLength(name) > 15)
    return [`${option}: "${name}" is too long for an interface: at most 15 characters`]
  if (/[\s/:]/.test(name) || name === '.' || name === '..')
    return [`${option}: "${name}" is not a name for an interface: no spaces, slashes or colons`]
  if (name.includes('%'))
    return [
      `${option}: "${name}" is a pattern to the kernel, which puts a number in the place of %d; give a name`,
    ]
  if (/^if\d+$/.test(name))
    return [`${option}: "${name}" is to ip the interface of number ${name.slice(2)}; give its name`]
  return []
}

/** What is wrong with an Ethernet address that an interface or neighbor shall have. */
export function macProblems(option: string, address: string | undefined): string[] {
  if (address === undefined) return []
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(address))
    return [
      `${option}: "${address}" is not an Ethernet address: write six pairs of digits, 00:16:3e:00:00:01`,
    ]
  return []
}

/** The text of a row's member, or undefined. */
export function text(row: Row, name: string): string | undefined {
  const value = row[name]
  return value === undefined || value === null ? undefined : String(value)
}
