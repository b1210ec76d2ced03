import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { command } from '../../../src/modules/commands/command.ts'
import { raw } from '../../../src/modules/commands/raw.ts'
import { shell } from '../../../src/modules/commands/shell.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const real = suite<{ hosts: Host[]; folder: string }>('command: on hosts')

real.before(async (context) => {
  context.hosts = await hosts()
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-command-'))
})
real.after(async ({ hosts, folder }) => {
  for (const host of hosts) await host.close()
  rmSync(folder, { recursive: true })
})

async function outputs(
  context: { hosts: Host[] },
  module: typeof command | typeof shell | typeof raw,
  args: object,
) {
  const results = []
  for (const { session } of context.hosts) {
    const { result: conclusion } = await applyModule(session, module, args as Record<string, unknown>)
    results.push(conclusion)
  }
  return results
}

real('words reach the program as they are', async (context) => {
  const odd = ["it's", 'a "b"', '$(id)', '`id`', 'a\nb', '-n', '*', '\\t', '', '~nobody-here']
  for (const { result } of await outputs(context, command, { argv: ['printf', '<%s>', ...odd] })) {
    assert.is(result?.stdout, odd.map((word) => `<${word}>`).join(''))
  }
})

real('command is not a shell, shell is', async (context) => {
  for (const { result } of await outputs(context, command, { cmd: 'echo a | cat > b; c && d' })) {
    assert.is(result?.stdout, 'a | cat > b; c && d')
  }
  for (const { result } of await outputs(context, shell, { cmd: 'echo b a | tr " " "\\n" | sort' })) {
    assert.equal(result?.stdout_lines, ['a', 'b'])
  }
})

real('variables and ~ in words are expanded as Ansible does', async (context) => {
  const argv = ['echo', '$HOME', `\${HOME}/x`, '~/y', '$NO_SUCH', `\${NO_SUCH}`, '$1', 'a~']
  const home = process.env.HOME
  for (const { result } of await outputs(context, command, { argv })) {
    assert.is(result?.stdout, `${home} ${home}/x ${home}/y $NO_SUCH \${NO_SUCH} $1 a~`)
  }
  for (const { result } of await outputs(context, command, { argv, expand_argument_vars: false })) {
    assert.is(result?.stdout, argv.slice(1).join(' '))
  }
})

real('a builtin of sh does not stand in for a program', async (context) => {
  for (const { result } of await outputs(context, command, { argv: ['echo', 'a\\tb'] })) {
    assert.is(result?.stdout, 'a\\tb')
  }
})

real('status, output, lines and times come back as from Ansible', async (context) => {
  const cmd = 'echo out; echo err >&2; printf "\\n\\n"; exit 3'
  for (const conclusion of await outputs(context, shell, { cmd })) {
    assert.is(conclusion.failed, 'non-zero return code')
    assert.is(conclusion.changed, true)
    const { rc, stdout, stderr, stdout_lines, start, end, delta } = conclusion.result!
    assert.equal([rc, stdout, stderr, stdout_lines], [3, 'out', 'err', ['out']])
    assert.match(String(start), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/)
    assert.ok(String(start) <= String(end))
    assert.match(String(delta), /^0:00:0\d\.\d{6}$/)
  }
  for (const { result } of await outputs(context, shell, { cmd, strip_empty_ends: false })) {
    assert.is(result?.stdout, 'out\n\n\n')
    assert.equal(result?.stdout_lines, ['out', '', ''])
  }
})

real('stdin reaches the program, with a newline unless it is unwanted', async (context) => {
  for (const { result } of await outputs(context, command, {
    cmd: 'cat',
    stdin: 'x',
    strip_empty_ends: false,
  })) {
    assert.is(result?.stdout, 'x\n')
  }
  const bare = { cmd: 'cat', stdin: 'x', stdin_add_newline: false, strip_empty_ends: false }
  for (const { result } of await outputs(context, shell, bare)) assert.is(result?.stdout, 'x')
  for (const { result } of await outputs(context, shell, { cmd: 'cat' })) assert.is(result?.stdout, '')
})

real('chdir is where the program runs', async (context) => {
  for (const module of [command, shell]) {
    for (const { result } of await outputs(context, module, { cmd: 'pwd', chdir: '/usr/share' })) {
      assert.is(result?.stdout, '/usr/share')
    }
    for (const conclusion of await outputs(context, module, { cmd: 'pwd', chdir: '/no such' })) {
      assert.match(conclusion.failed ?? '', /^Unable to change directory before execution: \/no such/)
    }
  }
})

