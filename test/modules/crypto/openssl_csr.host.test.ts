import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openssl_csr } from '../../../src/modules/crypto/openssl_csr/index.ts'
import { openssl_privatekey } from '../../../src/modules/crypto/openssl_privatekey/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('openssl_csr on hosts')

let all: Host[] = []
let top = ''
test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  top = mkdtempSync(join(tmpdir(), 'csr '))
})
test.after.each(() => {
  rmSync(top, { recursive: true })
})

const PASSPHRASE = `a'"\\ $(id)`

async function run({ session }: Host, raw: Raw, view = RUN) {
  const { plan, result } = await applyModule(session, openssl_csr, raw, view)
  return {
    rows: rows(plan),
    failed: result.failed ?? plan.failed,
    result: { ...plan.result, ...result.result },
  }
}

async function keyFor({ session }: Host, more: Raw = {}): Promise<string> {
  const path = join(top, `key '" $x`)
  await applyModule(session, openssl_privatekey, { path, type: 'ECC', curve: 'secp256r1', ...more })
  return path
}

const REQUESTS: Raw[] = [
  {},
  { common_name: 'a.example', O: `a $x \\ "q" 'r' #1; ü`, subject: { OU: ['b', ' c '], serialNumber: 5 } },
  {
    subject_ordered: [{ OU: 'b' }, { CN: 'x' }, { OU: ['c', 'd'] }],
    use_common_name_for_san: false,
    create_subject_key_identifier: true,
  },
  {
    common_name: 'ca',
    subject_alt_name: [
      'DNS:*.a',
      'IP:10.0.0.1',
      'IP:::1',
      'email:a@b.c',
      'URI:http://a/?b=c#d',
      'RID:1.2.3',
      'dirName:/O=a/CN=b',
      'otherName:1.2.3.4;UTF8:x',
    ],
    subject_alt_name_critical: true,
    key_usage: ['digitalSignature', 'keyCertSign'],
    key_usage_critical: true,
    extended_key_usage: ['serverAuth', 'TLS Web Client Authentication', '1.2.3.4'],
    basic_constraints: ['CA:TRUE', 'pathlen:0'],
    basic_constraints_critical: true,
    ocsp_must_staple: true,
    name_constraints_permitted: ['DNS:a', 'IP:10.0.0.0/8'],
    name_constraints_excluded: ['DNS:b'],
    subject_key_identifier: '00:11:22',
    authority_key_identifier: '00:33',
    authority_cert_issuer: ['DNS:c', 'URI:http://d/'],
    authority_cert_serial_number: 42,
    crl_distribution_points: [
      { full_name: ['URI:http://a/,b'], reasons: ['key_compromise'], crl_issuer: ['dirName:CN=q'] },
      { relative_name: ['CN=r'], crl_issuer: ['dirName:CN=q'] },
    ],
  },
]

test('requests with all that they may hold are planned, made and found', async () => {
  for (const host of all) {
    const key = await keyFor(host, { passphrase: PASSPHRASE, cipher: 'auto' })
    for (const [at, request] of REQUESTS.entries()) {
      const raw = {
        path: join(top, `-odd '\n" $x~${at}`),
        privatekey_path: key,
        privatekey_passphrase: PASSPHRASE,
        ...request,
      }
      const planned = await run(host, raw, CHECK)
      assert.is(planned.failed, undefined)
      assert.not(existsSync(raw.path))
      const done = await run(host, { ...raw, return_content: true, mode: '0640' })
      assert.is(done.failed, undefined)
      assert.equal(done.rows, planned.rows)
      assert.is(done.result.csr, readFileSync(raw.path, 'utf8'))
      assert.is(statSync(raw.path).mode & 0o777, 0o640)
      assert.equal((await run(host, raw)).rows, [])
      const other = await run(
        host,
        { ...raw, O: undefined, subject: undefined, subject_ordered: undefined, common_name: 'other' },
        CHECK,
      )
      assert.ok(
        other.rows.some(([what]) => what === 'subject'),
        JSON.stringify(other.rows),
      )
      rmSync(raw.path)
    }
    rmSync(key)
  }
})

test('another key makes another request, and what is no request gives way with a backup', async () => {
  for (const host of all) {
    const key = await keyFor(host)
    const path = join(top, `request ${host.name}`)
    await run(host, { path, privatekey_path: key, common_name: 'a' })
    const content = execFileSync('openssl', ['genpkey', '-algorithm', 'ED25519'], { encoding: 'utf8' })
    const raw = { path, privatekey_content: content, common_name: 'a', backup: true }
    assert.equal((await run(host, raw)).rows, [['public key', 'another', 'that of the private key']])
    assert.equal((await run(host, raw)).rows, [])
    writeFileSync(path, 'nothing of the kind\n')
    const done = await run(host, raw)
    assert.equal(done.rows, [['request', 'unreadable', 'CN=a']])
    assert.is(readFileSync(String(done.result.backup_file), 'utf8'), 'nothing of the kind\n')
    assert.equal((await run(host, { ...raw, state: 'absent' })).rows.at(-1), ['state', 'file', 'absent'])
    rmSync(key)
  }
})

test('what cannot be made leaves what is there, and has a sentence', async () => {
  for (const host of all) {
    const key = await keyFor(host, { passphrase: 'x', cipher: 'auto' })
    const path = join(top, `old ${host.name}`)
    writeFileSync(path, 'old\n')
    const said = async (raw: Raw) =>
      (await run(host, { path, privatekey_path: key, privatekey_passphrase: 'x', common_name: 'a', ...raw }))
        .failed ?? ''
    // Not always "bad decrypt": one wrong passphrase in some hundreds gives something to read.
    assert.match(await said({ privatekey_passphrase: 'y' }), /private key/)
    assert.match(await said({ privatekey_passphrase: undefined }), /private key/)
    assert.match(await said({ privatekey_path: '/no/such' }), /^\/no\/such is not there, or cannot be read$/)
    assert.match(await said({ country_name: 'Long' }), /too long/)
    assert.match(await said({ subject: { nosuch: 'x' } }), /nosuch|field name/i)
    assert.match(await said({ subject_alt_name: ['IP:x'] }), /bad ip address/)
    assert.match(await said({ key_usage: ['nosuch'] }), /unknown bit string argument/)
    assert.match(await said({ digest: 'nosuch' }), /nosuch/)
    assert.is(readFileSync(path, 'utf8'), 'old\n')
    rmSync(key)
  }
})

test.run()
