import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import type { Bed } from './bed.ts'
import { type Contestant, type Job, keeping, type Outcome, playssh, playsshInJinja } from './contestants.ts'
import { simulation } from './costs.ts'
import { stubHosts, workers } from './crowds.ts'
import { type BenchHost, reachedFromAfar } from './hosts.ts'
import { type Measurement, measure } from './measure.ts'
import { type Extent, expected, inSeries, type Once, type Part, runsOf, settled, unchanged } from './part.ts'
import { timed } from './process.ts'
import type { DelayingProxy } from './proxy.ts'
import { readings } from './reading.ts'
import { renderings } from './templates.ts'
import { trees } from './trees.ts'
import {
  changesIn,
  changingTasks,
  driftingOf,
  play,
  playbookOf,
  type Task,
  tasksFor,
  tasksWithCommands,
  wordyPlaybook,
} from './workloads.ts'

/** Everything that the bench can measure, by the names that --only takes. */
export const PARTS: Readonly<Record<string, Part>> = {
  start: { heading: 'Starting', run: start },
  reading: { heading: 'Large projects, read and checked', run: readings },
  render: { heading: 'Templates in Jinja, 1,000 times each', run: (bed, { runs }) => renderings(bed, runs) },
  sync: { heading: 'A check that finds nothing to do', run: sync },
  commands: { heading: 'A check with commands in it that change nothing', run: commands },
  kept: { heading: 'Logins that are kept', run: kept },
  first: { heading: 'The first run on fresh hosts', run: first },
  tasks: { heading: 'More tasks, nothing to do', run: moreTasks },
  languages: { heading: 'One playbook in both languages, nothing to do', run: languages },
  delay: { heading: 'Hosts far away, nothing to do', run: delays },
  changes: { heading: 'The first run on fresh hosts far away', run: manyChanges },
  drift: { heading: 'Some of 100 tasks drifted', run: drifts },
  hosts: { heading: 'More hosts, nothing to do', run: moreHosts },
  stubs: { heading: 'Hosts that cost nothing, nothing to do', run: stubHosts },
  workers: { heading: 'Two workers and a queue, nothing to do', run: workers, besides: simulation },
  file: { heading: 'A file of 100 MB', run: largeFile },
  trees: {
    heading: 'Large trees and files, beside rsync',
    run: (bed, { runs, ansibleRuns }) => trees(bed, (isAnsible) => (isAnsible ? ansibleRuns : runs)),
  },
}

const SEVEN = 7

function start({ runners }: Bed, { runs }: Extent): Promise<Measurement[]> {
  return measure({
    part: 'start',
    what: 'start and end',
    contestants: [
      { name: 'node -e 0', argv: [process.execPath, '-e', '0'] },
      ...runners.map(({ name, command }) => ({ name: `${name} --version`, argv: [command, '--version'] })),
    ],
    runs: () => 4 * runs,
    async once({ name, argv }) {
      const ended = await timed(argv, '/')
      if (ended.status !== 0) throw new Error(`${name} ended with ${ended.status}: ${ended.stderr}`)
      return { ...ended, changed: undefined }
    },
  })
}

async function sync(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const job = await settled(bed, await bed.hosts(SEVEN), 15)
  const contestants = [...bed.runners, bed.floor, ...bed.ansibles]
  return measure({
    part: 'sync',
    what: '7 hosts x 15 tasks',
    contestants,
    runs: runsOf(extent),
    once: unchanged(job),
  })
}

/** A command that is known to only look, and one that might do anything for all that is known. */
async function commands(bed: Bed, extent: Extent): Promise<Measurement[]> {
  return inSeries(['cat', 'env cat'], async (program) => {
    const job = await settled(bed, await bed.hosts(SEVEN), tasksWithCommands(15, `${program} /etc/passwd`))
    const what = `7 hosts x 15 tasks, two of them commands: ${program}`
    const contestants = [...bed.runners, bed.floor, ...(extent.thorough ? bed.ansibles : [])]
    return measure({ part: 'commands', what, contestants, runs: runsOf(extent), once: unchanged(job) })
  })
}

