import type { ModuleContext, Plan } from '../../sdk/module.ts'
import { failure, inSteps, joined, NOTHING, sh } from '../../sdk/plans.ts'
import { contentOf } from '../../shell/content.ts'
import { quote } from '../../shell/quote.ts'
import type { Value, ValueMap } from '../../values/value.ts'
import {
  answer,
  fieldsOf,
  fromStdin,
  linesOf,
  mayCome,
  nameProblems,
  uriProblems,
  virsh,
  virshLook,
  xmlProblems,
} from './virsh.ts'
import { elementAt, type XmlElement, xmlOf } from './xml.ts'

/** A kind of thing that libvirt has beside guests. */
export interface Kind {
  /** As Ansible calls it in sentences. */
  readonly noun: 'network' | 'storage pool'
  /** Before the commands of virsh, and the option that names one. */
  readonly prefix: 'net' | 'pool'
  readonly option: '--network' | '--pool'
  /** Commands that are about no single one. */
  readonly lists: readonly string[]
  /** sh that asks further for each one, its name in $name. */
  readonly more: (uri: string) => string
}

/** The arguments that both have. */
export interface EntryArgs {
  readonly name: string | undefined
  readonly state: string | undefined
  readonly command: string | undefined
  readonly autostart: boolean | undefined
  readonly uri: string
  readonly xml: string | undefined
}

export interface Entry {
  readonly active: boolean
  readonly persistent: boolean
  readonly autostart: boolean
  /** As virsh shows it. */
  readonly lines: ReadonlyMap<string, string>
  /** Its description as libvirt wrote it. */
  readonly dump: string
  readonly xml: XmlElement
  /** What the question of its kind came to, nothing where it was not answered. */
  readonly more: string
}

export interface EntryState {
  /** The one that is named, undefined if there is none. */
  readonly entry: Entry | undefined
  /** All, for the commands that list them. */
  readonly all: readonly (readonly [string, Entry])[]
}

export function entryProblems(kind: Kind, args: Partial<EntryArgs>, complete: boolean): string[] {
  const { name, state, command, autostart, uri, xml } = args
  const isListing = command !== undefined && kind.lists.includes(command)
  const whole = kind.prefix === 'net' ? 'network' : 'pool'
  // A command that is a template may be one about a part of it.
  const isKnown = complete || command !== undefined
  const roots = command === 'modify' ? ['host'] : isKnown ? [whole] : [whole, 'host']
  const found = [
    ...nameProblems('name', name),
    ...uriProblems(uri),
    ...xmlProblems(xml, ...roots),
    ...(isKnown && name !== undefined && xml !== undefined && command !== 'modify'
      ? otherName(name, xml)
      : []),
    ...(state !== undefined && command !== undefined && !isListing
      ? ['"state" and "command" exclude each other']
      : []),
  ]
  if (!complete) return found
  if (state === undefined && command === undefined && autostart === undefined)
    return [...found, 'expected state or command parameter to be specified']
  if ((command === 'define' || command === 'modify') && xml === undefined)
    return [...found, `${command} requires xml argument`]
  if (name !== undefined || isListing) return found
  return [
    ...found,
    command === undefined ? 'state change requires a specified name' : `${command} requires 1 argument: name`,
  ]
}

function otherName(name: string, xml: string): string[] {
  if (xmlProblems(xml).some((one) => !one.startsWith('xml: its root'))) return []
  const own = elementAt(xmlOf(xml), 'name')?.text
  return own === name ? [] : [`xml: its <name> is "${own ?? ''}", and not "${name}"`]
}

export function entryProbe(kind: Kind, { name, command, uri }: EntryArgs): string {
  const isListing = command !== undefined && kind.lists.includes(command)
  const names = isListing ? virsh(uri, `${kind.prefix}-list`, '--all', '--name') : undefined
  const each = ['info', 'dumpxml'].map(
    (verb) =>
      `ask ${virsh(uri, `${kind.prefix}-${verb}`)} ${verb === 'info' && kind.prefix === 'pool' ? '--bytes ' : ''}${kind.option}="$name"`,
  )
  const one = ['printf \'%s\\0\' "$name"', ...each, kind.more(uri)].join('\n')
  const given = name === undefined ? '' : `name=${quote(name)}\n${one}`
  const all = `ask ${names}
printf '%s\\n' "$said" | while IFS= read -r name; do
# Some lists of virsh are padded.
name=\${name%"\${name##*[! ]}"}
[ -n "$name" ] || continue
{ ${one}
} </dev/null
done`
  return `${virshLook(uri)}\n${isListing ? all : given}`
}

export function entriesIn(kind: Kind, printed: string, { command }: EntryArgs): EntryState {
  const fields = fieldsOf(printed)
  const isListing = command !== undefined && kind.lists.includes(command)
  // Whether libvirt answers at all.
  if (isListing) answer(fields.shift() ?? '')
  const all: [string, Entry][] = []
  for (let at = 0; at < fields.length; at += 4) {
    const [name, about, dump, more] = fields.slice(at, at + 4)
    const shown = answer(about ?? '')
    const text = shown === undefined ? undefined : answer(dump ?? '')
    if (shown === undefined || text === undefined) continue
    all.push([name!, entryOf(shown, text, /^0\n([\s\S]*)$/.exec(more ?? '')?.[1] ?? '')])
  }
  return { entry: isListing ? undefined : all[0]?.[1], all }
}

