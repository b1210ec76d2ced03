import { quote, quotePath, withStdin } from '../../../shell/quote.ts'
import { type Args, termsOf } from './options.ts'
import { authorityKeyOf, keyOf, withKey } from './probe.ts'
import { timeScript } from './time.ts'

/** What of a certificate is neither in the request nor among the arguments. */
export interface Additions {
  readonly hasIdentifier: boolean
  /** The identifier of the authority's key, if it is to be told. */
  readonly authority: string | undefined
}

/** Sh that prints the certificate. What openssl keeps of those that an authority signs is thrown away with its folder. */
export function making(args: Args, additions: Additions): string {
  const { digest, notBefore, notAfter } = termsOf(args)
  const isOwn = args.provider === 'ownca'
  const way = isOwn ? authorityKeyOf(args) : keyOf(args)!
  const given = args.csr_path !== undefined ? quotePath(args.csr_path) : '"$t/csr"'
  const authority = isOwn
    ? `-cert ${args.ownca_path === undefined ? '"$t/ca"' : quotePath(args.ownca_path)}`
    : '-selfsign'
  const words = `-batch -notext -preserveDN -md ${digest} -in ${given} -startdate "$a" -enddate "$b" ${authority}`
  const sign = withKey(
    way,
    (key, pass) => `openssl ca -config "$t/config" ${words} -keyfile ${key} -passin ${pass} </dev/null`,
  )
  // Openssl signs nothing without a request.
  const hasNone = args.csr_path === undefined && args.csr_content === undefined
  const ask = withKey(
    way,
    (key, pass) =>
      `openssl req -new -config "$t/config" -subj / -key ${key} -passin ${pass} -out "$t/csr" </dev/null`,
  )
  const signing = hasNone ? `${ask} || exit\n${sign}` : sign
  return [
    'umask 077',
    't=$(mktemp -d) || exit',
    `trap 'rm -rf -- "$t"' EXIT`,
    `: >"$t/index"`,
    `${withStdin('cat >"$t/config"', Buffer.from(configOf(additions)))} || exit`,
    'printf "database = %s/index\\nnew_certs_dir = %s\\n" "$t" "$t" >>"$t/config" || exit',
    ...(args.csr_content === undefined ? [] : [put(args.csr_content, 'csr')]),
    ...(isOwn && args.ownca_content !== undefined ? [put(args.ownca_content, 'ca')] : []),
    `a=$(${timeScript(notBefore)}) && b=$(${timeScript(notAfter)}) || exit`,
    `{ c=$(\n${signing}\n) 2>"$t/said" && printf '%s\\n' "$c"; } || { sed ${quote(CHATTER)} "$t/said" >&2; exit 1; }`,
  ].join('\n')
}

// What it tells besides reasons.
const CHATTER = '/^Using configuration from/d;/^Check that the request/d;/^Signature ok$/d;/^$/d'

function put(content: string, name: string): string {
  return `${withStdin(`cat >"$t/${name}"`, Buffer.from(content))} || exit`
}

function configOf({ hasIdentifier, authority }: Additions): string {
  const extensions = [
    ...(hasIdentifier ? ['subjectKeyIdentifier = hash'] : []),
    ...(authority === undefined ? [] : ['authorityKeyIdentifier = ASN1:SEQUENCE:authority']),
  ]
  return [
    '[req]\ndistinguished_name = name\nprompt = no',
    '[name]',
    '[policy]\ncountryName = optional',
    // Version 3 even without any.
    `[extensions]\n${extensions.join('\n')}`,
    ...(authority === undefined
      ? []
      : [`[authority]\nkey = IMPLICIT:0,FORMAT:HEX,OCTETSTRING:${authority.replaceAll(':', '')}`]),
    '[ca]\ndefault_ca = own',
    '[own]\nrand_serial = yes\nunique_subject = no\npolicy = policy\ncopy_extensions = copy',
    'email_in_dn = yes\nx509_extensions = extensions\n',
  ].join('\n')
}
