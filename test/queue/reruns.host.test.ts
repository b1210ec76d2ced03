import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QueueSite, type Started } from '../support/queue.ts'
import { until } from '../support/until.ts'

interface Context {
  site: QueueSite
}

const test = suite<Context>('reruns through a queue')

test.before.each(async (context) => {
  const site = await new QueueSite().start({ dc1: ['h1', 'h2'] })
  context.site = site
  site.write('play/filter_plugins/thread.ts', PLUGIN)
  playbook(site, [SAID])
})

test.after.each(({ site }) => site.stop())

/** Counts in what the thread has besides what each run reads anew. */
const PLUGIN = `
const own = globalThis as { runs?: number }
own.runs = (own.runs ?? 0) + 1
export const runs_so_far = (): number => own.runs!
`

const SAID = { debug: { msg: 'runs of this thread: {{ 0 | runs_so_far }}.' } }

/** What programs write for themselves lies elsewhere, and is no part of it. */
function playbook(site: QueueSite, tasks: readonly object[]): void {
  site.write('play/site.yml', JSON.stringify([{ hosts: 'all', gather_facts: false, tasks }]))
}

function runOf(site: QueueSite, words: readonly string[] = []): Started {
  return site.run(['-i', 'hosts.yml', 'play/site.yml', ...words])
}

/** How many runs the thread has served that serves this one. */
async function threadOf(site: QueueSite, words: readonly string[] = []): Promise<number> {
  const run = runOf(site, words)
  assert.is(await run.ended, 0, run.said())
  return Number(/runs of this thread: (\d+)\./.exec(run.said())![1])
}

/** Runs until the thread is that of the run before: the worker may not have heard yet that this is over. */
async function served(site: QueueSite, words: readonly string[] = []): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const runs = await threadOf(site, words)
    if (runs > 1) return runs
    await sleep(50)
  }
  throw new Error('each run has a new thread')
}

test('find the thread of the run before, but not when anything is otherwise', async ({ site }) => {
  const worker = await site.worker()
  await threadOf(site)
  assert.is(await served(site), 2)
  assert.is(await threadOf(site, ['-e', 'other=1']), 1)
  await served(site)
  site.write('play/group_vars/all.yml', 'other: 1\n')
  assert.is(await threadOf(site), 1)
  worker.child.kill('SIGTERM')
  assert.is(await worker.ended, 0)
})

test('do not find the thread of a run that was interrupted', async ({ site }) => {
  await site.worker()
  site.write('wait', '')
  const wait = `echo >${site.at('begun')}; while test -e ${site.at('wait')}; do sleep 0.1; done`
  playbook(site, [SAID, { shell: wait }])
  const run = runOf(site)
  await until('it has begun', () => site.read('begun') !== '')
  run.child.kill('SIGINT')
  await until('it is to end', () => site.ask('KEYS', 'playssh:run:*:signal') !== '')
  run.child.kill('SIGINT')
  assert.is.not(await run.ended, 0)
  rmSync(site.at('wait'))
  assert.is(await threadOf(site), 1)
})

test.run()
