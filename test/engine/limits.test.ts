import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, runText } from '../support/playbook.ts'

const flood = (bytes: number) => `- hosts: all
  gather_facts: false
  tasks:
    - {name: flood, shell: "head -c ${bytes} /dev/zero | tr '\\\\0' x", register: said, ignore_errors: true}
`

/** Runs it in a folder with these settings. */
async function runWith(settings: string, playbook: string): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-settings-'))
  const before = process.cwd()
  writeFileSync(join(folder, 'playssh.yml'), settings)
  process.chdir(folder)
  try {
    return await runText(playbook)
  } finally {
    process.chdir(before)
    rmSync(folder, { recursive: true })
  }
}

test('an output longer than max_output fails its task and says so', async () => {
  const within = await runWith('max_output: 1\n', flood(1024 * 1024))
  assert.is(within.result('flood').status, 'changed')
  const beyond = await runWith('max_output: 1\n', flood(1024 * 1024 + 1))
  assert.is(beyond.result('flood').status, 'failed')
  assert.match(
    beyond.result('flood').message!,
    /printed more than 1 MiB.*max_output in playssh\.yml.*status 0/,
  )
  assert.is((await runText(flood(1024 * 1024 + 1))).result('flood').status, 'changed')
})

test('max_output is a number that a text can be as long as', async () => {
  for (const wrong of ['0', '-1', '257', 'much', '[1]']) {
    const { problems } = await runWith(`max_output: ${wrong}\n`, flood(1))
    assert.match(problems, /playssh\.yml:1:13: /, wrong)
  }
})
