import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

test('what a module says that will not work for ever has a colour of its own, or is not told', ({
  folder,
}) => {
  mkdirSync(join(folder, 'library'), { recursive: true })
  const said = [{ msg: 'It is old.', version: '9.0.0', collection_name: 'c.d' }, { msg: 'so is it' }]
  const program = `#!/bin/sh\necho '${JSON.stringify({ changed: false, deprecations: said })}'\n`
  writeFileSync(join(folder, 'library', 'old'), program, { mode: 0o755 })
  writeFileSync(join(folder, 'old.yml'), '- {hosts: all, gather_facts: false, tasks: [{old: }]}')
  const run = (cfg: string) => {
    writeFileSync(join(folder, 'ansible.cfg'), cfg)
    const args = ['-i', 'one,', '-c', 'local', 'old.yml']
    return spawnSync(launcher, args, { cwd: folder, encoding: 'utf8' }).stdout
  }
  const text = run('[defaults]\nforce_color = true\n[colors]\ndeprecate = rgb510\n')
  const head = '\x1b[38;5;202m[DEPRECATION WARNING]: one: '
  assert.match(text, `${head}It is old; this will be removed from c.d in version 9.0.0 (`)
  assert.match(text, `${head}so is it; this will be removed later (`)
  const quiet = run('[defaults]\ndeprecation_warnings = false\n')
  assert.match(quiet, 'ok: [one]')
  assert.not.match(quiet, 'old;')
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
