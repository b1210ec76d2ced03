import { createHash } from 'node:crypto'
import type { Output } from '../../../shell/output.ts'
import { quotePath, withStdin } from '../../../shell/quote.ts'
import { type KeyWay, opening, publicPart } from '../keys.ts'
import { reason } from '../made-file.ts'
import { type Extension, extensionsIn, fieldsIn, NAME_OPTIONS } from '../signed-text.ts'
import type { Args } from './options.ts'
import { printedTime } from './time.ts'

/** A request or certificate as openssl prints it. */
export interface Signed {
  readonly subject: readonly string[]
  readonly issuer: readonly string[]
  /** As PEM. */
  readonly publicKey: string
  readonly extensions: ReadonlyMap<string, Extension>
  /** Of a certificate; "" for a request. */
  readonly notBefore: string
  readonly notAfter: string
  readonly serial: string
  /** By its own key, for a request; by the one who is to sign, for a certificate. */
  readonly isSigned: boolean
}

/** Something that openssl was asked about; a text says why it cannot tell. */
type Found<T> = T | string

export interface Parts {
  /** Undefined where none is given. */
  readonly request: Found<Signed> | undefined
  /** The public part of the private key. */
  readonly key: Found<string> | undefined
  readonly authority: Found<Signed> | undefined
  readonly authorityKey: Found<string> | undefined
  /** What the file holds. */
  readonly current: Found<Signed> | undefined
}

const SHOW = `show() {
  p=$(cat)
  pem() { printf '%s\\n' "$p"; }
  e=$(pem | openssl $1 -noout 2>&1) || { printf '0%s\\0' "$e"; return; }
  printf 1
  pem | openssl $1 -noout -subject ${NAME_OPTIONS}
  printf '\\0'
  [ $1 = req ] || pem | openssl $1 -noout -issuer ${NAME_OPTIONS}
  printf '\\0'
  pem | openssl $1 -noout -pubkey
  printf '\\0'
  if [ $1 = req ]; then pem | openssl req -noout -text -reqopt no_header,no_version,no_subject,no_pubkey,no_sigdump
  else pem | openssl x509 -noout -text -certopt no_header,no_version,no_serial,no_signame,no_validity,no_subject,no_issuer,no_pubkey,no_sigdump,no_aux; fi
  printf '\\0'
  [ $1 = req ] || pem | openssl x509 -noout -serial -dates
  printf '\\0'
}`

/** Sh that prints 1 and what is asked, or 0 and why not, of a request or certificate. */
function shown(kind: 'req' | 'x509', path: string | undefined, content: string | undefined): string {
  if (content !== undefined) return withStdin(`show ${kind}`, Buffer.from(content))
  const file = quotePath(path!)
  return `if [ -r ${file} ]; then show ${kind} <${file}; else printf '0%s\\0' ${file}' is not there, or cannot be read'; fi`
}

export function keyOf(args: Args): KeyWay | undefined {
  const { privatekey_path: path, privatekey_content: content, privatekey_passphrase: passphrase } = args
  return path === undefined && content === undefined ? undefined : { path, content, passphrase }
}

export function authorityKeyOf(args: Args): KeyWay {
  return {
    path: args.ownca_privatekey_path,
    content: args.ownca_privatekey_content,
    passphrase: args.ownca_privatekey_passphrase,
  }
}

function keyAsked(way: KeyWay): string {
  return `k=$(\n${publicPart(way)} 2>&1\n) && printf '1%s\\0' "$k" || printf '0%s\\0' "$k"`
}

function hasRequest(args: Args): boolean {
  return args.csr_path !== undefined || args.csr_content !== undefined
}

