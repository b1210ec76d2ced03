import { unknownOwner } from '../../../host/attributes.ts'
import { failureOf } from '../../../host/edit.ts'
import { describe, isFolder } from '../../../host/file-state.ts'
import { urlProblems } from '../../../host/http/options.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import { mayCome } from '../../../host/placement.ts'
import { attributesScripts } from '../../../host/safe-path.ts'
import type { ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh } from '../../../sdk/plans.ts'
import type { ArchiveKind } from '../../../shell/archive.ts'
import { Output } from '../../../shell/output.ts'
import { toBoolean } from '../../../values/truth.ts'
import type { ValueMap } from '../../../values/value.ts'
import { differences } from './compare.ts'
import { type Member, refusalOf } from './members.ts'
import { declared } from './options.ts'
import { type Archive, type Args, isUrl, parse, probe, type State } from './probe.ts'
import { unpackAction } from './script.ts'

/**
 * Unpacks archives. Semantics: ansible.builtin.unarchive, but an archive that leads out of its folder is refused, a file
 * of the same size and time is the same, and folders that are there are left in place where a link stands for them.
 */
export const unarchive = defineMarkedModule<typeof declared, State>(
  {
    name: 'unarchive',
    summary: 'Unpacks an archive of tar or zip on the host.',
    options: declared,
    remoteSource: ({ remote_src, copy }) => isTrue(remote_src) || (copy !== undefined && !isTrue(copy)),
    validate: problems,
    probe,
    parse,
    plan,
    interpret: conclude,
  },
  { places: () => undefined },
)

function isTrue(given: unknown): boolean {
  return toBoolean(String(given)) === true
}

/** Options with which what is unpacked would not be in the folder, or not unpacked. */
const ELSEWHERE =
  /^(-[CPfOtcruxA]|--(directory|absolute-names|file|to-stdout|to-command|list|create|update|append|extract|get|use-compress-program)(=|$))/

function problems(args: Partial<Args>): string[] {
  const { src, include = [], exclude = [], extra_opts = [], remote_src, copy } = args
  const found: string[] = []
  if (include.length > 0 && exclude.length > 0)
    found.push('parameters are mutually exclusive: include|exclude')
  if (remote_src !== undefined && copy !== undefined)
    found.push("parameters are mutually exclusive: ('copy', 'remote_src')")
  if (src !== undefined && isUrl(src)) found.push(...urlProblems(src, ['http', 'https', 'ftp', 'file']))
  for (const word of extra_opts)
    if (ELSEWHERE.test(word))
      found.push(
        `extra_opts: ${word} is not taken: what is unpacked would be elsewhere, or something else is done`,
      )
  return found
}

const HANDLERS: Readonly<Record<ArchiveKind, string>> = {
  tar: 'TarArchive',
  gzip: 'TgzArchive',
  bzip2: 'TarBzipArchive',
  xz: 'TarXzArchive',
  zstd: 'TarZstdArchive',
  zip: 'ZipArchive',
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { src, dest, creates } = args
  if (state.isCreated) return { ...NOTHING, skipped: `skipped, since ${creates} exists` }
  const unknown = unknownOwner(state.ids, view)
  if (unknown !== undefined) return failure(unknown)
  const isThere = isFolder(state.dest)
  if (!isThere && !(view.check && mayCome(state.dest)))
    return failure(`dest '${dest}' must be an existing dir`)
  const from = typeof src === 'string' ? src : src.path
  const base: ValueMap = {
    ...(state.dest && describe(state.dest.real?.state ?? state.dest)),
    dest,
    src: from,
  }
  const { problem, archive } = state
  // Under check an earlier task may be the one that makes the archive, or installs the program.
  if (problem !== undefined && !(view.check && /does not exist$|^Unable to find required/.test(problem)))
    return { ...failure(problem), result: base }
  if (archive === undefined) {
    const change = { what: 'archive', before: null, after: from }
    return { changes: [change], actions: [unpackAction(args, state, new Map())], result: base }
  }
  return { ...unpacking(args, state, archive), result: { ...base, ...about(args, archive) } }
}

function unpacking(args: Args, state: State, archive: Archive): Plan {
  const refused = refusalOf(archive.members)
  if (refused !== undefined) return failure(refused)
  const { changes, isUnpacked, unpacked, settings, failed } = differences(args, state, archive)
  if (failed !== undefined) return failure(failed)
  const unpack = isUnpacked ? [unpackAction(args, state, unpacked)] : []
  return { changes: [...changes], actions: [...unpack, ...attributesScripts(settings).map(sh)] }
}

function about({ list_files }: Args, { kind, members }: Archive): ValueMap {
  const names = members.map(({ name }: Member) => name)
  return { handler: HANDLERS[kind], ...(list_files && { files: names }) }
}

function conclude(outcomes: Outcome[], args: Args, state: State): ModuleResult {
  const failed = failureOf(outcomes)
  if (failed !== undefined) return failed
  if (state.archive !== undefined) return {}
  const output = new Output(Buffer.from(outcomes[0]!.stdout))
  const [kind, moved, names] = [output.field() as ArchiveKind, output.field(), output.field()]
  return {
    changed: moved !== '',
    result: { handler: HANDLERS[kind], ...(args.list_files && { files: names.split('\n') }) },
  }
}
