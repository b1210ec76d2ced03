import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QueueSite, recapOf, type Started } from '../support/queue.ts'
import { until } from '../support/until.ts'

interface Context {
  site: QueueSite
}

const SECRETS = [
  'planted-in-playbook',
  'planted-in-vars',
  'planted-in-file',
  'planted-in-output',
  'planted-in-extra',
]

const test = suite<Context>('runs through a queue')

test.before(async (context) => {
  const site = await new QueueSite().start({ dc1: ['h1', 'h2', 'h3'], dc2: ['h4', 'h5', 'h6', 'h7'] })
  context.site = site
  site.write('files/motd', 'planted-in-file\n')
  site.write('templates/conf.j2', 'word={{ word }} host={{ inventory_hostname }}\n')
  site.write('group_vars/all.yml', 'word: planted-in-vars\n')
  site.playbook([
    { file: { path: `${site.at('out')}/{{inventory_hostname}}`, state: 'directory' } },
    { copy: { src: 'motd', dest: `${site.at('out')}/{{inventory_hostname}}/motd` } },
    { template: { src: 'conf.j2', dest: `${site.at('out')}/{{inventory_hostname}}/conf` } },
    { command: 'echo planted-in-out{{ "put" }} planted-in-playbook {{ extra }}', register: 'said' },
    { debug: { msg: '{{ said.stdout }}' } },
    { command: 'false', ignore_errors: true },
    { fail: { msg: 'as it is' }, when: 'inventory_hostname == "h3"' },
  ])
})

test.after(({ site }) => site.stop())

test('show, change and end as without one', async ({ site }) => {
  const words = ['-e', 'extra=planted-in-extra']
  const without = site.coordinator([...words, '--queue', ''])
  const status = await without.ended
  const workers = [await site.worker(), await site.worker()]
  const within = site.coordinator(words)
  assert.is(await within.ended, status, within.said())
  // The second run has fewer changes.
  const again = site.coordinator([...words, '--queue', ''])
  await again.ended
  assert.equal(recapOf(within.said()).sort(), recapOf(again.said()).sort())
  assert.is(recapOf(within.said()).length, 7)
  assert.is(readFileSync(site.at('out/h7/conf'), 'utf8'), 'word=planted-in-vars host=h7\n')
  for (const worker of workers) worker.child.kill('SIGTERM')
  assert.equal(await Promise.all(workers.map(({ ended }) => ended)), [0, 0])
})

test('leave nothing in the clear in Redis, and of the run nothing at all', async ({ site }) => {
  // The append-only file holds all that has gone through, and not only what is left.
  const held = readdirSync(site.at('redis'), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1'))
    .join('')
  assert.ok(held.includes('playssh:'), 'the dump holds what went through')
  for (const secret of [...SECRETS, 'hosts.yml', 'inventory_hostname'])
    assert.not.ok(held.includes(secret), `${secret} is in Redis`)
  assert.equal(site.ask('KEYS', 'playssh:run:*'), '')
  assert.equal(site.ask('KEYS', 'playssh:e-*'), '')
})

test('give hosts to those who serve them, and name those that nobody serves', async ({ site }) => {
  const one = await site.worker(['--serves', 'dc1:&!h2'])
  const two = await site.worker(['--serves', 'dc2'])
  const run = site.coordinator(['-e', 'extra=x', '--queue-wait', '1', '-v'])
  assert.is(await run.ended, 4, run.said())
  assert.match(run.said(), /no worker serves h2/)
  assert.match(run.said(), /h2 +: ok=0 +changed=0 +unreachable=1/)
  assert.match(one.said(), /of 2 hosts begins/)
  assert.match(two.said(), /of 4 hosts begins/)
  const workers = site.run(['workers'])
  assert.is(await workers.ended, 0)
  assert.match(workers.said(), /dc1:&!h2 +\d+s +0\/2/)
  for (const worker of [one, two]) worker.child.kill('SIGTERM')
  await Promise.all([one.ended, two.ended])
})

test('refuse a worker with another key, and say so', async ({ site }) => {
  site.write('other', `${Buffer.alloc(32, 7).toString('base64')}\n`, 0o600)
  const worker = await site.worker([], { PLAYSSH_QUEUE_KEY_FILE: site.at('other') })
  const run = site.coordinator(['-e', 'extra=x', '--queue-wait', '1'])
  assert.is(await run.ended, 4)
  assert.match(run.said(), /a worker has another key/)
  assert.not.match(worker.said(), /begins/)
  worker.child.kill('SIGTERM')
  await worker.ended
})

test('do not start without a key, or with one that others may read', async ({ site }) => {
  const none = site.coordinator([], { PLAYSSH_QUEUE_KEY_FILE: '' })
  assert.is(await none.ended, 1)
  assert.match(none.said(), /none is given/)
  const open = site.run(['worker'], { PLAYSSH_QUEUE_KEY_FILE: site.write('open', 'x', 0o644) })
  assert.is(await open.ended, 1)
  assert.match(open.said(), /others may read it \(mode 644\)/)
})

test('leave to others what a worker has no time for', async ({ site }) => {
  // It takes the worker's processor for longer than the test lasts.
  const that = "range(0, 5000) | map('string') | join | length > 0"
  site.playbook([{ assert: { that }, loop: '{{ range(0, 100000) | list }}', no_log: true }])
  const busy = await site.worker()
  site.coordinator(['--limit', 'h1:h2', '--slice-hosts', '1'])
  const begins = (worker: Started) => worker.said().split(' begins').length - 1
  await until('the first slice begins', () => begins(busy) === 1)
  const idle = await site.worker()
  await until('the other one begins', () => begins(idle) === 1)
  assert.is(begins(busy), 1)
})

test.run()