export function script(args: Args): string {
  const key = keyOf(args)
  const isOwn = args.provider === 'ownca'
  const file = quotePath(args.path)
  const trusted = isOwn ? args.ownca_path : args.path
  const verify = (authority: string) =>
    `openssl verify -no_check_time -partial_chain -check_ss_sig -CAfile ${authority} /dev/fd/4 2>&1`
  const verified =
    trusted === undefined
      ? withStdin(verify('/dev/stdin'), Buffer.from(args.ownca_content ?? ''))
      : opening(trusted, 5, verify('/dev/fd/5'))
  return [
    'command -v openssl >/dev/null || { printf 0; exit 0; }',
    `printf 1\nLC_ALL=C\nexport LC_ALL\n${SHOW}`,
    ...(hasRequest(args) ? [shown('req', args.csr_path, args.csr_content), selfSigned(args)] : []),
    ...(key === undefined ? [] : [keyAsked(key)]),
    ...(isOwn ? [shown('x509', args.ownca_path, args.ownca_content), keyAsked(authorityKeyOf(args))] : []),
    `if [ -f ${file} ]; then printf 1; show x509 <${file}; v=$(\n${opening(args.path, 4, verified)}\n); case $v in *'error 7 '* | *'error 20 '*) printf 0 ;; *) printf 1 ;; esac; else printf 0; fi`,
  ].join('\n')
}

/** Whether a request is signed with its own key. */
function selfSigned({ csr_path: path, csr_content: content }: Args): string {
  const ask = `case $(openssl req -noout -verify 2>&1) in *'verify OK'*) printf 1 ;; *) printf 0 ;; esac`
  if (content !== undefined) return withStdin(ask, Buffer.from(content))
  return `if [ -r ${quotePath(path!)} ]; then (${ask}) <${quotePath(path!)}; else printf 0; fi`
}

/** Undefined without openssl. */
export function readParts(output: Output, args: Args): Parts | undefined {
  if (output.take(1).toString() === '0') return undefined
  const isOwn = args.provider === 'ownca'
  const request = hasRequest(args) ? readSigned(output, () => bit(output)) : undefined
  const key = keyOf(args) === undefined ? undefined : readPublic(output)
  const authority = isOwn ? readSigned(output, () => true) : undefined
  const authorityKey = isOwn ? readPublic(output) : undefined
  const current = bit(output) ? readSigned(output, () => bit(output)) : undefined
  return { request, key, authority, authorityKey, current }
}

function bit(output: Output): boolean {
  return output.take(1).toString() === '1'
}

function readPublic(output: Output): Found<string> {
  const isRead = bit(output)
  const said = output.field()
  const pem = /-----BEGIN PUBLIC KEY-----[\s\S]*-----END PUBLIC KEY-----/.exec(said)?.[0]
  return isRead && pem !== undefined ? pem : refusal(said)
}

/** Openssl's words in place of what it was asked for, which are not empty. */
function refusal(said: string): string {
  return `openssl: ${reason(said)}`
}

function readSigned(output: Output, isSigned: () => boolean): Found<Signed> {
  if (!bit(output)) {
    const said = refusal(output.field())
    isSigned()
    return said
  }
  const [subject, issuer, publicKey, text, more] = [
    output.field(),
    output.field(),
    output.field(),
    output.field(),
    output.field(),
  ]
  const line = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(more)?.[1] ?? ''
  const time = (name: string) => (more === '' ? '' : printedTime(line(name)))
  return {
    subject: fieldsIn(subject),
    issuer: fieldsIn(issuer),
    publicKey: publicKey.trim(),
    extensions: extensionsIn(text),
    notBefore: time('notBefore'),
    notAfter: time('notAfter'),
    serial: line('serial'),
    isSigned: isSigned(),
  }
}

/** The identifier that is made of a public key: the SHA-1 of its bits, in the way of RFC 5280. */
export function identifierOf(publicKey: string): string {
  const der = Buffer.from(publicKey.replace(/-----[^-]*-----|\s/g, ''), 'base64')
  const outer = contentAt(der, 0)
  const algorithm = contentAt(der, outer.start)
  const bits = contentAt(der, algorithm.end)
  const digest = createHash('sha1').update(der.subarray(bits.start + 1, bits.end))
  return digest
    .digest('hex')
    .toUpperCase()
    .replace(/..(?=.)/g, '$&:')
}

/** Where the content of something in DER begins and ends. */
function contentAt(der: Buffer, at: number): { start: number; end: number } {
  const first = der[at + 1] ?? 0
  const count = first < 0x80 ? 0 : first & 0x7f
  const length = count === 0 ? first : der.readUIntBE(at + 2, count)
  const start = at + 2 + count
  return { start, end: start + length }
}