/** A run whose logins are kept, the next one over these, and one whose logins are not. */
async function kept(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const near = await settled(bed, await bed.hosts(SEVEN), 15)
  const measured = await measure({
    part: 'kept',
    what: '7 hosts x 15 tasks',
    contestants: [playssh, ...firstAndSecond(bed, 'near'), bed.floor],
    runs: runsOf(extent),
    once: unchanged(near),
  })
  const far = bed.job(near.hosts.map(reachedFromAfar), tasksFor(15))
  const afar = await bed.delayed(KEPT_AFAR, (proxy) => {
    const contestants = firstAndSecond(bed, 'afar')
    const once = async (contestant: Contestant) => {
      await proxy.forget()
      const outcome = await unchanged(far)(contestant)
      return { ...outcome, roundTrips: proxy.most }
    }
    const what = `7 hosts x 15 tasks, ${KEPT_AFAR} ms away`
    return measure({ part: 'kept', what, contestants, runs: runsOf(extent), once })
  })
  return [...measured, ...afar]
}

/** Milliseconds. */
const KEPT_AFAR = 200

/** A run that has a keeper of its own each time, and one behind it that has the same. */
function firstAndSecond(bed: Bed, name: string): [Contestant, Contestant] {
  let folders = 0
  const next = () => {
    folders += 1
    return keeping(name, bed.path(`${name}${folders}`))
  }
  let now = next()
  const first = (job: Job) => {
    now = next()
    return now.run(job)
  }
  return [
    { ...now, name: 'playssh, first run', run: first },
    { ...now, name: 'playssh, second run', run: (job) => now.run(job) },
  ]
}

async function first(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const tasks = tasksFor(15)
  const job = bed.job(await bed.hosts(SEVEN), tasks)
  const once = async (contestant: Contestant) => {
    await bed.renew(SEVEN)
    return changing(contestant, job, tasks)
  }
  const contestants = [...bed.runners, ...bed.ansibles]
  return measure({ part: 'first', what: '7 hosts x 15 tasks', contestants, runs: runsOf(extent), once })
}

async function moreTasks(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const contestants = [...bed.runners, bed.floor, ...(extent.thorough ? bed.ansibles : [])]
  return inSeries(extent.taskCounts, async (count) => {
    const job = await settled(bed, await bed.hosts(SEVEN), count)
    const what = `7 hosts x ${count} tasks`
    return measure({ part: 'tasks', what, contestants, runs: runsOf(extent), once: unchanged(job) })
  })
}

/** Conditions, loops, handlers and templates in Handlebars, and the same in Jinja. */
async function languages(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const contestants = [playssh, playsshInJinja]
  return inSeries(extent.taskCounts, async (count) => {
    const hosts = await bed.hosts(SEVEN)
    await settled(bed, hosts, count)
    const tasks = tasksFor(count)
    const handlebars = wordyPlaybook(tasks, 'handlebars')
    const jinja = wordyPlaybook(tasks, 'jinja')
    const job = bed.jobOf(hosts, { playssh: handlebars, ansible: '', jinja, tasks: count })
    const what = `7 hosts x ${count} tasks`
    return measure({ part: 'languages', what, contestants, runs: runsOf(extent), once: unchanged(job) })
  })
}

async function delays(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const contestants = [...bed.runners, bed.floor, ...(extent.thorough ? bed.ansibles : [])]
  return inSeries(extent.delays, (delay) =>
    bed.delayed(delay, (proxy) =>
      inSeries(extent.taskCounts, async (count) => {
        const { hosts } = await settled(bed, await bed.hosts(SEVEN), count)
        const job = bed.job(hosts.map(reachedFromAfar), tasksFor(count))
        const what = `7 hosts x ${count} tasks, ${delay} ms away`
        const once = counted(proxy, unchanged(job))
        return measure({ part: 'delay', what, contestants, runs: runsOf(extent), once })
      }),
    ),
  )
}

