import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { watchHere } from './watching.ts'

const test = suite<{ folder: string; home: string }>('read anew')

test.before.each((context) => {
  context.home = process.cwd()
  context.folder = mkdtempSync(join(tmpdir(), 'anew-'))
  process.chdir(context.folder)
  process.env.XDG_STATE_HOME = context.folder
})
test.after.each(({ folder, home }) => {
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

const OWN = (word: string) => `import { defineModule } from 'playssh/sdk'
export default defineModule({
  name: 'own', summary: 'Is there.', options: {},
  plan: () => ({ changes: [{ what: 'module', before: null, after: '${word}' }] }),
})
`

/** Files that all say one word. */
const saying = (word: string): Readonly<Record<string, string>> => ({
  'filter_plugins/said.ts': `import { word } from './word.ts'\nexport const said = () => word\n`,
  'filter_plugins/word.ts': `export const word = '${word}'\nexport const unused = () => ''\n`,
  'lookup_plugins/told.ts': `export default () => ['${word}']\n`,
  'library/own.ts': OWN(word),
  'templates/outer.j2': "{% include 'inner.j2' %}\n",
  'templates/inner.j2': word,
  'files/plain': word,
  'group_vars/all.yml': `word: ${word}\n`,
  'roles/some/defaults/main.yml': `default_word: ${word}\n`,
  'roles/some/tasks/main.yml': '- copy: { content: "{{ default_word }}", dest: "{{ out }}/role" }\n',
  'hosts.yml': `all: { hosts: { ${word}host: { ansible_connection: local } } }\n`,
})

const PLAY = `- hosts: all
  gather_facts: false
  vars: { out: "{{ playbook_dir }}/out" }
  tasks:
    - copy: { content: "{{ 1 | said }}", dest: "{{ out }}/filter" }
    - copy: { content: "{{ lookup('told', '') }}", dest: "{{ out }}/lookup" }
    - copy: { content: "{{ word }}", dest: "{{ out }}/variable" }
    - copy: { src: plain, dest: "{{ out }}/file" }
    - template: { src: outer.j2, dest: "{{ out }}/template" }
    - include_role: { name: some }
    - own:
`

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

test('every check knows the files of its time, whatever they are', async ({ folder }) => {
  mkdirSync(join(folder, 'out'))
  write(folder, { ...saying('one'), 'play.yml': PLAY })
  const words = ['-i', 'hosts.yml', 'play.yml']
  const found: string[][] = []
  const count = 2
  await watchHere({
    ...{ words, count },
    onChecked: ({ drift, trouble, problem, checks }) => {
      assert.is(problem, undefined)
      assert.equal([...trouble], [])
      found.push(
        [...drift.values()]
          .filter(({ difference: { what } }) => what === 'content' || what === 'module')
          .map(({ difference: { host, line, after } }) => `${host} ${line.split(' ')[0]} ${after}`),
      )
      if (checks === 1) write(folder, saying('two'))
    },
  })
  const [one, two] = found as [string[], string[]]
  assert.is(one.length, 7, one.join('\n'))
  assert.is(two.length, 7, two.join('\n'))
  for (const [index, line] of two.entries()) {
    assert.match(line, /^twohost /)
    const name = line.split(' ')[1]!
    assert.is(one[index]!.split(' ')[1], name)
    // A digest or a text, either way it is another one.
    assert.is.not(one[index]!.split(' ').slice(2).join(' '), line.split(' ').slice(2).join(' '), name)
  }
})

test.run()
