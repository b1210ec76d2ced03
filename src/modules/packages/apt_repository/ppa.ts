import { fetchScript, readFetched } from '../../../host/download.ts'
import { jsonOf } from '../../../host/json.ts'
import { readSections, section } from '../../../host/sections.ts'
import { quote } from '../../../shell/quote.ts'
import { isMap } from '../../../values/value.ts'
import { keyringsScript, readKeyrings } from '../keyrings.ts'

/** An archive of somebody's at Launchpad. */
export interface Ppa {
  readonly owner: string
  readonly name: string
}

/** What Launchpad says of its key. */
export type Signing =
  | { readonly fingerprint: string; readonly isTrusted: boolean; readonly hasAptKey: boolean }
  | { readonly complaint: string }

/** `ppa:owner/name`, or `ppa:owner` for the one that is called ppa; undefined for all else. */
export function ppaOf(repo: string): Ppa | undefined {
  const [, owner, name = 'ppa'] =
    /^ppa:([A-Za-z0-9][A-Za-z0-9+.-]*)(?:\/([A-Za-z0-9][A-Za-z0-9+.-]*))?\s*$/.exec(repo) ?? []
  return owner === undefined ? undefined : { owner, name }
}

export function sourceOfPpa(ppa: Ppa, codename: string): string {
  return `${addressOf(ppa)} ${codename} main`
}

function addressOf({ owner, name }: Ppa): string {
  return `deb http://ppa.launchpad.net/${owner}/${name}/ubuntu`
}

const SECTIONS = ['codename', 'archive', 'keys', 'program']

interface Asking {
  readonly codename: string | undefined
  readonly state: 'absent' | 'present'
  readonly validate_certs: boolean
}

/** Sh that finds the release's name, and what signs an archive that is to be added and is not among the sources. */
export function ppaScript(ppa: Ppa, { codename, state, validate_certs }: Asking): string {
  const release = `. /etc/os-release; codename=\${UBUNTU_CODENAME:-$VERSION_CODENAME}`
  return [
    codename === undefined ? release : `codename=${quote(codename)}`,
    section('codename', 'echo "$codename"'),
    ...(state === 'absent' ? [] : signingScript(ppa, validate_certs)),
  ].join('\n')
}

function signingScript(ppa: Ppa, validate_certs: boolean): string[] {
  const url = `https://launchpad.net/api/1.0/~${ppa.owner}/+archive/${ppa.name}`
  const lists = '/etc/apt/sources.list /etc/apt/sources.list.d/*.list'
  return [
    `if ! cat ${lists} 2>/dev/null | grep -qxF -e ${quote(`${addressOf(ppa)} `)}"$codename main"; then`,
    section('archive', fetchScript({ url, validate_certs, accept: 'application/json' })),
    section('keys', keyringsScript(undefined)),
    section('program', 'command -v apt-key || command -v gpg'),
    'fi',
  ]
}

/** The codename, and the key unless the archive is there already. Raises an Error for what makes no sense. */
export function readPpa(bytes: Buffer): { codename: string; signing: Signing | undefined } {
  const sections = readSections(bytes, SECTIONS)
  const printed = (name: string) => sections.get(name)?.printed ?? ''
  const codename = printed('codename').trim()
  const isAsked = sections.has('archive')
  return { codename, signing: isAsked ? signingOf(printed) : undefined }
}

function signingOf(printed: (name: string) => string): Signing {
  const fetched = readFetched(printed('archive'))
  if ('complaint' in fetched) return fetched
  const archive = jsonOf('Launchpad, asked by the host,', fetched.bytes.toString())
  const fingerprint = isMap(archive) ? archive.signing_key_fingerprint : undefined
  if (typeof fingerprint !== 'string' || !/^[0-9A-F]{40}$/i.test(fingerprint))
    return { complaint: 'Launchpad names no key of this archive' }
  const program = printed('program').trim()
  if (program === '')
    return { complaint: 'Either apt-key or gpg binary is required, but neither could be found' }
  const keys = readKeyrings(printed('keys'), Date.now() / 1000)
  const isTrusted = keys.some((key) => key.fingerprint === fingerprint.toUpperCase())
  return { fingerprint: fingerprint.toUpperCase(), isTrusted, hasAptKey: /apt-key$/.test(program) }
}

const SERVER = 'hkp://keyserver.ubuntu.com:80'

/** Sh that has apt trust the key of an archive. */
export function trustScript({ owner, name }: Ppa, fingerprint: string, hasAptKey: boolean): string {
  if (hasAptKey) return `LC_ALL=C apt-key adv --recv-keys --no-tty --keyserver ${SERVER} ${fingerprint} >&2`
  return [
    'umask 077',
    'home=$(mktemp -d) || exit',
    `trap 'rm -rf -- "$home"' EXIT`,
    `LC_ALL=C gpg --homedir "$home" --batch --no-tty --keyserver ${SERVER} --recv-keys ${fingerprint} >&2 || exit`,
    `gpg --homedir "$home" --batch --export ${fingerprint} >"$home/key" || exit`,
    '[ -s "$home/key" ] || { echo "Unable to get required signing key" >&2; exit 1; }',
    // Root's own folder, in which nobody else can put a link.
    `install -m 0644 -- "$home/key" /etc/apt/trusted.gpg.d/${owner}-${name}.gpg`,
  ].join('\n')
}
