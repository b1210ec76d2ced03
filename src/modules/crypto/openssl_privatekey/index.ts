import { defineMarkedModule } from '../../../host/marked-module.ts'
import type { ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quotePath } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { curveName, describeKey, type FoundKey, fingerprintOf, keyScript, readKey } from '../keys.ts'
import {
  concludeMade,
  type Ground,
  groundProbe,
  lackOf,
  MADE_MARKS,
  type Making,
  planMade,
  readGround,
  reason,
} from '../made-file.ts'
import { type Args, declared, GOOD_CURVES, problems } from './options.ts'

interface State extends Ground {
  readonly hasOpenssl: boolean
  /** Undefined if there is no file. */
  readonly key: FoundKey | undefined
}

/** Private keys, made by openssl. Semantics: community.crypto.openssl_privatekey. */
export const openssl_privatekey = defineMarkedModule<typeof declared, State>(
  {
    name: 'openssl_privatekey',
    summary: 'Makes a private key.',
    options: declared,
    validate: problems,
    probe: (args) => [...groundProbe(args), probe(args)],
    parse,
    plan,
    interpret: (outcomes, args) =>
      concludeMade(outcomes, args, (printed) => {
        const output = new Output(Buffer.from(printed))
        const key = readKey(output, args.passphrase)
        return {
          fingerprint: key.publicKey === undefined ? null : fingerprintOf(key.publicKey),
          ...(args.return_content && { privatekey: output.rest().toString() }),
        }
      }),
  },
  MADE_MARKS,
)

function probe(args: Args): string {
  return [
    `command -v openssl >/dev/null || { printf 0; exit 0; }`,
    `[ -e ${quotePath(args.path)} ] || { printf 1; exit 0; }`,
    `[ -f ${quotePath(args.path)} ] || { printf 1; exit 0; }`,
    'printf 2',
    keyScript(args.path, args.passphrase),
  ].join('\n')
}

function parse(found: ProbeOutput, args: Args): State {
  const ground = readGround(found, args)
  const output = new Output(found.bytes)
  const mark = output.take(1).toString()
  const key = mark === '2' && ground.file !== undefined ? readKey(output, args.passphrase) : undefined
  return { ...ground, hasOpenssl: mark !== '0', key }
}

const HAS_NO_TRADITION = new Set(['X25519', 'X448', 'Ed25519', 'Ed448'])

function formatOf({ format, type }: Args): 'pkcs1' | 'pkcs8' {
  if (format === 'pkcs1' || format === 'pkcs8') return format
  return HAS_NO_TRADITION.has(type) ? 'pkcs8' : 'pkcs1'
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const lack = lackOf(state.hasOpenssl, view)
  if (lack !== undefined) return lack
  if (args.format === 'raw') return failure('openssl writes no raw keys: give another format')
  if (args.format === 'pkcs1' && HAS_NO_TRADITION.has(args.type))
    return failure(`Cryptography backend cannot serialize the private key in the required format "pkcs1"`)
  const needed = args.state === 'absent' ? undefined : need(args, state)
  if (needed !== undefined && 'failed' in needed) return needed
  const told = [
    keyScript(args.path, args.passphrase),
    ...(args.return_content ? [`cat ${quotePath(args.path)}`] : []),
  ].join('\n')
  const planned = planMade({ ...args, mode: args.mode ?? '0600' }, state, needed, told, 0o600, view)
  const isBad = needed !== undefined && args.type === 'ECC' && !GOOD_CURVES.has(args.curve!)
  const warnings = isBad ? [`Elliptic curves of type ${args.curve} should not be used for new keys!`] : []
  return { ...planned, warnings, result: { ...resultOf(args, state), ...planned.result } }
}

function resultOf(args: Args, { key, content }: State): ValueMap {
  const { type, size, curve } = args
  const known = key?.publicKey
  return {
    ...{
      type,
      size,
      filename: args.path,
      fingerprint: known && args.state === 'present' ? fingerprintOf(known) : null,
    },
    ...(type === 'ECC' && { curve: curve! }),
    ...(args.return_content && { privatekey: args.state === 'present' ? (content ?? null) : null }),
  }
}

