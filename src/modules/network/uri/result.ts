import { failureOf } from '../../../host/edit.ts'
import { describe, readFiles } from '../../../host/file-state.ts'
import { type Answer, absolute, headerOf, readAnswer } from '../../../host/http/answer.ts'
import { loadJson } from '../../../python/json/load.ts'
import type { ModuleResult, Outcome } from '../../../sdk/module.ts'
import { Output } from '../../../shell/output.ts'
import { put } from '../../../values/keys.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import type { Args } from './script.ts'

/** What a request has come to, in Ansible's names. */
export function conclude(outcomes: readonly Outcome[], args: Args): ModuleResult {
  const { stdout } = outcomes[0]!
  if (!stdout.includes('\0')) return failureOf(outcomes) ?? { changed: false }
  const output = new Output(Buffer.from(stdout))
  const [code, log, seconds] = [Number(output.field()), output.field(), Number(output.field())]
  const answer = readAnswer(log, code, args.url)
  const body = Buffer.from(output.field(), 'base64')
  const result = { ...describeAnswer(answer, args), elapsed: seconds, ...contentOf(answer, body, args) }
  const status = answer.status ?? -1
  const allowed = args.status_code.map(Number)
  if (!allowed.includes(status)) {
    const failed = `Status code was ${status} and not [${allowed.join(', ')}]: ${answer.msg}`
    return { failed, changed: false, result }
  }
  if (output.done) {
    const failed = failureOf(outcomes)
    const path = args.dest !== undefined && { path: args.dest }
    return { ...failed, changed: false, result: { ...result, ...path } }
  }
  const [path, changed] = [output.field(), output.field()]
  const [file] = readFiles(output, 1)
  return { changed: changed !== '', result: { ...result, ...(file && describe(file)), path } }
}

function describeAnswer(answer: Answer, { url }: Args): ValueMap {
  const { status = -1, msg, headers, cookies } = answer
  const told: ValueMap = {}
  for (const [name, value] of headers) {
    const key = name.toLowerCase().replaceAll('-', '_')
    put(told, key, Object.hasOwn(told, key) ? `${told[key]}, ${value}` : value)
  }
  const location = headerOf(answer, 'location')
  if (location !== undefined) told.location = absolute(location, url)
  const isSuccess = status >= 200 && status < 300
  const pairs = [...cookies]
  return {
    ...told,
    ...(isSuccess && {
      cookies: Object.fromEntries(pairs),
      cookies_string: pairs.map(([name, value]) => `${name}=${value}`).join('; '),
    }),
    msg,
    status,
    url: answer.url,
    redirected: answer.url !== url,
  }
}

function contentOf(answer: Answer, body: Buffer, { return_content }: Args): ValueMap {
  const type = headerOf(answer, 'content-type') ?? 'application/octet-stream'
  const isJson = /^[^;,]*[/+](json|javascript)\s*([;,]|$)/i.test(type)
  if (!isJson && !return_content) return {}
  const text = decoded(body, /charset\s*=\s*"?([^\s";,]+)/i.exec(type)?.[1])
  const json = isJson ? readJson(text) : undefined
  return { ...(json !== undefined && { json }), ...(return_content && { content: text }) }
}

function decoded(body: Buffer, charset = 'utf-8'): string {
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    return body.toString()
  }
}

/** The value of a text that claims to be JSON; undefined if it is none. */
function readJson(text: string): Value | undefined {
  try {
    return loadJson(text) as Value
  } catch {
    return undefined
  }
}
