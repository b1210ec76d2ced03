import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { noted, QueueSite, recapOf, type Started, workedOnTwice } from '../support/queue.ts'
import { until } from '../support/until.ts'

/** Seconds that a slice's steps take, and how much later a run may end of which a worker is killed. */
const STEPS = [1, 1, 1, 1]
const LATER = 15

const HOSTS = ['h1', 'h2', 'h3', 'h4']

interface Context {
  site: QueueSite
  workers: Started[]
}

const test = suite<Context>('runs through a queue with faults')

test.before.each(async (context) => {
  context.site = await new QueueSite().start({ some: HOSTS })
  const { site } = context
  const steps = STEPS.map((seconds, at) => noted(site.at('log'), seconds, `s${at}`))
  site.playbook(
    steps.flatMap((step, at) => [
      step,
      { copy: { content: `${at}`, dest: `${site.at('done')}-{{ inventory_hostname }}-${at}` } },
    ]),
  )
})

test.after.each(({ site }) => site.stop())

/** Waits until something has been begun on a host. */
function begun(site: QueueSite, name: string): Promise<void> {
  return until(`${name} begins`, () => site.read('log').includes(`begins h1 ${name}`))
}

/** Every host has come to its end, and none was worked on by two at a time. */
function assertWhole(site: QueueSite): void {
  for (const host of HOSTS)
    for (const at of STEPS.keys()) assert.is(site.read(`done-${host}-${at}`), String(at), `${host} ${at}`)
  assert.equal(workedOnTwice(site.read('log')), [])
}

function assertRecap(said: string): void {
  const counts = new Set(recapOf(said).map((line) => line.replace(/^\S+ ok=\d+ +changed=\d+/, '')))
  assert.equal([...counts], ['  unreachable=0  failed=0  skipped=0  rescued=0  ignored=0'], said)
}

/** Which of the workers has begun the slice. */
function holder(workers: readonly Started[]): Started {
  return workers.find(({ said }) => said().includes('begins'))!
}

/** Which of them has a slice that has not ended. */
function lastHolder(workers: readonly Started[]): Started {
  const count = (worker: Started, word: string) => worker.said().split(word).length
  return workers.find((worker) => count(worker, 'begins') > count(worker, 'has ended'))!
}

test('a slice whose worker is killed goes to another', async ({ site }) => {
  const workers = [await site.worker(), await site.worker()]
  const began = performance.now()
  assert.is(await site.coordinator().ended, 0)
  const own = (performance.now() - began) / 1000
  site.write('log', '')
  const run = site.coordinator()
  await begun(site, 's2')
  lastHolder(workers).child.kill('SIGKILL')
  const killed = performance.now()
  assert.is(await run.ended, 0, run.said())
  const later = (performance.now() - killed) / 1000 - own
  assert.ok(later < LATER, `it ended ${later} s later`)
  assert.match(run.said(), /has not come to the end of a slice of 4 hosts: \S+ has begun it again/)
  assertRecap(run.said())
  assertWhole(site)
})

test('a worker that was frozen does nothing any more when it wakes up', async ({ site }) => {
  const workers = [await site.worker(), await site.worker()]
  const run = site.coordinator()
  await begun(site, 's1')
  const frozen = holder(workers)
  frozen.child.kill('SIGSTOP')
  const other = workers.find((worker) => worker !== frozen)!
  await until('the other begins', () => other.said().includes('begins'))
  frozen.child.kill('SIGCONT')
  assert.is(await run.ended, 0, run.said())
  await until('it has given up', () => /was not carried out|given up/.test(frozen.said()))
  assertRecap(run.said())
  assertWhole(site)
})

test('a worker that is cut off from Redis gives up, and its slice goes to another', async ({ site }) => {
  const cable = await site.cable()
  const cut = await site.worker([], { PLAYSSH_QUEUE: cable.url })
  const run = site.coordinator()
  await begun(site, 's1')
  const other = await site.worker()
  cable.cut()
  assert.is(await run.ended, 0, run.said())
  assert.match(other.said(), /has ended/)
  cable.mend()
  assertRecap(run.said())
  assertWhole(site)
  // It is of use again.
  other.child.kill('SIGTERM')
  await other.ended
  const next = site.coordinator()
  assert.is(await next.ended, 0, next.said())
  assert.match(cut.said(), /attempt 1\n.*has ended/)
})

test('the only worker takes its slice back that was cut off for a while', async ({ site }) => {
  const cable = await site.cable()
  await site.worker([], { PLAYSSH_QUEUE: cable.url })
  const run = site.coordinator()
  await begun(site, 's1')
  cable.cut()
  await sleep(20_000)
  cable.mend()
  assert.is(await run.ended, 0, run.said())
  assertRecap(run.said())
  assertWhole(site)
})

test('a slice whose only worker is killed goes to one who serves its hosts by another pattern', async ({
  site,
}) => {
  const only = await site.worker(['--serves', HOSTS.join(':')])
  const run = site.coordinator(['-v'])
  await begun(site, 's1')
  const other = await site.worker(['--serves', 'all'])
  only.child.kill('SIGKILL')
  await until('another has it', () => other.said().includes('begins, attempt 2'))
  // Whoever takes the run up knows where the slice is.
  const [, id] = /Run (\w+) goes through/.exec(run.said())!
  run.child.kill('SIGKILL')
  await until('it is missed', () => site.ask('EXISTS', `playssh:run:${id}:coordinator`) === '0')
  const again = site.run(['attach', id!])
  assert.is(await again.ended, 0, again.said())
  assertRecap(again.said())
  assertWhole(site)
  assert.is(other.said().match(/begins/g)?.length, 1)
  for (const host of HOSTS) assert.is(site.read('log').split(`begins ${host} s0`).length - 1, 1, host)
})