/** How another key is made, if it must be; or why it is not. */
function need(args: Args, { key, path }: State): Making | undefined | (Plan & { failed: string }) {
  const { regenerate } = args
  const fail = (failed: string) => ({ ...NOTHING, failed })
  const again = 'To force regeneration, call the module with `generate` set to'
  if (key === undefined || args.force || regenerate === 'always') return making(args, key)
  if (key.publicKey === undefined) {
    if (regenerate === 'full_idempotence') return making(args, key)
    return fail(
      `Unable to read the key. The key is protected with a another passphrase / no passphrase or broken. Will not proceed. ${again} \`full_idempotence\` or \`always\`, or with \`force=true\`.${key.refusal && ` (${reason(key.refusal)})`}`,
    )
  }
  if (regenerate === 'never') return undefined
  const mayMake = regenerate !== 'fail'
  const others = '`partial_idempotence`, `full_idempotence` or `always`, or with `force=true`.'
  if (!isRight(args, key)) {
    if (mayMake) return making(args, key)
    return fail(`Key has wrong type and/or size. Will not proceed. ${again} ${others}`)
  }
  if (args.format === 'auto_ignore' || key.format === formatOf(args)) return undefined
  if (args.format_mismatch === 'convert') return conversion(args, key, path)
  if (mayMake) return making(args, key)
  return fail(
    `Key has wrong format. Will not proceed. ${again} ${others} To convert the key, set \`format_mismatch\` to \`convert\`.`,
  )
}

function isRight({ type, size, curve }: Args, { publicKey }: FoundKey): boolean {
  const is = describeKey(publicKey!)
  if (is.type !== type) return false
  return type === 'ECC' ? is.curve === curve : is.size === undefined || is.size === size
}

function described({ format, isEncrypted, publicKey }: FoundKey): string {
  const { type, size, curve } = publicKey === undefined ? { type: 'unreadable' } : describeKey(publicKey)
  return [type, size ?? curve, format, isEncrypted ? 'encrypted' : undefined].filter(Boolean).join(' ')
}

function wanted(args: Args, format = formatOf(args)): string {
  const { type, size, curve, passphrase } = args
  const kind = type === 'ECC' ? curve : HAS_NO_TRADITION.has(type) ? undefined : size
  return [type, kind, format, passphrase === undefined ? undefined : 'encrypted'].filter(Boolean).join(' ')
}

const GENERATE: Readonly<Record<Args['type'], (args: Args) => string>> = {
  RSA: ({ size }) => `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:${size}`,
  DSA: ({ size }) =>
    `openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:${size} | openssl genpkey -paramfile /dev/stdin`,
  ECC: ({ curve }) =>
    `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:${curveName(curve!)} -pkeyopt ec_param_enc:named_curve`,
  ...{ Ed25519: named, Ed448: named, X25519: named, X448: named },
}

function named({ type }: Args): string {
  return `openssl genpkey -algorithm ${type.toUpperCase()}`
}

/** Sh that writes a key that it reads, as it is to be written; a passphrase is the first line of descriptor 3. */
function writing(args: Args): string {
  const traditional = formatOf(args) === 'pkcs1' ? ' -traditional' : ''
  const encrypted = args.passphrase === undefined ? '' : ' -aes-256-cbc -passout fd:3'
  return `openssl pkey${traditional}${encrypted}`
}

function making(args: Args, key: FoundKey | undefined): Making {
  const change = {
    what: 'private key',
    before: key === undefined ? null : described(key),
    after: `${wanted(args)}, new`,
  }
  // Progress is told on stderr, where only reasons are to be.
  const generate = GENERATE[args.type](args)
  const make = `exec 3<&0 </dev/null\nk=$({ ${generate}; } 2>&1 | sed '/^[.+*-]*$/d') || exit
case $k in *'PRIVATE KEY-----'*) ;; *) printf '%s\\n' "$k" >&2; exit 1 ;; esac
printf '%s\\n' "$k" | sed -n '/^-----BEGIN/,/^-----END/p' | ${writing(args)}`
  return { changes: [change], make, input: args.passphrase === undefined ? '' : `${args.passphrase}\n` }
}

/** The same key, written in another way. */
function conversion(args: Args, key: FoundKey, path: string): Making {
  const change = { what: 'format', before: key.format, after: formatOf(args) }
  const input = args.passphrase === undefined ? '' : `${args.passphrase}\n${args.passphrase}\n`
  // Without a passphrase it must not ask.
  const given = args.passphrase === undefined ? ' -passin pass:' : ' -passin fd:3'
  return { changes: [change], make: `exec 3<&0 <&8\n${writing(args)}${given}`, input, from: path }
}
