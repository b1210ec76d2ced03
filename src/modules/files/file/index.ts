import { idsProbe, readIds } from '../../../host/attributes.ts'
import { failureOf } from '../../../host/edit.ts'
import { describe, files, readFile } from '../../../host/file-state.ts'
import { fileFootprint } from '../../../host/footprints.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import { ancestors, below, linkTarget, nameOf, trimmed } from '../../../host/paths.ts'
import type { Footprint } from '../../../sdk/footprint.ts'
import type { ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import type { BatchedProbe, Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quotePath } from '../../../shell/quote.ts'
import { readTree, treeProbe } from '../remote-source.ts'
import { contentProbe, readContent } from './diff.ts'
import { markPlaces } from './mark-places.ts'
import { declared, type FileArgs } from './options.ts'
import { ownersProbe, ownerWarnings } from './owners.ts'
import { planFile, type State } from './plan.ts'
import { readTimes, timeProblems, timesProbe } from './timestamps.ts'

/** Files, folders and links, with owner, group, permissions and times. Semantics: ansible.builtin.file. */
export const file = defineMarkedModule<typeof declared, State>(
  {
    name: 'file',
    summary: 'Makes, changes and removes files, folders and links.',
    options: declared,
    validate: problems,
    probe,
    parse,
    plan: planFile,
    footprint: { paths: footprintPaths, of: footprint },
    interpret: conclude,
  },
  { paths: pathsOf, below: belowOf, places: markPlaces },
)

/** The last action, unless something was removed, is a probe of what has become of it. */
function conclude(outcomes: Outcome[]): ModuleResult {
  const failed = failureOf(outcomes)
  if (failed !== undefined) return failed
  const said = outcomes.at(-1)?.stdout ?? ''
  const now = said === '' ? undefined : readFile(Buffer.from(said))
  return { result: now === undefined ? {} : describe(now) }
}

function problems(args: Partial<FileArgs>, complete: boolean): string[] {
  const { path, state, src, recurse } = args
  const found = timeProblems(args)
  if (path === '') found.push('path is empty')
  if (state === 'absent' && path !== undefined && /^(\/|\.|\.\.|\/\.{0,2})*$/.test(path)) {
    found.push(`"${path}" is never removed whole; name what is in it`)
  }
  const isLink = state === 'link' || state === 'hard'
  if (src !== undefined && complete && !isLink) found.push("src option requires state to be 'link' or 'hard'")
  if (recurse && complete && state !== undefined && state !== 'directory') {
    found.push('recurse is for folders; say "state: directory"')
  }
  return found
}

/** What is below a folder, and other names of a file, are of no one path. */
function footprintPaths(args: FileArgs): string[] {
  return args.recurse || args.state === 'hard' ? [] : [trimmed(args.path), ...related(args)]
}

function footprint(args: FileArgs, { files: found }: State, plan: Plan): Footprint | undefined {
  const [path, ...others] = footprintPaths(args)
  if (path === undefined) return undefined
  const file = found.get(path)
  const besides = others.map((other) => [other, found.get(other)] as const)
  // A link that is right is no way to anything that is not asked for besides.
  const isRightLink = file?.type === 'link' && plan.changes.length === 0 && args.state === 'link'
  return fileFootprint({ ...args, path, file: isRightLink ? undefined : file, besides }, plan)
}

/** Where a hard link goes if `path` is a folder; where a symbolic one leads. */
function related({ path, src, state }: FileArgs): string[] {
  if (src === undefined) return []
  if (state === 'hard') return [src, below(trimmed(path), nameOf(src))]
  return [linkTarget(trimmed(path), src)]
}

function pathsOf(args: FileArgs): string[] {
  const path = trimmed(args.path)
  return [...new Set([...ancestors(path), path, ...related(args)])]
}

function belowOf({ path, recurse }: FileArgs): string[] {
  return recurse ? [trimmed(path)] : []
}

const LOOKING = { follow: true }

function probe(args: FileArgs, view: ModuleContext): Probe {
  const own = [
    timesProbe(args),
    args.recurse ? treeProbe(trimmed(args.path), LOOKING) : '',
    tellsContent(args, view) ? contentProbe(trimmed(args.path)) : '',
  ]
  return [
    files(pathsOf(args), LOOKING),
    idsProbe(args),
    fullProbe(args),
    ownersProbe(args, view),
    own.filter((script) => script !== '').join('\n'),
  ]
}

function tellsContent({ state }: FileArgs, { diff }: ModuleContext): boolean {
  return state === 'absent' && diff
}

/** A batched probe: whether there is something in the folder that a link is to replace. */
function fullProbe({ state, path }: FileArgs): BatchedProbe<boolean> {
  return {
    kind: 'full folders',
    items: state === 'link' ? [trimmed(path)] : [],
    script: (paths) => `for p in ${paths.map(quotePath).join(' ')}; do
  if [ -d "$p" ] && [ ! -h "$p" ] && [ "$(ls -A "$p")" ]; then printf 1; else printf 0; fi
done`,
    read: (output, paths) => paths.map(() => output.take(1).toString() === '1'),
  }
}

function parse(found: ProbeOutput, args: FileArgs, view: ModuleContext): State {
  const paths = pathsOf(args)
  const states = found.of(files(paths, LOOKING))
  const output = new Output(found.bytes)
  return {
    files: new Map(paths.map((path, index) => [path, states[index]])),
    ids: readIds(found, args),
    times: readTimes(output, args, args.state === 'touch' ? 'now' : undefined),
    ownerWarnings: ownerWarnings(found, args, view),
    isFull: found.of(fullProbe(args))[0] ?? false,
    content: tellsContent(args, view) ? readContent(output, trimmed(args.path)) : undefined,
    below: args.recurse ? readTree(output, trimmed(args.path), LOOKING) : [],
  }
}
