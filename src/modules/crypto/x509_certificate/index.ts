import { defineMarkedModule } from '../../../host/marked-module.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quotePath } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import {
  concludeMade,
  type Ground,
  groundProbe,
  lackOf,
  MADE_MARKS,
  type Making,
  planMade,
  readGround,
} from '../made-file.ts'
import { type Extension, extensionChanges, subjectChanges } from '../signed-text.ts'
import { type Additions, making } from './make.ts'
import { type Args, declared, problems, termsOf } from './options.ts'
import { identifierOf, type Parts, readParts, type Signed, script } from './probe.ts'
import { absolute, printedTime, secondsFromNow } from './time.ts'

interface State extends Ground {
  readonly hasOpenssl: boolean
  readonly parts: Parts
}

const NOTHING_FOUND: Parts = {
  request: undefined,
  key: undefined,
  authority: undefined,
  authorityKey: undefined,
  current: undefined,
}

/** Certificates that sign themselves or that an own authority signs, by openssl. Semantics: community.crypto.x509_certificate. */
export const x509_certificate = defineMarkedModule<typeof declared, State>(
  {
    name: 'x509_certificate',
    summary: 'Makes a certificate that signs itself, or has an own authority sign it.',
    options: declared,
    validate: problems,
    probe: (args) => [...groundProbe(args), args.state === 'absent' ? '' : script(args)],
    parse,
    plan,
    interpret: (outcomes, args) =>
      concludeMade(outcomes, args, (printed) => {
        const [facts = '', certificate = ''] = printed.split('\0')
        return { ...factsOf(facts), ...(args.return_content && { certificate }) }
      }),
  },
  MADE_MARKS,
)

function parse(found: ProbeOutput, args: Args): State {
  const ground = readGround(found, args)
  if (args.state === 'absent') return { ...ground, hasOpenssl: true, parts: NOTHING_FOUND }
  const parts = readParts(new Output(found.bytes), args)
  if (parts === undefined) return { ...ground, hasOpenssl: false, parts: NOTHING_FOUND }
  const current = ground.file === undefined ? undefined : parts.current
  return { ...ground, hasOpenssl: true, parts: { ...parts, current } }
}

/** Sh that prints what is returned of the certificate. */
function telling(args: Args): string {
  const file = quotePath(args.path)
  const content = args.return_content ? `\nprintf '\\0'\ncat ${file}` : ''
  return `LC_ALL=C openssl x509 -noout -serial -dates <${file}${content}`
}

/** What Ansible returns of what `-serial -dates` print; a serial number as text, for it is longer than numbers are here. */
function factsOf(text: string): ValueMap {
  const line = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  return {
    notBefore: printedTime(line('notBefore')),
    notAfter: printedTime(line('notAfter')),
    serial_number: serial(line('serial')),
  }
}

function serial(hex: string): string {
  return /^[0-9A-F]+$/i.test(hex) ? BigInt(`0x${hex}`).toString() : hex
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const lack = lackOf(state.hasOpenssl, view)
  if (lack !== undefined) return lack
  const { parts } = state
  const told = telling(args)
  const result = resultOf(args, state)
  if (args.state === 'absent') {
    const removed = planMade(args, state, undefined, told, 0o644, view)
    return { ...removed, result: { ...result, ...removed.result } }
  }
  const refusal = [parts.request, parts.authority].find((one) => typeof one === 'string')
  const keys = [parts.key, parts.authorityKey].find((one) => one?.startsWith('openssl: '))
  const wrong = refusal ?? keys ?? mismatch(parts)
  // Under check earlier tasks may be those that make the key, the request and the authority.
  if (wrong !== undefined && !view.check) return failure(String(wrong))
  const isUnknown = wrong !== undefined || !state.hasOpenssl
  const wanted = isUnknown ? undefined : wantedOf(args, parts)
  const changes = changesOf(args, state, wanted)
  const [first, ...others] = changes
  const additions: Additions = wanted?.additions ?? { hasIdentifier: false, authority: undefined }
  const need: Making | undefined =
    first === undefined
      ? undefined
      : { changes: [first, ...others], make: making(args, additions), input: '' }
  const planned = planMade(args, state, need, told, 0o644, view)
  return { ...planned, result: { ...result, ...planned.result } }
}

