import { idsProbe, readIds } from '../../host/attributes.ts'
import { digestsOf, IS_LARGE, largeDigestsOf } from '../../host/bytes.ts'
import { failureOf } from '../../host/edit.ts'
import { describe, eachRegular, type FileState, files, isFolder } from '../../host/file-state.ts'
import { fileFootprint } from '../../host/footprints.ts'
import type { Looking } from '../../host/look.ts'
import { defineMarkedModule, type MarkPlace } from '../../host/marked-module.ts'
import { ancestors, below, nameOf, trimmed } from '../../host/paths.ts'
import { type Item, type PlacementState, type Placing, place } from '../../host/placement.ts'
import { TREE_PROBE } from '../../host/tree.ts'
import { readWritten, validateProblems } from '../../host/write.ts'
import { dumpJson } from '../../python/json/dump.ts'
import { str } from '../../python/text.ts'
import type { Footprint } from '../../sdk/footprint.ts'
import type { ModuleContext, ModuleResult, Outcome, Plan } from '../../sdk/module.ts'
import { type ArgsOf, fileOptions, options } from '../../sdk/options.ts'
import { failure } from '../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../sdk/probe.ts'
import { type Content, contentOf, type LocalFile } from '../../shell/content.ts'
import { Output } from '../../shell/output.ts'
import { onceForEach } from '../../values/once-for-each.ts'
import { toBoolean } from '../../values/truth.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'
import { readSource, sourceProbe } from './remote-source.ts'

/** The options that `copy` and `template` share. */
export const placeOptions = options({
  ...fileOptions,
  mode: { ...fileOptions.mode, preserve: true },
  dest: { type: 'path', required: true, help: 'Where it goes; a folder if it ends in "/" or is one.' },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file that was there.' },
  force: { type: 'bool', default: true, help: 'Whether a file that is there already is replaced.' },
  follow: { type: 'bool', default: false, help: 'Whether links on the host are followed, not replaced.' },
  validate: { type: 'str', help: 'Command that checks the new file, with %s for its path.' },
})

const declared = options({
  ...placeOptions,
  src: { type: 'file', help: 'File or folder; of a folder with a "/" at its end, what is in it.' },
  content: { type: 'any', bytes: true, help: 'What the file is to hold, in place of src.' },
  remote_src: { type: 'bool', default: false, help: 'Whether src is on the host already.' },
  directory_mode: { type: 'mode', help: 'Permissions of folders that are made.' },
  local_follow: {
    type: 'bool',
    help: 'Whether links in a folder are followed; the default unless remote_src.',
  },
  decrypt: {
    type: 'bool',
    default: true,
    help: 'Whether what is encrypted with ansible-vault in src is decrypted.',
  },
  checksum: { type: 'str', help: 'SHA-1 that src must have.' },
})

export type CopyArgs = ArgsOf<typeof declared>
type Args = CopyArgs

export interface State extends PlacementState {
  /** What is to be copied when that is on the host. */
  readonly items?: readonly Item[]
  /** The host has what it takes to put many files in place together. */
  readonly unpacks?: boolean
}

/** The paths that must be known: where the source may go, and the folders above. */
const pathsOf = onceForEach(({ src, dest, local_follow }: Args): readonly string[] => {
  const at = trimmed(dest)
  if (typeof src === 'object' && src.below !== undefined) {
    const root = rootOf(src.path, dest)
    const items = treeItems(src, local_follow !== false)
    return [...new Set([...ancestors(below(root, 'x')), ...items.map((item) => below(root, item.path))])]
  }
  const inside = src === undefined ? at : below(at, nameOf(typeof src === 'string' ? src : src.path))
  return [...new Set([...ancestors(below(inside, 'x')), at, inside])]
})

/** Folders get them too, as under Ansible; links have none. */
const COPY_MARKS = {
  paths: pathsOf,
  below: ({ src, dest }: Args) => (typeof src === 'string' ? [rootOf(src, dest)] : []),
  places(args: Args, state: State): MarkPlace[] {
    const { root, items } = destination(args, state)
    return items
      .filter(({ type }) => type !== 'link')
      .map((item) => {
        const path = below(root, item.path)
        const found = state.files.get(path)
        const follow = item.type === 'directory' || (args.follow && found?.real?.state !== undefined)
        return {
          path,
          follow,
          type: item.type,
          isReplaced: !follow && found?.type === 'link',
          ...(found !== undefined && { file: found }),
        }
      })
  },
}

