import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openssl_csr } from '../../../src/modules/crypto/openssl_csr/index.ts'
import { openssl_dhparam } from '../../../src/modules/crypto/openssl_dhparam.ts'
import { openssl_privatekey } from '../../../src/modules/crypto/openssl_privatekey/index.ts'
import { x509_certificate } from '../../../src/modules/crypto/x509_certificate/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'

const test = suite('openssl and files of hosts')

let all: Host[] = []
let top = ''
let bin = ''
test.before(async () => {
  top = mkdtempSync(join(tmpdir(), 'playssh-openssl-'))
  bin = mkdtempSync(join(tmpdir(), 'playssh-bin-'))
  const real = execFileSync('sh', ['-c', 'command -v openssl'], { encoding: 'utf8' }).trim()
  // Openssl 3.0 never ends on a path where somebody puts a folder between its looks.
  writeFileSync(
    join(bin, 'openssl'),
    `#!/bin/sh\ncase " $* " in *' ${top}'*) printf '%s\\n' "$*" >>${join(bin, 'named')} ;; esac\nexec ${real} "$@"\n`,
  )
  writeFileSync(join(bin, 'named'), '')
  chmodSync(join(bin, 'openssl'), 0o755)
  process.env.PATH = `${bin}:${process.env.PATH}`
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  for (const folder of [top, bin]) rmSync(folder, { recursive: true })
})

test('no path of a host is named to openssl, which would look at it more than once', async () => {
  for (const [number, { name, session }] of all.entries()) {
    mkdirSync(join(top, `${number}`))
    const at = (file: string) => join(top, `${number}`, file)
    const passphrase = 'a b'
    const key = { path: at('key'), type: 'ECC', curve: 'secp256r1', passphrase, cipher: 'auto' }
    const signing = { privatekey_path: key.path, privatekey_passphrase: passphrase }
    const own = { ownca_privatekey_path: key.path, ownca_privatekey_passphrase: passphrase }
    const again = async (
      module: Parameters<typeof applyModule>[1],
      raw: Parameters<typeof applyModule>[2],
    ) => {
      for (const isThere of [false, true]) {
        const { plan, result } = await applyModule(session, module, raw)
        assert.is(result.failed ?? plan.failed, undefined, name)
        assert.is(plan.changes.length > 0, !isThere, `${name}: ${raw.path} is ${isThere ? '' : 'not '}there`)
      }
    }
    await again(openssl_privatekey, key)
    await again(openssl_csr, {
      path: at('csr'),
      ...signing,
      common_name: 'a',
      basic_constraints: ['CA:TRUE'],
    })
    await again(x509_certificate, { path: at('ca'), csr_path: at('csr'), ...signing, provider: 'selfsigned' })
    const owned = { ...own, ownca_path: at('ca'), provider: 'ownca' }
    await again(x509_certificate, { path: at('crt'), csr_path: at('csr'), ...owned })
    await again(openssl_dhparam, { path: at('dh'), size: 512 })
  }
  assert.is(readFileSync(join(bin, 'named'), 'utf8'), '')
})

for (const what of ['a folder', 'nothing', 'no key']) {
  test(`a request with ${what} in the place of its key is refused`, async () => {
    const path = what === 'a folder' ? top : join(top, what)
    if (what === 'no key') writeFileSync(path, 'x\n')
    for (const { name, session } of all) {
      const raw = { path: join(top, 'other'), privatekey_path: path, common_name: 'a' }
      const { plan, result } = await applyModule(session, openssl_csr, raw)
      const expected =
        what === 'no key' ? /^Could not read private key/ : `${path} is not there, or cannot be read`
      assert.match(result.failed ?? plan.failed ?? '', expected, name)
    }
  })
}

test.run()
