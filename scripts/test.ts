/**
 * Runs files of tests side by side, each in a process of its own: `test.ts [PATTERN...]`, where a pattern is a regular
 * expression of paths below test/; without one, all. Each file's report is printed when that file has ended, what
 * failed is named again at the end. The exit status is 1 where a test failed, or a file did not get to its end.
 */
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { stripVTControlCharacters } from 'node:util'
import pLimit from 'p-limit'
import { parse } from 'uvu/parse'

/** A file that takes longer has come to a stop. */
const LIMIT_MINUTES = 20

interface Counts {
  readonly total: number
  readonly passed: number
  readonly skipped: number
}

interface Ended {
  readonly name: string
  readonly counts: Counts
  /** Every test passed, and the file's process says so. */
  readonly well: boolean
}

const patterns = process.argv.slice(2).map((pattern) => new RegExp(pattern))
const { suites } = await parse('test', '\\.test\\.ts$')
const chosen = suites.filter(
  ({ name }) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name)),
)
if (chosen.length === 0) {
  console.error(`No file below test/ is called ${process.argv.slice(2).join(' or ')}`)
  process.exit(1)
}

const started = performance.now()
const sideBySide = pLimit(availableParallelism())
const ended = await Promise.all(chosen.map(({ name }) => sideBySide(() => runFile(name))))

const count = (of: keyof Counts) => ended.reduce((sum, { counts }) => sum + counts[of], 0)
for (const { name, counts, well } of ended)
  if (!well) console.log(`FAILED ${name}: ${counts.passed} of ${counts.total} passed`)
console.log(`\n  Total:     ${count('total')}`)
console.log(`  Passed:    ${count('passed')}`)
console.log(`  Skipped:   ${count('skipped')}`)
console.log(`  Duration:  ${((performance.now() - started) / 1000).toFixed(1)} s in ${chosen.length} files\n`)
process.exitCode = ended.every(({ well }) => well) ? 0 : 1

function runFile(name: string): Promise<Ended> {
  const begun = performance.now()
  const uvu = ['--import', 'tsx', 'node_modules/uvu/bin.js', 'test', `^${name.replaceAll('.', '\\.')}$`]
  const options = { timeout: LIMIT_MINUTES * 60_000, killSignal: 'SIGKILL', maxBuffer: 64 << 20 } as const
  return new Promise((resolve) => {
    execFile(process.execPath, uvu, options, (error, stdout, stderr) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      console.log(`${stdout.replace(/\n {2}Total:.*$/s, '').trimEnd()} ${seconds} s\n${stderr}`)
      if (error?.killed) console.log(`${name} was ended after ${LIMIT_MINUTES} minutes`)
      const counts = countsOf(stdout)
      resolve({ name, counts, well: error === null && counts.total > 0 })
    })
  })
}

/** What uvu says at its end; a file that broke off counts as one test that failed. */
function countsOf(output: string): Counts {
  const said = stripVTControlCharacters(output).match(
    /\n {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)/,
  )
  if (said === null) return { total: 1, passed: 0, skipped: 0 }
  return { total: Number(said[1]), passed: Number(said[2]), skipped: Number(said[3]) }
}
