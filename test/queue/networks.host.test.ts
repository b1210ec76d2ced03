import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { duration, table } from '../bench/table.ts'
import type { Machine } from '../support/networks.ts'
import { recapOf, type Started, workedOnTwice } from '../support/queue.ts'
import { BACK, HOSTS, NETWORKS, type Network, TASKS, ThreeNetworks } from '../support/three-networks.ts'
import { until } from '../support/until.ts'

/** How much later a run may end, beside the time of a slice, of which a worker is killed, in ms. */
const LATER = 15_000
const HALF = Math.ceil(TASKS / 2)

type States = ReturnType<ThreeNetworks['states']>

interface Context {
  site: ThreeNetworks
  /** The run by one process, what the hosts' states are after it. */
  alone: { readonly status: number | null; readonly said: string }
  states: States
  /** By network, in the order of their machines. */
  workers: Record<Network, Started[]>
  began: number
  run: Started
}

const test = suite<Context>('a run by workers that reach one network each')
const rows: string[][] = []
let undisturbed = 0
let slice = 0

test.before(async (context) => {
  const site = await ThreeNetworks.start()
  context.site = site
  await site.renew()
  const run = site.run(site.alone, ['-i', 'hosts.yml', 'site.yml', '--queue', ''])
  const status = await run.ended
  context.alone = { status, said: run.said() }
  context.states = site.states()
  assert.is(status, 0, run.said())
})

test.before.each(async (context) => {
  const { site } = context
  await site.renew()
  const [north, east, west] = await Promise.all([
    site.work(site.workers.north[0]!, 'north'),
    site.work(site.workers.east[0]!, '10.90.2.0/24'),
    site.work(site.workers.west[0]!, 'west'),
  ])
  context.workers = { north: [north], east: [east], west: [west] }
  context.began = performance.now()
  context.run = site.run(site.admins[0], ['-i', 'hosts.yml', 'site.yml'])
})

test.after(async ({ site }) => {
  await site.stop()
  console.log(`\n${table(['caused', 'seen', 'exit', 'lasted', 'hosts, against one process'], rows)}`)
})

interface Cause {
  readonly caused: string
  /** What was seen besides what the run's coordinator has told. */
  readonly seen?: string
}

/** Waits for the end of a run, which is to be as that by one process. Gives how long it took, in ms. */
async function endsAsAlone(
  { site, alone, states, began, workers }: Context,
  run: Started,
  { caused, seen }: Cause,
): Promise<number> {
  const status = await run.ended
  const lasted = performance.now() - began
  const said = run.said()
  const others = differing(site.states(), states)
  const told = [...(seen === undefined ? [] : [seen]), ...toldIn(said)].join('; ') || 'nothing'
  const hosts = others.length === 0 ? 'the same' : others.join(', ')
  rows.push([caused, told, String(status), duration(lasted), hosts])
  assert.is(status, alone.status, said)
  assert.equal(others, [])
  assert.equal(workedOnTwice(site.log()), [])
  // A slice that is begun again finds done what it was cut off in.
  const isAgain = (network: Network) => workers[network].some((one) => /attempt (?!1\b)/.test(one.said()))
  const redone = HOSTS.filter(({ bridge }) => isAgain(bridge)).map(({ name }) => name)
  const counts = (of: string) => recapOf(of).map((line) => withoutChanges(line, redone))
  assert.equal(counts(said).sort(), counts(alone.said).sort())
  for (const { name } of HOSTS.filter(({ name }) => !redone.includes(name)))
    assert.is(site.log().split(` begins ${name} `).length - 1, TASKS, `steps of ${name}`)
  return lasted
}

/** What is not the same on hosts, by "host path". */
function differing(now: States, before: States): string[] {
  return HOSTS.flatMap(({ name }) => {
    const [one, other] = [now[name]!, before[name]!]
    const paths = new Set([...Object.keys(one), ...Object.keys(other)])
    return [...paths].filter((path) => one[path] !== other[path]).map((path) => `${name} ${path}`)
  })
}

function withoutChanges(line: string, hosts: readonly string[]): string {
  const [name] = line.split(' ')
  return hosts.includes(name!) ? line.replace(/changed=\d+/, '') : line
}

/** What a coordinator has told besides what happens in any run. */
function toldIn(said: string): string[] {
  return [...said.matchAll(/^\[WARNING\]: (.*)$/gm)].map(([, what]) => what!)
}

/** A second worker for the first network. */
async function spare({ site, workers }: Context): Promise<Started> {
  const started = await site.work(site.workers.north[1]!, 'north')
  workers.north.push(started)
  return started
}

/** Which worker of the first network has begun with its slice, and the other, once half of the slice is done. */
async function inTheMiddle({ site, workers }: Context): Promise<[holder: Started, other: Started]> {
  await site.begun('north1', HALF)
  const [one, other] = workers.north as [Started, Started]
  return one.said().includes('begins') ? [one, other] : [other, one]
}

/** The machine that a worker is on. */
function machineOf({ site, workers }: Context, worker: Started): Machine {
  return site.workers.north[workers.north.indexOf(worker)]!
}

/** How many workers Redis has heard of lately. */
function there(site: ThreeNetworks): number {
  return site.ask('KEYS', 'playssh:worker:*').split('\n').filter(Boolean).length
}

/** The name of a run that goes on. */
function nameOf(site: ThreeNetworks): string {
  return site.ask('ZRANGE', 'playssh:runs', '0', '-1')
}

