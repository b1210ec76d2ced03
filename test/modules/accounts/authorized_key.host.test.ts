import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { authorized_key } from '../../../src/modules/accounts/authorized_key/index.ts'
import { quote } from '../../../src/shell/quote.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'
import { A, B, rows } from './keys.ts'

const test = suite('authorized_key: on hosts')

let all: ApartHost[] = []

test.before(async () => {
  const homes =
    'mkdir -p /etc/homes/ann; chown 7:8 /etc/homes/ann; echo "ann:x:7:8::/etc/homes/ann:/bin/sh" >>/etc/passwd'
  all = await apartHosts(homes)
})
test.after(async () => {
  for (const host of all) await host.close()
})

test('keys are added, kept and removed, and check announces it', async () => {
  for (const { session, run } of all) {
    const raw = { user: 'ann', key: `${A}\n${B}` }
    const file = '/etc/homes/ann/.ssh/authorized_keys'
    assert.is((await applyModule(session, authorized_key, raw, CHECK)).plan.changes.length, 7)
    assert.is(run('ls -A /etc/homes/ann'), '')
    await applyModule(session, authorized_key, raw)
    assert.equal((await applyModule(session, authorized_key, raw)).plan.changes, [])
    assert.is(
      run(`cat ${file}; stat -c "%a %u %g" /etc/homes/ann/.ssh ${file}`),
      `${A}\n${B}\n700 7 8\n600 7 8\n`,
    )
    run(`chmod 755 /etc/homes/ann/.ssh; printf '# \\377\\n\\nno key\\n%s' ${quote(`no-pty ${A}`)} >${file}`)
    const { plan } = await applyModule(session, authorized_key, raw)
    assert.equal(rows(plan), [
      ['mode of /etc/homes/ann/.ssh', '0755', '0700'],
      ['key', `no-pty ${A}`, A],
      ['key', null, B],
    ])
    assert.is(run(`head -n 1 ${file} | od -An -tx1`), ' 23 20 ff 0a\n')
    assert.is(run(`tail -n +2 ${file}`), `\nno key\n${A}\n${B}\n`)
    assert.equal((await applyModule(session, authorized_key, raw)).plan.changes, [])
    const gone = { ...raw, key: A, state: 'absent' }
    assert.equal(rows((await applyModule(session, authorized_key, gone)).plan), [['key', A, null]])
    assert.equal((await applyModule(session, authorized_key, gone)).plan.changes, [])
    const only = {
      ...raw,
      exclusive: true,
      key_options: 'from="a b",no-pty',
      comment: "it's",
    }
    await applyModule(session, authorized_key, only)
    assert.equal((await applyModule(session, authorized_key, only)).plan.changes, [])
    const options = 'from="a b",no-pty'
    assert.is(run(`tail -n +2 ${file}`), `\n${options} ${B} it's\n${options} ssh-ed25519 AAAAa it's\n`)
  }
})

test('on hosts: files of any name, links, a folder that is left alone', async () => {
  for (const { session, run } of all) {
    const folder = '/etc/homes/-odd \'\n" $x'
    const path = `${folder}/keys~`
    const raw = { user: 'ann', key: A, path, manage_dir: false }
    await applyModule(session, authorized_key, raw)
    assert.equal((await applyModule(session, authorized_key, raw)).plan.changes, [])
    assert.is(run(`cd ${quote(folder)}; cat keys~; stat -c "%a %u" . keys~`), `${A}\n755 0\n600 7\n`)
    run(`cd ${quote(folder)}; ln -s keys~ followed; cp -P followed replaced`)
    await applyModule(session, authorized_key, {
      ...raw,
      key: B,
      path: `${folder}/followed`,
      follow: true,
    })
    await applyModule(session, authorized_key, {
      ...raw,
      path: `${folder}/replaced`,
      state: 'absent',
    })
    assert.is(
      run(`cd ${quote(folder)}; cat keys~; stat -c %F followed replaced; cat replaced`),
      `${A}\n${B}\nsymbolic link\nregular file\n${B}\n`,
    )
    const failed = await applyModule(session, authorized_key, {
      user: "no 'body",
      key: A,
    })
    assert.match(failed.plan.failed ?? '', /there is no user "no 'body"/)
  }
})

test('keys are fetched by the host from an address', async () => {
  const server = createServer(({ url }, response) => {
    response.statusCode = url === '/ann.keys' ? 200 : 404
    response.end(`${A}\n${B}\n`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    for (const { session, run } of all) {
      const path = '/etc/fetched'
      const raw = { user: 'ann', key: `${at}/ann.keys`, path, manage_dir: false }
      const checked = await applyModule(session, authorized_key, raw, CHECK)
      const { plan } = await applyModule(session, authorized_key, raw)
      assert.equal([plan.changes.length > 0, plan.changes], [true, checked.plan.changes])
      assert.is(run(`cat ${path}`), `${A}\n${B}\n`)
      assert.equal((await applyModule(session, authorized_key, raw)).plan.changes, [])
      const missing = applyModule(session, authorized_key, { ...raw, key: `${at}/none` })
      assert.match(
        await missing.then(({ plan: { failed } }) => failed!, String),
        /Error getting key from: .*404/,
      )
    }
  } finally {
    server.close()
  }
})

test.run()
