import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import {
  type Action,
  defineModule,
  type ModuleContext,
  type Outcome,
  type Plan,
} from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quotePath, words } from '../../../shell/quote.ts'
import { command, isUrl, linksTo, parentOf, pathHere, pathThere, talk } from './command.ts'
import { changesOf, resultOf } from './items.ts'
import { type Args, declared, problems } from './options.ts'

interface State {
  readonly hasRsync: boolean
  /** The path on the host, without `~`. */
  readonly there: string
  /** The folder that dest is made in is there. */
  readonly hasFolder: boolean
  /** What rsync said that it would do; undefined if it was not asked. */
  readonly trial: Pick<Outcome, 'code' | 'stdout' | 'stderr'> | undefined
}

/** Synchronizes files and folders by rsync, over the session that is there. Semantics: ansible.posix.synchronize. */
export const synchronize = defineModule<typeof declared, State>({
  name: 'synchronize',
  summary: 'Synchronizes files and folders between this machine and the host, by rsync.',
  options: declared,
  validate: problems,
  betweenMachines: true,
  writesHere: true,
  probe: script,
  parse,
  talks: {
    ask: (args, state, view) =>
      isTunnelled(view) && canBegin(args, state) ? talk(args, view, state.there, true) : undefined,
    heard: (trial, _args, state) => ({ ...state, trial }),
  },
  plan,
  interpret(outcomes, args, _state, planned) {
    const last = outcomes.at(-1)
    if (last === undefined) return {}
    const cmd = String(planned.result?.cmd)
    if (last.code !== 0) return { failed: reasonOf(last), result: { rc: last.code, cmd } }
    const changed = changesOf(last.stdout, args.link_dest !== undefined).length > 0
    return { changed, result: resultOf(last, cmd) }
  },
})

function isTunnelled({ ends }: ModuleContext): boolean {
  return ends === undefined || ends.are === 'here and there'
}

function isUnreached({ ends }: ModuleContext): boolean {
  return ends?.are === 'there and beyond' && ends.beyond === undefined
}

/** Rsync makes one folder, and not those above it. */
function makesPath({ rsync_opts: options }: Args): boolean {
  return options.some((option) => option === '--mkpath')
}

function canBegin(args: Args, { hasRsync, hasFolder }: State): boolean {
  return hasRsync && (hasFolder || makesPath(args))
}

/** Sh that prints the path on the host, 1 or 0 for rsync and for the folder of dest, and what rsync would do if it is all there. */
function script(args: Args, view: ModuleContext): string {
  const needsNone = args.rsync_path !== undefined || (isTunnelled(view) && isUrl(pathThere(args)))
  const lines = [
    `printf '%s\\0' ${quotePath(pathThere(args))}`,
    needsNone ? 'r=1' : 'r=0; ! command -v rsync >/dev/null || r=1',
    `f=1${dest(args, view)}`,
    'printf %s $r$f',
  ]
  if (isTunnelled(view) || isUnreached(view)) return lines.join('\n')
  const go = makesPath(args) ? '[ $r = 1 ]' : '[ $r$f = 11 ]'
  return [
    ...lines,
    `${go} || exit 0`,
    `o=$(${command(args, view, true)} 2>&1)`,
    `printf '%s\\0%s\\0' $? "$o"`,
  ].join('\n')
}

/** Sh that sets $f to 0 if the folder in which dest is made is not on the host of the session, where it is to be. */
function dest(args: Args, view: ModuleContext): string {
  const isThere = view.ends?.are === 'there' || (args.mode === 'push') === isTunnelled(view)
  if (!isThere || isUrl(args.dest)) return ''
  const path = isTunnelled(view) ? args.dest : pathHere(args.dest, view)
  return `; [ -d ${quotePath(parentOf(path))} ] || f=0`
}

function parse({ bytes }: ProbeOutput, args: Args, view: ModuleContext): State {
  const output = new Output(bytes)
  const there = output.field()
  const [hasRsync, isFolder] = [...output.take(2).toString()].map((mark) => mark === '1') as [
    boolean,
    boolean,
  ]
  const isHere = isTunnelled(view) && args.mode === 'pull' && !isUrl(args.dest)
  const hasFolder = isHere ? existsSync(parentOf(pathHere(args.dest, view))) : isFolder
  const state = { there: pathOf(args, there), hasRsync, hasFolder, trial: undefined }
  if (output.done) return state
  const code = Number(output.field())
  const said = output.field()
  return { ...state, trial: { code, stdout: said === '' ? '' : `${said}\n`, stderr: said } }
}

/** The path that was asked for; of what the host says it is, no more is taken than a home folder for its `~`. */
function pathOf(args: Args, told: string): string {
  const path = pathThere(args)
  return path.startsWith('~') && posix.isAbsolute(told) ? told : path
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  if (isUnreached(view))
    return failure('the host that the task is delegated to is not told how to reach this machine')
  const folder = posix.resolve('/', parentOf(args.dest))
  const inside = linksTo(args, view).find((path) => folder.startsWith(path))
  if (inside !== undefined)
    return failure(
      `Hardlinking into a subdirectory of the source would cause recursion. ${inside} and ${args.dest}`,
    )
  // Under check an earlier task may be the one that brings rsync, or makes the folder.
  if (!canBegin(args, state) && view.check)
    return together([{ what: args.dest, before: null, after: `as ${args.src}` }], sh(':'))
  if (!state.hasRsync)
    return {
      ...failure('rsync is needed on the host, and is not there'),
      advice: 'install the package rsync',
    }
  if (!canBegin(args, state))
    return {
      ...failure(`there is no folder ${parentOf(args.dest)} for ${args.dest}`),
      advice: 'make it in an earlier task, or say "rsync_opts: [--mkpath]"',
    }
  const { trial } = state
  if (trial === undefined) throw new Error('rsync was not asked what it would do')
  const { action, cmd } = doing(args, state, view)
  if (trial.code !== 0) return { ...failure(reasonOf(trial)), result: { rc: trial.code, cmd } }
  const result = resultOf(trial, cmd)
  const changes = changesOf(trial.stdout, args.link_dest !== undefined)
  return changes.length === 0 ? { ...NOTHING, result } : { ...together(changes, action), result }
}

function doing(args: Args, { there }: State, view: ModuleContext): { action: Action; cmd: string } {
  if (!isTunnelled(view)) {
    const cmd = command(args, view, view.check)
    return { action: sh(command(args, view, false)), cmd }
  }
  const cmd = words(...talk(args, view, there, view.check).program)
  return { action: { do: 'talk', talk: talk(args, view, there, false) }, cmd }
}

function reasonOf({ stderr, code }: Pick<Outcome, 'stderr' | 'code'>): string {
  return stderr.trim() || `rsync ended with status ${code}`
}
