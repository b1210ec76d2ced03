import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { launcher, QueueSite, recapOf, type Started } from '../support/queue.ts'
import { until } from '../support/until.ts'
import { buildVersion } from '../support/version.ts'

interface Context {
  site: QueueSite
  /** Where another version is built: what lies beside the playbook would be sent to workers. */
  folder: string
  other: string
}

const HOSTS = ['h1', 'h2', 'h3']
const OTHER = '0.0.9-other'
/** Seconds that hosts wait for a worker, and that a run without one takes besides. */
const WAIT = 2
const MORE = 15

const test = suite<Context>('versions of workers and coordinators')

test.before(async (context) => {
  context.site = await new QueueSite().start({ some: HOSTS })
  context.site.playbook([{ command: 'true' }])
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-version-'))
  context.other = buildVersion(OTHER, join(context.folder, 'other'))
})

test.after(async ({ site, folder }) => {
  await site.stop()
  rmSync(folder, { recursive: true })
})

const own = () => execFileSync(launcher, ['--version'], { encoding: 'utf8' }).trim()

/** Starts something as the program of another version. */
function as<T>(command: string, site: QueueSite, start: () => T): T {
  site.program = command
  try {
    return start()
  } finally {
    site.program = launcher
  }
}

async function end(worker: Started): Promise<void> {
  worker.child.kill('SIGTERM')
  assert.is(await worker.ended, 0)
}

for (const isNewer of [false, true])
  test(`a worker of ${isNewer ? 'this version is given nothing by another' : 'another version is given nothing by this'}`, async ({
    site,
    other,
  }) => {
    const [ofWorker, ofRun] = isNewer ? [launcher, other] : [other, launcher]
    const [its, runs] = isNewer ? [own(), OTHER] : [OTHER, own()]
    const worker = await as(ofWorker, site, () => site.worker())
    const began = performance.now()
    const run = as(ofRun, site, () => site.coordinator(['--queue-wait', String(WAIT)]))
    assert.is(await run.ended, 4, run.said())
    const seconds = (performance.now() - began) / 1000
    assert.ok(seconds < WAIT + MORE, `it has ended after ${seconds} s`)
    const refused = `worker \\S+:${worker.pid} has version ${its}, and this is ${runs}`
    assert.match(run.said(), new RegExp(`\\[WARNING\\]: ${refused}: it is given nothing`))
    assert.match(run.said(), new RegExp(`UNREACHABLE! => no worker serves 3 hosts[^]*${refused}`))
    assert.is(recapOf(run.said()).filter((line) => line.includes('unreachable=1')).length, HOSTS.length)
    assert.not.match(worker.said(), /begins/)
    const workers = as(ofRun, site, () => site.run(['workers']))
    assert.is(await workers.ended, 0)
    assert.match(workers.said(), /no worker is there/)
    assert.match(workers.said(), new RegExp(`${refused}: it is given nothing`))
    await end(worker)
  })

test('each version has its own workers, and takes up its own runs', async ({ site, other }) => {
  const [mine, its] = [await site.worker(), await as(other, site, () => site.worker())]
  const runs = [site.coordinator(), as(other, site, () => site.coordinator(['-v']))]
  for (const run of runs) assert.is(await run.ended, 0, run.said())
  for (const worker of [mine, its]) assert.is(worker.said().match(/has ended/g)?.length, 1, worker.said())
  site.playbook([{ command: 'sleep 5' }])
  const run = as(other, site, () => site.coordinator(['-v']))
  await until('it has begun', () => its.said().match(/begins/g)?.length === 2)
  const [, id] = /Run (\w+) goes through/.exec(run.said())!
  run.child.kill('SIGKILL')
  await until('it is missed', () => site.ask('EXISTS', `playssh:run:${id}:coordinator`) === '0')
  const wrong = site.run(['attach', id!])
  assert.is(await wrong.ended, 1)
  assert.match(wrong.said(), new RegExp(`run ${id} was begun by version ${OTHER}, and this is ${own()}`))
  const right = as(other, site, () => site.run(['attach', id!]))
  assert.is(await right.ended, 0, right.said())
  await Promise.all([end(mine), end(its)])
})

test.run()