function entryOf(shown: string, dump: string, more: string): Entry {
  const lines = linesOf(shown)
  const active = lines.get('Active') ?? (lines.get('State') === 'inactive' ? 'no' : 'yes')
  return {
    active: active === 'yes',
    persistent: lines.get('Persistent') !== 'no',
    autostart: lines.get('Autostart') === 'yes',
    lines,
    dump,
    xml: xmlOf(dump),
    more,
  }
}

/** What the states and commands that both have come to; undefined for another one. */
export function planEntry(
  kind: Kind,
  args: EntryArgs,
  { entry, all }: EntryState,
  view: ModuleContext,
): Plan | undefined {
  const { name, state, command, autostart } = args
  const listed = `list_${kind.prefix}s`
  if (command === listed) {
    const names = all.filter(([, one]) => state === undefined || stateOf(one) === state).map(([one]) => one)
    return { ...NOTHING, result: { [listed]: names } }
  }
  const isMissing = entry === undefined && !mayCome(entry, view)
  const missing = failure(`${kind.noun} ${name} not found`)
  const last =
    autostart === undefined ? [] : [isMissing && !makes(args) ? missing : planAutostart(kind, args, entry)]
  const then = (result: ValueMap, ...parts: Plan[]) => ({ ...joined([...parts, ...last]), result })
  switch (state ?? command) {
    case undefined:
      return isMissing ? missing : then({ ...(autostart !== entry?.autostart && { msg: 0 }) })
    case 'active':
      return isMissing ? missing : then(saidOf(!entry?.active), start(kind, args, entry))
    case 'start':
    case 'create':
      return isMissing ? missing : then({ [command!]: 0 }, start(kind, args, entry))
    case 'inactive':
      return entry === undefined ? NOTHING : then(saidOf(entry.active), stop(kind, args, entry))
    case 'stop':
    case 'destroy':
      return isMissing ? missing : then({ [command!]: 0 }, stop(kind, args, entry))
    case 'present':
    case 'define':
      if (entry !== undefined) return then({})
      return args.xml === undefined
        ? failure(`${kind.noun} '${name}' not present, but xml not specified`)
        : then({ created: name! }, define(kind, args))
    case 'absent':
    case 'undefined':
      return entry === undefined ? NOTHING : { ...removed(kind, args, entry), result: { msg: 0 } }
    case 'undefine':
      return entry === undefined
        ? { ...NOTHING, result: { undefine: null } }
        : {
            ...step(kind, args, entry, null, [`${kind.prefix}-undefine`]),
            result: { undefine: 0 },
          }
    case 'status':
      return isMissing ? missing : { ...NOTHING, result: { status: stateOf(entry) } }
    case 'get_xml':
      return entry === undefined ? missing : { ...NOTHING, result: { get_xml: `${entry.dump}\n` } }
    default:
      return undefined
  }
}

function makes({ state, command }: EntryArgs): boolean {
  return state === 'present' || command === 'define'
}

function saidOf(acts: boolean): ValueMap {
  return acts ? { msg: 0 } : {}
}

export function stateOf(entry: Entry | undefined): 'active' | 'inactive' {
  return entry?.active ? 'active' : 'inactive'
}

/** A change of one as a whole, by commands of virsh of which each is run only if those before it did their work. */
export function step(
  kind: Kind,
  { name, uri }: EntryArgs,
  entry: Entry | undefined,
  after: Value,
  ...commands: readonly (readonly [string, ...string[]])[]
): Plan {
  const change = { what: `${kind.noun} ${name}`, before: entry === undefined ? null : stateOf(entry), after }
  const script = commands.map(([verb, ...more]) => virsh(uri, verb, `${kind.option}=${name}`, ...more))
  return inSteps([[change, sh(script.join(' &&\n'))]])
}

function start(kind: Kind, args: EntryArgs, entry: Entry | undefined): Plan {
  return entry?.active ? NOTHING : step(kind, args, entry, 'active', [`${kind.prefix}-start`])
}

function stop(kind: Kind, args: EntryArgs, entry: Entry | undefined): Plan {
  if (entry !== undefined && !entry.active) return NOTHING
  return step(kind, args, entry, 'inactive', [`${kind.prefix}-destroy`])
}

/** What removes one: one that is not persistent goes when it stops. */
export function removed(kind: Kind, args: EntryArgs, entry: Entry, ...between: readonly [string][]): Plan {
  const stops: [string][] = entry.active ? [[`${kind.prefix}-destroy`]] : []
  const forgets: [string][] = entry.persistent ? [[`${kind.prefix}-undefine`]] : []
  return step(kind, args, entry, null, ...stops, ...between, ...forgets)
}

function define(kind: Kind, { name, uri, xml }: EntryArgs): Plan {
  const change = { what: `${kind.noun} ${name}`, before: null, after: 'inactive' }
  const script = fromStdin(virsh(uri, `${kind.prefix}-define`, '/dev/stdin'))
  return inSteps([[change, { do: 'send', script, content: contentOf(Buffer.from(xml!)) }]])
}

function planAutostart(kind: Kind, { name, uri, autostart }: EntryArgs, entry: Entry | undefined): Plan {
  const before = entry?.autostart ?? false
  if (before === autostart) return NOTHING
  const change = { what: `autostart of ${kind.noun} ${name}`, before, after: autostart! }
  const off = autostart ? [] : ['--disable']
  const script = virsh(uri, `${kind.prefix}-autostart`, `${kind.option}=${name}`, ...off)
  return inSteps([[change, sh(script)]])
}
