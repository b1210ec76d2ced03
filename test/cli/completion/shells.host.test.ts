import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { typed } from '../../support/terminal.ts'

const project = fileURLToPath(new URL('../../..', import.meta.url))

const test = suite<{ folder: string }>('completion in shells')

test.before((context) => {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'))
  context.folder = folder
  mkdirSync(join(folder, 'more plays'))
  writeFileSync(join(folder, 'more plays/one more.yml'), '- hosts: web\n')
  writeFileSync(join(folder, 'notes.txt'), '')
  writeFileSync(join(folder, 'hosts'), '[web]\nweb1\n[databases]\ndb1\n')
  writeFileSync(join(folder, 'ansible.cfg'), '[defaults]\ninventory = hosts\n')
  writeFileSync(
    join(folder, 'site.yml'),
    '- hosts: web\n  tasks:\n    - {name: First of all, ping: , tags: [deploy, slow]}\n',
  )
})

test.after(({ folder }) => rmSync(folder, { recursive: true }))

function environment(folder: string) {
  const { PATH } = process.env
  return { PATH: `${project}:${PATH}`, HOME: folder, TERM: 'xterm', PS1: '$ ', LC_ALL: 'C.UTF-8' }
}

/** What is typed, and what it becomes with the tabulator. */
const completed: [text: string, whole: string][] = [
  ['run conf', 'run config '],
  ['run config l', 'run config list '],
  ['run history sh', 'run history show '],
  ['run sit', 'run site.yml '],
  ['run mor', 'run more\\ plays/'],
  ['run more\\ plays/', 'run more\\ plays/one\\ more.yml '],
  ['run not', 'run not'],
  ['run site.yml --lim', 'run site.yml --limit '],
  ['run site.yml --limit=da', 'run site.yml --limit=databases '],
  ['run site.yml -l web1:d', 'run site.yml -l web1:d'],
  ['run site.yml -l web1:db', 'run site.yml -l web1:db1 '],
  ['run site.yml -t dep', 'run site.yml -t deploy '],
  ['run site.yml -t slow,d', 'run site.yml -t slow,deploy '],
  ['run site.yml --start-at-task F', 'run site.yml --start-at-task First\\ of\\ all '],
  ['run site.yml --format mini', 'run site.yml --format minimal '],
  ['run web1 -m lineinf', 'run web1 -m lineinfile '],
  ['run web1 -m ansible.builtin.lineinf', 'run web1 -m ansible.builtin.lineinfile '],
  ['run -i hos', 'run -i hosts '],
  ['run --trace=not', 'run --trace=notes.txt '],
  ['run inventory --host d', 'run inventory --host db1 '],
]

/** The words that a shell makes of a line, as printf shows them; a regular expression of Python's. */
function shownWords(line: string): string {
  const words = line.trimEnd().split(/(?<!\\) /)
  return words.map((word) => `<${word.replaceAll('\\', '').replace(/[^\w ]/g, '\\$&')}>`).join('')
}

/** The beginning of the line, and a command that shows its words. */
const SHOW = "\x01printf '<%s>' \n"

const shells: [name: string, command: string[], setup: string[]][] = [
  ['bash', ['bash', '--norc', '--noprofile', '-i'], ['source <(run completion bash)']],
  [
    'zsh',
    ['zsh', '-f', '-i'],
    ['setopt no_auto_remove_slash; autoload -Uz compinit; compinit -u -D', 'source <(run completion zsh)'],
  ],
]
for (const [name, command, setup] of shells)
  test(`${name} completes commands, flags, playbooks, hosts, tags and modules`, ({ folder }) => {
    const ready = setup.map((line) => [`${line}; echo rea''dy\n`, 'ready'] as const)
    const steps = completed.map(([text, whole]) => [`${text}\t${SHOW}`, shownWords(whole)] as const)
    assert.is(typed(command, [...ready, ...steps], { cwd: folder, env: environment(folder) }), '')
  })

test('fish completes the same, with what each is', ({ folder }) => {
  for (const [text, whole] of completed) {
    const script = `run completion fish | source; complete -C ${JSON.stringify(text)}`
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], {
      cwd: folder,
      env: environment(folder),
      encoding: 'utf8',
    })
    assert.is(stderr, '')
    const lines = stdout.split('\n').map((line) => line.split('\t')[0]!)
    const last = whole
      .trimEnd()
      .split(/(?<!\\) /)
      .at(-1)!
      .replaceAll('\\', '')
    if (whole === text) assert.not(lines.includes(`${last} `), text)
    else assert.ok(lines.includes(last), `${text}: ${stdout}`)
  }
})

test.run()
