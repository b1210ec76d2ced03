import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { makeKeys, makeNetwork } from '../bench/hosts.ts'
import { inNamespaces } from '../bench/namespaces.ts'
import { descriptorsOf, footprint, growth } from './controller.ts'
import { startFleet } from './fleet.ts'
import { GRACE, goThrough } from './round.ts'
import { Tally, WARM_UP } from './tally.ts'
import { draw } from './trouble.ts'

/** A round trip to the slow ones, in ms. */
const SLOW = 300

interface Flags {
  readonly hours: number
  readonly hosts: number
  /** The folder to work in, for the process in namespaces of its own. */
  readonly inside?: string
}

const flags = new Command('soak')
  .description('Runs a playbook on hosts that come and go, and looks whether anything is wrong or left over.')
  .option('--hours <number>', 'how long; fractions are fine', Number, 1)
  .option('--hosts <number>', 'at most 250', Number, 200)
  .option('--inside <folder>')
  .parse()
  .opts<Flags>()
if (flags.inside !== undefined) process.exit(await soak(flags, flags.inside))
process.exitCode = await inNamespaces('soak')

/** Gives the exit status: 1 when anything was wrong or left over. */
async function soak({ hours, hosts }: Flags, folder: string): Promise<number> {
  const keys = makeKeys(folder)
  makeNetwork()
  const afar = fork(join(import.meta.dirname, 'afar.ts'), [String(SLOW)])
  await once(afar, 'message')
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  process.env.TMPDIR = temporary
  const members = await startFleet(folder, keys, hosts)
  console.log(`${members.length} hosts are there`)
  const tally = new Tally()
  let before = footprint()
  let seconds = 5
  const end = performance.now() + hours * 3_600_000
  for (let round = 1; performance.now() < end; round += 1) {
    const states = draw(members, round % 3 === 1)
    const began = performance.now()
    const wrong = await goThrough({ folder, keys, members, states, round, seconds })
    seconds = (performance.now() - began) / 1000
    wrong.told.push(
      ...(round > WARM_UP ? await growth(before, GRACE) : []).map((what) => `controller: ${what}`),
    )
    const now = footprint()
    if (round <= WARM_UP) before = now
    tally.add(states, wrong, now)
    const counts = Object.entries(wrong.endings).map(([what, number]) => `${number} ${what}`)
    console.log(
      `round ${round}: ${counts.join(', ')}; ${wrong.told.length} wrong; ${seconds.toFixed(1)} s, heap ${now.heap.toFixed(1)} MB, rss ${now.rss.toFixed(0)} MB, ${descriptorsOf(now)} descriptors`,
    )
    for (const what of wrong.told) console.log(`  WRONG ${what}`)
  }
  return tally.close()
}
