import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type ParsedKey } from 'ssh2'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { identities } from '../../../src/remote/ssh/identity.ts'
import type { SshSettings } from '../../../src/remote/ssh/ssh-settings.ts'

const { generateKeyPairSync, parseKey } = ssh2.utils

const test = suite<{ folder: string }>('signing in with keys')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'identity-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const SETTINGS = { publicKeys: true, agent: undefined } as SshSettings
const DATA = Buffer.from('what is to be signed')

const kinds = {
  Ed25519: () => generateKeyPairSync('ed25519'),
  'ECDSA of 256 bits': () => generateKeyPairSync('ecdsa', { bits: 256 }),
  'ECDSA of 384 bits': () => generateKeyPairSync('ecdsa', { bits: 384 }),
  'ECDSA of 521 bits': () => generateKeyPairSync('ecdsa', { bits: 521 }),
  RSA: () => generateKeyPairSync('rsa', { bits: 2048 }),
}
for (const [kind, make] of Object.entries(kinds)) {
  test(`a signature with a key of ${kind} is that of its public half, each time`, async ({ folder }) => {
    const made = make()
    const file = join(folder, 'key')
    writeFileSync(file, made.private, { mode: 0o600 })
    const [identity] = await identities(SETTINGS, file)
    const publicHalf = parseKey(made.public) as ParsedKey
    const hashes = kind === 'RSA' ? ([undefined, 'sha256', 'sha512'] as const) : [undefined]
    for (const hash of [...hashes, ...hashes]) {
      const signature = await identity!.sign(DATA, hash)
      assert.is(publicHalf.verify(DATA, signature, hash), true, hash)
      assert.is(publicHalf.verify(Buffer.from('something else'), signature, hash), false)
    }
  })
}

test.run()
