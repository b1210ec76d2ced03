import { createHash, createHmac } from 'node:crypto'
import {
  type Edit,
  type Edited,
  editFootprint,
  editProbe,
  failureOf,
  fromBytes,
  linesOf,
  planEdit,
  readEdited,
  toBytes,
} from '../../host/edit.ts'
import { isFolder } from '../../host/file-state.ts'
import { folderOf } from '../../host/paths.ts'
import { mayCome, noFolder } from '../../host/placement.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure } from '../../sdk/plans.ts'
import { globToRegExp } from '../../values/glob.ts'

const declared = options({
  name: {
    type: 'str',
    required: true,
    aliases: ['host'],
    help: 'The host, as `[name]:port` if its port is not 22.',
  },
  key: {
    type: 'str',
    help: 'The line of the host: names, type and key; without it `state: absent` removes all keys of the host.',
  },
  path: {
    type: 'path',
    default: '~/.ssh/known_hosts',
    help: 'The file of keys; its folder is there already.',
  },
  hash_host: { type: 'bool', default: false, help: 'Whether the name is written as a hash.' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the host has the key.',
  },
})

type Args = ArgsOf<typeof declared>

/** Says which keys SSH takes for those of a host. Semantics: ansible.builtin.known_hosts. */
export const known_hosts = defineModule<typeof declared, Edited>({
  name: 'known_hosts',
  summary: 'Adds or removes keys by which SSH knows a host.',
  options: declared,
  validate: problems,
  probe: (args) => editProbe(editing(args)),
  parse: (output, args) => readEdited(output, editing(args)),
  plan,
  footprint: {
    paths: (args) => editFootprint.paths(editing(args)),
    of: (args, state, plan) => editFootprint.of(editing(args), state, plan),
  },
  interpret: (outcomes) => failureOf(outcomes) ?? {},
})

function problems({ name, key, state }: Partial<Args>, complete: boolean): string[] {
  if (complete && !key && state !== 'absent') return ['No key specified when adding a host']
  if (name === undefined || !key) return []
  if (/\S\s*,/.test(name)) {
    return [
      'Comma separated list of names is not supported. Please pass a single name to lookup in the known_hosts file.',
    ]
  }
  const isOfHost = linesOf(key).some((line) => isKey(line) && isFor(entryOf(line), name.toLowerCase()))
  return isOfHost ? [] : ['Host parameter does not match hashed host field in supplied key']
}

function editing({ path }: Args) {
  return { path, state: 'present', create: true } as const
}

interface Entry {
  /** "@cert-authority" or "@revoked"; "" for a key of the host itself. */
  readonly marker: string
  readonly names: string
  readonly type: string
  readonly blob: string
}

/** A line of the file; undefined for a comment and what is none. */
function entryOf(line: string): Entry | undefined {
  const [, marker = '', names, type, blob] = /^\s*(?:(@\S+)\s+)?([^\s#@]\S*)\s+(\S+)\s+(\S+)/.exec(line) ?? []
  return blob === undefined ? undefined : { marker, names: names!, type: type!, blob }
}

/** The key tells its own type, which is the one that stands before it. */
function isKey(line: string): boolean {
  const { type = '', blob = '' } = entryOf(line) ?? {}
  const bytes = Buffer.from(blob, 'base64')
  const told = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE()).toString('latin1') : ''
  return told !== '' && told === type
}

function isFor(entry: Entry | undefined, host: string): boolean {
  if (entry === undefined) return false
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(entry.names) ?? []
  if (salt !== undefined) return hashed(host, Buffer.from(salt, 'base64')) === hash
  const patterns = entry.names.toLowerCase().split(',')
  const fits = (pattern: string) => globToRegExp(pattern.replaceAll('[', '[[]')).test(host)
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern))
}

function hashed(host: string, salt: Buffer): string {
  return createHmac('sha1', salt).update(host).digest('base64')
}

/** The line with the host's name as a hash; the same one each time, so that a plan is what is then done. */
function withHash(key: string, host: string): string {
  const parts = key.trim().split(/\s+/)
  const salt = createHash('sha1').update(`${host}\n${key}`).digest()
  return parts
    .with(parts[0]!.startsWith('@') ? 1 : 0, `|1|${salt.toString('base64')}|${hashed(host, salt)}`)
    .join(' ')
}

function plan(args: Args, state: Edited, view: ModuleContext): Plan {
  const { path, name, key, hash_host } = args
  const edit = edited(args, state.bytes)
  const isMissing = state.file === undefined && !isFolder(state.folder)
  if (edit.change !== undefined && isMissing && !(view.check && mayCome(state.folder)))
    return failure(noFolder(folderOf(path), state.folder))
  const made = planEdit(editing(args), state, edit, view)
  if (made.failed !== undefined) return made
  const diff = {
    before_header: state.file === undefined ? '/dev/null' : path,
    after_header: path,
    before: fromBytes(state.bytes),
    after: fromBytes(edit.bytes),
  }
  return { ...made, result: { name, key: key ?? null, path, hash_host, state: args.state, diff } }
}

function edited({ name, key, hash_host, state }: Args, bytes: string): Edit {
  const host = name.toLowerCase()
  const lines = linesOf(bytes)
  const what = `key of ${host}`
  if (!key) {
    const kept = lines.filter((line) => !isFor(entryOf(line), host) || entryOf(line)!.marker !== '')
    if (kept.length === lines.length) return { bytes, msg: '' }
    const gone = lines.filter((line) => !kept.includes(line)).map((line) => fromBytes(line).trimEnd())
    return { bytes: kept.join(''), change: { what, before: gone.join('\n'), after: null }, msg: '' }
  }
  const line = `${(hash_host ? withHash(key, host) : key).replace(/\n$/, '')}\n`
  const { at, isSame } = placeOf(lines, entryOf(line)!, host)
  if (state === 'present' ? isSame : at === -1) return { bytes, msg: '' }
  const others = at === -1 ? lines : lines.toSpliced(at, 1)
  const before = at === -1 ? null : fromBytes(lines[at]!).trimEnd()
  if (state === 'absent') return { bytes: others.join(''), change: { what, before, after: null }, msg: '' }
  const ended = others.map((other) => (other.endsWith('\n') ? other : `${other}\n`))
  const after = [...ended, toBytes(line)].join('')
  return { bytes: after, change: { what, before, after: line.trimEnd() }, msg: '' }
}

/** The first line with a key of the host that is of the same type, and whether it is the same one; -1 for none. */
function placeOf(lines: readonly string[], wanted: Entry, host: string): { at: number; isSame: boolean } {
  const isHashed = (names: string) => names.startsWith('|1|')
  const at = lines.findIndex((line) => isFor(entryOf(line), host) && entryOf(line)!.type === wanted.type)
  if (at === -1) return { at, isSame: false }
  const { marker, names, blob } = entryOf(lines[at]!)!
  const isNamed = names === wanted.names || (isHashed(names) && isHashed(wanted.names))
  return { at, isSame: isNamed && marker === wanted.marker && blob === wanted.blob }
}
