import { type ArgsOf, options } from '../../../sdk/options.ts'
import { madeOptions } from '../made-file.ts'

const CURVES = [
  ...(['secp224r1', 'secp256k1', 'secp256r1', 'secp384r1', 'secp521r1', 'secp192r1'] as const),
  ...(['brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1', 'sect163k1', 'sect163r2'] as const),
  ...(['sect233k1', 'sect233r1', 'sect283k1', 'sect283r1', 'sect409k1', 'sect409r1'] as const),
  ...(['sect571k1', 'sect571r1'] as const),
] as const

/** Those that are as good as they are to be for a new key. */
export const GOOD_CURVES: ReadonlySet<string> = new Set(CURVES.slice(0, 5))

export const declared = options({
  ...madeOptions,
  type: {
    type: 'str',
    choices: ['DSA', 'ECC', 'Ed25519', 'Ed448', 'RSA', 'X25519', 'X448'],
    default: 'RSA',
    help: 'The algorithm of the key.',
  },
  size: { type: 'int', default: 4096, help: 'Bits of a key of RSA or DSA.' },
  curve: { type: 'str', choices: CURVES, help: 'The curve of a key of ECC, which needs it.' },
  passphrase: { type: 'str', secret: true, help: 'What the key is encrypted with.' },
  cipher: {
    type: 'str',
    choices: ['auto'],
    help: 'Must be given with a passphrase for a new key; AES-256 is taken.',
  },
  format: {
    type: 'str',
    choices: ['pkcs1', 'pkcs8', 'raw', 'auto', 'auto_ignore'],
    default: 'auto_ignore',
    help: 'How the key is written; auto is pkcs1 where there is one, and auto_ignore leaves a key that is there as it is written. openssl writes no raw keys.',
  },
  format_mismatch: {
    type: 'str',
    choices: ['regenerate', 'convert'],
    default: 'regenerate',
    help: 'What becomes of a key that is right, but written in another way.',
  },
  regenerate: {
    type: 'str',
    choices: ['never', 'fail', 'partial_idempotence', 'full_idempotence', 'always'],
    default: 'full_idempotence',
    help: 'When another key takes the place of one that is there: never, or a failure if it is wrong, if it is wrong, also if it cannot be read, or always.',
  },
  select_crypto_backend: {
    type: 'str',
    choices: ['auto', 'cryptography'],
    default: 'auto',
    help: 'Does nothing: the openssl of the host is used.',
  },
})

export type Args = ArgsOf<typeof declared>

export function problems(
  { type, curve, size, passphrase, cipher }: Partial<Args>,
  complete: boolean,
): string[] {
  const found: string[] = []
  if (complete && type === 'ECC' && curve === undefined)
    found.push('type is ECC but all of the following are missing: curve')
  if (complete && passphrase !== undefined && cipher === undefined)
    found.push("cipher is needed with a passphrase: say 'cipher: auto'")
  if (passphrase !== undefined && /[\r\n]/.test(passphrase)) found.push('passphrase: openssl takes one line')
  if (passphrase === '') found.push('passphrase is empty')
  if (size !== undefined && (size < 512 || size > 65_536))
    found.push('size: openssl makes keys of 512 to 65536 bits')
  return found
}
