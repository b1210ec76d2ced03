import { planAttributes, unknownOwner } from '../../../host/attributes.ts'
import { failureOf } from '../../../host/edit.ts'
import { describe, isFolder, readFiles } from '../../../host/file-state.ts'
import { type Answer, readAnswer } from '../../../host/http/answer.ts'
import { requestProblems, urlProblems } from '../../../host/http/options.ts'
import { openUrl } from '../../../host/http/request.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import { folderOf } from '../../../host/paths.ts'
import { mayCome } from '../../../host/placement.ts'
import { attributesScripts } from '../../../host/safe-path.ts'
import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh } from '../../../sdk/plans.ts'
import { Output } from '../../../shell/output.ts'
import type { ValueMap } from '../../../values/value.ts'
import { readChecksum } from './checksum.ts'
import { declared } from './options.ts'
import { type Args, parse, probe, type State } from './probe.ts'
import { downloadScript } from './script.ts'

const SCHEMES = ['http', 'https', 'ftp', 'file']

/**
 * Fetches files by the host's curl or wget. Semantics: ansible.builtin.get_url, but a file that is not as it should be
 * is not put in place, and owner and permissions are set where the server has nothing newer, too.
 */
export const get_url = defineMarkedModule<typeof declared, State>(
  {
    name: 'get_url',
    summary: 'Fetches a file from a server to the host, by curl or wget there.',
    options: declared,
    probesElsewhere: true,
    validate: problems,
    probe,
    parse,
    plan,
    interpret: conclude,
  },
  {
    places: ({ dest }, { file }) => (isFolder(file) ? undefined : [{ path: dest, follow: true }]),
  },
)

function problems(args: Partial<Args>): string[] {
  const found = requestProblems(args, SCHEMES)
  if (args.dest === '') found.push('dest: "" is not a path')
  try {
    const url = readChecksum(args.checksum ?? '')?.url
    if (url !== undefined) found.push(...urlProblems(url, SCHEMES))
  } catch (error) {
    found.push((error as Error).message)
  }
  return found
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const base: ValueMap = {
    url: args.url,
    dest: args.dest,
    checksum_src: null,
    checksum_dest: null,
    elapsed: 0,
  }
  const failed = problemOf(args, state, view)
  if (failed !== undefined) return { ...failure(failed), result: base }
  const { file, old, answer } = state
  const { changes, set } = planAttributes(args, state.ids, old?.file, false)
  const settle = old === undefined ? [] : attributesScripts([{ ...old, set }])
  const settled: Plan = { changes, actions: settle.map(sh) }
  if (state.isRight && !args.force && !isFolder(file)) {
    const msg =
      changes.length === 0 ? 'file already exists' : 'file already exists but file attributes changed'
    return { ...settled, result: { ...base, ...describe(old!.file), msg } }
  }
  if (answer !== undefined) {
    if (answer.status === 304) return { ...settled, result: { ...base, ...told(answer) } }
    if (!isTaken(answer)) return refused(answer, base)
  }
  const content: Change = {
    what: 'content',
    before: old === undefined ? null : `${old.file.size} bytes`,
    after: openUrl(args),
  }
  const made = file === undefined ? [{ what: 'state', before: 'absent', after: 'file' }] : []
  return {
    changes: [...made, content, ...changes],
    actions: [{ do: 'sh', script: downloadScript(args, state, settle), tells: true }],
    result: { ...base, ...(answer !== undefined && told(answer)) },
  }
}

function told({ msg, status }: Answer): ValueMap {
  return { msg, status_code: status ?? null }
}

function isTaken({ status, isWhole }: Answer): boolean {
  return isWhole && (status === 200 || status === undefined)
}

function refused(answer: Answer, base: ValueMap): Plan {
  const { failed, result } = refusal(answer)
  return { ...NOTHING, failed: failed!, result: { ...base, ...result } }
}

/** The failure of an answer that is not what was asked for. */
function refusal({ status, msg }: Answer): ModuleResult {
  if (status === undefined || status === -1) return { failed: msg }
  return { failed: `Request failed: ${msg}`, result: { status_code: status, response: msg } }
}

/** What the actions would fail at. */
function problemOf(args: Args, state: State, view: ModuleContext): string | undefined {
  const { dest } = args
  const { file, folder, old } = state
  const unknown = unknownOwner(state.ids, view)
  if (unknown !== undefined) return unknown
  if (state.failed !== undefined) return state.failed
  if (isFolder(file)) return undefined
  if (file !== undefined && old === undefined && file.type !== 'link')
    return `${dest} is a ${file.type}, and a file is to be there`
  if (dest.endsWith('/'))
    return view.check && file === undefined ? undefined : `Destination ${dest} does not exist`
  if (isFolder(folder) || (view.check && mayCome(folder))) return undefined
  return `Destination ${folderOf(dest)} does not exist`
}

function conclude(outcomes: Outcome[], args: Args, state: State, { changes }: Plan): ModuleResult {
  const said = outcomes[0]!.stdout
  const failed = /^(none|wrong)\0/.test(said) ? undefined : failureOf(outcomes)
  if (failed !== undefined) return failed
  // Another action than the download is one that sets attributes.
  if (state.isRight && !args.force && !isFolder(state.file)) return {}
  const output = new Output(Buffer.from(said))
  const [end, code, log, seconds] = [output.field(), output.field(), output.field(), output.field()]
  const answer = readAnswer(log, Number(code), args.url)
  const elapsed = Number(seconds)
  if (end === 'none' && answer.status === 304)
    return { changed: changes.length > transferred(changes), result: { ...told(answer), elapsed } }
  if (end === 'none') {
    const why = refusal(answer)
    return { ...why, changed: false, result: { ...why.result, elapsed } }
  }
  if (end === 'wrong') {
    const found = output.field()
    return {
      changed: false,
      failed: `The checksum for ${args.dest} did not match ${state.digest}; it was ${found}.`,
      result: { ...told(answer), elapsed },
    }
  }
  return placed(output, { ...told(answer), elapsed })
}

/** How many of the changes are those of a download. */
function transferred(changes: readonly Change[]): number {
  return changes.filter(({ what }) => what === 'content' || what === 'state').length
}

function placed(output: Output, base: ValueMap): ModuleResult {
  const [src, dest, changed, before] = [output.field(), output.field(), output.field(), output.field()]
  const [after, md5, backup] = [output.field(), output.field(), output.field()]
  const [file] = readFiles(output, 1)
  return {
    changed: changed !== '',
    result: {
      ...base,
      src,
      dest,
      checksum_src: after,
      checksum_dest: before || null,
      md5sum: md5 || null,
      ...(backup !== '' && { backup_file: backup }),
      ...(file !== undefined && describe(file)),
    },
  }
}