/** Puts files and folders on hosts. Semantics: ansible.builtin.copy. */
export const copy = defineMarkedModule<typeof declared, State>(
  {
    name: 'copy',
    summary: 'Copies files and folders to a host, or within it.',
    options: declared,
    remoteSource: ({ remote_src }) => toBoolean(String(remote_src)) === true,
    validate: problems,
    probe,
    parse,
    plan,
    footprint: { paths: footprintPaths, of: footprint },
    interpret: concludePlacing,
  },
  COPY_MARKS,
)

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { src, content, dest } = args
  const found = validateProblems(args.validate)
  if (src !== undefined && content !== undefined) found.push('give src or content, not both')
  if (complete && src === undefined && content === undefined) found.push('copy needs "src" or "content"')
  if (content !== undefined && dest?.endsWith('/')) {
    found.push('content needs the path of a file as dest; this one ends in "/"')
  }
  return found
}

function probe(args: Args, view: ModuleContext): Probe {
  const { src, dest, local_follow } = args
  const looking = lookingFor(args, view)
  const own =
    typeof src === 'string'
      ? sourceProbe(src, rootOf(src, dest), local_follow === true, looking)
      : isLocalTree(src)
        ? TREE_PROBE
        : ''
  const { states, digests, large } = filesLooks(args, view)
  return [states, digests, large, idsProbe(args), own]
}

/** The files, and their digests by probes of their own: one stat then does for more tasks. */
function filesLooks(args: Args, view: ModuleContext) {
  const paths = pathsOf(args)
  const { digest, content } = lookingFor(args, view)
  const sizes = largeOf(args)
  return {
    states: files(paths, { follow: true, ...(content && { content }) }),
    digests: digestsOf(
      paths.filter((path) => !sizes.has(path)),
      digest,
    ),
    large: largeDigestsOf([...sizes].map(([path, size]) => ({ path, size }))),
  }
}

/** Where large files of the controller go, with their sizes. */
function largeOf({ src, content, dest, local_follow }: Args): ReadonlyMap<string, number> {
  if (typeof src !== 'object' || content !== undefined) return new Map()
  const isLarge = (size: number) => size >= IS_LARGE
  if (src.below === undefined) {
    const { size } = src.content!
    const at = trimmed(dest)
    return new Map(isLarge(size) ? [at, below(at, nameOf(src.path))].map((path) => [path, size]) : [])
  }
  const items = treeItems(src, local_follow !== false).filter(({ size }) => isLarge(size ?? 0))
  const root = rootOf(src.path, dest)
  return new Map(items.map(({ path, size }) => [below(root, path), size!]))
}

function readFiles(output: ProbeOutput, args: Args, view: ModuleContext): (FileState | undefined)[] {
  const { states, digests, large } = filesLooks(args, view)
  const known = new Map<string, string | undefined>()
  const small = output.of(digests)
  for (const [index, path] of digests.items.entries()) known.set(path, small[index])
  const big = output.of(large)
  for (const [index, path] of [...largeOf(args).keys()].entries()) known.set(path, big[index])
  const paths = pathsOf(args)
  return eachRegular(output.of(states), (file, index) => {
    const digest = known.get(paths[index]!)
    return digest === undefined ? file : { ...file, digest }
  })
}

/** Links on the host are always followed: one to a folder is as good as a folder. */
function lookingFor({ src }: Args, { diff }: ModuleContext): Looking & { readonly digest: string } {
  return { follow: true, digest: typeof src === 'string' ? 'sha1sum' : 'sha256sum', content: diff }
}

function parse(output: ProbeOutput, args: Args, view: ModuleContext): State {
  const paths = pathsOf(args)
  const looking = lookingFor(args, view)
  const found = readFiles(output, args, view)
  const known = new Map(paths.map((path, index) => [path, found[index]]))
  const ids = readIds(output, args)
  if (typeof args.src !== 'string') {
    return { files: known, ids, unpacks: isLocalTree(args.src) && output.text === '1' }
  }
  const to = rootOf(args.src, args.dest)
  const source = readSource(
    new Output(output.bytes),
    trimmed(args.src),
    to,
    args.local_follow === true,
    looking,
  )
  return { files: new Map([...known, ...source.files]), ids, items: source.items }
}

function isLocalTree(src: Args['src']): boolean {
  return typeof src === 'object' && src.below !== undefined
}

/** Where what is in a folder goes. */
function rootOf(src: string, dest: string): string {
  return src.endsWith('/') ? trimmed(dest) : below(trimmed(dest), nameOf(src))
}

/** Links that cannot be followed stay links. */
function deadLinks({ src, local_follow }: Args): string[] {
  const dead = typeof src === 'object' && local_follow !== false ? src.below?.filter((one) => one.dead) : []
  return (dead ?? []).map(({ path }) => `${path} in the source leads nowhere, and is copied as a link`)
}

