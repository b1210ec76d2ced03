import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../src/template/compile.ts'
import { languagesOf } from '../../src/template/language.ts'
import { Source } from '../../src/values/source.ts'
import { runText } from '../support/playbook.ts'

const test = suite('template/language')

const role = (meta: string) => ({
  'roles/r/meta/main.yml': meta,
  'roles/r/tasks/main.yml': '- debug: {msg: "x {{flag}}"}',
})
const play =
  '- {hosts: all, gather_facts: false, vars: {flag: true}, roles: [r], tasks: [{debug: {msg: "x {{flag}}"}}]}'

async function said(meta: string): Promise<unknown[]> {
  const ran = await runText(play, { files: role(meta) })
  assert.is(ran.problems, '')
  const finished = ran.events.filter((event) => event.type === 'host-finished')
  return finished.map(({ result }) => result.values.msg)
}

test('a text that means something in both languages is Handlebars', async () => {
  assert.equal(await said('{}'), ['x true', 'x true'])
})

test('a variable may be called as a word of Jinja where only Handlebars has a meaning', () => {
  const { language, problems } = compile('{{default if (default other (first names))}}', 'value')
  assert.equal([language, problems], ['handlebars', []])
  assert.is(compile('{{ default if (other) else names }}', 'value').language, 'jinja')
})

test('it is Jinja in a file where only Jinja is written, and in one that has blanks within its braces', async () => {
  const play = '- hosts: all\n  gather_facts: false\n  vars: {flag: true}\n  tasks:\n    - debug: '
  const said = async (task: string) => (await runText(play + task)).result('debug').values.msg
  assert.is(await said('{msg: "x {{flag}}"}\n      when: flag is defined'), 'x True')
  assert.is(await said('{msg: "x {{ flag }}"}'), 'x True')
  assert.is(await said('{msg: "x {{ flag }}"}\n    - ping: {data: "{{default flag 1}}"}'), 'x true')
})

test('one pair of blanks within the braces of plain paths, or a statement, is enough to be Jinja', () => {
  const languages = (text: string) => languagesOf(new Source('vars.yml', text))
  assert.is(languages('a: "{{name}}-{{ place }}"')[0], 'jinja')
  assert.is(languages('a: "{{name}}-{{place}}"')[0], 'handlebars')
  // What stands in a raw block is another program's template, and looks like Handlebars.
  assert.is(languages('a: "{% raw %}{{if eq .Name}}{{else}}{{end}}{% endraw %}{{place}}"')[0], 'jinja')
})

test('conditions of a file without braces are Jinja, unless one of them calls a helper', () => {
  const first = (text: string) => languagesOf(new Source('tasks.yml', text))[0]
  assert.is(first('- ping:\n  when: flag\n  ignore_errors: true'), 'jinja')
  assert.is(first('- {ping: , when: not flag}'), 'jinja')
  assert.is(first('- ping:\n  when: flag\n- ping:\n  when: eq a "b"'), 'handlebars')
  assert.is(first('- ping:\n  when: flag\n- ping:\n  until: abs -5'), 'handlebars')
  assert.is(first('flag: true'), 'handlebars')
})

test('a text that says no is true for Jinja, where -e gives it', async () => {
  const ran = await runText('- {hosts: all, tasks: [{ping: , when: flag}, {ping: , when: not flag}]}', {
    args: ['-e', 'flag=no'],
  })
  assert.equal(ran.steps, ['ping one ok', 'ping one skipped'])
})

test('the language that a role says holds for the role', async () => {
  assert.equal(await said('template_language: jinja'), ['x True', 'x true'])
})

test('the language that the settings say holds for all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'language-'))
  try {
    writeFileSync(join(folder, 'playssh.yml'), 'template_language: jinja')
    writeFileSync(join(folder, 'play.yml'), play.replace('roles: [r], ', ''))
    const args = ['-i', 'one,', '-c', 'local', 'play.yml']
    const stdout = execFileSync(resolve('run'), args, { cwd: folder, encoding: 'utf8' })
    assert.match(stdout, '=> x True')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('another language is a mistake, told where it stands', async () => {
  const { problems } = await runText(play, { files: role('template_language: mustache') })
  assert.match(problems, 'roles/r/meta/main.yml:1:20: the template languages are handlebars and jinja')
})

test.run()
