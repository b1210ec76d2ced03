import { createHash } from 'node:crypto'
import {
  type Edit,
  type Edited,
  editFootprint,
  editProbe,
  failureOf,
  linesOf,
  planEdit,
  readEdited,
  toBytes,
} from '../../host/edit.ts'
import { defineMarkedModule } from '../../host/marked-module.ts'
import { passwordHash } from '../../python/crypt/password-hash.ts'
import type { ModuleContext, Plan } from '../../sdk/module.ts'
import { type ArgsOf, fileOptions, options } from '../../sdk/options.ts'
import { failure, NOTHING } from '../../sdk/plans.ts'

/** How hashes can be made; passlib knows more. */
const SCHEMES = [
  'apr_md5_crypt',
  'md5_crypt',
  'sha256_crypt',
  'sha512_crypt',
  'bcrypt',
  'ldap_sha1',
  'plaintext',
] as const

const declared = options({
  path: { type: 'path', required: true, aliases: ['dest', 'destfile'], help: 'The file of passwords.' },
  name: { type: 'str', required: true, aliases: ['username'], help: 'The user.' },
  password: {
    type: 'str',
    secret: true,
    bytes: true,
    help: 'The password; needed for a user who is not in the file yet.',
  },
  crypt_scheme: {
    type: 'str',
    aliases: ['hash_scheme'],
    choices: SCHEMES,
    default: 'apr_md5_crypt',
    help: 'How a new password is hashed; one that is right stays as it is hashed.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the file has the user.',
  },
  create: {
    type: 'bool',
    default: true,
    help: 'Make the file, and its folder, if it is not there; if it is false, that is a failure.',
  },
  ...fileOptions,
})

type Args = ArgsOf<typeof declared>

/** Keeps users and passwords for web servers. Semantics: community.general.htpasswd, without passlib on the host. */
export const htpasswd = defineMarkedModule<typeof declared, Edited>({
  name: 'htpasswd',
  summary: 'Keeps a user and their password in a file for basic authentication.',
  options: declared,
  validate: ({ name }) =>
    name === undefined || (/^[^:\n\r\t#][^:\n\r\t]*$/.test(name) && Buffer.byteLength(name) < 256)
      ? []
      : [`name: ${JSON.stringify(name)} is not a name of a user in such a file`],
  probe: editProbe,
  parse: readEdited,
  plan,
  footprint: editFootprint,
  interpret: (outcomes) => failureOf(outcomes) ?? {},
})

function plan(args: Args, state: Edited, view: ModuleContext): Plan {
  const { path, name, password, create } = args
  const isNew = state.file === undefined
  if (args.state === 'absent' && isNew) {
    return { ...NOTHING, result: { msg: `${name} not present` }, warnings: [`${path} does not exist`] }
  }
  if (isNew && !create) return failure(`Destination ${path} does not exist`)
  const lines = linesOf(state.bytes)
  const at = lines.findIndex((line) => line.startsWith(`${toBytes(name)}:`))
  if (args.state === 'present' && at === -1 && password === undefined)
    return failure(`password must be specified, for the file has no user ${name} yet`)
  const edit = args.state === 'present' ? present(args, lines, at, isNew) : absent(args, lines, at)
  // Nobody needs to see hashes: a diff of the file would have those of all.
  const planned = planEdit(
    { ...args, state: 'present' },
    state,
    edit,
    { ...view, diff: false },
    'Destination',
  )
  return planned.failed === undefined ? { ...planned, result: { msg: edit.msg } } : planned
}

const HIDDEN = '(hidden)'

function present(
  { name, path, password, crypt_scheme }: Args,
  lines: readonly string[],
  at: number,
  isNew: boolean,
): Edit {
  const old = lines[at]?.replace(/\r?\n$/, '').slice(toBytes(name).length + 1)
  const isRight = old !== undefined && (password === undefined || isHashOf(old, password))
  if (isRight) return { bytes: lines.join(''), msg: `${name} already present` }
  const line = `${toBytes(`${name}:${hashOf(password!, crypt_scheme)}`)}\n`
  const ended = lines.map((one) => (one.endsWith('\n') ? one : `${one}\n`))
  return {
    bytes: (at === -1 ? [...ended, line] : ended.with(at, line)).join(''),
    change: { what: `user ${name}`, before: at === -1 ? null : HIDDEN, after: HIDDEN },
    msg: isNew ? `Created ${path} and added ${name}` : `Add/update ${name}`,
  }
}

function absent({ name }: Args, lines: readonly string[], at: number): Edit {
  if (at === -1) return { bytes: lines.join(''), msg: `${name} not present` }
  return {
    bytes: lines.filter((line) => !line.startsWith(`${toBytes(name)}:`)).join(''),
    change: { what: `user ${name}`, before: HIDDEN, after: null },
    msg: `Remove ${name}`,
  }
}

/** A salt is drawn: one that follows from the password would tell of it. */
function hashOf(password: string, scheme: Args['crypt_scheme']): string {
  if (scheme === 'plaintext') return password
  if (scheme === 'ldap_sha1') return sha1(password)
  return passwordHash(password, scheme, scheme === 'bcrypt' ? { ident: '2y' } : {})
}

function sha1(password: string): string {
  return `{SHA}${createHash('sha1').update(password).digest('base64')}`
}

/** Whether a password is the one that was hashed, whatever the scheme was. */
function isHashOf(hash: string, password: string): boolean {
  const parts =
    /^\$(?<kind>apr1|1|5|6)\$(?:rounds=(?<rounds>\d+)\$)?(?<salt>[^$]*)\$/.exec(hash) ??
    /^\$(?<kind>2[aby])\$(?<rounds>\d\d)\$(?<salt>.{22})/.exec(hash)
  if (parts === null) return hash === toBytes(password) || hash === sha1(password)
  const { kind, rounds, salt } = parts.groups as { kind: string; rounds?: string; salt: string }
  const scheme = KINDS[kind] ?? 'bcrypt'
  const count = rounds ?? (kind === '5' || kind === '6' ? '5000' : undefined)
  try {
    const again = passwordHash(password, scheme, {
      salt,
      ...(count !== undefined && { rounds: Number(count) }),
      ...(scheme === 'bcrypt' && { ident: kind }),
    })
    return again === hash
  } catch {
    // What nobody can have hashed is another password.
    return false
  }
}

const KINDS: Readonly<Record<string, string>> = {
  apr1: 'apr_md5_crypt',
  '1': 'md5_crypt',
  '5': 'sha256_crypt',
  '6': 'sha512_crypt',
}
