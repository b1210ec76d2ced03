import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { bars } from './bars.ts'
import { Bed } from './bed.ts'
import { type Measurement, report } from './measure.ts'
import { inNamespaces } from './namespaces.ts'
import type { Extent } from './part.ts'
import { PARTS } from './parts.ts'

interface Flags {
  readonly only: string[]
  readonly runs: number
  readonly ansibleRuns: number
  readonly quick: boolean
  readonly thorough: boolean
  readonly beside: string[]
  readonly json?: string
  /** The folder to work in, for the process in namespaces of its own. */
  readonly inside?: string
}

const flags = readFlags()
if (flags.inside !== undefined) process.exit(await bench(flags, flags.inside))
process.exitCode = await inNamespaces('bench')

function readFlags(): Flags {
  const parts = Object.keys(PARTS)
  const names = (text: string) => {
    const unknown = text.split(',').find((name) => !parts.includes(name))
    if (unknown !== undefined) throw new InvalidArgumentError(`there is no part "${unknown}".`)
    return text.split(',')
  }
  const number = (text: string) => {
    if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('a number from 1 is needed.')
    return Number(text)
  }
  const numberOr0 = (text: string) => (text === '0' ? 0 : number(text))
  return new Command('bench')
    .description(
      'Runs the same checks by run, by Ansible and by a script, and prints how their times compare.',
    )
    .option('--only <parts>', `some of ${parts.join(',')}`, names, parts)
    .option('--runs <number>', 'runs of each, in turn; the medians are compared', number, 5)
    .option('--ansible-runs <number>', 'of Ansible, which takes its time; 0 leaves it out', numberOr0, 2)
    .option('--beside <folders...>', 'other checkouts of this project that take part', [])
    .option('--quick', 'one run of each, and no more than 200 hosts', false)
    .option('--thorough', 'Ansible takes part in everything (hours)', false)
    .option('--json <file>', 'write all that was measured into this file')
    .option('--inside <folder>')
    .parse()
    .opts<Flags>()
}

/** Gives the exit status: 1 when anybody did not do the work. */
async function bench({ only, json, beside, ...wanted }: Flags, folder: string): Promise<number> {
  const bed = Bed.make(folder, {
    beside: beside.map((checkout) => resolve(checkout)),
    withAnsible: wanted.ansibleRuns > 0,
  })
  const measurements: Measurement[] = []
  let failed = false
  for (const name of Object.keys(PARTS).filter((part) => only.includes(part))) {
    const { heading, run, besides } = PARTS[name]!
    try {
      const measured = await run(bed, extentOf(wanted))
      measurements.push(...measured)
      console.log(`## ${heading}\n\n${report(measured)}\n`)
      const more = besides?.(measured)
      if (more) console.log(`${more}\n`)
      failed ||= measured.some((one) => one.failed)
    } catch (error) {
      console.error(`${name}: ${(error as Error).message}`)
      failed = true
    }
  }
  const judged = bars(measurements)
  if (judged !== '') console.log(`## Bars\n\n${judged}\n`)
  console.log(`On ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), Node ${process.version}.`)
  if (json !== undefined) writeFileSync(resolve(json), `${JSON.stringify(measurements, undefined, 2)}\n`)
  return failed ? 1 : 0
}

function extentOf({ runs, ansibleRuns, quick, thorough }: Omit<Flags, 'only' | 'beside'>): Extent {
  return {
    runs: quick ? 1 : runs,
    ansibleRuns: quick ? 1 : ansibleRuns,
    taskCounts: [15, 100, 500],
    delays: quick ? [50] : [50, 200],
    hostCounts: [1, 7, 50, 200, 1000].filter((count) => !quick || count <= 200),
    stubCounts: [200, 1000, 10_000].filter((count) => !quick || count <= 1000),
    sharedCounts: [7, 1000, 10_000].filter((count) => !quick || count <= 1000),
    thorough,
  }
}