/** Every host by itself, so that its changes can go together. */
async function manyChanges(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const tasks = changingTasks(100)
  const playssh = playbookOf(tasks, 'playssh', { strategy: 'free' })
  return bed.delayed(AFAR, async (proxy) => {
    const far = (await bed.hosts(SEVEN)).map(reachedFromAfar)
    const job = bed.jobOf(far, { playssh, ansible: '', tasks: tasks.length })
    const once = counted(proxy, async (contestant) => {
      await bed.renew(SEVEN)
      return changing(contestant, job, tasks)
    })
    const what = `7 hosts x 100 tasks that change, ${AFAR} ms away`
    return measure({ part: 'changes', what, contestants: bed.runners, runs: runsOf(extent), once })
  })
}

async function drifts(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const hosts = await bed.hosts(SEVEN)
  const tasks = tasksFor(100)
  const near = await settled(bed, hosts, tasks.length)
  const far = bed.job(hosts.map(reachedFromAfar), tasks)
  const workload = { part: 'drift', runs: runsOf(extent) }
  return inSeries([1, 10], async (count) => [
    ...(await measure({
      ...workload,
      what: `7 hosts, ${count} drifted`,
      contestants: [...bed.runners, ...(extent.thorough ? bed.ansibles : [])],
      once: drifted(hosts, driftingOf(tasks, count), near),
    })),
    ...(await bed.delayed(AFAR, (proxy) =>
      measure({
        ...workload,
        what: `7 hosts, ${count} drifted, ${AFAR} ms away`,
        contestants: bed.runners,
        once: counted(proxy, drifted(hosts, driftingOf(tasks, count), far)),
      }),
    )),
  ])
}

const AFAR = 50

async function moreHosts(bed: Bed, extent: Extent): Promise<Measurement[]> {
  return inSeries(extent.hostCounts, async (count) => {
    const crowded = count > OWN_MACHINES
    const hosts = crowded ? await bed.crowd(count) : await bed.hosts(count)
    const job = bed.job(hosts, tasksFor(15))
    // The crowd is one machine, and one of its names is enough to set it right.
    await bed.playssh.run(crowded ? bed.job(hosts.slice(0, 1), tasksFor(15)) : job)
    const contestants = [...bed.runners, bed.floor, ...(extent.thorough && !crowded ? bed.ansibles : [])]
    const what = `${count} ${count === 1 ? 'host' : 'hosts'} x 15 tasks`
    return measure({ part: 'hosts', what, contestants, runs: runsOf(extent), once: unchanged(job) })
  })
}

/** More hosts than these are addresses of one machine. */
const OWN_MACHINES = 50

async function largeFile(bed: Bed, extent: Extent): Promise<Measurement[]> {
  const hosts = await bed.hosts(SEVEN)
  const file = bed.path('large')
  for (let megabytes = 0; megabytes < 100; megabytes += 1) appendFileSync(file, randomBytes(1e6))
  const copy = play([{ name: 'A large file', copy: { src: file, dest: LARGE, mode: '0644' } }])
  const job = bed.jobOf(hosts, { playssh: copy, ansible: copy, tasks: 1, script: `exec cat >${LARGE}`, file })
  const once = async (contestant: Contestant) => {
    for (const host of hosts) host.run(`rm -f ${LARGE}`)
    const outcome = await contestant.run(job)
    for (const host of hosts) host.run(`[ $(stat -c %s ${LARGE}) = 100000000 ]; rm ${LARGE}`)
    return expected(contestant, outcome, SEVEN)
  }
  const contestants = [...bed.runners, bed.floor, ...bed.ansibles]
  return measure({ part: 'file', what: '100 MB to 7 hosts', contestants, runs: runsOf(extent), once })
}

const LARGE = '/srv/large'

function drifted(hosts: readonly BenchHost[], drifting: readonly Task[], job: Job): Once {
  const script = ['set -e', ...drifting.map(({ drift }) => drift)].join('\n')
  return async (contestant) => {
    for (const host of hosts) host.run(script)
    return changing(contestant, job, drifting)
  }
}

async function changing(contestant: Contestant, job: Job, tasks: readonly Task[]): Promise<Outcome> {
  const changes = changesIn(tasks, contestant.dialect)
  return expected(contestant, await contestant.run(job), changes * job.hosts.length)
}

function counted(proxy: DelayingProxy, once: Once): Once {
  return async (contestant) => {
    await proxy.takeMost()
    const outcome = await once(contestant)
    return { ...outcome, roundTrips: await proxy.takeMost() }
  }
}
