import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConfig, withLintFlags } from '../../src/lint/config.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { findingsIn, told } from './support.ts'

const test = suite<{ folder: string }>('configuration of lint')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'lint-config-'))
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const FLAGS = { skip: [], warn: [], enable: [], only: [], exclude: [], strict: false }
const PATH = 'roles/web/tasks/main.yml'
const TEXT = '- name: a\n  pause:\n'

function said(folder: string, text: string) {
  const path = join(folder, '.ansible-lint')
  writeFileSync(path, text)
  return readConfig(path)
}

test('what is skipped is not told, by rule, part, tag or an old name', ({ folder }) => {
  const all = ['fqcn[action-core]:2:3', 'name[casing]:1:9']
  const left = (text: string) => told(findingsIn({ [PATH]: TEXT }, said(folder, text))).sort()
  assert.equal(left(''), all)
  assert.equal(left('skip_list: [name]\n'), [all[0]])
  assert.equal(left('skip_list: ["name[casing]"]\n'), [all[0]])
  assert.equal(left('skip_list:\n  - formatting\n'), [all[1]])
  assert.equal(left('skip_list: fqcn-builtins\n'), [all[1]])
})

test('what is warned of is no failure, and a list of its own takes the place of what is warned of else', ({
  folder,
}) => {
  const level = (text: string) => findingsIn({ [PATH]: TEXT }, said(folder, text)).map((one) => one.level)
  assert.equal(level('warn_list: [name, fqcn]\n'), ['warning', 'warning'])
  assert.equal(said(folder, '').warn, ['experimental', 'jinja[spacing]'])
  assert.equal(withLintFlags(said(folder, ''), { ...FLAGS, warn: ['name'] }).warn, ['name'])
  assert.equal(withLintFlags(said(folder, 'warn_list: [yaml]\n'), { ...FLAGS, warn: ['name'] }).warn, [
    'yaml',
    'name',
  ])
})

test('rules that are used only if asked for are used if they are enabled', ({ folder }) => {
  const tags = told(findingsIn({ [PATH]: TEXT }, said(folder, 'enable_list: [no-prompting]\n')))
  assert.ok(tags.includes('no-prompting:2:3'))
})

test('a profile has its rules and those of the ones in front of it', ({ folder }) => {
  const tags = (profile: string) =>
    told(findingsIn({ [PATH]: TEXT }, said(folder, `profile: ${profile}\n`))).sort()
  assert.equal(tags('min'), [])
  assert.equal(tags('basic'), [])
  assert.equal(tags('moderate'), ['name[casing]:1:9'])
  assert.equal(tags('production'), ['fqcn[action-core]:2:3', 'name[casing]:1:9'])
})

test('what the command line says is added', ({ folder }) => {
  const config = withLintFlags(said(folder, 'skip_list: [yaml]\nprofile: min\n'), {
    ...FLAGS,
    skip: ['502'],
    profile: 'shared',
  })
  assert.equal(config.skip, ['yaml', 'name[missing]'])
  assert.is(config.profile, 'shared')
})

test('a configuration that says nothing that is known is refused with its place', ({ folder }) => {
  const wrong = (text: string) => {
    try {
      said(folder, text)
    } catch (error) {
      if (error instanceof ProblemError) return error.problems.map(({ message, hint }) => [message, hint])
      throw error
    }
    return []
  }
  assert.equal(wrong('skiplist: []\n'), [
    ['"skiplist" is not a keyword of a configuration', 'did you mean "skip_list"?'],
  ])
  assert.equal(wrong('profile: strict\n'), [
    ['unknown profile "strict"', 'it is min, basic, moderate, safety, shared, production'],
  ])
  assert.equal(wrong('var_naming_pattern: "("\n'), [
    ['var_naming_pattern is no regular expression', undefined],
  ])
  assert.is(wrong('- a\n').length, 1)
})

test('a task with the tag skip_ansible_lint is left alone', () => {
  assert.equal(told(findingsIn({ [PATH]: `${TEXT}  tags: [skip_ansible_lint]\n` })), [])
})

test('a comment in a task skips a rule for all of the task, and no other rule', () => {
  const text = '- name: a\n  # noqa: name[casing]\n  pause:\n'
  assert.equal(told(findingsIn({ [PATH]: text })), ['fqcn[action-core]:3:3'])
})

test.run()
