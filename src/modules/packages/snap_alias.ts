import { answered } from '../../host/sections.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, NOTHING, together } from '../../sdk/plans.ts'
import { words } from '../../shell/quote.ts'
import { answersIn, complaintOf, NAME, NO_SNAP, snapProbe, snapsIn, tableOf } from './snaps.ts'

const declared = options({
  name: {
    type: 'str',
    help: 'The snap, or one of its programs as "snap.program"; needed unless aliases are removed.',
  },
  alias: {
    type: 'strings',
    aliases: ['aliases'],
    help: 'Aliases; if they are left out, all of name are removed.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether there are these aliases.',
  },
})

type Args = ArgsOf<typeof declared>

interface Alias {
  readonly alias: string
  /** "snap.program", or the snap for its main program. */
  readonly command: string
  /** Somebody made it; others come with their snap, and go only all together. */
  readonly manual: boolean
}

interface State {
  readonly hasSnap: boolean
  readonly snaps: ReadonlySet<string>
  readonly aliases: readonly Alias[]
}

/** Aliases of snaps. Semantics: community.general.snap_alias. */
export const snap_alias = defineModule<typeof declared, State>({
  name: 'snap_alias',
  summary: 'Makes and removes aliases for programs of snaps.',
  options: declared,
  validate: problems,
  probe: () => snapProbe(answered('list', 'snap list'), answered('aliases', 'snap aliases')),
  parse: ({ bytes }) => parse(bytes),
  plan,
  interpret: ([...outcomes]) => {
    const bad = outcomes.find(({ code }) => code !== 0)
    if (bad === undefined) return {}
    const { code, stdout, stderr } = bad
    return {
      failed: complaintOf(stderr) || complaintOf(stdout) || `exit status ${code}`,
      result: { rc: code, stdout, stderr },
    }
  },
})

function problems({ name, alias, state }: Partial<Args>, complete: boolean): string[] {
  const found: string[] = []
  const [snap, program] = (name ?? '').split('.')
  // What is removed may be named by its alias.
  const isName = NAME.test(snap!) && (program === undefined || ALIAS.test(name!.slice(snap!.length + 1)))
  if (name !== undefined && !isName && !(state === 'absent' && ALIAS.test(name)))
    found.push(`name: ${JSON.stringify(name)} is neither a snap nor one of its programs`)
  for (const one of alias ?? [])
    if (!ALIAS.test(one)) found.push(`alias: ${JSON.stringify(one)} is not an alias`)
  if (!complete) return found
  if (state === 'absent' && name === undefined && alias === undefined)
    found.push('state is absent but any of the following are missing: name, alias')
  const missing = [...(name === undefined ? ['name'] : []), ...(alias === undefined ? ['alias'] : [])]
  if (state !== 'absent' && missing.length > 0)
    found.push(`state is present but all of the following are missing: ${missing.join(', ')}`)
  return found
}

const ALIAS = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

function parse(bytes: Buffer): State {
  const answers = answersIn(bytes, ['list', 'aliases'])
  return {
    hasSnap: answers !== undefined,
    snaps: new Set(snapsIn(answers?.get('list')?.printed ?? '').keys()),
    aliases: aliasesIn(answers?.get('aliases')?.printed ?? ''),
  }
}

/** Lines of Command, Alias, Notes. Those that are noted as disabled are not there. */
function aliasesIn(printed: string): Alias[] {
  return tableOf(printed, 'Command').flatMap(([command, alias, notes]) => {
    if (notes === undefined)
      throw new Error(`snap on the host listed "${[command, alias].join(' ').trim()}", which is no alias`)
    const noted = notes.split(',')
    return noted.includes('disabled')
      ? []
      : [{ command: command!, alias: alias!, manual: noted.includes('manual') }]
  })
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  // Under check, an earlier task that was not carried out may be the one that installs it.
  if (!state.hasSnap && !view.check) return failure(NO_SNAP)
  const { coming, going } = differing(args, state.aliases)
  const problem = args.state === 'absent' ? keptOf(args, going) : clashOf(args, coming, state, view)
  if (problem !== undefined) return failure(problem)
  const left = [...state.aliases.filter((one) => !going.includes(one)), ...coming]
  const result = { snap_aliases: grouped(args, view.check ? state.aliases : left) }
  return { ...(args.state === 'absent' ? removing(args, going) : making(coming)), result }
}

function differing(args: Args, aliases: readonly Alias[]): Record<'coming' | 'going', Alias[]> {
  const { name, alias } = args
  if (args.state === 'absent') return { coming: [], going: aliases.filter((one) => isMeant(args, one)) }
  const isThere = (wanted: string) => aliases.some((one) => one.alias === wanted && one.command === name)
  const missing = [...new Set(alias)].filter((wanted) => !isThere(wanted))
  return { coming: missing.map((one) => ({ alias: one, command: name!, manual: true })), going: [] }
}

/** Whether an alias is one of those to be removed. */
function isMeant({ name, alias }: Args, one: Alias): boolean {
  const isOfName = name === undefined || one.command === name || one.command.startsWith(`${name}.`)
  return alias?.length ? isOfName && alias.includes(one.alias) : isOfName || one.alias === name
}

function isWhole({ name = '', alias }: Args): boolean {
  return !alias?.length && NAME.test(name)
}

/** Snap removes one that came with its snap only together with all others of it. */
function keptOf(args: Args, going: readonly Alias[]): string | undefined {
  const kept = isWhole(args) ? undefined : going.find(({ manual }) => !manual)
  return (
    kept &&
    `alias ${kept.alias} came with its snap, and goes only with all of it: leave alias out, and set name to "${snapOf(kept)}"`
  )
}

function clashOf(
  { name }: Args,
  coming: readonly Alias[],
  { snaps, aliases }: State,
  view: ModuleContext,
): string | undefined {
  const snap = name!.split('.')[0]!
  if (coming.length > 0 && !snaps.has(snap) && !view.check) return `snap "${snap}" is not installed`
  const other = aliases.find((one) => coming.some(({ alias }) => alias === one.alias))
  return other && `alias ${other.alias} is already one of ${other.command}: remove it in an earlier task`
}

function snapOf({ command }: Alias): string {
  return command.split('.')[0]!
}

function making(coming: readonly Alias[]): Plan {
  return inSteps(
    coming.map(({ alias, command }) => [
      { what: `alias ${alias}`, before: null, after: command },
      { do: 'exec', script: `export LC_ALL=C\n${words('snap', 'alias', command, alias)}` },
    ]),
  )
}

function removing(args: Args, going: readonly Alias[]): Plan {
  if (going.length === 0) return NOTHING
  const changes = going.map(({ alias, command }) => ({
    what: `alias ${alias}`,
    before: command,
    after: null,
  }))
  const names = isWhole(args) ? [args.name!] : going.map(({ alias }) => alias)
  const script = names.map((name) => `${words('snap', 'unalias', name)} || exit`).join('\n')
  return together(changes, { do: 'exec', script: `export LC_ALL=C\n${script}` })
}

/** Aliases by commands; of the name alone, if one is given. */
function grouped({ name }: Args, aliases: readonly Alias[]): Record<string, string[]> {
  const of = (command: string) => aliases.filter((one) => one.command === command).map(({ alias }) => alias)
  const commands = name === undefined ? aliases.map(({ command }) => command) : [name]
  return Object.fromEntries([...new Set(commands)].map((command) => [command, of(command)]))
}
