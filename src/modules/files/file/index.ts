import { idsLook, readIds } from '../../../host/attributes.ts'
import { failureOf } from '../../../host/edit.ts'
import { describe, type FileState, files, readFile } from '../../../host/file-state.ts'
import { ancestors, below, linkTarget, nameOf, trimmed } from '../../../host/paths.ts'
import { type Conclusion, defineModule, type Outcome } from '../../../sdk/module.ts'
import { type ArgsOf, fileOptions, options } from '../../../sdk/options.ts'
import type { Look, Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quotePath } from '../../../shell/quote.ts'
import type { Ground } from '../placement.ts'
import { readTree, treeProbe } from '../remote-source.ts'
import { planFile } from './plan.ts'
import { readTimes, type Times, timeFaults, timesProbe } from './timestamps.ts'

const declared = options({
  ...fileOptions,
  path: { type: 'path', required: true, aliases: ['dest', 'name'], help: 'What is to be managed.' },
  state: {
    type: 'str',
    choices: ['file', 'directory', 'link', 'hard', 'touch', 'absent'],
    help: 'What it is to be; by default what it is. file makes none, touch does; absent removes folders whole.',
  },
  src: { type: 'path', help: 'What a link leads to.' },
  recurse: { type: 'bool', default: false, help: 'Also owner, group and mode of all that is in the folder.' },
  follow: { type: 'bool', default: true, help: 'Whether links are followed.' },
  force: { type: 'bool', default: false, help: 'Link even if src is missing, or in place of a file.' },
  access_time: { type: 'str', help: 'preserve, now, or a time of the host as YYYYMMDDhhmm.ss.' },
  modification_time: { type: 'str', help: 'preserve, now, or a time of the host as YYYYMMDDhhmm.ss.' },
})

export type FileArgs = ArgsOf<typeof declared>

export interface State extends Ground {
  readonly times: Times
  /** What is below the folder, when it is to be changed too. */
  readonly below: readonly (readonly [string, FileState])[]
  /** There is something in the folder that a link is to replace. */
  readonly isFull: boolean
}

/** Files, folders and links, with owner, group, permissions and times. Semantics: ansible.builtin.file. */
export const file = defineModule<typeof declared, State>({
  name: 'file',
  summary: 'Makes, changes and removes files, folders and links.',
  options: declared,
  faults,
  probe,
  parse,
  plan(args, state, view) {
    const { changes, failed, result = {}, warnings = [] } = planFile(args, state, view)
    return { changes, result, warnings, ...(failed !== undefined && { failed }) }
  },
  apply: (_, args, state) => planFile(args, state, { check: false, diff: false }).actions,
  conclude,
})

/** The last action, unless something was removed, looked at what has become of it. */
function conclude(outcomes: Outcome[]): Conclusion {
  const failed = failureOf(outcomes)
  if (failed !== undefined) return failed
  const said = outcomes.at(-1)?.stdout ?? ''
  const now = said === '' ? undefined : readFile(Buffer.from(said))
  return { result: now === undefined ? {} : describe(now) }
}

function faults(args: Partial<FileArgs>, complete: boolean): string[] {
  const { path, state, src, recurse } = args
  const found = timeFaults(args)
  if (path === '') found.push('path is empty')
  if (state === 'absent' && path !== undefined && /^(\/|\.|\.\.|\/\.{0,2})*$/.test(path)) {
    found.push(`"${path}" is never removed whole; name what is in it`)
  }
  const isLink = state === 'link' || state === 'hard'
  if (src !== undefined && complete && !isLink)
    found.push('src is for links; say "state: link" or "state: hard"')
  if (recurse && complete && state !== undefined && state !== 'directory') {
    found.push('recurse is for folders; say "state: directory"')
  }
  return found
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

const LOOKING = { follow: true }

function probe(args: FileArgs): Probe {
  const own = [timesProbe(args), args.recurse ? treeProbe(trimmed(args.path), LOOKING) : '']
  return [
    files(pathsOf(args), LOOKING),
    idsLook(args),
    fullLook(args),
    own.filter((script) => script !== '').join('\n'),
  ]
}

/** A look at whether there is something in the folder that a link is to replace. */
function fullLook({ state, path }: FileArgs): Look<boolean> {
  return {
    kind: 'full folders',
    items: state === 'link' ? [trimmed(path)] : [],
    script: (paths) => `for p in ${paths.map(quotePath).join(' ')}; do
  if [ -d "$p" ] && [ ! -h "$p" ] && [ "$(ls -A "$p")" ]; then printf 1; else printf 0; fi
done`,
    read: (output, paths) => paths.map(() => output.take(1).toString() === '1'),
  }
}

function parse(found: ProbeOutput, args: FileArgs): State {
  const paths = pathsOf(args)
  const states = found.of(files(paths, LOOKING))
  const output = new Output(found.bytes)
  return {
    files: new Map(paths.map((path, index) => [path, states[index]])),
    ids: readIds(found, args),
    times: readTimes(output, args, args.state === 'touch' ? 'now' : undefined),
    isFull: found.of(fullLook(args))[0] ?? false,
    below: args.recurse ? readTree(output, trimmed(args.path), LOOKING) : [],
  }
}
