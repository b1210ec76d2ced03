import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))

/** Writes a file slowly (validating it takes a while), interrupts the run `times` times meanwhile, and looks at what is left. */
async function interrupted(times: number) {
  const folder = mkdtempSync(join(tmpdir(), 'interrupt-'))
  try {
    const began = join(folder, 'began')
    const target = join(folder, 'target')
    writeFileSync(target, 'old')
    const validate = `sh -c 'touch ${began}; sleep 3; test -s %s'`
    const tasks = [
      { copy: { content: 'new', dest: target, validate } },
      { copy: { content: 'x', dest: join(folder, 'later') } },
    ]
    writeFileSync(
      join(folder, 'play.yml'),
      JSON.stringify([{ hosts: 'localhost', gather_facts: false, tasks }]),
    )
    const child = spawn(launcher, ['play.yml'], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    while (!readdirSync(folder).includes('began')) await new Promise((resolve) => setTimeout(resolve, 20))
    for (let time = 0; time < times; time += 1) {
      child.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const status = await ended
    return { status, said, content: readFileSync(target, 'utf8'), files: readdirSync(folder).sort() }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const test = suite('interrupting a run')

test('the first Ctrl-C lets what is being applied end, and starts nothing more', async () => {
  const { status, said, content, files } = await interrupted(1)
  assert.is(status, 99)
  assert.is(content, 'new')
  assert.equal(files, ['began', 'play.yml', 'target'])
  assert.match(said, /localhost : ok=1 +changed=1/)
  assert.match(said, /interrupted/)
})

test('the second cuts it: the file is the old one, and nothing is left beside it', async () => {
  const { status, content, files } = await interrupted(2)
  assert.is(status, 99)
  assert.is(content, 'old')
  assert.equal(files, ['began', 'play.yml', 'target'])
})

test.run()
