import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readSettings } from '../../src/cli/settings.ts'
import { ProblemError } from '../../src/language/problem.ts'

const STRANGER = 65534

const test = suite<{ folder: string; before: string }>('settings')

test.before.each((context) => {
  context.before = process.cwd()
  context.folder = mkdtempSync(join(tmpdir(), 'settings-'))
  mkdirSync(join(context.folder, 'work'))
  process.chdir(join(context.folder, 'work'))
  writeFileSync(join(context.folder, 'playssh.yml'), 'ssh_common_args: -o ProxyCommand=evil\n')
})

test.after.each(({ folder, before }) => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})

function refusal(): string {
  try {
    readSettings(undefined)
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(({ message }) => message).join('\n')
    throw error
  }
  return ''
}

const args = () => readSettings(undefined).sshCommonArgs

test("a stranger's settings in a folder that anybody may write to, such as /tmp, are refused", ({
  folder,
}) => {
  chownSync(join(folder, 'playssh.yml'), STRANGER, STRANGER)
  chmodSync(folder, 0o1777)
  assert.match(
    refusal(),
    /settings-\w+\/playssh\.yml belongs to the user 65534, in a folder that anybody may/,
  )
})

test('settings that anybody may write to are refused', ({ folder }) => {
  chmodSync(join(folder, 'playssh.yml'), 0o666)
  assert.match(refusal(), /anybody may write to .*settings-\w+\/playssh\.yml/)
})

test("one's own there are taken, and so are somebody else's in a folder of theirs", ({ folder }) => {
  chmodSync(folder, 0o1777)
  assert.is(args(), '-o ProxyCommand=evil')
  chmodSync(folder, 0o755)
  chownSync(join(folder, 'playssh.yml'), STRANGER, STRANGER)
  assert.is(args(), '-o ProxyCommand=evil')
})

test('whoever uses sudo has his own', ({ folder }) => {
  chownSync(join(folder, 'playssh.yml'), STRANGER, STRANGER)
  chmodSync(folder, 0o1777)
  process.env.SUDO_UID = String(STRANGER)
  try {
    assert.is(args(), '-o ProxyCommand=evil')
  } finally {
    delete process.env.SUDO_UID
  }
})

test.run()
