import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KEEPER_FLAGS } from '../../src/cli/sessions.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** Says whether this Node takes the compiled form in a dist/run.bin. */
const takesCache = `
  const { Script } = require('node:vm')
  const built = require('node:fs').readFileSync(process.argv[1])
  const end = 4 + built.readUInt32LE(0)
  const script = new Script(built.latin1Slice(4, end), { cachedData: built.subarray(end) })
  process.stdout.write(script.cachedDataRejected ? 'refused' : 'taken')`

const BUILT = /^built by .*\/scripts\/build\.ts$/m

/** Another checkout's packages behind a link; their tsx says what it was to start. */
function linkPackages(folder: string): void {
  mkdirSync(join(folder, 'theirs/tsx'), { recursive: true })
  symlinkSync('theirs', join(folder, 'node_modules'))
  writeFileSync(
    join(folder, 'theirs/tsx/index.js'),
    "console.log('built by', process.argv[1])\nprocess.exit()\n",
  )
}

const test = suite<{ folder: string; start: string; bundle: string; built: Buffer }>('start')

test.before((context) => {
  const { status, stderr } = spawnSync(join(project, 'run'), ['--version'], { encoding: 'utf8' })
  assert.is(status, 0, stderr)
  context.built = readFileSync(join(project, 'dist/run.bin'))
})

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'start-'))
  context.start = join(context.folder, 'src/start.cjs')
  context.bundle = join(context.folder, 'dist/run.bin')
  mkdirSync(join(context.folder, 'src'))
  mkdirSync(join(context.folder, 'dist'))
  cpSync(join(project, 'src/start.cjs'), context.start)
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

function node(...args: string[]): string {
  const { stdout, stderr } = spawnSync('node', args, { encoding: 'utf8' })
  return stdout + stderr
}

/** A cache is taken only under the flags that it was made under: those that src/start.cjs sets. */
const asStarted = process.versions.v8.startsWith('11.') ? ['--interrupt-budget=1000000'] : []

test('what was compiled by the build is taken', ({ bundle, built }) => {
  writeFileSync(bundle, built)
  assert.is(node(...asStarted, '-e', takesCache, bundle), 'taken')
})

test('so is that of the process that keeps logins', () => {
  const flags = [...asStarted, ...KEEPER_FLAGS]
  assert.is(node(...flags, '-e', takesCache, join(project, 'dist/keeper.bin')), 'taken')
})

test("another Node's compiled form, half of one and none are left aside", ({ start, bundle, built }) => {
  const end = 4 + built.readUInt32LE(0)
  const others = Buffer.from(built)
  others.fill(0xff, end, end + 16)
  for (const changed of [others, built.subarray(0, (end + built.length) / 2), built.subarray(0, end)]) {
    writeFileSync(bundle, changed)
    assert.is(node('-e', takesCache, bundle), 'refused')
    assert.match(node(start, '--version'), /^\d+\.\d+\.\d+\n$/)
  }
})

test('where nothing was built, what to do is said', ({ start }) => {
  const { status, stderr } = spawnSync('node', [start], { encoding: 'utf8' })
  assert.is(status, 1)
  assert.match(stderr, /^playssh: not built; .*npm pack.*\n$/)
})

test('the packages of another checkout are not installed anew', ({ folder }) => {
  cpSync(join(project, 'run'), join(folder, 'run'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\necho npm "$@"\n')
  chmodSync(join(folder, 'bin/npm'), 0o755)
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
  const launch = () => spawnSync(join(folder, 'run'), [], { env, encoding: 'utf8' })

  const own = launch()
  assert.match(own.stderr, /^npm ci /m)

  linkPackages(folder)
  const linked = launch()
  assert.match(linked.stdout, BUILT)
  assert.not.match(linked.stderr, /^npm /m)
})

test('the version of Node is understood where colours are forced', ({ folder }) => {
  cpSync(join(project, 'run'), join(folder, 'run'))
  linkPackages(folder)
  const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: '1' }
  const { stdout, stderr } = spawnSync(join(folder, 'run'), [], { env, encoding: 'utf8' })
  assert.match(stdout, BUILT)
  assert.not.match(stderr, /number|integer/i)
})

test('who may not build it anew is told who can', ({ folder }) => {
  cpSync(join(project, 'run'), join(folder, 'run'))
  for (const name of ['', 'src', 'dist']) chmodSync(join(folder, name), 0o755)
  const { status, stderr } = spawnSync('setpriv', ['--reuid=65534', '--clear-groups', './run', 'a.yml'], {
    cwd: folder,
    encoding: 'utf8',
  })
  assert.is(status, 1)
  assert.is(
    stderr,
    `run: it has to be built anew, and ${folder} cannot be written; start it once as the user whose clone this is\n`,
  )
})

test.run()
