import { type ArgsOf, options } from '../../../sdk/options.ts'
import { isMap, type Value } from '../../../values/value.ts'
import { madeOptions } from '../made-file.ts'

const CRITICAL = 'Whether who does not know the extension must refuse it.'

export const declared = options({
  ...madeOptions,
  privatekey_path: { type: 'path', help: 'The private key on the host.' },
  privatekey_content: { type: 'str', secret: true, help: 'The private key itself.' },
  privatekey_passphrase: { type: 'str', secret: true, help: 'What the private key is encrypted with.' },
  digest: { type: 'str', default: 'sha256', help: 'The digest that is signed.' },
  version: { type: 'int', choices: ['1'], default: 1, help: 'Only version 1 is known.' },
  subject: { type: 'map', help: 'Fields of the subject by their names; a list for several of one name.' },
  subject_ordered: {
    type: 'list',
    help: 'The same as a list of maps with one field each; the order matters then.',
  },
  country_name: { type: 'str', aliases: ['C', 'countryName'], help: 'The country of the subject.' },
  state_or_province_name: {
    type: 'str',
    aliases: ['ST', 'stateOrProvinceName'],
    help: 'The state or province of the subject.',
  },
  locality_name: { type: 'str', aliases: ['L', 'localityName'], help: 'The place of the subject.' },
  organization_name: {
    type: 'str',
    aliases: ['O', 'organizationName'],
    help: 'The organization of the subject.',
  },
  organizational_unit_name: {
    type: 'str',
    aliases: ['OU', 'organizationalUnitName'],
    help: 'The unit of the organization.',
  },
  common_name: { type: 'str', aliases: ['CN', 'commonName'], help: 'The common name of the subject.' },
  email_address: { type: 'str', aliases: ['E', 'emailAddress'], help: 'The mail address of the subject.' },
  subject_alt_name: {
    type: 'strings',
    aliases: ['subjectAltName'],
    help: 'Other names, such as "DNS:a.example" or "IP:10.0.0.1".',
  },
  subject_alt_name_critical: {
    type: 'bool',
    default: false,
    aliases: ['subjectAltName_critical'],
    help: CRITICAL,
  },
  use_common_name_for_san: {
    type: 'bool',
    default: true,
    aliases: ['useCommonNameForSAN'],
    help: 'Whether the common name is the other name if none is given.',
  },
  key_usage: {
    type: 'strings',
    aliases: ['keyUsage'],
    help: 'What the key is for, such as "digitalSignature".',
  },
  key_usage_critical: { type: 'bool', default: false, aliases: ['keyUsage_critical'], help: CRITICAL },
  extended_key_usage: {
    type: 'strings',
    aliases: ['extKeyUsage', 'extendedKeyUsage'],
    help: 'What the certificate is for, such as "serverAuth".',
  },
  extended_key_usage_critical: {
    type: 'bool',
    default: false,
    aliases: ['extKeyUsage_critical', 'extendedKeyUsage_critical'],
    help: CRITICAL,
  },
  basic_constraints: {
    type: 'strings',
    aliases: ['basicConstraints'],
    help: 'Whether it is for an authority: "CA:TRUE", and "pathlen:0".',
  },
  basic_constraints_critical: {
    type: 'bool',
    default: false,
    aliases: ['basicConstraints_critical'],
    help: CRITICAL,
  },
  ocsp_must_staple: {
    type: 'bool',
    default: false,
    aliases: ['ocspMustStaple'],
    help: 'Whether a server must bring the answer of OCSP with the certificate.',
  },
  ocsp_must_staple_critical: {
    type: 'bool',
    default: false,
    aliases: ['ocspMustStaple_critical'],
    help: CRITICAL,
  },
  name_constraints_permitted: {
    type: 'strings',
    help: 'Names that an authority may certify, such as "DNS:example".',
  },
  name_constraints_excluded: { type: 'strings', help: 'Names that an authority must not certify.' },
  name_constraints_critical: { type: 'bool', default: false, help: CRITICAL },
  create_subject_key_identifier: {
    type: 'bool',
    default: false,
    help: 'Whether an identifier is made of the public key.',
  },
  subject_key_identifier: { type: 'str', help: 'The identifier of the key, as hexadecimal with colons.' },
  authority_key_identifier: {
    type: 'str',
    help: "The identifier of the authority's key, as hexadecimal with colons.",
  },
  authority_cert_issuer: {
    type: 'strings',
    help: 'Names of who issued the certificate of the authority; "DNS:", "URI:", "email:" or "RID:".',
  },
  authority_cert_serial_number: { type: 'int', help: 'Serial number of the certificate of the authority.' },
  crl_distribution_points: {
    type: 'list',
    help: 'Where lists of revoked certificates are: maps with full_name, relative_name, crl_issuer and reasons.',
  },
  select_crypto_backend: {
    type: 'str',
    choices: ['auto', 'cryptography'],
    default: 'auto',
    help: 'Does nothing: the openssl of the host is used.',
  },
})

