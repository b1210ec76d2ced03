import {
  backupOf,
  type Edited,
  type Editing,
  editProbe,
  failureOf,
  planEdit,
  readEdited,
  toBytes,
} from '../../../host/edit.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import { removeScript } from '../../../host/safe-path.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, inSteps, joined, NOTHING, sh, together } from '../../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { contentOf } from '../../../shell/content.ts'
import { changesBetween } from './changes.ts'
import { type Args, declared, problems, tableOf, transaction } from './options.ts'
import { type Nft, nftProbe, readNft } from './probe.ts'

interface State {
  /** Undefined on a host without nft. */
  readonly nft: Nft | undefined
  /** The file that keeps it; undefined if none is asked for. */
  readonly file: Edited | undefined
}

/** Keeps a table of nftables, or all of them, as declared in the language of nft(8). */
export const nftables = defineMarkedModule<typeof declared, State>(
  {
    name: 'nftables',
    summary: 'Keeps a table of nftables, or the whole ruleset, as declared.',
    options: declared,
    validate: problems,
    probe: (args): Probe => [
      ...(args.file === undefined ? [] : editProbe(keeping(args, args.file))),
      nftProbe(args),
    ],
    parse: (output, args) => ({ nft: readNft(output.bytes), file: fileIn(output, args) }),
    plan,
    interpret(outcomes) {
      const failed = failureOf(outcomes)
      if (failed !== undefined) return failed
      const backup = backupOf(outcomes)
      return { result: backup === undefined ? {} : { backup_file: backup } }
    },
  },
  {
    paths: ({ file }) => (file === undefined ? [] : [file]),
    places: ({ file }) => (file === undefined ? [] : [{ path: file, follow: true }]),
  },
)

function fileIn(output: ProbeOutput, args: Args): Edited | undefined {
  return args.file === undefined ? undefined : readEdited(output, keeping(args, args.file))
}

/** The file of a whole ruleset that is absent keeps that there is none. */
function keeping(args: Args, path: string): Editing {
  const { owner, group, mode, backup } = args
  return { path, owner, group, mode, backup, state: 'present', create: true }
}

function plan(args: Args, { nft, file }: State, view: ModuleContext): Plan {
  const loaded = livePlan(args, nft, view)
  if (loaded.failed !== undefined) return loaded
  const kept = file === undefined ? NOTHING : filePlan(args, file, view)
  // What the file's part returns is a message about the file alone.
  return { ...joined([loaded, kept]), result: loaded.result ?? {} }
}

function livePlan(args: Args, nft: Nft | undefined, view: ModuleContext): Plan {
  const table = tableOf(args)
  const result = { family: args.family ?? (table === undefined ? null : 'ip'), table: args.table ?? null }
  const failed = (sentence: string, advice?: string): Plan => ({ ...failure(sentence), result, advice })
  const what = table === undefined ? 'ruleset' : `table ${table}`
  const load = {
    do: 'send',
    script: 'nft -f - >/dev/null',
    content: contentOf(Buffer.from(transaction(args))),
    brief: true,
  } as const
  const unknown: Change = { what, before: null, after: 'as declared' }
  if (nft === undefined) {
    if (!view.check) return failed('Failed to find required executable "nft"', 'install the package nftables')
    // Under check an earlier task may be the one that brings it.
    return args.state === 'absent' ? { ...NOTHING, result } : { ...together([unknown], load), result }
  }
  const { complaint, live, wanted } = nft
  if (complaint !== undefined) {
    // The interface may be one that an earlier task makes.
    if (view.check && /Interface does not exist/.test(complaint))
      return { ...together([unknown], load), result }
    return failed(complaint)
  }
  if (wanted === undefined)
    return failed(
      'nftables cannot compare: on this host no network namespace can be made (unshare -n), in which nft shows its form of what is declared',
      'in a container, allow unshare, or use the command nft -f',
    )
  const wrong = table === undefined ? undefined : problemOf(table, args, nft)
  if (wrong !== undefined) return failed(wrong)
  const present = table === undefined ? live : new Map([...live].filter(([name]) => name === table))
  return { ...together(changesBetween(present, wanted, view.diff), load), result }
}

/** What is declared is this one table. */
function problemOf(table: string, { state }: Args, { wanted, takesOthers }: Nft): string | undefined {
  if (state === 'absent') return undefined
  if (takesOthers) return `what is declared takes other tables away than ${table}`
  const others = [...wanted!.keys()].filter((name) => name !== table)
  if (others.length > 0) return `what is declared makes table ${others[0]}, and is to be table ${table}`
  return wanted!.has(table) ? undefined : `what is declared makes no table ${table}`
}

function filePlan(args: Args, file: Edited, view: ModuleContext): Plan {
  if (args.state === 'absent' && args.table !== undefined) return removal(file)
  const bytes = toBytes(transaction(args))
  const isRight = file.file !== undefined && file.bytes === bytes
  const before = file.file === undefined ? null : 'another ruleset'
  const change: Change = { what: file.path, before, after: 'as declared' }
  return planEdit(keeping(args, file.path), file, { bytes, msg: '', ...(!isRight && { change }) }, view)
}

function removal({ path, file }: Edited): Plan {
  if (file === undefined) return NOTHING
  if (file.type !== 'file') return failure(`${path} is a ${file.type}, and no file`)
  return inSteps([[{ what: path, before: 'file', after: null }, sh(removeScript(path, file.type))]])
}