/** Why those that are given do not belong to each other. */
function mismatch({ request, authority, authorityKey, key }: Parts): string | undefined {
  if (typeof authority === 'object' && authority.publicKey !== authorityKey)
    return 'The CA private key does not belong to the CA certificate'
  if (typeof request !== 'object') return undefined
  if (!request.isSigned) return 'the request is not signed with the key that it holds'
  if (key !== undefined && request.publicKey !== key) return 'the private key does not belong to the request'
  return undefined
}

interface Wanted extends Pick<Signed, 'subject' | 'issuer' | 'publicKey' | 'extensions'> {
  readonly additions: Additions
}

const SUBJECT_KEY = 'Subject Key Identifier'
const AUTHORITY_KEY = 'Authority Key Identifier'

function wantedOf(args: Args, { request, authority, key }: Parts): Wanted {
  const { identifier, namesAuthority } = termsOf(args)
  const asked = typeof request === 'object' ? request : undefined
  const own = typeof authority === 'object' ? authority : undefined
  const publicKey = asked?.publicKey ?? key!
  const subject = asked?.subject ?? []
  const extensions = new Map<string, Extension>(asked?.extensions)
  const hasIdentifier =
    identifier === 'always_create' ||
    (identifier === 'create_if_not_provided' && !extensions.has(SUBJECT_KEY))
  if (hasIdentifier) extensions.set(SUBJECT_KEY, { isCritical: false, text: identifierOf(publicKey) })
  const authorityName =
    namesAuthority && own !== undefined
      ? (own.extensions.get(SUBJECT_KEY)?.text ?? identifierOf(own.publicKey))
      : undefined
  if (authorityName !== undefined) extensions.set(AUTHORITY_KEY, { isCritical: false, text: authorityName })
  const additions = { hasIdentifier, authority: authorityName }
  return { subject, issuer: own?.subject ?? subject, publicKey, extensions, additions }
}

function changesOf(args: Args, { file, parts: { current } }: State, wanted: Wanted | undefined): Change[] {
  const what = 'certificate'
  const told = wanted?.subject.join(', ') ?? 'new'
  if (file === undefined) return [{ what, before: null, after: told }]
  if (typeof current !== 'object' || wanted === undefined)
    return [
      { what, before: typeof current === 'object' ? current.subject.join(', ') : 'unreadable', after: told },
    ]
  const changes = [
    ...subjectChanges(current.subject, wanted.subject, true),
    ...extensionChanges(current.extensions, wanted.extensions),
    ...timeChanges(args, current),
  ]
  if (current.publicKey !== wanted.publicKey)
    changes.push({ what: 'public key', before: 'another', after: 'that which is asked for' })
  if (current.issuer.join('\n') !== wanted.issuer.join('\n'))
    changes.push({ what: 'issuer', before: current.issuer.join(', '), after: wanted.issuer.join(', ') })
  else if (!current.isSigned) changes.push({ what: 'signature', before: 'of another key', after: 'right' })
  if (changes.length === 0 && args.force) return [{ what, before: told, after: `${told}, new` }]
  return changes
}

function timeChanges(args: Args, current: Signed): Change[] {
  if (args.ignore_timestamps) return []
  const { notBefore, notAfter } = termsOf(args)
  const times = [
    ['not before', current.notBefore, notBefore],
    ['not after', current.notAfter, notAfter],
  ] as const
  return times
    .filter(([, before, after]) => secondsFromNow(after) !== undefined || absolute(after) !== before)
    .map(([what, before, after]) => ({ what, before, after }))
}

function resultOf(args: Args, { content, parts: { current } }: State): ValueMap {
  const known = typeof current === 'object' && args.state === 'present'
  return {
    filename: args.path,
    privatekey: args.privatekey_path ?? null,
    csr: args.csr_path ?? null,
    ...(args.provider === 'ownca' && {
      ca_cert: args.ownca_path ?? null,
      ca_privatekey: args.ownca_privatekey_path ?? null,
    }),
    ...(known && {
      notBefore: current.notBefore,
      notAfter: current.notAfter,
      serial_number: serial(current.serial),
    }),
    ...(args.return_content && { certificate: args.state === 'present' ? (content ?? null) : null }),
  }
}