export type Args = ArgsOf<typeof declared>

/** A field of a subject: its name, and what it holds. */
export type Field = readonly [name: string, value: string]

const FIELDS: readonly (readonly [string, keyof Args])[] = [
  ['C', 'country_name'],
  ['ST', 'state_or_province_name'],
  ['L', 'locality_name'],
  ['O', 'organization_name'],
  ['OU', 'organizational_unit_name'],
  ['CN', 'common_name'],
  ['emailAddress', 'email_address'],
]

/** The fields of the subject, in their order. */
export function subjectOf(args: Partial<Args>): Field[] {
  const named = FIELDS.flatMap(([name, option]): Field[] =>
    args[option] ? [[name, String(args[option])]] : [],
  )
  const ordered = (args.subject_ordered ?? []).flatMap((one) => (isMap(one) ? Object.entries(one) : []))
  return [...named, ...[...Object.entries(args.subject ?? {}), ...ordered].flatMap(spread)]
}

function spread([name, value]: [string, Value]): Field[] {
  return (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)])
}

/** The other names, among them the common name if there are no others. */
export function otherNames(args: Partial<Args>): readonly string[] | undefined {
  const { subject_alt_name: given, use_common_name_for_san: mayTake = true } = args
  if (given !== undefined && given.length > 0) return given
  const common = subjectOf(args).find(([name]) => name === 'CN' || name === 'commonName')
  return mayTake && common !== undefined ? [`DNS:${common[1]}`] : given
}

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const found: string[] = []
  const { privatekey_path: path, privatekey_content: content, authority_cert_issuer: issuer } = args
  if (path !== undefined && content !== undefined)
    found.push('parameters are mutually exclusive: privatekey_path|privatekey_content')
  if (complete && path === undefined && content === undefined)
    found.push('one of the following is required: privatekey_path, privatekey_content')
  if (args.subject !== undefined && args.subject_ordered !== undefined)
    found.push('parameters are mutually exclusive: subject|subject_ordered')
  else if (
    args.subject_ordered !== undefined &&
    subjectOf({ ...args, subject_ordered: undefined }).length > 0
  )
    found.push('subject_ordered cannot be combined with any other subject field')
  if (complete && (issuer === undefined) !== (args.authority_cert_serial_number === undefined))
    found.push('parameters are required together: authority_cert_issuer, authority_cert_serial_number')
  if (args.create_subject_key_identifier && args.subject_key_identifier !== undefined)
    found.push('subject_key_identifier cannot be specified if create_subject_key_identifier is true')
  for (const name of ['subject_key_identifier', 'authority_key_identifier'] as const)
    if (args[name] !== undefined && !/^([0-9a-f]{2}:?)+$/i.test(args[name]))
      found.push(`Cannot parse ${name}: it is not hexadecimal`)
  if (args.digest !== undefined && !/^[a-z0-9][a-z0-9_-]*$/i.test(args.digest))
    found.push(`digest: ${JSON.stringify(args.digest)} is not a name of a digest`)
  for (const one of args.subject_ordered ?? [])
    if (!isMap(one) || Object.keys(one).length !== 1)
      found.push('subject_ordered takes maps with one field each')
  for (const [name, value] of subjectOf(args)) {
    if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name))
      found.push(`${JSON.stringify(name)} is not a name of a field`)
    if (value === '' || /[\r\n]/.test(value))
      found.push(`${name}: ${JSON.stringify(value)} is not what a field holds`)
  }
  return [...found, ...namesProblems(args)]
}

const NAME = /^(DNS|IP|email|URI|RID|otherName|dirName):[^\r\n]+$/

function namesProblems(args: Partial<Args>): string[] {
  const names = [
    ...(args.subject_alt_name ?? []),
    ...(args.name_constraints_permitted ?? []),
    ...(args.name_constraints_excluded ?? []),
    ...(args.authority_cert_issuer ?? []),
  ]
  const words = [
    ...(args.key_usage ?? []),
    ...(args.extended_key_usage ?? []),
    ...(args.basic_constraints ?? []),
  ]
  return [
    ...names
      .filter((name) => !NAME.test(name))
      .map(
        (name) =>
          `Cannot parse Subject Alternative Name "${name}" (potentially unsupported by cryptography backend)`,
      ),
    ...words
      .filter((word) => !/^[A-Za-z0-9][A-Za-z0-9 .:/-]*$/.test(word))
      .map((word) => `${JSON.stringify(word)} is not a name of a use or constraint`),
  ]
}