test('a slice whose only worker does not come back is lost, and its hosts are named as unknown', async ({
  site,
}) => {
  const only = await site.worker()
  const run = site.coordinator(['--queue-patience', '10'])
  await begun(site, 's1')
  only.child.kill('SIGKILL')
  assert.is(await run.ended, 4, run.said())
  assert.match(run.said(), /nobody is there any more who serves 4 hosts; waiting up to 10 s/)
  assert.match(
    run.said(),
    /has not come to the end of 4 hosts, and nobody else serves them; what was done on them/,
  )
  for (const host of HOSTS) assert.match(run.said(), new RegExp(`${host} +: .*unreachable=1`))
})

test('Redis is started anew with its append-only file: the run goes on', async ({ site }) => {
  await site.worker()
  const run = site.coordinator()
  await begun(site, 's1')
  await site.stopRedis('SIGKILL')
  await sleep(3_000)
  await site.startRedis()
  assert.is(await run.ended, 0, run.said())
  assertRecap(run.said())
  assertWhole(site)
})

test('Redis is away for longer than a worker is taken to be there: slices that wait are not lost', async ({
  site,
}) => {
  await site.worker(['--slices', '1'])
  const run = site.coordinator(['--slice-hosts', '1', '--queue-wait', '1'])
  await begun(site, 's1')
  await site.stopRedis('SIGKILL')
  await sleep(14_000)
  await site.startRedis()
  assert.is(await run.ended, 0, run.said())
  assertRecap(run.said())
  assertWhole(site)
})

test('Redis does not come back: the run ends, and every host is named as unknown', async ({ site }) => {
  await site.worker()
  const run = site.coordinator(['--queue-patience', '5'])
  await begun(site, 's1')
  await site.stopRedis('SIGKILL')
  assert.is(await run.ended, 4, run.said())
  assert.match(run.said(), /Redis has not answered for \d+ s; what was done on them is not known/)
  for (const host of HOSTS) assert.match(run.said(), new RegExp(`${host} +: .*unreachable=1`))
})

test('Redis does not come back while the coordinator works alone: the run ends just so', async ({ site }) => {
  await site.worker()
  const pause = { pause: { seconds: 4 } }
  const local = { hosts: 'h1', gather_facts: false, connection: 'local', tasks: [pause, { ping: {} }] }
  const [all] = JSON.parse(site.read('site.yml'))
  site.write('site.yml', JSON.stringify([local, all]))
  const run = site.coordinator(['--queue-patience', '5'])
  await until('it pauses', () => /TASK \[.*pause/i.test(run.said()))
  await site.stopRedis('SIGKILL')
  assert.is(await run.ended, 4, run.said())
  assert.match(run.said(), /Redis has not answered for \d+ s/)
  assert.match(run.said(), /h1 +: .*unreachable=1/)
})

test('Redis loses what it held: the run ends, and every host is named as unknown', async ({ site }) => {
  await site.worker()
  const run = site.coordinator()
  await begun(site, 's1')
  site.ask('FLUSHALL')
  assert.is(await run.ended, 4, run.said())
  assert.match(run.said(), /Redis has lost what it held of the run/)
})

test('a run whose coordinator was killed is taken up again, and does nothing twice', async ({ site }) => {
  await site.worker()
  const run = site.coordinator(['-v'])
  await begun(site, 's1')
  const [, id] = /Run (\w+) goes through/.exec(run.said())!
  run.child.kill('SIGKILL')
  await run.ended
  const early = site.run(['attach', id!])
  assert.is(await early.ended, 1)
  assert.match(early.said(), /has its coordinator/)
  await until('it is missed', () => site.ask('EXISTS', `playssh:run:${id}:coordinator`) === '0')
  const list = site.run(['attach'])
  await list.ended
  assert.match(list.said(), new RegExp(`${id} .*its coordinator has gone`))
  const again = site.run(['attach', id!])
  assert.is(await again.ended, 0, again.said())
  assert.equal(recapOf(again.said()).length, HOSTS.length)
  assertWhole(site)
  assert.is(site.read('log').match(/begins/g)?.length, HOSTS.length * STEPS.length)
})

test('a coordinator that never comes back leaves no worker busy', async ({ site }) => {
  const worker = await site.worker(['--patience', '2'])
  site.playbook([noted(site.at('log'), 60, 's0')])
  const run = site.coordinator()
  await begun(site, 's0')
  run.child.kill('SIGKILL')
  await until('the worker has given up', () => worker.said().includes('its slices are given up'))
  const workers = site.run(['workers'])
  await workers.ended
  assert.match(workers.said(), /all +\d+s +0\/2 +0 /)
})

test('a worker that cannot keep what it is sent says so, and gives the hosts back', async ({ site }) => {
  const worker = await site.worker()
  rmSync(site.at('cache-0'), { recursive: true })
  site.write('cache-0', 'no folder\n')
  const run = site.coordinator()
  assert.is(await run.ended, 4, run.said())
  assert.match(run.said(), /could not carry it out: ENOTDIR/)
  worker.child.kill('SIGTERM')
  assert.is(await worker.ended, 0)
})

test('Ctrl-C lets what runs come to its end, and starts nothing more', async ({ site }) => {
  const worker = await site.worker()
  const run = site.coordinator()
  await begun(site, 's1')
  run.child.kill('SIGINT')
  assert.is(await run.ended, 99, run.said())
  assert.match(run.said(), /interrupted/)
  assert.not.match(site.read('log'), /begins h1 s2/)
  assert.is(site.read('log').match(/begins/g)?.length, site.read('log').match(/ends/g)?.length)
  assert.match(worker.said(), /has ended/)
})

test.run()
