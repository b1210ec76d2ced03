import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))
const test = suite<{ folder: string; run: (cfg: string, ...flags: string[]) => string }>(
  'settings of the output',
)

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'display-'))
  writeFileSync(
    join(context.folder, 'site.yml'),
    '- {hosts: all, gather_facts: false, tasks: [{ping: }, {fail: }]}',
  )
  context.run = (cfg, ...flags) => {
    writeFileSync(join(context.folder, 'ansible.cfg'), cfg)
    const args = ['-i', 'one,', '-c', 'local', 'site.yml', ...flags]
    const { stdout, stderr } = spawnSync(launcher, args, { cwd: context.folder, encoding: 'utf8' })
    return `${stdout}|${stderr}`
  }
})
test.after(({ folder }) => rmSync(folder, { recursive: true }))

test('colours of ansible.cfg', ({ run }) => {
  const text = run('[defaults]\nforce_color = true\n[colors]\nok = rgb510\nerror = bright blue\n')
  assert.match(text, '\x1b[38;5;202mok: [one]\x1b[22;39m')
  assert.match(text, '\x1b[1;34mfatal: [one]: FAILED! => ')
  assert.match(
    run('[colors]\nok = grean\n'),
    /ansible\.cfg:2:1: a colour is expected; did you mean "green"\?/,
  )
})

test('callbacks of ansible.cfg are formats, and a flag is stronger', ({ run }) => {
  const cfg =
    '[defaults]\nstdout_callback = community.general.dense\ncallbacks_enabled = timer, ansible.posix.none\n'
  const text = run(cfg)
  assert.not.match(text, 'TASK [')
  assert.match(text, 'Playbook run took')
  assert.is(text.match(/callbacks_enabled: ansible\.posix\.none: not here/g)?.length, 1)
  assert.match(run(cfg, '--format', 'default'), 'TASK [')
  assert.match(run('[defaults]\nstdout_callback = unixy\n'), 'stdout_callback is "unixy", which is not here')
})

test('what failed goes to stderr', ({ run }) => {
  const text = run('[defaults]\ndisplay_failed_stderr = true\ndisplay_ok_hosts = false\n')
  assert.match(text, /\|fatal: \[one\]: FAILED! => /)
  assert.not.match(text, 'ok: [one]')
})

test.run()