real('what only looks comes to the same by a probe and by itself', async (context) => {
  const odd = join(context.folder, 'o d')
  writeFileSync(odd, 'first\n\nlast \u00e4 \\t %s $HOME\n\n\n')
  const cases: [typeof command | typeof shell, Record<string, unknown>][] = [
    [command, { argv: ['cat', odd] }],
    [command, { argv: ['cat', odd], strip_empty_ends: false }],
    [command, { cmd: 'cat /no-such-file o', chdir: '/tmp' }],
    [command, { cmd: 'cat' }],
    [command, { cmd: 'pwd', chdir: '/no such' }],
    [command, { cmd: 'pwd', chdir: context.folder }],
    [command, { argv: ['echo', '-n', 'a\\tb', '~', '*'] }],
    [command, { argv: ['printf', 'a\\nb\\0c'] }],
    [command, { cmd: 'false' }],
    [command, { cmd: 'getent passwd nobody-of-that-name' }],
    [command, { cmd: 'xl list' }],
    [command, { cmd: 'printenv LC_ALL' }],
    [command, { cmd: 'printenv PATH' }],
    [shell, { cmd: `cat '${odd}' | wc -l; ls /no-such-folder` }],
    [shell, { cmd: 'cat /no-such-file 2>&1 | grep -c such && false' }],
    [shell, { cmd: 'set -e\nfalse\necho never' }],
    [shell, { cmd: 'command -v no-such-program || echo none' }],
    [shell, { cmd: 'no-such-program | cat' }],
    [shell, { cmd: "echo 'a\\tb'", executable: '/bin/sh', chdir: '/' }],
  ]
  let looked = 0
  for (const [module, args] of cases) {
    const byItself = await outputs(context, module, { ...args, stdin: '', stdin_add_newline: false })
    const byProbe = await outputs(context, module, args)
    for (const [index, conclusion] of byProbe.entries()) {
      const { start: _s, end: _e, delta: _d, ...result } = conclusion.result!
      const { start, end, delta, ...expected } = byItself[index]!.result!
      assert.equal({ ...conclusion, result }, { ...byItself[index]!, result: expected }, JSON.stringify(args))
    }
    for (const { session } of context.hosts)
      looked += Number((await applyModule(session, module, args)).plan.ran !== undefined)
  }
  assert.is(looked, 2 * (cases.length - 1), 'all but the one with a program that is not known')
})

real('a program that is not there is status 2, as of Python', async (context) => {
  for (const { result } of await outputs(context, command, { cmd: 'no-such-program-here' }))
    assert.is(result?.rc, 2)
})

real('creates and removes take patterns, spaces and a leading dash', async (context) => {
  for (const { session, name } of context.hosts) {
    const chdir = join(context.folder, name)
    await applyModule(session, command, { argv: ['mkdir', chdir] })
    const once = { cmd: "touch './-a b 1'", chdir, creates: '-a b [0-9]' }
    assert.is((await applyModule(session, command, once, CHECK)).plan.changes.length, 1)
    assert.is((await applyModule(session, command, once)).result.changed, true)
    assert.is((await applyModule(session, command, once)).plan.changes.length, 0)
    const away = { cmd: "rm -- '-a b 1'", chdir, removes: '*' }
    assert.is((await applyModule(session, shell, away)).result.failed, undefined)
    assert.is((await applyModule(session, shell, away)).plan.changes.length, 0)
  }
})

real('executable is the shell that runs the command', async (context) => {
  for (const module of [shell, raw]) {
    const args = { cmd: 'echo $BASH', executable: '/bin/bash' }
    for (const { result } of await outputs(context, module, args)) {
      assert.match(String(result?.stdout), /^\/bin\/bash\n?$/)
    }
  }
})

real('raw hands over everything', async (context) => {
  const path = join(context.folder, "it's")
  for (const conclusion of await outputs(context, raw, { cmd: `printf 'a\\n\\n' | tee "${path}"` })) {
    assert.is(conclusion.result?.stdout, 'a\n\n')
    assert.is(readFileSync(path, 'utf8'), 'a\n\n')
  }
})

real.run()
