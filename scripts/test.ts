/**
 * Runs files of tests side by side: `test.ts [--unit] [PATTERN...]`, where a pattern is a regular expression of paths
 * below test/; without one, all. What is called X.host.test.ts needs more than node and a POSIX sh: each such file has a
 * process of its own. All others share a few processes, since the start of a process takes longer than their tests; with
 * `--unit` only they are run. Each process's report is printed when it has ended, that of what failed again at the end.
 * The exit status is 1 where a test failed, or a process did not get to its end.
 */
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import pLimit from 'p-limit'
import { parse } from 'uvu/parse'
import { compileTests } from './compile-tests.ts'

/** A process that takes longer has come to a stop. */
const LIMIT_MINUTES = 12

/** Processes that share the files which need only node, for each core: enough to end at about the same time. */
const GROUPS = 3

/** What a process does. */
const PROCESS = `
import { run } from 'uvu/run'
process.env.FORCE_COLOR = '1'
await run(JSON.parse(process.argv[1]))`

/** Beginnings of the files that run longest, the longest first. */
const LONGEST = [
  'modules/xen/xen_image',
  'queue/files',
  'engine/prefetch/prefetcher',
  'host/safe-path',
  'modules/virtual/entries',
  'queue/redis',
  'modules/virtual/lxc_container-archive',
  'modules/packages/pacman',
  'modules/crypto/x509_certificate',
  'modules/packages/flatpak',
  'modules/databases/postgresql_privs',
  'modules/virtual/virt_domain',
  'remote/session.',
  'remote/ssh/config',
  'modules/packages/dnf',
  'modules/databases/postgresql_db',
  'modules/services/systemd',
]

/** Beginnings of files that go one after the other: the first copies this machine, whose packages the second changes. */
const IN_TURN = ['modules/examples', 'modules/packages/apt.']

/** Beginnings of files whose tests mostly wait: one of them goes beside the others. */
const WAITING = ['queue/faults', 'queue/networks']

interface Counts {
  readonly total: number
  readonly passed: number
  readonly skipped: number
}

interface Failed {
  readonly name: string
  /** What uvu says of it. */
  readonly said: string
}

interface Ended {
  readonly counts: Counts
  /** The files of which not every test is known to have passed. */
  readonly failed: readonly Failed[]
}

const { values, positionals } = parseArgs({ options: { unit: { type: 'boolean' } }, allowPositionals: true })
const patterns = positionals.map((pattern) => new RegExp(pattern))
const { suites } = await parse('test', values.unit ? '(?<!\\.host)\\.test\\.ts$' : '\\.test\\.ts$')
const chosen = suites
  .map(({ name }) => name)
  .filter((name) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name)))
if (chosen.length === 0) {
  console.error(`No file of tests below test/ is called ${positionals.join(' or ')}`)
  process.exit(1)
}

// Logins that a run leaves behind would outlive the servers of a test.
process.env.PLAYSSH_PERSIST ??= '0'
// What a run keeps of files would be kept for the user's own.
process.env.PLAYSSH_YAML_CACHE ??= 'false'

const started = performance.now()
const workers = availableParallelism()
const sideBySide = pLimit(workers)
const besides = pLimit(1)
const laneOf = (turns: readonly (readonly string[])[]) =>
  isOf(WAITING, turns[0]![0]!) ? besides : sideBySide
const compiled = await compileTests(chosen)
const all = inTurns(processes(chosen, workers)).map((turns) => laneOf(turns)(() => runTurns(turns)))
const ended = (await Promise.all(all)).flat()
compiled.remove()

const count = (of: keyof Counts) => ended.reduce((sum, { counts }) => sum + counts[of], 0)
for (const { name, said } of ended.flatMap(({ failed }) => failed)) console.log(`FAILED ${name}${said}`)
console.log(`\n  Total:     ${count('total')}`)
console.log(`  Passed:    ${count('passed')}`)
console.log(`  Skipped:   ${count('skipped')}`)
console.log(`  Duration:  ${((performance.now() - started) / 1000).toFixed(1)} s in ${chosen.length} files\n`)
process.exitCode = ended.every(({ failed }) => failed.length === 0) ? 0 : 1

