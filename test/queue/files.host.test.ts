import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { noted, QueueSite, type Started } from '../support/queue.ts'
import { until } from '../support/until.ts'

interface Context {
  site: QueueSite
}

const HOSTS = ['h1', 'h2', 'h3', 'h4']
const MB = 1024 * 1024

const test = suite<Context>('files that tasks need')

test.before.each(async (context) => {
  context.site = await new QueueSite().start({ some: HOSTS })
  mkdirSync(context.site.at('files'))
  mkdirSync(context.site.at('out'))
})

test.after.each(({ site }) => site.stop())

/** Noise, so that it goes through Redis in its full length; with a secret in it. */
function noise(site: QueueSite, name: string, size: number): Buffer {
  const bytes = Buffer.concat([randomBytes(size), Buffer.from('planted-in-large')])
  mkdirSync(site.at(name, '..'), { recursive: true })
  writeFileSync(site.at(name), bytes)
  return bytes
}

function copied(site: QueueSite, src: string): object {
  return { copy: { src, dest: `${site.at('out')}/{{ inventory_hostname }}-${src.replaceAll('/', '-')}` } }
}

function made(site: QueueSite, host: string, src: string): string {
  const path = site.at('out', `${host}-${src}`)
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Bytes that Redis has been sent and has sent. */
function through(site: QueueSite): { into: number; out: number } {
  const stats = site.ask('INFO', 'stats')
  const of = (way: string) => Number(new RegExp(`total_net_${way}put_bytes:(\\d+)`).exec(stats)![1])
  return { into: of('in'), out: of('out') }
}

/** What has gone through Redis during something. */
async function during(site: QueueSite, work: () => Promise<void>): Promise<{ into: number; out: number }> {
  const before = through(site)
  await work()
  const after = through(site)
  return { into: after.into - before.into, out: after.out - before.out }
}

async function runs(site: QueueSite, words: readonly string[] = []): Promise<Started> {
  const run = site.coordinator(words)
  assert.is(await run.ended, 0, run.said())
  return run
}

function clear(site: QueueSite): void {
  rmSync(site.at('out'), { recursive: true })
  mkdirSync(site.at('out'))
}

test('travel once, when they are read, and not at all to whom they are of no use', async ({ site }) => {
  const sent = noise(site, 'files/sent', 10 * MB)
  noise(site, 'files/never', 20 * MB)
  site.playbook([
    copied(site, 'sent'),
    { copy: { src: 'never', dest: site.at('never') }, when: 'which is defined' },
  ])
  const worker = await site.worker()
  const first = await during(site, async () => {
    await runs(site)
  })
  for (const host of HOSTS) assert.is(made(site, host, 'sent'), digest(sent))
  assert.ok(first.into > 10 * MB && first.into < 11 * MB, `${first.into} bytes`)
  assert.ok(first.out > 10 * MB && first.out < 11 * MB, `${first.out} bytes`)
  assert.is(site.ask('KEYS', 'playssh:run:*'), '')

  // Other hosts' sake, and another bundle: it is there.
  clear(site)
  site.write('group_vars/all.yml', 'more: 1\n')
  const again = await during(site, async () => {
    await runs(site)
  })
  for (const host of HOSTS) assert.is(made(site, host, 'sent'), digest(sent))
  assert.ok(again.into + again.out < 200_000, `${again.into} and ${again.out} bytes`)

  // Whoever has not got it finds that all hosts have it.
  worker.child.kill('SIGTERM')
  await worker.ended
  await site.worker()
  const other = await during(site, async () => {
    const run = await runs(site)
    assert.match(run.said(), /h4 +: ok=1 +changed=0/)
    const checked = await runs(site, ['--check', '--diff'])
    assert.match(checked.said(), /h4 +: ok=1 +changed=0/)
  })
  assert.ok(other.into + other.out < 200_000, `${other.into} and ${other.out} bytes`)

  const held = readdirSync(site.at('redis'), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1'))
    .join('')
  assert.ok(held.length > 10 * MB, 'the dump holds what went through')
  for (const secret of ['planted-in-large', 'sent', digest(sent)])
    assert.not.ok(held.includes(secret), secret)
})

test('are the same for whatever reads them', async ({ site }) => {
  noise(site, 'files/tree/one', MB)
  noise(site, 'files/tree/below/two', MB / 4)
  noise(site, 'files/tree/below/three', 3 * MB)
  site.write('files/text', `${'a line '.repeat(100)}\n`.repeat(300))
  site.write('templates/long.j2', `${'# {{ inventory_hostname }}\n'.repeat(10_000)}`)
  site.write('files/program', `#!/bin/sh\n${'# long\n'.repeat(20_000)}echo done >$1\n`, 0o755)
  site.write('secret', 'word\n')
  site.write('files/vaulted', 'of a vault\n'.repeat(20_000))
  site.run(['vault', 'encrypt', '--vault-password-file', 'secret', 'files/vaulted'])
  noise(site, 'packed/three', MB)
  execFileSync('tar', ['-czf', site.at('files/packed.tgz'), '-C', site.at('packed'), '.'])
  await until('it is encrypted', () => site.read('files/vaulted').startsWith('$ANSIBLE_VAULT'))
  const out = `${site.at('out')}/{{ inventory_hostname }}`
  site.playbook([
    { file: { path: out, state: 'directory' } },
    { copy: { src: 'tree', dest: `${out}/` } },
    { copy: { src: '{{ item }}', dest: `${out}/` }, loop: ['text', 'vaulted'] },
    { template: { src: '{{ "long" }}.j2', dest: `${out}/long` } },
    { script: `program ${out}/done` },
    { file: { path: `${out}/unpacked`, state: 'directory' } },
    { unarchive: { src: 'packed.tgz', dest: `${out}/unpacked` } },
    { assemble: { src: 'tree', dest: `${out}/assembled`, remote_src: false } },
    { copy: { content: "{{ lookup('file', 'te' ~ 'xt') | length }}", dest: `${out}/length` } },
  ])
  const words = ['--vault-password-file', 'secret']
  const seen = () =>
    execFileSync('sh', ['-c', 'find . -type f -exec sha256sum {} + | sort'], { cwd: site.at('out') })
  await runs(site, [...words, '--queue', ''])
  const without = seen().toString()
  clear(site)
  const worker = await site.worker()
  await runs(site, words)
  assert.is(seen().toString(), without)
  const again = await runs(site, words)
  assert.is(again.said().match(/changed=1 /g)?.length, HOSTS.length, again.said())

  // What a diff shows is read as well, by a worker that has none of it.
  worker.child.kill('SIGTERM')
  await worker.ended
  await site.worker()
  writeFileSync(site.at('out/h1/text'), 'another line\n')
  const checked = site.coordinator([...words, '--check', '--diff'])
  assert.is(await checked.ended, 3)
  assert.match(checked.said(), /-another line\n *\+a line a line/)
})

test('come as they were, or the task says which file was changed', async ({ site }) => {
  noise(site, 'files/sent', MB)
  site.playbook([noted(site.at('log'), 3, 'first'), copied(site, 'sent')])
  await site.worker()
  const run = site.coordinator()
  await until('it has begun', () => site.read('log').includes('begins'))
  noise(site, 'files/sent', MB)
  assert.is(await run.ended, 2, run.said())
  assert.match(run.said(), /files\/sent is on \S+ not what it was when the run began/)
  assert.not.match(run.said(), /cache-/)
  site.write('log', '')
  const next = site.coordinator()
  await until('it has begun', () => site.read('log').includes('begins'))
  rmSync(site.at('files/sent'))
  assert.is(await next.ended, 2, next.said())
  assert.match(next.said(), /files\/sent is not on \S+, which coordinates the run/)
  assert.equal(readdirSync(site.at('out')), [])
})

test('come to two workers that ask at the same time', async ({ site }) => {
  const sent = noise(site, 'files/sent', 24 * MB)
  site.playbook([copied(site, 'sent')])
  // One has its files behind a link.
  mkdirSync(site.at('elsewhere'))
  symlinkSync(site.at('elsewhere'), site.at('linked'))
  const slices = ['--slices', '1']
  await Promise.all([site.worker(slices), site.worker([...slices, '--cache', site.at('linked/cache')])])
  const bytes = await during(site, async () => {
    await runs(site, ['--slice-hosts', '2'])
  })
  for (const host of HOSTS) assert.is(made(site, host, 'sent'), digest(sent))
  assert.ok(bytes.out < 50 * MB, `${bytes.out} bytes`)
  assert.is(readdirSync(site.at('elsewhere/cache/contents')).length, 1)
})

test('come from whoever has taken up the run', async ({ site }) => {
  const sent = noise(site, 'files/sent', 2 * MB)
  const play = { hosts: 'all', gather_facts: false }
  // The second is for whoever coordinates the run.
  const here = { copy: { src: 'sent', dest: site.at('out/here') } }
  const plays = [
    { ...play, tasks: [noted(site.at('log'), 2, 'first'), copied(site, 'sent')] },
    { ...play, hosts: 'h1', connection: 'local', tasks: [here] },
  ]
  site.write('site.yml', JSON.stringify(plays))
  const worker = await site.worker()
  const run = site.coordinator(['-v'])
  await until('it has begun', () => site.read('log').includes('begins'))
  const [, id] = /Run (\w+) goes through/.exec(run.said())!
  run.child.kill('SIGKILL')
  await until('it is missed', () => site.ask('EXISTS', `playssh:run:${id}:coordinator`) === '0')
  assert.is(made(site, 'h1', 'sent'), '')
  const again = site.run(['attach', id!])
  assert.is(await again.ended, 0, again.said())
  for (const host of HOSTS) assert.is(made(site, host, 'sent'), digest(sent))
  assert.is(digest(readFileSync(site.at('out/here'))), digest(sent))
  assert.is(site.read('log').match(/begins/g)?.length, HOSTS.length)
  assert.not.match(worker.said(), /not carried out/)
})

test('are not waited for without an end, though their readers cannot wait', async ({ site }) => {
  site.write('files/text', 'x'.repeat(MB))
  const made = {
    content: "{{ lookup('file', 'text') | length }}",
    dest: site.at('out/{{ inventory_hostname }}'),
  }
  site.playbook([noted(site.at('log'), 2, 'first'), { copy: made }])
  const worker = await site.worker(['--patience', '3'])
  const run = site.coordinator()
  await until('it has begun', () => site.read('log').includes('begins'))
  run.child.kill('SIGKILL')
  await until('the worker has given up', () => worker.said().includes('its slices are given up'))
  assert.match(worker.said(), /given up; \S+files\/text has not come\n/)
  assert.equal(readdirSync(site.at('out')), [])
  await runs(site)
  for (const host of HOSTS) assert.is(site.read(`out/${host}`), String(MB))
})

test('come though Redis is started anew meanwhile', async ({ site }) => {
  const sent = noise(site, 'files/sent', 60 * MB)
  site.playbook([copied(site, 'sent')])
  const worker = await site.worker()
  const run = site.coordinator()
  await until('it comes', () => through(site).out > 10 * MB)
  await site.stopRedis('SIGKILL')
  await site.startRedis()
  assert.is(await run.ended, 0, run.said())
  for (const host of HOSTS) assert.is(made(site, host, 'sent'), digest(sent))
  assert.match(worker.said(), /has ended/)
})

const PLENTY = 100

test('take no more memory when they are large', async ({ site }) => {
  const sent = noise(site, 'files/sent', PLENTY * MB)
  site.playbook([{ copy: { src: 'sent', dest: site.at('out/h1-sent') }, when: 'inventory_hostname == "h1"' }])
  const worker = await site.worker()
  const run = site.coordinator()
  const most = { worker: 0, coordinator: 0, redis: 0 }
  const look = setInterval(() => {
    most.worker = Math.max(most.worker, memoryOf(worker))
    most.coordinator = Math.max(most.coordinator, memoryOf(run))
    most.redis = Math.max(
      most.redis,
      Number(/used_memory:(\d+)/.exec(site.ask('INFO', 'memory'))?.[1] ?? 0) / MB,
    )
  }, 100)
  assert.is(await run.ended, 0, run.said())
  clearInterval(look)
  assert.is(made(site, 'h1', 'sent'), digest(sent))
  assert.ok(most.worker < 290 && most.coordinator < 290 && most.redis < 40, JSON.stringify(most))
})

/** MB that a program has. */
function memoryOf({ pid }: Started): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

test.run()
