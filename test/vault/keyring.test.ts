import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readEnvelope } from '../../src/vault/envelope.ts'
import { decrypt, encrypt, Locked, unlockWith } from '../../src/vault/keyring.ts'
import { FILES } from './recorded.ts'

const test = suite('vaults')

test.before.each(() => unlockWith({ passwords: [], matchIds: false }))

function give(given: Readonly<Record<string, string>>, matchIds = false): void {
  const passwords = Object.entries(given).map(([id, text]) => ({
    id,
    password: Buffer.from(text).toString('base64'),
  }))
  unlockWith({ passwords, matchIds })
}

/** What is in a vault, or why it stays closed. */
function opened(text: string): string {
  try {
    return decrypt(text).toString()
  } catch (error) {
    if (!(error instanceof Locked)) throw error
    return `${error.message} | ${error.hint}`
  }
}

test('what ansible-vault has encrypted is read, with an id and without', () => {
  for (const { id, password, plain, text } of Object.values(FILES)) {
    give({ [id]: password })
    assert.is(opened(text), plain)
  }
})

test('what is encrypted here is what ansible-vault would have made of it with that salt', () => {
  for (const { id, password, plain, text } of Object.values(FILES)) {
    const { salt } = readEnvelope(text).sealed
    const given = { id, password: Buffer.from(password).toString('base64') }
    assert.is(encrypt(Buffer.from(plain), given, salt), text)
  }
})

test('whatever is encrypted comes back: nothing, bytes, a block to the brim, in lines of 80', () => {
  give({ x: 'pw' })
  const password = { id: 'x', password: Buffer.from('pw').toString('base64') }
  for (const plain of ['', 'a', 'sixteen letters!', 'x'.repeat(1000)]) {
    const text = encrypt(Buffer.from(plain), password)
    assert.is(opened(text), plain)
    assert.ok(text.split('\n').every((line) => line.length <= 80))
  }
  const bytes = Buffer.from([0, 255, 254, 128])
  assert.equal(decrypt(encrypt(bytes, password)), bytes)
})

test('CRLF, blanks at the ends of lines and empty lines do not matter', () => {
  const { text, password, plain } = FILES.prod
  give({ other: password })
  assert.is(opened(text.replaceAll('\n', '\r\n')), plain)
  assert.is(opened(text.replaceAll('\n', '   \n')), plain)
  assert.is(opened(`${text.replace(/;/g, ' ; ')}\n\n`), plain)
})

test('every password is tried, whatever its id, unless ids must match', () => {
  const { text, password, plain } = FILES.prod
  give({ dev: 'wrong', other: password })
  assert.is(opened(text), plain)
  give({ dev: 'wrong', other: password }, true)
  assert.is(
    opened(text),
    'it is encrypted with the vault id "prod", and passwords are given for dev, other only | ' +
      'give one with --vault-id prod@FILE or prod@prompt, or leave vault_id_match away',
  )
  give({ prod: password }, true)
  assert.is(opened(text), plain)
})

const LOCKED: [given: Record<string, string>, text: string, said: string][] = [
  [
    {},
    FILES.default.text,
    'it is encrypted, and no vault password is given | give one with --ask-vault-pass or --vault-password-file FILE',
  ],
  [
    {},
    FILES.prod.text,
    'it is encrypted with the vault id "prod", and no vault password is given | ' +
      'give one with --vault-id prod@FILE or prod@prompt',
  ],
  [
    { dev: 'x' },
    FILES.prod.text,
    'it is encrypted with the vault id "prod", and no password that is given decrypts it (tried: dev) | ' +
      'give the password of "prod" with --vault-id prod@FILE or prod@prompt',
  ],
  [
    { default: 'x', prod: 'y' },
    FILES.prod.text,
    'it is encrypted with the vault id "prod", and no password that is given decrypts it (tried: default, prod) | ' +
      'the password is another one, or somebody has changed the encrypted text',
  ],
  [{ default: 'x' }, '$ANSIBLE_VAULT;1.1', 'a vault begins with $ANSIBLE_VAULT;1.1;AES256 | undefined'],
  [{ default: 'x' }, '$ANSIBLE_VAULT;1.0;AES\n00', 'vaults of version 1.0 cannot be read | undefined'],
  [
    { default: 'x' },
    '$ANSIBLE_VAULT;1.1;AES\n00',
    'vaults encrypted with AES cannot be read, only those with AES256 | undefined',
  ],
  [
    { default: 'x' },
    '$ANSIBLE_VAULT;1.1;AES256\nxyz',
    'what stands behind the header of a vault are hexadecimal digits, and here is something else | undefined',
  ],
  [
    { default: 'x' },
    FILES.default.text.split('\n').slice(0, 2).join('\n'),
    'the vault is cut off: its salt, its proof or its content is missing | undefined',
  ],
]

for (const [given, text, said] of LOCKED)
  test(`what no password opens says why: ${said}`, () => {
    give(given)
    assert.is(opened(text), said)
  })

test('a changed vault is not decrypted, whichever digit was changed', () => {
  const { text, password } = FILES.default
  give({ default: password })
  const header = text.indexOf('\n') + 1
  for (let at = header; at < text.length - 1; at += 37) {
    if (text[at] === '\n') continue
    const other = text[at] === '3' ? '4' : '3'
    const changed = text.slice(0, at) + other + text.slice(at + 1)
    assert.ok(changed === text || !opened(changed).startsWith('top:'), `at ${at}`)
  }
})

test.run()
