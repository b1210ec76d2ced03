import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QueueSite, recapOf } from '../support/queue.ts'

interface Context {
  site: QueueSite
}

const HOSTS = Array.from({ length: 6 }, (_, at) => `h${at + 1}`)

const test = suite<Context>('slices of a run through a queue')

test.before(async (context) => {
  const site = await new QueueSite().start({ some: HOSTS })
  context.site = site
  const fails = (host: string) => ({ fail: { msg: 'as it is' }, when: `inventory_hostname == "${host}"` })
  const notified = { command: 'true', notify: 'told', when: 'inventory_hostname != "h6"' }
  const handlers = [{ name: 'told', command: 'true' }]
  const [first, second] = [
    [notified, fails('h2'), fails('h4'), { command: 'true' }],
    [{ set_fact: { known: '{{ inventory_hostname }}' } }, notified, fails('h5'), { command: 'true' }],
  ]
  const rescued = { block: [fails('h3'), { command: 'true' }], rescue: [{ command: 'true' }] }
  const play = (tasks: readonly unknown[]) => ({ hosts: 'all', gather_facts: false, tasks, handlers })
  site.write('site.yml', JSON.stringify([play([...first, rescued]), play(second), play([rescued])]))
  await site.worker()
})

test.after(({ site }) => site.stop())

for (const [how, words] of [
  ['each at its own pace', []],
  ['in step', ['--linear-across']],
] as const)
  test(`end as one process does, ${how}: hosts that fail go no further, handlers and rescues run`, async ({
    site,
  }) => {
    const alone = site.coordinator(['--queue', ''])
    const run = site.coordinator(['--slice-hosts', '2', ...words])
    assert.is(await run.ended, await alone.ended, run.said())
    assert.equal(recapOf(run.said()).sort(), recapOf(alone.said()).sort())
  })

test('go no further with hosts that cannot be reached', async ({ site }) => {
  const unreachable = ['-e', 'ansible_port=1']
  const run = site.coordinator(['--slice-hosts', '2', ...unreachable])
  assert.is(await run.ended, 4, run.said())
  const counts = recapOf(run.said())
  assert.is(counts.length, HOSTS.length)
  for (const line of counts) assert.match(line, /ok=0 +changed=0 +unreachable=1 +failed=0/)
})

test.run()
