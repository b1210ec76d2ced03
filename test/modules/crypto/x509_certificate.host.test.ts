import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openssl_csr } from '../../../src/modules/crypto/openssl_csr/index.ts'
import { openssl_privatekey } from '../../../src/modules/crypto/openssl_privatekey/index.ts'
import { x509_certificate } from '../../../src/modules/crypto/x509_certificate/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('x509_certificate on hosts')

let all: Host[] = []
let top = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  top = mkdtempSync(join(tmpdir(), `certificate '`))
})
test.after.each(() => {
  rmSync(top, { recursive: true })
})

const PASSPHRASE = `a'"\\ $(id)`
const at = (name: string) => join(top, name)
const text = (name: string) => readFileSync(at(name), 'utf8')

async function run({ session }: Host, raw: Raw, view = RUN) {
  const { plan, result } = await applyModule(session, x509_certificate, raw, view)
  return {
    rows: rows(plan),
    failed: result.failed ?? plan.failed,
    result: { ...plan.result, ...result.result },
  }
}

/** A key, and a request that is made with it. */
async function requested(
  { session }: Host,
  name: string,
  request: Raw,
  type: Raw = { type: 'ECC', curve: 'secp256r1' },
) {
  const key = { path: at(`${name}.key`), ...type, passphrase: PASSPHRASE, cipher: 'auto' }
  await applyModule(session, openssl_privatekey, key)
  const raw = {
    path: at(`${name}.csr`),
    privatekey_path: key.path,
    privatekey_passphrase: PASSPHRASE,
    ...request,
  }
  await applyModule(session, openssl_csr, raw)
}

const CA = {
  common_name: 'CA ü',
  use_common_name_for_san: false,
  basic_constraints: ['CA:TRUE'],
  key_usage: ['keyCertSign'],
}
const SERVER = {
  subject_ordered: [{ O: 'b' }, { CN: 'a.example' }],
  subject_alt_name: ['DNS:a.example', 'IP:10.0.0.1'],
  extended_key_usage: ['serverAuth'],
  crl_distribution_points: [{ full_name: ['URI:http://a/b'], reasons: ['key_compromise'] }],
}
const OWN = () => ({
  path: at('crt'),
  provider: 'ownca',
  csr_path: at('server.csr'),
  ownca_path: at('ca.crt'),
  ownca_privatekey_path: at('ca.key'),
  ownca_privatekey_passphrase: PASSPHRASE,
})
const SELF = () => ({
  path: at('ca.crt'),
  provider: 'selfsigned',
  csr_path: at('ca.csr'),
  privatekey_path: at('ca.key'),
  privatekey_passphrase: PASSPHRASE,
})

test('an authority and what it signs are planned, made and found, and openssl trusts them', async () => {
  for (const host of all) {
    const type = host.name === 'dash' ? { type: 'ECC', curve: 'secp256r1' } : { type: 'Ed25519' }
    await requested(host, 'ca', CA, type)
    await requested(host, 'server', SERVER)
    for (const raw of [SELF(), { ...OWN(), ownca_not_before: '-1d', ownca_not_after: '+90d' }]) {
      const planned = await run(host, raw, CHECK)
      assert.not(existsSync(raw.path))
      const done = await run(host, { ...raw, return_content: true })
      assert.is(done.failed, undefined)
      assert.equal(done.rows, planned.rows)
      assert.is(done.result.certificate, readFileSync(raw.path, 'utf8'))
      assert.match(String(done.result.serial_number), /^\d+$/)
      assert.equal((await run(host, raw)).rows, [])
    }
    const [ca, crt] = [new X509Certificate(text('ca.crt')), new X509Certificate(text('crt'))]
    assert.ok(ca.verify(ca.publicKey) && crt.verify(ca.publicKey) && crt.checkIssued(ca))
    assert.is(crt.subject, 'O=b\nCN=a.example')
    assert.is(crt.subjectAltName, 'DNS:a.example, IP Address:10.0.0.1')
    assert.is(Date.parse(crt.validTo) - Date.parse(crt.validFrom), 91 * 86_400_000)
    execFileSync('openssl', ['verify', '-CAfile', at('ca.crt'), at('crt')])
    for (const name of readdirSync(top)) rmSync(at(name))
  }
})