/** The files of each process, the longest first: none is left alone at the end. */
function processes(files: readonly string[], workers: number): string[][] {
  const isHost = (name: string) => name.endsWith('.host.test.ts')
  const pure = files.filter((name) => !isHost(name))
  const groups = workers * GROUPS
  const shared = Array.from({ length: groups }, (_, group) => pure.filter((_, at) => at % groups === group))
  const alone = files
    .filter(isHost)
    .map((name) => ({ name, weight: weightOf(name) }))
    .sort((one, other) => other.weight - one.weight)
  return [...alone.map(({ name }) => [name]), ...shared.filter(({ length }) => length > 0)]
}

/** Processes that go one after the other, each of them by itself but for those that must not run at a time: these first. */
function inTurns(all: readonly string[][]): string[][][] {
  const isInTurn = ([first]: readonly string[]) => isOf(IN_TURN, first!)
  const together = all.filter(isInTurn)
  const alone = all.filter((files) => !isInTurn(files)).map((files) => [files])
  return together.length > 0 ? [together, ...alone] : alone
}

async function runTurns(turns: readonly (readonly string[])[]): Promise<Ended[]> {
  const ended: Ended[] = []
  for (const files of turns) ended.push(await runFiles(files))
  return ended
}

function isOf(beginnings: readonly string[], name: string): boolean {
  return beginnings.some((beginning) => name.startsWith(beginning))
}

/** A long file is taken to run long; some run longer than they look. */
function weightOf(name: string): number {
  const at = LONGEST.findIndex((longest) => name.startsWith(longest))
  return at === -1 ? statSync(join('test', name)).size : Number.MAX_SAFE_INTEGER - at
}

function runFiles(files: readonly string[]): Promise<Ended> {
  const begun = performance.now()
  const suites = JSON.stringify(files.map((name) => ({ name, file: compiled.at(name) })))
  const uvu = ['--enable-source-maps', '--input-type=module', '--eval', PROCESS, suites]
  const options = {
    timeout: LIMIT_MINUTES * 60_000,
    killSignal: 'SIGKILL',
    maxBuffer: 64 << 20,
  } as const
  return new Promise((resolve) => {
    execFile(process.execPath, uvu, options, (error, stdout, stderr) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1)
      const report = stdout.replace(/\n {2}Total:.*$/s, '').trimEnd()
      console.log(`${report} ${seconds} s\n${stderr}`)
      if (error?.killed) console.log(`${files.join(', ')}: ended after ${LIMIT_MINUTES} minutes`)
      const counts = countsOf(stripVTControlCharacters(stdout))
      // uvu says nothing of what a hook raises: the tests behind it are missing, and that is all.
      const well = error === null && counts.total > 0 && counts.passed + counts.skipped === counts.total
      resolve({ counts, failed: well ? [] : failedOf(stripVTControlCharacters(report), files) })
    })
  })
}

/** The files that uvu tells a failure of; where it tells of none, the one that it broke off in, or all. */
function failedOf(said: string, files: readonly string[]): readonly Failed[] {
  const beginnings = files
    .map((name) => ({ name, at: `\n${said}`.indexOf(`\n${name}\n`) }))
    .filter(({ at }) => at !== -1)
    .sort((one, other) => one.at - other.at)
  const parts = beginnings.map(({ name, at }, index) => ({
    name,
    said: said.slice(at + name.length, beginnings[index + 1]?.at).trimEnd(),
  }))
  const failed = parts.filter((part) => part.said.includes(' FAIL '))
  const broken = failed.length > 0 ? failed : parts.slice(-1)
  return broken.length > 0 ? broken : files.map((name) => ({ name, said: '' }))
}

/** What uvu says at its end; a process that broke off counts as one test that failed. */
function countsOf(said: string): Counts {
  const counts = said.match(/\n {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)/)
  if (counts === null) return { total: 1, passed: 0, skipped: 0 }
  return { total: Number(counts[1]), passed: Number(counts[2]), skipped: Number(counts[3]) }
}