/** What is copied, and where to. */
function destination(args: Args, state: State) {
  const { src, dest } = args
  const items = state.items ?? itemsOf(args)
  const isTree = items[0]?.path !== ''
  const intoFolder = dest.endsWith('/') || isFolder(state.files.get(trimmed(dest)))
  const from = typeof src === 'object' ? src.path : src
  const root =
    isTree && from !== undefined
      ? rootOf(from, dest)
      : intoFolder && from !== undefined
        ? below(trimmed(dest), nameOf(from))
        : trimmed(dest)
  return { items, isTree, intoFolder, from, root }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { src, dest, checksum } = args
  const { items, isTree, intoFolder, from, root } = destination(args, state)
  const [only] = items
  if (checksum !== undefined && (isTree || sha1Of(only!) !== checksum)) {
    return failure(
      isTree
        ? 'checksum is for one file, and the source is a folder'
        : `the SHA-1 of the source is ${sha1Of(only!)}, not ${checksum}`,
    )
  }
  if (from === undefined && intoFolder)
    return failure(`${dest} is a folder; content needs the path of a file as dest`)
  const placing: Placing = {
    ...args,
    dest: root,
    folders: ancestors(isTree ? below(root, 'x') : root),
    makesFolders: isTree || dest.endsWith('/'),
    keepsModes: isTree && typeof src === 'string',
    unpacks: state.unpacks === true,
  }
  const placed = place(placing, items, state, view)
  const result: ValueMap = isTree
    ? { dest: root, src: from! }
    : { ...placed.result, checksum: sha1Of(only!), ...(from !== undefined && { src: from }) }
  return { ...placed, result, warnings: deadLinks(args) }
}

/** Where a single file goes, which comes from here: of trees and of what is on the host already it is not said. */
function footprintPaths({ src, dest }: Args): string[] {
  const at = trimmed(dest)
  if (src === undefined) return [at]
  return typeof src === 'string' || src.below !== undefined ? [] : [at, below(at, nameOf(src.path))]
}

function footprint(args: Args, state: State, plan: Plan): Footprint | undefined {
  if (footprintPaths(args).length === 0) return undefined
  const { root } = destination(args, state)
  const at = trimmed(args.dest)
  const besides = at === root ? [] : [[at, state.files.get(at)] as const]
  return fileFootprint({ ...args, path: root, file: state.files.get(root), besides }, plan)
}

function sha1Of({ source, digest }: Item): string {
  return typeof source === 'object' ? source.sha1 : (digest ?? '')
}

/** What is to be copied from here. */
function itemsOf({ src, content, local_follow }: Args): Item[] {
  if (typeof src !== 'object') return [fileItem('', 0o644, contentOf(textOfValue(content ?? '')))]
  if (src.below !== undefined) return treeItems(src, local_follow !== false)
  return [fileItem('', src.mode, src.content!)]
}

function treeItems(src: LocalFile, isFollowed: boolean): Item[] {
  const items: Item[] = []
  let belowLink: string | undefined
  for (const { path, mode, content, link, dead } of src.below ?? []) {
    if (belowLink !== undefined && path.startsWith(belowLink)) continue
    if (link !== undefined && (!isFollowed || dead)) {
      items.push({ path, mode, type: 'link', link })
      belowLink = `${path}/`
    } else if (content !== undefined) items.push(fileItem(path, mode, content))
    else items.push({ path, mode, type: 'directory' })
  }
  return items
}

function fileItem(path: string, mode: number, content: Content): Item {
  const { sha256, size } = content
  return { path, type: 'file', mode, source: content, digest: sha256, size, text: () => content.text() }
}

/** A list or map becomes JSON, all else what Python's `str` makes of it. */
function textOfValue(value: Value): string {
  const isJson = Array.isArray(value) || isMap(value)
  return isJson ? dumpJson(value) : str(value)
}

/** What the task returns besides what was planned: the file as it has become, and its backup. */
function concludePlacing(outcomes: Outcome[], args: Args, state: State): ModuleResult {
  const failed = failureOf(outcomes)
  if (failed !== undefined) return failed
  const wrote = outcomes.findLast((outcome) => outcome.stdout.includes('\0'))
  if (wrote === undefined) return {}
  const { file, backup } = readWritten(wrote)
  const isTree = (state.items ?? itemsOf(args))[0]?.path !== ''
  return {
    result: {
      ...(!isTree && file !== undefined && describe(file)),
      ...(backup !== undefined && { backup_file: backup }),
    },
  }
}

/** The parts that `template` shares with copy. */
export const copying = {
  ...{ probe, parse, plan, footprintPaths, footprint, conclude: concludePlacing },
  marks: COPY_MARKS,
}