test('contents and a certificate without a request do as well', async () => {
  for (const host of all) {
    await requested(host, 'ca', CA)
    await requested(host, 'server', SERVER)
    await run(host, SELF())
    const { csr_path, ownca_path, ownca_privatekey_path, ...rest } = OWN()
    const contents = {
      csr_content: text('server.csr'),
      ownca_content: text('ca.crt'),
      ownca_privatekey_content: text('ca.key'),
    }
    const own = { ...rest, ...contents }
    assert.is((await run(host, own)).failed, undefined)
    assert.equal((await run(host, own)).rows, [])
    const bare = {
      path: at('bare'),
      provider: 'selfsigned',
      privatekey_content: text('server.key'),
      privatekey_passphrase: PASSPHRASE,
      selfsigned_not_before: '20200101000000Z',
      selfsigned_not_after: '20520101000000Z',
      ignore_timestamps: false,
    }
    assert.is((await run(host, bare)).failed, undefined)
    assert.equal((await run(host, bare)).rows, [])
    assert.is(new X509Certificate(text('bare')).validTo, 'Jan  1 00:00:00 2052 GMT')
    const later = { ...bare, selfsigned_not_after: '20530101000000Z' }
    assert.equal((await run(host, later)).rows, [['not after', '20520101000000Z', '20530101000000Z']])
    for (const name of readdirSync(top)) rmSync(at(name))
  }
})

test('another authority signs anew, and what is no certificate gives way with a backup', async () => {
  for (const host of all) {
    await requested(host, 'ca', CA)
    await requested(host, 'server', SERVER)
    await run(host, SELF())
    await run(host, OWN())
    rmSync(at('ca.key'))
    rmSync(at('ca.crt'))
    await requested(host, 'ca', CA)
    await run(host, SELF())
    const changes = (await run(host, OWN())).rows.map(([what]) => what)
    assert.equal(changes, ['Authority Key Identifier', 'signature'])
    assert.equal((await run(host, OWN())).rows, [])
    writeFileSync(at('crt'), 'nothing of the kind\n')
    const done = await run(host, { ...OWN(), backup: true })
    assert.equal(done.rows, [['certificate', 'unreadable', 'O=b, CN=a.example']])
    assert.is(readFileSync(String(done.result.backup_file), 'utf8'), 'nothing of the kind\n')
    for (const name of readdirSync(top)) rmSync(at(name))
  }
})

test('what cannot be signed leaves what is there, and has a sentence', async () => {
  for (const host of all) {
    await requested(host, 'ca', CA)
    await requested(host, 'server', SERVER)
    await run(host, SELF())
    writeFileSync(at('crt'), 'old\n')
    const said = async (raw: Raw) => (await run(host, { ...OWN(), ...raw })).failed ?? ''
    assert.match(await said({ csr_path: '/no/such' }), /\/no\/such is not there/)
    assert.match(await said({ ownca_path: at('crt') }), /^openssl: /)
    assert.match(await said({ ownca_privatekey_passphrase: 'x' }), /bad decrypt/)
    assert.match(
      await said({ ownca_privatekey_path: at('server.key') }),
      /does not belong to the CA certificate/,
    )
    assert.match(await said({ ownca_digest: 'nosuch' }), /nosuch|digest/)
    assert.match(
      await said({ ownca_not_before: '20260101000000Z', ownca_not_after: '20261399000000Z' }),
      /date|time/i,
    )
    assert.is(text('crt'), 'old\n')
    for (const name of readdirSync(top)) rmSync(at(name))
  }
})

test.run()
