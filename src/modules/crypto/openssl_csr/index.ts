import { defineMarkedModule } from '../../../host/marked-module.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quotePath, withStdin } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { withKey } from '../keys.ts'
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
import {
  type Extension,
  extensionChanges,
  extensionsIn,
  fieldsIn,
  NAME_OPTIONS,
  subjectChanges,
} from '../signed-text.ts'
import { configOf, isUnknownIssuer, pointProblems } from './config.ts'
import { type Args, declared, otherNames, problems, subjectOf } from './options.ts'

/** A request as openssl prints it. */
interface Request {
  readonly subject: readonly string[]
  readonly publicKey: string
  readonly extensions: ReadonlyMap<string, Extension>
  /** It is signed with the key that it holds. */
  readonly isSigned: boolean
}

interface State extends Ground {
  readonly hasOpenssl: boolean
  /** What the file holds; undefined if that is no request. */
  readonly request: Request | undefined
  /** What it is to hold; a text says why that cannot be made. */
  readonly wanted: Request | string
}

/** Requests for certificates, made by openssl. Semantics: community.crypto.openssl_csr. */
export const openssl_csr = defineMarkedModule<typeof declared, State>(
  {
    name: 'openssl_csr',
    summary: 'Makes a request for a certificate.',
    options: declared,
    validate: (args, complete) => [
      ...problems(args, complete),
      ...(args.authority_cert_issuer ?? [])
        .filter(isUnknownIssuer)
        .map(
          (name) =>
            `authority_cert_issuer: ${JSON.stringify(name)} begins with none of DNS:, URI:, email:, RID:`,
        ),
      ...pointProblems(args.crl_distribution_points ?? []),
    ],
    probe: (args) => [...groundProbe(args), args.state === 'absent' ? '' : script(args)],
    parse,
    plan,
    interpret: (outcomes, args) =>
      concludeMade(outcomes, args, (csr): ValueMap => (args.return_content ? { csr } : {})),
  },
  MADE_MARKS,
)

/** Sh that prints the request; the key, its passphrase and what is asked for go over descriptors. */
function making(args: Args): string {
  const { privatekey_path: path, privatekey_content: content, privatekey_passphrase: passphrase } = args
  const subject = subjectOf(args).length === 0 ? ' -subj /' : ''
  return withKey({ path, content, passphrase }, (key, pass) => {
    const words = `-new -key ${key} -passin ${pass} -${args.digest} -config /dev/stdin${subject}`
    return withStdin(`openssl req ${words}`, Buffer.from(configOf(args)))
  })
}

// Of a request that comes over stdin: its subject, its key, its extensions, and whether it is signed with that.
const SHOW = `show() {
  p=$(cat)
  printf '%s\\n' "$p" | openssl req -noout -subject ${NAME_OPTIONS} 2>/dev/null
  printf '\\0'
  printf '%s\\n' "$p" | openssl req -noout -pubkey 2>/dev/null
  printf '\\0'
  printf '%s\\n' "$p" | openssl req -noout -text -reqopt no_header,no_version,no_subject,no_pubkey,no_sigdump 2>/dev/null
  printf '\\0'
  case $(printf '%s\\n' "$p" | openssl req -noout -verify 2>&1) in *'verify OK'*) printf 1 ;; *) printf 0 ;; esac
}`

function script(args: Args): string {
  const file = quotePath(args.path)
  return [
    'command -v openssl >/dev/null || { printf 0; exit 0; }',
    'printf 1',
    `LC_ALL=C\nexport LC_ALL\n${SHOW}`,
    `w=$(\n${making(args)} 2>&1\n) && { printf 1; printf '%s\\n' "$w" | show; } || printf '0%s\\0' "$w"`,
    `if [ -f ${file} ]; then printf 1; show <${file}; else printf 0; fi`,
  ].join('\n')
}

function parse(found: ProbeOutput, args: Args): State {
  const ground = readGround(found, args)
  const none = { ...ground, hasOpenssl: true, request: undefined, wanted: '' }
  if (args.state === 'absent') return none
  const output = new Output(found.bytes)
  if (output.take(1).toString() === '0') return { ...none, hasOpenssl: false }
  const wanted = output.take(1).toString() === '1' ? readRequest(output) : reason(output.field())
  const isThere = output.take(1).toString() === '1'
  const request = isThere ? readRequest(output) : undefined
  return { ...none, wanted: wanted ?? 'openssl printed no request', request: ground.file && request }
}

function readRequest(output: Output): Request | undefined {
  const [subject, publicKey, text] = [output.field(), output.field(), output.field()]
  const isSigned = output.take(1).toString() === '1'
  if (publicKey === '') return undefined
  return { subject: fieldsIn(subject), publicKey: publicKey.trim(), extensions: extensionsIn(text), isSigned }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const lack = lackOf(state.hasOpenssl, view)
  if (lack !== undefined) return lack
  const { wanted } = state
  const isAbsent = args.state === 'absent'
  // Under check an earlier task may be the one that makes the key.
  if (typeof wanted === 'string' && !view.check && !isAbsent)
    return { ...failure(wanted), advice: 'see whether the private key is there, and its passphrase is right' }
  const changes = isAbsent ? [] : changesOf(args, state)
  const [first, ...others] = changes
  const need: Making | undefined =
    first === undefined ? undefined : { changes: [first, ...others], make: making(args), input: '' }
  const told = args.return_content ? `cat ${quotePath(args.path)}` : ':'
  const planned = planMade(args, state, need, told, 0o644, view)
  return { ...planned, result: { ...resultOf(args, state), ...planned.result } }
}

function changesOf(args: Args, { file, request, wanted }: State): Change[] {
  const told = typeof wanted === 'string' ? 'new' : wanted.subject.join(', ')
  if (file === undefined) return [{ what: 'request', before: null, after: told }]
  if (request === undefined || typeof wanted === 'string')
    return [{ what: 'request', before: request?.subject.join(', ') ?? 'unreadable', after: told }]
  const changes = [
    ...subjectChanges(request.subject, wanted.subject, args.subject_ordered !== undefined),
    ...extensionChanges(request.extensions, wanted.extensions),
  ]
  if (request.publicKey !== wanted.publicKey)
    changes.push({ what: 'public key', before: 'another', after: 'that of the private key' })
  else if (!request.isSigned) changes.push({ what: 'signature', before: 'wrong', after: 'right' })
  if (changes.length === 0 && args.force) return [{ what: 'request', before: told, after: `${told}, new` }]
  return changes
}

function resultOf(args: Args, { content }: State): ValueMap {
  return {
    privatekey: args.privatekey_path ?? null,
    filename: args.path,
    subject: subjectOf(args).map((field) => [...field]),
    subjectAltName: [...(otherNames(args) ?? [])],
    keyUsage: args.key_usage ?? null,
    extendedKeyUsage: args.extended_key_usage ?? null,
    basicConstraints: args.basic_constraints ?? null,
    ocspMustStaple: args.ocsp_must_staple,
    name_constraints_permitted: args.name_constraints_permitted ?? [],
    name_constraints_excluded: args.name_constraints_excluded ?? [],
    ...(args.return_content && { csr: args.state === 'present' ? (content ?? null) : null }),
  }
}
