import { failureOf } from '../../host/edit.ts'
import { type FileState, files, followed } from '../../host/file-state.ts'
import { heldScripts } from '../../host/safe-path.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, sh, together } from '../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../sdk/probe.ts'
import { Output } from '../../shell/output.ts'
import { quote, quotePath } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'

const declared = options({
  path: { type: 'path', required: true, aliases: ['name'], help: 'The file or folder on the host.' },
  key: { type: 'str', help: 'Name of the attribute, without its namespace.' },
  namespace: { type: 'str', default: 'user', help: 'Namespace of the attribute.' },
  value: { type: 'str', help: 'What the attribute is to be; it makes the state present.' },
  state: {
    type: 'str',
    choices: ['absent', 'all', 'keys', 'present', 'read'],
    default: 'read',
    help: 'Whether the attribute is to be there; or read, all and keys: what is returned.',
  },
  follow: { type: 'bool', default: true, help: 'Whether what a link leads to is meant, and not the link.' },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly file: FileState | undefined
  /** A program that the host lacks. */
  readonly lack: string
  /** Why attributes cannot be read. */
  readonly refusal: string
  /** As getfattr writes them. */
  readonly told: ValueMap
  /** Of the key; undefined if it is not there. */
  readonly current: Buffer | undefined
}

/** Extended attributes of files, by getfattr and setfattr. Semantics: community.general.xattr. */
export const xattr = defineModule<typeof declared, State>({
  name: 'xattr',
  summary: 'Reads and sets extended attributes of a file.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret: (outcomes) => failureOf(outcomes) ?? {},
})

/** A value, whatever the state, is to be set. */
function stateOf({ state, value }: Partial<Args>): Args['state'] | undefined {
  return value === undefined ? state : 'present'
}

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { key, value } = args
  const state = stateOf(args)
  const found: string[] = []
  if (complete && key === undefined && (state === 'absent' || state === 'present'))
    found.push(`${state} needs a key parameter`)
  if (complete && state === 'present' && value === undefined) found.push('present needs a value parameter')
  for (const text of [key ?? 'x', `${args.namespace ?? ''}x`])
    if (!/^[^\s=#-][^\s=]*$/.test(text)) found.push(`${JSON.stringify(text)} is not a name of an attribute`)
  if (value !== undefined) {
    try {
      bytesOf(value)
    } catch (error) {
      found.push((error as Error).message)
    }
  }
  return found
}

/** The attribute's name with its namespace. */
function nameOf({ key, namespace }: Args): string | undefined {
  if (key === undefined || namespace === '' || (namespace === 'user' && key.startsWith('user.'))) return key
  return `${namespace}.${key}`
}

/** The bytes that setfattr makes of a text. Raises an Error with a sentence. */
function bytesOf(value: string): Buffer {
  const [, hex] = /^0x(.*)$/is.exec(value) ?? []
  const [, base64] = /^0s(.*)$/is.exec(value) ?? []
  if (hex !== undefined) {
    if (!/^([0-9a-f]{2}|\s)*$/i.test(hex))
      throw new Error(`value: ${value} is not hexadecimal, as its 0x says`)
    return Buffer.from(hex.replace(/\s/g, ''), 'hex')
  }
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return Buffer.from(/^"(.*)"$/s.exec(value)?.[1] ?? value)
}

function look({ path }: Args) {
  return files([path], { follow: true })
}

function probe(args: Args): Probe {
  return [look(args), script(args)]
}

/** Sh that prints what is lacking, why nothing can be read, what getfattr tells, and 1 and the value, or 0. */
function script(args: Args): string {
  const name = nameOf(args)
  const state = stateOf(args)
  const which = state === 'keys' ? '' : state === 'all' || name === undefined ? ' -d' : ` -n ${quote(name)}`
  const get = `LC_ALL=C getfattr --absolute-names${args.follow ? '' : ' -h'}`
  return [
    `f=${quotePath(args.path)}`,
    "for x in getfattr setfattr; do command -v $x >/dev/null || { printf '%s\\0\\0\\0000' $x; exit 0; }; done",
    `[ -e "$f" ] || [ -h "$f" ] || { printf '\\0\\0\\0000'; exit 0; }`,
    `said=$({ ${get}${which} -- "$f" >/dev/null; } 2>&1) && said=`,
    `case $said in *'No such attribute'*) said= ;; esac`,
    `printf '\\0%s\\0%s\\0' "$said" "$(${get}${which} -- "$f" 2>/dev/null)"`,
    ...(name === undefined
      ? ['printf 0']
      : [
          `if ${get} -n ${quote(name)} -- "$f" >/dev/null 2>&1; then printf 1; ${get} --only-values -n ${quote(name)} -- "$f"; else printf 0; fi`,
        ]),
  ].join('\n')
}

function parse(output: ProbeOutput, args: Args): State {
  const [itself] = output.of(look(args))
  const own = new Output(output.bytes)
  const [lack, refusal, text] = [own.field(), own.field(), own.field()]
  const isThere = own.take(1).toString() === '1'
  const told: ValueMap = {}
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^([^#=][^=]*)(?:=(.*))?$/.exec(line) ?? []
    if (name !== undefined) told[name] = value.replace(/^"|"$/g, '')
  }
  return { file: itself, lack, refusal: refusal.trim(), told, current: isThere ? own.rest() : undefined }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { path, value } = args
  const { file, lack, refusal, told, current } = state
  // Under check an earlier task may be the one that makes the file, or installs the program.
  if (lack !== '' && !view.check)
    return failure(`${lack} is needed on the host, and is not there: install attr`)
  const isThere =
    file !== undefined && (!args.follow || file.type !== 'link' || file.real?.state !== undefined)
  if (!isThere && !view.check) return failure('path not found or not accessible!')
  const name = nameOf(args)
  const wanted = stateOf(args)
  const result = (msg: string): Plan => ({ ...NOTHING, result: { msg, xattr: told } })
  if (wanted === 'keys') return result('returning all keys')
  if (wanted === 'all') return result('dumping all')
  if (wanted === 'read') return result(`returning ${name ?? 'None'}`)
  if (refusal !== '') return failure(refusal)
  const after = wanted === 'present' ? bytesOf(value!) : undefined
  const base = result(wanted === 'present' ? `${name} set to ${value}` : `${name} removed`)
  if (after === undefined ? current === undefined : current !== undefined && after.equals(current))
    return base
  const change = { what: name!, before: current?.toString() ?? null, after: after?.toString() ?? null }
  const words =
    after === undefined ? `-x ${quote(name!)}` : `-n ${quote(name!)} -v 0x${after.toString('hex')}`
  const target = args.follow ? followed(path, file) : { path, file }
  // Nothing is there under check alone, and then nothing is carried out.
  const scripts =
    target.file === undefined ? [':'] : heldScripts([{ ...target, file: target.file, work: setting(words) }])
  return { ...together([change], sh(scripts[0]!)), result: base.result! }
}

function setting(words: string): (names: string) => string {
  return (names) => `LC_ALL=C setfattr -h ${words} -- ${names}`
}
