import { readIds, unknownOwner } from '../../../host/attributes.ts'
import { type FileState, isFolder } from '../../../host/file-state.ts'
import { requestProblems } from '../../../host/http/options.ts'
import { openUrl } from '../../../host/http/request.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import { folderOf } from '../../../host/paths.ts'
import type { ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, together } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { toBoolean } from '../../../values/truth.ts'
import { type Body, bodyOf } from './body.ts'
import { declared } from './options.ts'
import { conclude } from './result.ts'
import { type Args, askAction, looks, probe, type Sent, type State } from './script.ts'

/**
 * Asks a service by the host's curl or wget. Semantics: ansible.builtin.uri, but a file at dest that is the same already
 * is no change.
 */
export const uri = defineMarkedModule<typeof declared, State>(
  {
    name: 'uri',
    summary: 'Asks a web service, by curl or wget on the host.',
    options: declared,
    remoteSource: ({ remote_src }) => toBoolean(String(remote_src)) === true,
    validate: problems,
    probe,
    parse,
    plan,
    interpret: conclude,
  },
  {
    paths: ({ dest }) => (dest === undefined ? [] : [dest]),
    places: ({ dest }, { file }) =>
      dest === undefined ? [] : isFolder(file) ? undefined : [{ path: dest, follow: true }],
  },
)

function problems(args: Partial<Args>): string[] {
  const found = requestProblems(args, ['http', 'https'])
  if (args.method !== undefined && !/^[a-z]+$/i.test(args.method))
    found.push("Parameter 'method' needs to be a single word in uppercase, like GET or POST.")
  if (args.body !== undefined && args.src !== undefined)
    found.push('parameters are mutually exclusive: body|src')
  for (const status of args.status_code ?? [])
    if (!/^\d{3}$/.test(status) && status !== '-1')
      found.push(`status_code: ${status} is not a status of HTTP`)
  return found
}

function parse(output: ProbeOutput, args: Args): State {
  const found = output.of(looks(args))
  const isThere = (path: string | undefined) => path !== undefined && exists(found.shift())
  const [creates, removes] = [isThere(args.creates), isThere(args.removes)]
  const [file, folder] = found
  return { creates, removes, file, folder, ids: readIds(output, args) }
}

function exists(file: FileState | undefined): boolean {
  return file !== undefined && (file.type !== 'link' || file.real?.state !== undefined)
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  if (view.check) return { ...NOTHING, skipped: 'remote module (uri) does not support check mode' }
  const { creates, removes, url } = args
  const idle = (stdout: string): Plan => ({ ...NOTHING, result: { stdout } })
  if (state.creates) return idle(`skipped, since '${creates}' exists`)
  if (removes !== undefined && !state.removes) return idle(`skipped, since '${removes}' does not exist`)
  const failed = problemOf(args, state, view)
  if (failed !== undefined)
    return { ...failure(failed), result: { url, status: -1, redirected: false, elapsed: 0 } }
  try {
    const body = bodyFor(args)
    const action = askAction(args, state, body, sentFor(args, body))
    return together(
      [{ what: 'request', before: null, after: `${args.method.toUpperCase()} ${openUrl(args)}` }],
      action,
    )
  } catch (error) {
    return failure((error as Error).message)
  }
}

function bodyFor({ src, body, body_format, remote_src }: Args): Body | undefined {
  // Of a file, only what the server is told of it.
  return bodyOf(src === undefined ? body : '', body_format, remote_src)
}

function sentFor({ src }: Args, body: Body | undefined): Sent | undefined {
  if (src === undefined) return body
  if (typeof src === 'string') return { path: src }
  if (src.content === undefined) throw new Error(`${src.path} is a folder, and a file is to be sent`)
  return { content: src.content }
}

function problemOf({ dest }: Args, { file, folder, ids }: State, view: ModuleContext): string | undefined {
  if (dest === undefined) return undefined
  const unknown = unknownOwner(ids, view)
  if (unknown !== undefined || isFolder(file)) return unknown
  if (file !== undefined && file.type !== 'file' && file.type !== 'link')
    return `${dest} is a ${file.type}, and a file is to be there`
  if (dest.endsWith('/') || !isFolder(folder)) return `Destination ${folderOf(dest)} does not exist`
  return undefined
}
