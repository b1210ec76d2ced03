import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const project = fileURLToPath(new URL('../..', import.meta.url))

const test = suite<{ folder: string }>('build')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'build-'))
  for (const name of ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(project, name), join(context.folder, name), { recursive: true })
  symlinkSync(join(project, 'node_modules'), join(context.folder, 'node_modules'))
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** The length of the code cache in a file that `src/start.cjs` starts. */
function cacheIn(file: string): number {
  const built = readFileSync(file)
  return built.length - 4 - built.readUInt32LE(0)
}

/** Builds there, and gives the lengths of what has been compiled. */
function build(cwd: string, more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...more }
  const { status, stderr } = spawnSync('node', ['--import', 'tsx', 'scripts/build.ts'], {
    cwd,
    env,
    encoding: 'utf8',
  })
  assert.is(status, 0, stderr)
  const [run, keeper, queue] = ['run', 'keeper', 'queue'].map((name) =>
    cacheIn(join(cwd, `dist/${name}.bin`)),
  )
  return { stderr, run: run!, keeper: keeper!, queue: queue! }
}

test("what is compiled is the same whatever the user's settings are", ({ folder }) => {
  const plain = build(folder)
  assert.ok(plain.run > 2_500_000, `run: ${plain.run}`)
  assert.ok(plain.keeper > 200_000, `keeper: ${plain.keeper}`)
  assert.ok(plain.queue > 400_000, `queue: ${plain.queue}`)

  writeFileSync(
    join(folder, 'theirs.cfg'),
    '[privilege_escalation]\nbecome = true\n[defaults]\ngathering = x\n',
  )
  writeFileSync(join(folder, 'playssh.yml'), 'strategy: no\n')
  writeFileSync(join(folder, 'ansible.cfg'), '[defaults]\nstrategy = no\n')
  const other = build(folder, {
    HOME: join(folder, 'nowhere'),
    ANSIBLE_CONFIG: join(folder, 'theirs.cfg'),
    ANSIBLE_FORKS: 'many',
    PLAYSSH_QUEUE: 'redis://192.0.2.1',
    PLAYSSH_QUEUE_KEY_FILE: join(folder, 'nowhere/key'),
    SSH_AUTH_SOCK: join(folder, 'nowhere/agent'),
    XDG_CONFIG_HOME: join(folder, 'nowhere'),
    XDG_RUNTIME_DIR: join(folder, 'nowhere'),
  })
  assert.is(other.stderr, '')
  for (const name of ['run', 'keeper', 'queue'] as const)
    assert.ok(Math.abs(other[name] / plain[name] - 1) < 0.1, `${name}: ${other[name]}, ${plain[name]}`)
})

test('that nothing could be compiled is said', ({ folder }) => {
  writeFileSync(join(folder, 'scripts/code-cache.ts'), 'throw new Error("nothing works here")\n')
  const { stderr, run, keeper, queue } = build(folder)
  assert.match(stderr, /^run: .*run\.bin, dist\/keeper\.bin.* start slower.*\n/)
  assert.match(stderr, /nothing works here/)
  assert.equal([run, keeper], [0, 0])
  assert.ok(queue > 0)
})

test.run()
