import { type ArgsOf, options } from '../../../sdk/options.ts'
import { madeOptions } from '../made-file.ts'
import { isTime } from './time.ts'

const IDENTIFIER = ['create_if_not_provided', 'always_create', 'never_create'] as const
const TIME = '"+365d" (w, d, h, m, s from now), or YYYYMMDDHHMMSSZ.'

export const declared = options({
  ...madeOptions,
  provider: {
    type: 'str',
    choices: ['acme', 'entrust', 'ownca', 'selfsigned'],
    help: 'Who signs: the key itself, or an authority of your own. acme and entrust are not known here.',
  },
  csr_path: { type: 'path', help: 'The request on the host; selfsigned does without.' },
  csr_content: { type: 'str', help: 'The request itself.' },
  privatekey_path: { type: 'path', help: 'The private key of the certificate; selfsigned signs with it.' },
  privatekey_content: { type: 'str', secret: true, help: 'The private key itself.' },
  privatekey_passphrase: { type: 'str', secret: true, help: 'What the private key is encrypted with.' },
  ignore_timestamps: {
    type: 'bool',
    default: true,
    help: 'Whether a certificate is right whatever time it is valid for.',
  },
  selfsigned_version: { type: 'int', default: 3, help: 'The version of the certificate, which is 3.' },
  selfsigned_digest: { type: 'str', default: 'sha256', help: 'The digest that is signed.' },
  selfsigned_not_before: {
    type: 'str',
    default: '+0s',
    aliases: ['selfsigned_notBefore'],
    help: `From when it is valid: ${TIME}`,
  },
  selfsigned_not_after: {
    type: 'str',
    default: '+3650d',
    aliases: ['selfsigned_notAfter'],
    help: `Until when it is valid: ${TIME}`,
  },
  selfsigned_create_subject_key_identifier: {
    type: 'str',
    choices: IDENTIFIER,
    default: 'create_if_not_provided',
    help: 'Whether an identifier is made of the key.',
  },
  ownca_path: { type: 'path', help: 'The certificate of the authority on the host.' },
  ownca_content: { type: 'str', help: 'The certificate of the authority itself.' },
  ownca_privatekey_path: { type: 'path', help: 'The private key of the authority on the host.' },
  ownca_privatekey_content: { type: 'str', secret: true, help: 'The private key of the authority itself.' },
  ownca_privatekey_passphrase: {
    type: 'str',
    secret: true,
    help: "What the authority's key is encrypted with.",
  },
  ownca_version: { type: 'int', default: 3, help: 'The version of the certificate, which is 3.' },
  ownca_digest: { type: 'str', default: 'sha256', help: 'The digest that is signed.' },
  ownca_not_before: { type: 'str', default: '+0s', help: `From when it is valid: ${TIME}` },
  ownca_not_after: { type: 'str', default: '+3650d', help: `Until when it is valid: ${TIME}` },
  ownca_create_subject_key_identifier: {
    type: 'str',
    choices: IDENTIFIER,
    default: 'create_if_not_provided',
    help: 'Whether an identifier is made of the key.',
  },
  ownca_create_authority_key_identifier: {
    type: 'bool',
    default: true,
    help: "Whether the certificate has the identifier of the authority's key.",
  },
  select_crypto_backend: {
    type: 'str',
    choices: ['auto', 'cryptography'],
    default: 'auto',
    help: 'Does nothing: the openssl of the host is used.',
  },
})

export type Args = ArgsOf<typeof declared>

/** What the provider's own options say. */
export interface Terms {
  readonly digest: string
  readonly notBefore: string
  readonly notAfter: string
  readonly identifier: (typeof IDENTIFIER)[number]
  /** Whether the identifier of the authority's key is in the certificate. */
  readonly namesAuthority: boolean
}

export function termsOf(args: Args): Terms {
  return args.provider === 'ownca'
    ? {
        digest: args.ownca_digest,
        notBefore: args.ownca_not_before,
        notAfter: args.ownca_not_after,
        identifier: args.ownca_create_subject_key_identifier,
        namesAuthority: args.ownca_create_authority_key_identifier,
      }
    : {
        digest: args.selfsigned_digest,
        notBefore: args.selfsigned_not_before,
        notAfter: args.selfsigned_not_after,
        identifier: args.selfsigned_create_subject_key_identifier,
        namesAuthority: false,
      }
}

const EXCLUSIVE = ['csr', 'privatekey', 'ownca', 'ownca_privatekey'] as const

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const found = EXCLUSIVE.filter(
    (name) => args[`${name}_path`] !== undefined && args[`${name}_content`] !== undefined,
  ).map((name) => `parameters are mutually exclusive: ${name}_path|${name}_content`)
  for (const name of ['selfsigned_digest', 'ownca_digest'] as const)
    if (args[name] !== undefined && !/^[a-z0-9][a-z0-9_-]*$/i.test(args[name]))
      found.push(`${name}: ${JSON.stringify(args[name])} is not a name of a digest`)
  for (const name of [
    'selfsigned_not_before',
    'selfsigned_not_after',
    'ownca_not_before',
    'ownca_not_after',
  ] as const)
    if (args[name] !== undefined && !isTime(args[name]))
      found.push(`The time spec "${args[name]}" for ${name} is invalid`)
  if (!complete || args.state === 'absent') return found
  return [...found, ...missing(args)]
}

function missing(args: Partial<Args>): string[] {
  const has = (name: (typeof EXCLUSIVE)[number]) =>
    args[`${name}_path`] !== undefined || args[`${name}_content`] !== undefined
  const found: string[] = []
  switch (args.provider) {
    case undefined:
      return ['state is present but all of the following are missing: provider']
    case 'selfsigned':
      if (!has('privatekey'))
        found.push(
          'One of privatekey_path and privatekey_content must be specified for the selfsigned provider.',
        )
      if (args.selfsigned_version === 2)
        found.push('The cryptography backend does not support v2 certificates')
      return found
    case 'ownca':
      if (!has('csr')) found.push('csr_path or csr_content is required for ownca provider')
      if (!has('ownca'))
        found.push('One of ownca_path and ownca_content must be specified for the ownca provider.')
      if (!has('ownca_privatekey'))
        found.push(
          'One of ownca_privatekey_path and ownca_privatekey_content must be specified for the ownca provider.',
        )
      if (args.ownca_version === 2) found.push('The cryptography backend does not support v2 certificates')
      return found
    default:
      return [
        `provider ${args.provider} is not known here: a client of its own gets such certificates, certbot or acme.sh those of ACME`,
      ]
  }
}
