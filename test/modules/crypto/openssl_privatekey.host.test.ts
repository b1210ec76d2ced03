import { createPrivateKey } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openssl_dhparam } from '../../../src/modules/crypto/openssl_dhparam.ts'
import { openssl_privatekey } from '../../../src/modules/crypto/openssl_privatekey/index.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('openssl_privatekey and openssl_dhparam on hosts')

let all: Host[] = []
let top = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  top = mkdtempSync(join(tmpdir(), 'keys '))
})
test.after.each(() => {
  rmSync(top, { recursive: true })
})

async function run({ session }: Host, module: Module, raw: Raw, view = RUN) {
  const { plan, result } = await applyModule(session, module, raw, view)
  return {
    rows: rows(plan),
    failed: result.failed ?? plan.failed,
    result: { ...plan.result, ...result.result },
  }
}

const KINDS: Raw[] = [
  { size: 1024 },
  { size: 1024, format: 'pkcs8', passphrase: `a'"\\ $(id) ü`, cipher: 'auto' },
  { size: 1024, passphrase: 'x', cipher: 'auto' },
  { type: 'DSA', size: 1024 },
  { type: 'ECC', curve: 'secp256r1' },
  { type: 'ECC', curve: 'brainpoolP256r1', format: 'pkcs8' },
  { type: 'Ed25519' },
  { type: 'X448', format: 'auto' },
]

test('a key of every kind is planned, made for its owner alone, and found', async () => {
  for (const host of all) {
    for (const kind of KINDS) {
      const raw = { path: join(top, `-odd '\n" $x~`), ...kind }
      const planned = await run(host, openssl_privatekey, raw, CHECK)
      assert.not(existsSync(raw.path))
      const done = await run(host, openssl_privatekey, { ...raw, return_content: true })
      assert.is(done.failed, undefined, JSON.stringify(kind))
      assert.equal(done.rows, planned.rows)
      const text = readFileSync(raw.path, 'utf8')
      assert.is(done.result.privatekey, text)
      assert.is(statSync(raw.path).mode & 0o777, 0o600)
      assert.is(/ENCRYPTED/.test(text), kind.passphrase !== undefined)
      createPrivateKey({ key: text, passphrase: kind.passphrase as string })
      const again = await run(host, openssl_privatekey, raw)
      assert.equal(again.rows, [])
      assert.equal(again.result.fingerprint, done.result.fingerprint)
      rmSync(raw.path)
    }
  }
})

test('a key is converted, replaced with a backup, and removed', async () => {
  for (const host of all) {
    const path = join(top, host.name)
    const first = await run(host, openssl_privatekey, { path, size: 1024 })
    const raw = { path, size: 1024, format: 'pkcs8', format_mismatch: 'convert' }
    const other = await run(host, openssl_privatekey, raw)
    assert.equal(other.rows, [['format', 'pkcs1', 'pkcs8']])
    assert.equal(other.result.fingerprint, first.result.fingerprint)
    assert.equal((await run(host, openssl_privatekey, raw)).rows, [])
    const locked = { path, size: 1024, passphrase: 'x', cipher: 'auto', backup: true }
    const third = await run(host, openssl_privatekey, locked)
    assert.ok(existsSync(String(third.result.backup_file)))
    const converted = { ...locked, format: 'pkcs8', format_mismatch: 'convert' }
    assert.equal((await run(host, openssl_privatekey, converted)).rows, [['format', 'pkcs1', 'pkcs8']])
    assert.equal(
      (await run(host, openssl_privatekey, converted)).result.fingerprint,
      third.result.fingerprint,
    )
    const before = readFileSync(path, 'utf8')
    const wrong = await run(host, openssl_privatekey, {
      path,
      passphrase: 'y',
      cipher: 'auto',
      regenerate: 'fail',
    })
    assert.match(wrong.failed ?? '', /protected with a another passphrase/)
    assert.is(readFileSync(path, 'utf8'), before)
    const gone = await run(host, openssl_privatekey, { path, state: 'absent', backup: true })
    assert.is(readFileSync(String(gone.result.backup_file), 'utf8'), before)
    assert.not(existsSync(path))
  }
})

test('what openssl cannot do leaves all as it was, and has a sentence', async () => {
  for (const host of all) {
    const path = join(top, `old ${host.name}`)
    writeFileSync(path, 'no key\n')
    const bad = await run(host, openssl_privatekey, { path, type: 'DSA', size: 600 })
    assert.ok(bad.failed === undefined || /dsa|parameter|size/i.test(bad.failed), bad.failed)
    if (bad.failed !== undefined) assert.is(readFileSync(path, 'utf8'), 'no key\n')
    assert.equal(
      readdirSync(top).filter((name) => name.startsWith('.')),
      [],
    )
  }
})

test('parameters are planned, made and found', async () => {
  for (const host of all) {
    const path = join(top, `dh ${host.name}`)
    const raw = { path, size: 512 }
    const planned = await run(host, openssl_dhparam, raw, CHECK)
    const done = await run(host, openssl_dhparam, { ...raw, return_content: true })
    assert.is(done.failed, undefined)
    assert.equal(done.rows, planned.rows)
    assert.is(done.result.dhparams, readFileSync(path, 'utf8'))
    assert.match(String(done.result.dhparams), /^-----BEGIN DH PARAMETERS-----\n/)
    assert.equal((await run(host, openssl_dhparam, raw)).rows, [])
    assert.equal((await run(host, openssl_dhparam, { ...raw, state: 'absent' })).rows, [
      ['state', 'file', 'absent'],
    ])
    assert.equal((await run(host, openssl_dhparam, { ...raw, state: 'absent' })).rows, [])
  }
})

test.run()