test('each machine reaches what it is to reach, and nothing else', ({ site }) => {
  const reach = (machine: Machine) =>
    HOSTS.filter(({ address }) => machine.reaches(address)).map(({ name }) => name)
  const of = (networks: readonly Network[]) =>
    HOSTS.filter(({ bridge }) => networks.includes(bridge)).map(({ name }) => name)
  for (const network of NETWORKS)
    for (const machine of site.workers[network]) assert.equal(reach(machine), of([network]), machine.name)
  for (const admin of site.admins) assert.equal(reach(admin), [], admin.name)
  assert.equal(reach(site.alone), of(NETWORKS))
})

test('nothing is caused: it ends as that by one process', async (context) => {
  undisturbed = await endsAsAlone(context, context.run, { caused: 'nothing' })
  const [first, last] = spanOf(context.site.log(), 'north')
  slice = last - first
})

/** When the first step of a network's hosts began, and the last ended, in ms. */
function spanOf(log: string, network: Network): [first: number, last: number] {
  const lines = log.split('\n').filter((line) => line.includes(` ${network}`))
  const times = lines.map((line) => Number(line.split(' ')[0]) / 1e6)
  return [Math.min(...times), Math.max(...times)]
}

test('a worker is killed: another of its network begins its slice again', async (context) => {
  await spare(context)
  const [holder] = await inTheMiddle(context)
  holder.child.kill('SIGKILL')
  const lasted = await endsAsAlone(context, context.run, { caused: 'a worker killed, another there' })
  assertSoon('another there', lasted)
})

test('a worker is killed and started again: it begins its slice again', async (context) => {
  const { site, workers } = context
  await site.begun('north1', HALF)
  const [only] = workers.north
  only!.child.kill('SIGKILL')
  await only!.ended
  workers.north.push(await site.work(site.workers.north[0]!, 'north'))
  const lasted = await endsAsAlone(context, context.run, { caused: 'a worker killed, started again' })
  assertSoon('started again', lasted)
})

function assertSoon(what: string, lasted: number): void {
  const later = lasted - undisturbed
  const bar = slice + LATER
  console.log(
    `A worker is killed with half its slice done, ${what}: the run ends ${duration(later)} later; a slice takes ${duration(slice)}, the bar is ${duration(bar)}`,
  )
  assert.ok(later <= bar, `it ends ${duration(later)} later`)
}

test('a worker is frozen: another begins its slice again, and it does nothing more when it wakes up', async (context) => {
  await spare(context)
  const [frozen, other] = await inTheMiddle(context)
  frozen.child.kill('SIGSTOP')
  await until('the other begins', () => other.said().includes('begins'))
  frozen.child.kill('SIGCONT')
  await endsAsAlone(context, context.run, { caused: 'a worker frozen, woken up' })
  await until('it has given up', () => /was not carried out|given up/.test(frozen.said()))
})

test('a worker is cut off from Redis: another begins its slice again', async (context) => {
  const { site } = context
  await spare(context)
  const [lost, other] = await inTheMiddle(context)
  const machine = machineOf(context, lost)
  machine.plug(BACK, 'down')
  try {
    await until('the other begins', () => other.said().includes('begins'))
    await endsAsAlone(context, context.run, { caused: 'a worker cut off, another there' })
  } finally {
    machine.plug(BACK, 'up')
  }
  await until('it is of use again', () => there(site) === 4)
})

test('the only worker of a network is cut off from Redis, and comes back', async (context) => {
  const { site, workers } = context
  await site.begun('north1', HALF)
  const machine = machineOf(context, workers.north[0]!)
  machine.plug(BACK, 'down')
  await until('it is missed', () => there(site) === 2)
  machine.plug(BACK, 'up')
  await endsAsAlone(context, context.run, { caused: 'the only worker cut off, and back' })
})

test('Redis is started anew with its append-only file', async (context) => {
  const { site } = context
  await site.begun('north1', HALF)
  await site.killRedis()
  await site.startRedis()
  await endsAsAlone(context, context.run, { caused: 'Redis killed, started anew' })
})

test('the coordinator is killed: another machine takes up the run', async (context) => {
  const { site, run } = context
  await site.begun('north1', HALF)
  const attached = await takenUp(context, run)
  await endsAsAlone(context, attached.run, {
    caused: 'the coordinator killed',
    seen: attached.seen,
  })
})

/** Kills a coordinator, and has its run taken up on another machine as soon as it is missed. */
async function takenUp({ site }: Context, run: Started): Promise<{ run: Started; seen: string }> {
  const [, another] = site.admins
  const id = nameOf(site)
  run.child.kill('SIGKILL')
  await run.ended
  await until('it is missed', () => site.ask('EXISTS', `playssh:run:${id}:coordinator`) === '0')
  const list = site.run(another, ['attach'])
  assert.is(await list.ended, 0, list.said())
  const seen = /its coordinator has gone/.exec(list.said())?.[0]
  assert.ok(seen, list.said())
  return { run: site.run(another, ['attach', id]), seen: `${seen}: run attach` }
}

test('a worker, Redis and the coordinator are killed in one run', async (context) => {
  const { site, run } = context
  await spare(context)
  const [holder] = await inTheMiddle(context)
  holder.child.kill('SIGKILL')
  await site.killRedis()
  await site.startRedis()
  const attached = await takenUp(context, run)
  await endsAsAlone(context, attached.run, {
    caused: 'a worker, Redis and the coordinator killed',
    seen: attached.seen,
  })
})

test.run()
