import { prepare } from '../../analysis/prepare.ts'
import { modules } from '../../modules/index.ts'
import { TakenUpRun } from '../../queue/attach.ts'
import { Seal } from '../../queue/key.ts'
import { connectTo } from '../../queue/redis.ts'
import { runsOf } from '../../queue/survey.ts'
import { withReports } from '../../report/index.ts'
import { visibleLines } from '../../values/visible.ts'
import { newCommand, readWords } from '../command-line.ts'
import { flagsOf, outputFlags, queueFlags, sliceFlags, withFlags } from '../flags.ts'
import { kept, reporterFor, run } from './playbook.ts'
import { bundleFolder, queueAccess, queueUse } from './queue.ts'
import { runList } from './workers.ts'

/** `run attach RUN`: takes up a run whose coordinator has gone; gives the run's exit status. Raises ProblemError. */
export async function attach(words: readonly string[]): Promise<number> {
  const own = newCommand('run attach', 'Takes up a run of a queue whose coordinator has gone.').argument(
    '[run]',
    'its name; without it, runs that go on are listed',
  )
  const command = readWords(withFlags(own, queueFlags, sliceFlags, outputFlags), words)
  const flags = flagsOf(command, [])
  const [id] = command.args
  if (id === undefined) return list(queueAccess(flags.queue))
  const taken = await TakenUpRun.take(queueUse(flags.queue), id, bundleFolder())
  try {
    const { record, inventory } = taken
    const prepared = await prepare(record.request, modules, undefined, inventory)
    const reporter = await withReports(reporterFor(prepared, flags), flags.output.report)
    return await run(prepared, kept(reporter, prepared, flags), {
      execute: (...given) => taken.execute(...given),
    })
  } finally {
    taken.close()
  }
}

async function list({ place, key }: ReturnType<typeof queueAccess>): Promise<number> {
  const redis = await connectTo(place, 'playssh attach')
  try {
    const runs = await runsOf(redis, new Seal(key))
    process.stdout.write(runs.length === 0 ? 'no run goes on\n' : `${visibleLines(runList(runs))}\n`)
  } finally {
    redis.disconnect()
  }
  return 0
}
