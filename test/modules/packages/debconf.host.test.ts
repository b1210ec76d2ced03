import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { debconf } from '../../../src/modules/packages/debconf.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('debconf: on hosts')

let all: ApartHost[] = []
test.before(async () => {
  // Answers of their own, which nobody else locks.
  const copy =
    'mount -t tmpfs tmpfs /mnt; cp -a /var/cache/debconf/. /mnt; mount --move /mnt /var/cache/debconf'
  all = await apartHosts(copy)
})
test.after(async () => {
  for (const host of all) await host.close()
})

const NAME = 'playssh-test'

const STEPS: Raw[] = [
  { question: 'playssh-test/name', vtype: 'string', value: 'odd \'" $x \\n~ é #' },
  { question: 'playssh-test/name', vtype: 'string', value: 'other' },
  { question: 'playssh-test/name', vtype: 'string', value: '' },
  { question: 'playssh-test/ok', vtype: 'boolean', value: true },
  { question: 'playssh-test/ok', vtype: 'boolean', value: false, unseen: true },
  { question: 'playssh-test/ok', vtype: 'seen', value: false },
  { question: 'playssh-test/some', vtype: 'multiselect', value: 'a, b' },
  { question: 'playssh-test/secret', vtype: 'password', value: 's3cret $x' },
  { question: 'playssh-test/secret', vtype: 'password', value: 'another' },
]

test('check says what a run does, and a second run finds nothing', async () => {
  for (const { session } of all) {
    for (const step of STEPS) {
      const raw = { name: NAME, ...step }
      const check = await applyModule(session, debconf, raw, CHECK)
      assert.is(check.plan.changes.length, 1, JSON.stringify(raw))
      const { plan, result } = await applyModule(session, debconf, raw)
      assert.equal([rows(plan), result.failed], [rows(check.plan), undefined])
      assert.equal((await applyModule(session, debconf, raw)).plan.changes, [], JSON.stringify(raw))
      assert.not.match(
        JSON.stringify([plan, result].map((one) => ({ ...one, actions: [] }))),
        /s3cret|another/,
      )
    }
    const { plan } = await applyModule(session, debconf, { name: NAME })
    assert.equal(plan.result!.current, {
      'playssh-test/name': '',
      'playssh-test/ok': 'false',
      'playssh-test/some': 'a, b',
      'playssh-test/secret': '(password omitted)',
    })
  }
})

test('debconf itself finds the answers', async () => {
  for (const { session, run } of all) {
    const raw = { name: NAME, question: 'playssh-test/name', vtype: 'string', value: 'é #1' }
    await applyModule(session, debconf, raw)
    assert.match(run(`debconf-show ${NAME}`), /^\* playssh-test\/name: é #1$/m)
  }
})

test('a host without debconf is told what is missing', async () => {
  for (const { session, run } of all) {
    run('mount --bind /dev/null "$(command -v debconf-set-selections)"')
    const error: Error = await applyModule(session, debconf, { name: NAME }).catch((raised) => raised)
    assert.match(error.message, /debconf-set-selections is missing on this host: install the package debconf/)
  }
})

test.run()
