import { quote, quotePath, withStdin } from '../../../shell/quote.ts'
import { withKey } from '../keys.ts'
import { type Args, termsOf } from './options.ts'
import { authorityKeyOf, keyOf } from './probe.ts'
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
  const authority = isOwn ? '-cert "$t/ca"' : '-selfsign'
  const words = `-batch -notext -preserveDN -md ${digest} -in "$t/csr" -startdate "$a" -enddate "$b" ${authority}`
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
    put(undefined, configOf(additions), 'config'),
    'printf "database = %s/index\\nnew_certs_dir = %s\\n" "$t" "$t" >>"$t/config" || exit',
    ...(hasNone ? [] : [put(args.csr_path, args.csr_content, 'csr')]),
    ...(isOwn ? [put(args.ownca_path, args.ownca_content, 'ca')] : []),
    // Both count from the same moment.
    `now=$(date +%s) && a=$(${timeScript(notBefore)}) && b=$(${timeScript(notAfter)}) || exit`,
    `{ c=$(\n${signing}\n) 2>"$t/said" && printf '%s\\n' "$c"; } || { sed ${quote(CHATTER)} "$t/said" >&2; exit 1; }`,
  ].join('\n')
}

// What it tells besides reasons.
const CHATTER = '/^Using configuration from/d;/^Check that the request/d;/^Signature ok$/d;/^$/d'

/** What a file of the host's holds, or what is given, beside the configuration. */
function put(path: string | undefined, content: string | undefined, name: string): string {
  const copying = `cat >"$t/${name}"`
  const copied =
    path === undefined ? withStdin(copying, Buffer.from(content ?? '')) : `${copying} <${quotePath(path)}`
  return `${copied} || exit`
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
