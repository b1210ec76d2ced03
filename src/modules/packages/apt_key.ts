import { bytesOf } from '../../host/bytes.ts'
import { downloadScript, type Fetched, fetchScript, readFetched, urlProblems } from '../../host/download.ts'
import { readSections, type Section, section } from '../../host/sections.ts'
import {
  type Action,
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, sh, together } from '../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import { quote, quotePath, words } from '../../shell/quote.ts'
import { keyringsScript, readKeyrings } from './keyrings.ts'
import { keyId, keysIn, type PublicKey } from './openpgp.ts'

const declared = options({
  id: {
    type: 'str',
    help: 'Which key it is: the last 8 or 16 hexadecimal digits of its fingerprint, or all; the first of the keys that are given if not said.',
  },
  data: { type: 'str', bytes: true, help: 'The key itself, an armored text.' },
  file: { type: 'path', help: 'A file of the key on the host.' },
  url: { type: 'str', help: 'Where the host fetches the key, by curl or wget.' },
  keyserver: { type: 'str', help: 'The key server that has it; it needs id, and dirmngr on the host.' },
  keyring: { type: 'path', help: 'The file of keys that it belongs to; all that apt trusts if not given.' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether apt trusts the key.',
  },
  validate_certs: {
    type: 'bool',
    default: true,
    help: 'Whether the server behind url must prove who it is.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** Which of its programs the host has not. */
  readonly missing: readonly string[]
  /** What apt trusts. */
  readonly keys: readonly PublicKey[]
  /** The key that was given, or fetched because nothing else says which one it is. */
  readonly given: Fetched | undefined
  /** Seconds since 1970. */
  readonly now: number
}

/** Has apt trust keys, or not. Semantics: ansible.builtin.apt_key. */
export const apt_key = defineModule<typeof declared, State>({
  name: 'apt_key',
  summary: 'Adds or removes keys whose signatures apt trusts, with apt-key.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { id, url, keyserver, keyring } = args
  const found = urlProblems('url', url)
  if (id && digitsOf(id) === undefined) found.push('Invalid key_id')
  const sources = (['data', 'file', 'keyserver', 'url'] as const).filter((name) => args[name] !== undefined)
  if (sources.length > 1) found.push('parameters are mutually exclusive: data|file|keyserver|url')
  if (keyserver !== undefined && !/^[A-Za-z0-9[][^\s'"\\]*$/.test(keyserver))
    found.push(`keyserver: ${JSON.stringify(keyserver)} is not the name of a server`)
  if (keyring?.startsWith('-')) found.push(`keyring: ${JSON.stringify(keyring)} is not a path`)
  if (!complete || id) return found
  if (keyserver !== undefined) found.push('Missing key_id, required with keyserver.')
  else if (sources.length === 0) found.push('Invalid key_id')
  return found
}

/** The hexadecimal digits of an id in capitals; undefined if it is none. */
function digitsOf(id: string): string | undefined {
  const digits = /^\s*(?:0x)?([0-9a-f]+)\s*$/i.exec(id)?.[1]?.toUpperCase()
  const length = digits?.length ?? 0
  return length === 8 || length >= 16 ? digits : undefined
}

/** With an id, a file from elsewhere is fetched only when the key is missing. */
function isFetched({ id, url }: Args): boolean {
  return url !== undefined && !id
}

function probe(args: Args): Probe {
  const { url, file, validate_certs } = args
  const script = [
    section('missing', `for n in ${words('apt-key', 'gpg')}; do command -v $n >/dev/null || echo $n; done`),
    section('keys', keyringsScript(args.keyring)),
    ...(isFetched(args) ? [section('fetched', fetchScript({ url: url!, validate_certs }))] : []),
  ].join('\n')
  return file === undefined ? script : [bytesOf([file]), script]
}

function parse(output: ProbeOutput, args: Args): State {
  const now = Date.now() / 1000
  const sections = readSections(output.bytes, ['missing', 'keys', 'fetched'])
  const missing = (sections.get('missing')?.printed ?? '').split('\n').filter(Boolean)
  const keys = sections.get('keys')
  if (keys === undefined || (keys.code !== 0 && missing.length === 0))
    throw new Error('the files of keys that apt trusts cannot be read on this host')
  return { missing, keys: readKeyrings(keys.printed, now), given: givenTo(args, output, sections), now }
}

function givenTo({ data, file, ...args }: Args, output: ProbeOutput, sections: ReadonlyMap<string, Section>) {
  if (data !== undefined) return { bytes: Buffer.from(data) }
  if (file !== undefined) return { bytes: output.of(bytesOf([file]))[0]! }
  return isFetched({ ...args, data, file }) ? readFetched(sections.get('fetched')?.printed ?? '') : undefined
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { missing, given, now } = state
  const [program] = missing
  if (program !== undefined) return failure(lacking(program))
  if (given !== undefined && 'complaint' in given)
    return failure(`Failed to download key at ${args.url}: ${given.complaint}`)
  const keysGiven = given === undefined ? [] : keysIn(given.bytes, now)
  const id = args.id || (keysGiven[0] && keyId(keysGiven[0]))
  if (id === undefined) return nothingGiven(args, view)
  const key = digitsOf(id)!
  const isShort = key.length === 8
  const before = idsOf(state.keys, isShort)
  const fingerprint = key.slice(-16)
  const result = { id, short_id: key.slice(-8), fp: fingerprint, key_id: key, before }
  const isThere = before.includes(fingerprint)
  if (isThere === (args.state === 'present')) return { ...NOTHING, result }
  const fails = (failed: string): Plan => ({ ...failure(failed), result })
  if (args.state === 'absent') {
    const change = { what: `key ${key}`, before: 'trusted', after: null }
    return { ...together([change], removing(args, key)), result }
  }
  const isLeftOut = args.file === undefined && args.data === undefined && !isFetched(args)
  if (isLeftOut && args.url === undefined && args.keyserver === undefined)
    return fails('there is no key to add; give data, file, url or keyserver')
  // Nobody would find it among the others afterwards.
  const comes = idsOf(
    keysGiven.filter(({ isExpired }) => !isExpired),
    isShort,
  )
  if (given !== undefined && !comes.includes(fingerprint) && !(view.check && keysGiven.length === 0))
    return fails(keysGiven.length === 0 ? unreadable(args) : NOT_ADDED)
  const change = { what: `key ${key}`, before: null, after: 'trusted' }
  return { ...together([change], adding(args, key, given)), result }
}

const NOT_ADDED =
  'apt-key did not return an error, but failed to add the key (check that the id is correct and *not* a subkey)'
const NOT_REMOVED = NOT_ADDED.replace('failed to add the key', 'the key was not removed')

function lacking(program: string): string {
  const advice =
    program === 'gpg'
      ? 'install gnupg in an earlier task'
      : "apt of newer releases is without it: put the key into /etc/apt/keyrings, and name it in the repository's signed-by"
  return `Failed to find required executable "${program}" on this host: ${advice}`
}

function unreadable({ file, url }: Args): string {
  return `Unable to extract key from '${file ?? url ?? 'inline data'}'`
}

/** An earlier task that was not carried out may be the one that makes the file. */
function nothingGiven(args: Args, view: ModuleContext): Plan {
  if (args.file === undefined || !view.check) return failure(unreadable(args))
  return { changes: [{ what: `key of ${args.file}`, before: null, after: 'trusted' }] }
}

function idsOf(keys: readonly PublicKey[], isShort: boolean): string[] {
  return keys.map((key) => keyId(key).slice(isShort ? -8 : 0))
}

/** The words of apt-key for the keyring. */
function aptKey({ keyring }: Args): string {
  return `apt-key${keyring === undefined ? '' : ` --keyring ${quotePath(keyring)}`}`
}

/** What an action does, and then prints what apt trusts. */
function listing(args: Args, script: string): string {
  return `{ ${script}\n} >&2 || exit\n${keyringsScript(args.keyring)}`
}

function removing(args: Args, key: string): Action {
  return sh(listing(args, `${aptKey(args)} del ${key.slice(-8)}`))
}

function adding(args: Args, key: string, given: Fetched | undefined): Action {
  const { url, keyserver, validate_certs } = args
  const add = `${aptKey(args)} add -`
  if (given !== undefined && 'bytes' in given)
    return { do: 'send', script: listing(args, add), content: contentOf(given.bytes) }
  if (keyserver !== undefined) return { do: 'exec', script: listing(args, receiving(args, keyserver, key)) }
  const fetched = `k=$({ ${downloadScript({ url: url!, validate_certs })}\n} | base64) || exit`
  const isThere = `[ -n "$k" ] || { echo "nothing was fetched" >&2; exit ${NOT_FETCHED}; }`
  return {
    do: 'exec',
    script: listing(args, `${fetched}\n${isThere}\nprintf '%s\\n' "$k" | base64 -d | ${add}`),
  }
}

/** Sh that asks a key server up to five times, as Ansible does. */
function receiving(args: Args, keyserver: string, key: string): string {
  return `command -v dirmngr >/dev/null || { echo 'dirmngr is missing on this host: install it in an earlier task' >&2; exit 2; }
set --
for proxy in "\${HTTPS_PROXY-}" "\${https_proxy-}" "\${HTTP_PROXY-}" "\${http_proxy-}"; do
  [ -z "$proxy" ] || { set -- --keyserver-options "http-proxy=$proxy"; break; }
done
tries=1
until LC_ALL=C ${aptKey(args)} adv --no-tty --keyserver ${quote(keyserver)} "$@" --recv ${key}; do
  status=$?
  [ $tries -lt 5 ] || exit $status
  tries=$((tries + 1))
done`
}

function interpret([outcome]: Outcome[], args: Args, { now }: State, { result = {} }: Plan): ModuleResult {
  const { code, stdout, stderr } = outcome!
  if (code !== 0) return { failed: complaint(args, String(result.key_id), code, stderr) }
  const after = idsOf(readKeyrings(stdout, now), String(result.key_id).length === 8)
  const isThere = after.includes(String(result.fp))
  if (isThere === (args.state === 'present')) return { result: { after } }
  return { failed: isThere ? NOT_REMOVED : NOT_ADDED, result: { after } }
}

/** Exit status of an action that has no key to add. */
const NOT_FETCHED = 66

function complaint({ state, keyserver, file, url }: Args, key: string, code: number, stderr: string): string {
  const said = stderr.trim()
  const why = said === '' ? '' : `: ${said}`
  if (state === 'absent') return `Unable to remove a key with id ${key.slice(-8)}${why}`
  if (keyserver !== undefined) {
    if (code === 2 && /not found on keyserver/.test(said))
      return `Key ${key} not found on keyserver ${keyserver}`
    return `Error fetching key ${key} from keyserver: ${keyserver}${why}`
  }
  if (code === NOT_FETCHED) return `Failed to download key at ${url}${why}`
  return `Unable to add a key from ${file === undefined ? 'binary data' : `file ${file}`}${why}`
}
