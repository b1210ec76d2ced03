import { bytesOf } from '../../host/bytes.ts'
import { type Fetched, fetchScript, readFetched, urlProblems } from '../../host/download.ts'
import { readSections, section } from '../../host/sections.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, sh, together } from '../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import { keyId, keysIn, type PublicKey } from './openpgp.ts'

const declared = options({
  key: {
    type: 'str',
    required: true,
    help: 'The key: an address that the host fetches it from, a file on the host, or the id of one that rpm has.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether rpm trusts the key.',
  },
  validate_certs: {
    type: 'bool',
    default: true,
    help: 'Whether the server behind an address must prove who it is.',
  },
  fingerprint: { type: 'str', help: 'The fingerprint that the key must have, or else it is not imported.' },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly hasRpm: boolean
  readonly keys: readonly PublicKey[]
  /** Undefined for an id. */
  readonly given: Fetched | undefined
}

/** Has rpm trust keys, or not. Semantics: ansible.builtin.rpm_key. */
export const rpm_key = defineModule<typeof declared, State>({
  name: 'rpm_key',
  summary: 'Adds or removes keys whose signatures rpm trusts.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
})

function isUrl(key: string): boolean {
  return key.includes('://')
}

/** As Ansible tells one: what begins with eight hexadecimal digits. */
function isId(key: string): boolean {
  return !isUrl(key) && /^(0x)?[0-9a-f]{8}/i.test(key)
}

function problems({ key, fingerprint }: Partial<Args>): string[] {
  if (key === undefined) return []
  const found = isUrl(key) ? urlProblems('key', key) : []
  if (key === '' || (isId(key) && !/^(0x)?[0-9a-f]{8,40}\s*$/i.test(key)))
    found.push(`Not a valid key ${key}`)
  if (fingerprint !== undefined && !/^[0-9a-f]+$/i.test(plain(fingerprint)))
    found.push(`fingerprint: ${JSON.stringify(fingerprint)} is not a fingerprint, which is hexadecimal`)
  return found
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(' ', '').toUpperCase()
}

function probe({ key, validate_certs }: Args): Probe {
  const script = [
    section('rpm', 'command -v rpm'),
    section('keys', `rpm -q gpg-pubkey --qf '%{description}\\n'`),
    ...(isUrl(key) ? [section('fetched', fetchScript({ url: key, validate_certs }))] : []),
  ].join('\n')
  return isUrl(key) || isId(key) ? script : [bytesOf([key]), script]
}

function parse(output: ProbeOutput, { key }: Args): State {
  const sections = readSections(output.bytes, ['rpm', 'keys', 'fetched'])
  const keys = keysIn(Buffer.from(sections.get('keys')?.printed ?? ''), Date.now() / 1000)
  const given = isId(key)
    ? undefined
    : isUrl(key)
      ? readFetched(sections.get('fetched')?.printed ?? '')
      : { bytes: output.of(bytesOf([key]))[0]! }
  return { hasRpm: sections.get('rpm')?.code === 0, keys, given }
}

function plan(args: Args, { hasRpm, keys, given }: State, view: ModuleContext): Plan {
  const { key, state, fingerprint } = args
  if (!hasRpm)
    return failure('Failed to find required executable "rpm" on this host: install rpm in an earlier task')
  if (given !== undefined && 'complaint' in given)
    return failure(`failed to fetch key at ${key} , error was: ${given.complaint}`)
  const [first] = given === undefined ? [] : keysIn(given.bytes, 0)
  if (given !== undefined && first === undefined) return withoutKey(args, given, view)
  const id = first === undefined ? key.trim().replace(/^0x/i, '').toUpperCase() : keyId(first)
  const isThere = keys.some((one) => one.fingerprint.endsWith(id) || keyId(one).includes(id))
  if (isThere === (state === 'present')) return NOTHING
  if (state === 'absent') {
    const script = `rpm --erase --allmatches gpg-pubkey-${id.slice(-8).toLowerCase()}`
    return together([{ what: `key ${id}`, before: 'trusted', after: null }], sh(script))
  }
  if (first === undefined || given === undefined)
    return failure('When importing a key, a valid file must be given')
  if (fingerprint !== undefined && plain(fingerprint) !== first.fingerprint)
    return failure(
      `The specified fingerprint, '${plain(fingerprint)}', does not match the key fingerprint '${first.fingerprint}'`,
    )
  return together([{ what: `key ${id}`, before: null, after: 'trusted' }], {
    do: 'send',
    script: IMPORT,
    content: contentOf(given.bytes),
    brief: true,
  })
}

// What was looked at is imported, whatever has become of the file; rpm takes it from a file only.
const IMPORT = `umask 077
k=$(mktemp) || exit
trap 'rm -f -- "$k"' EXIT
cat >"$k" && rpm --import "$k"`

/** An earlier task that was not carried out may be the one that makes the file. */
function withoutKey({ key, state }: Args, given: Fetched, view: ModuleContext): Plan {
  const isMissing = 'bytes' in given && given.bytes.length === 0
  if (isUrl(key)) return failure(`Not a public key: ${key}`)
  if (isMissing && view.check && state === 'present')
    return { changes: [{ what: `key of ${key}`, before: null, after: 'trusted' }] }
  return failure(
    isMissing ? `Not a valid key ${key}: there is no such file on this host` : `Not a public key: ${key}`,
  )
}
