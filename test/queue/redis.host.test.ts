import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { noted, QueueSite, recapOf } from '../support/queue.ts'
import { freePort } from '../support/server.ts'
import { until } from '../support/until.ts'

interface Context {
  site: QueueSite
}

const HOSTS = Array.from({ length: 6 }, (_, at) => `h${at + 1}`)

const test = suite<Context>('Redis of a queue, and what goes through it')

test.after.each(({ site }) => site.stop())

/** What docs/workers.md has an administrator allow the user of Redis. */
function documentedRules(): string[] {
  const [, rules] = /^user playssh on >PASSWORD (.*)$/m.exec(readFileSync('docs/workers.md', 'utf8'))!
  return rules!.split(' ')
}

test('TLS and a user with the rights that the documents name are enough', async (context) => {
  const tls = await freePort()
  const site = new QueueSite()
  context.site = site
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: site.folder, stdio: 'pipe' })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'tls.key',
    '-out',
    'tls.crt',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
  )
  const files = ['--tls-cert-file', site.at('tls.crt'), '--tls-key-file', site.at('tls.key')]
  site.words = [
    '--tls-port',
    String(tls),
    ...files,
    '--tls-ca-cert-file',
    site.at('tls.crt'),
    '--tls-auth-clients',
    'no',
  ]
  await site.start({ some: HOSTS })
  site.write('files/large', 'x'.repeat(3_000_000))
  site.playbook([{ copy: { src: 'large', dest: `${site.at('large')}-{{ inventory_hostname }}` } }])
  site.ask('ACL', 'SETUSER', 'playssh', 'on', '>s3cret', ...documentedRules())
  site.ask('ACL', 'SETUSER', 'default', 'off')
  const env = {
    PLAYSSH_QUEUE: `rediss://playssh:s3cret@localhost:${tls}`,
    PLAYSSH_QUEUE_CA: site.at('tls.crt'),
  }
  const distrusts = site.coordinator([], { ...env, PLAYSSH_QUEUE_CA: '' })
  assert.is(await distrusts.ended, 1)
  assert.match(distrusts.said(), /certificate/)
  assert.not.match(distrusts.said(), /s3cret/)
  await site.worker([], env)
  const run = site.coordinator([], env)
  assert.is(await run.ended, 0, run.said())
  assert.is(recapOf(run.said()).length, HOSTS.length)
  assert.is(site.read('large-h6'), site.read('files/large'))
  const workers = site.run(['workers'], env)
  assert.is(await workers.ended, 0, workers.said())
  const wrong = site.coordinator([], { ...env, PLAYSSH_QUEUE: `rediss://playssh:other@localhost:${tls}` })
  assert.is(await wrong.ended, 1)
  assert.match(wrong.said(), /Redis cannot be used at rediss:\/\/localhost:\d+: .*\n/)
})

test('slices keep in step where they are to', async (context) => {
  context.site = await new QueueSite().start({ some: HOSTS })
  const { site } = context
  site.playbook(['a', 'b', 'c'].map((name) => noted(site.at('log'), 0.1, name)))
  // One worker that carries out one slice at a time: those that wait for others take nobody's turn.
  await site.worker(['--slices', '1'])
  const run = site.coordinator(['--linear-across', '--slice-hosts', '2'])
  assert.is(await run.ended, 0, run.said())
  const order = site
    .read('log')
    .trim()
    .split('\n')
    .sort()
    .map((line) => line.split(' ')[3])
  assert.is(order.join('').replace(/(.)\1*/g, '$1'), 'abc')
  assert.is(order.length, 2 * 3 * HOSTS.length)
})

test('all who serve a pattern keep to its rate of logins', async (context) => {
  context.site = await new QueueSite().start({ some: HOSTS })
  const { site } = context
  site.playbook([{ shell: `date +%s%N >>${site.at('log')}` }])
  await Promise.all([site.worker(['--max-logins', '1/s']), site.worker(['--max-logins', '1/s'])])
  const began = performance.now()
  const run = site.coordinator(['--slice-hosts', '3'])
  assert.is(await run.ended, 0, run.said())
  assert.ok(performance.now() - began > (HOSTS.length - 1) * 1000, 'six logins take five seconds')
})

const TIMES = 100

test('a coordinator that takes nothing has workers wait, and neither they nor Redis grow', async (context) => {
  context.site = await new QueueSite().start({ some: HOSTS })
  const { site } = context
  // Each task has 1 MB of output that cannot be compressed.
  const noise = {
    shell: `echo >>${site.at('made')}; head -c 700000 /dev/urandom | base64 -w0`,
    loop: Array.from({ length: TIMES }, (_, at) => at),
  }
  site.playbook([
    noted(site.at('log'), 0, 'begun'),
    noise,
    { file: { path: site.at('after'), state: 'touch' } },
  ])
  const worker = await site.worker()
  const run = site.coordinator()
  await until('it has begun', () => site.read('log').includes('ends'))
  run.child.kill('SIGSTOP')
  await sleep(30_000)
  const memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))![1]) / 1024
  const held = Number(/used_memory:(\d+)/.exec(site.ask('INFO', 'memory'))![1]) / 1024 / 1024
  run.child.kill('SIGKILL')
  const made = site.read('made').length
  assert.ok(made < (HOSTS.length * TIMES) / 2, `${made} MB were made that nobody took`)
  assert.ok(memory < 1500, `the worker has ${memory} MB`)
  assert.ok(held < 300, `Redis has ${held} MB`)
  assert.throws(() => statSync(site.at('after')), /ENOENT/)
})

test('roles, templates and files come from wherever the coordinator has them', async (context) => {
  context.site = await new QueueSite().start({ some: HOSTS })
  const { site } = context
  site.write(
    'elsewhere/web/tasks/main.yml',
    JSON.stringify([
      { template: { src: 'conf.j2', dest: `${site.at('out')}-{{ inventory_hostname }}`, mode: '0644' } },
      { copy: { src: 'big', dest: `${site.at('big')}-{{ inventory_hostname }}` } },
      { debug: { msg: "{{ lookup('env', 'PLANTED') }} {{ lookup('file', 'note') }} {{ playbook_dir }}" } },
    ]),
  )
  site.write('elsewhere/web/templates/conf.j2', 'from {{ template_path }}\n')
  site.write('elsewhere/web/files/big', 'x'.repeat(5_000_000))
  site.write('elsewhere/web/files/note', 'a note\n')
  site.playbook([], { roles: ['web'] })
  const env = { ANSIBLE_ROLES_PATH: site.at('elsewhere'), PLANTED: 'of the coordinator' }
  const worker = await site.worker()
  const before = site.coordinator(['--queue', ''], env)
  assert.is(await before.ended, 0, before.said())
  const run = site.coordinator([], env)
  assert.is(await run.ended, 0, run.said())
  assert.match(run.said(), new RegExp(`ok: \\[h6\\] => of the coordinator a note ${site.folder}`))
  // What one process has made is as it would make it: nothing is changed.
  assert.match(run.said(), /h1 +: ok=3 +changed=0/)
  // A rerun sends names only: the file of 5 MB does not go again, nor all else.
  const bytes = () =>
    [...site.ask('INFO', 'stats').matchAll(/total_net_(?:in|out)put_bytes:(\d+)/g)].reduce(
      (sum, [, one]) => sum + Number(one),
      0,
    )
  const first = bytes()
  const again = site.coordinator([], env)
  assert.is(await again.ended, 0, again.said())
  assert.ok(bytes() - first < 200_000, `${bytes() - first} bytes`)
  assert.match(worker.said(), /has ended/)
})

test.run()
