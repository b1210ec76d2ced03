import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))

/** Runs a playbook, presses Ctrl-C once the task "busy" has begun, and gives the exit status with what was said. */
async function interrupted(playbook: string, files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'busy-'))
  try {
    for (const [path, text] of Object.entries({ 'play.yml': playbook, ...files }))
      writeFileSync(join(folder, path), text)
    const args = ['-c', 'local', '-i', 'one,', 'play.yml']
    const child = spawn(launcher, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    let pressed = false
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk
        const hasBegun = said.includes('[busy]')
        said = said.slice(-10_000)
        if (pressed || !hasBegun) return
        pressed = true
        child.kill('SIGINT')
      })
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000)
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
    clearTimeout(late)
    return { status, said }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const test = suite('Ctrl-C while the run itself is busy')

const LEVELS = Array.from({ length: 60 }, (_, level) => level)

/** Playbooks that go on for a long time, or for ever, without asking any host. */
const table: [what: string, playbook: string, files?: Record<string, string>][] = [
  [
    'a loop of which every item is skipped',
    '- {hosts: all, gather_facts: no, tasks: [{name: busy, debug: {msg: x}, when: false, loop: "{{range 0 100000}}"}]}',
  ],
  [
    'a loop of items that ask no host',
    '- {hosts: all, gather_facts: no, tasks: [{name: busy, set_fact: {x: 1}, loop: "{{range 0 100000}}"}]}',
  ],
  [
    'an include of which every item is skipped',
    '- {hosts: all, gather_facts: no, tasks: [{name: busy, include_tasks: a.yml, when: false, loop: "{{range 0 100000}}"}]}',
    { 'a.yml': '[]' },
  ],
  [
    'until that never holds, without delay',
    '- {hosts: all, gather_facts: no, tasks: [{name: busy, debug: {msg: x}, register: r, until: false, retries: 100000000, delay: 0}]}',
  ],
  [
    'includes that double',
    '- {hosts: all, gather_facts: no, tasks: [{name: busy, include_tasks: a0.yml}]}',
    {
      ...Object.fromEntries(
        LEVELS.map((level) => [`a${level}.yml`, `- include_tasks: a${level + 1}.yml\n`.repeat(2)]),
      ),
      [`a${LEVELS.length}.yml`]: '[]',
    },
  ],
]

for (const [what, playbook, files] of table) {
  test(what, async () => {
    const { status, said } = await interrupted(playbook, files)
    assert.is(status, 99, said)
    assert.match(said, /interrupted: not everything was done/)
  })
}

test.run()
