/**
 * A run that is watched: `node --import tsx profiled-run.ts RESULT ARGUMENTS...` does what `run ARGUMENTS...` does,
 * and writes to RESULT, as JSON, where its CPU time went and what it wrote to its output.
 */
import { writeFileSync } from 'node:fs'
import { type Profiler, Session } from 'node:inspector/promises'
import { runPlaybooks } from '../../src/cli/commands/playbook.ts'
import { readFlags } from '../../src/cli/options.ts'

export interface Watched {
  /** Milliseconds of the main thread in reports and the packages that serve them alone. */
  readonly report: number
  /** Milliseconds of the main thread in anything; neither contains the collection of garbage. */
  readonly all: number
  readonly seconds: number
  readonly writes: number
  readonly bytes: number
}

const [, , result, ...args] = process.argv
const session = new Session()
session.connect()
await session.post('Profiler.enable')

let writes = 0
let bytes = 0
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = ((text: string, ...more: []) => {
  if (text !== '') writes++
  bytes += Buffer.byteLength(text)
  return write(text, ...more)
}) as typeof process.stdout.write

const began = performance.now()
await session.post('Profiler.setSamplingInterval', { interval: 1000 })
await session.post('Profiler.start')
process.exitCode = await runPlaybooks(readFlags(args))
const { profile } = await session.post('Profiler.stop')
const seconds = (performance.now() - began) / 1000
writeFileSync(result!, JSON.stringify({ ...attributed(profile), seconds, writes, bytes } satisfies Watched))

/**
 * What a report calls is the report's, and so is what listr2 goes on with by itself. Samples are counted, one a
 * millisecond, and not the time between them: a process that has to wait for a processor is not sampled.
 */
function attributed({ nodes }: Profiler.Profile): { report: number; all: number } {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  let report = 0
  let all = 0
  const visit = (node: Profiler.ProfileNode, above: boolean): void => {
    const { url, functionName } = node.callFrame
    const inside = above || /\/src\/report\/|\/node_modules\/listr2\//.test(url)
    const time = /^\((idle|garbage collector)\)$/.test(functionName) ? 0 : (node.hitCount ?? 0)
    all += time
    if (inside) report += time
    for (const child of node.children ?? []) visit(byId.get(child)!, inside)
  }
  visit(nodes[0]!, false)
  return { report, all }
}
