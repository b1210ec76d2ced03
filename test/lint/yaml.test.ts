import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lint } from '../../src/lint/run.ts'
import { DEFAULTS, findingsIn, projectOf, told } from './support.ts'

const test = suite('yaml rules of lint')

const VARS = 'roles/web/defaults/main.yml'
const found = (text: string, part: string) =>
  told(findingsIn({ [VARS]: text }, { only: ['yaml'] }).filter(({ tag }) => tag === `yaml[${part}]`)).map(
    (one) => one.replace(/^.*\]:/, ''),
  )

/** Texts with the places where yamllint 1.29 finds the indentation wrong. */
const INDENTED: readonly (readonly [string, readonly string[]])[] = [
  ['a:\n  b:\n    c: 1\n', []],
  ['a:\n    b:\n        c: 1\n', []],
  ['a:\n  b:\n     c: 1\n', ['3:6']],
  ['a:\n- 1\n', ['2:1']],
  ['a:\n  - 1\nb:\n- 2\n- 3\n', ['4:1']],
  ['- a:\n    b: 1\n  c:\n   d: 1\n', ['4:4']],
  ['  a: 1\n', ['1:3']],
  ['a:\n  - b\n  -\n    c: 1\n', []],
  ['a: {\n  b: 1,\n  c: 2\n}\n', []],
  ['a: [\n  1,\n    2\n  ]\n', ['3:5', '4:3']],
  ['a: |\n    text\n       more\n', []],
  ['a:\n  - b: 1\n    c:\n      - 1\n', []],
  ['a:\n    "b"\n', []],
  ['a: 1\nb:\n  c: 1\nd:\n     "e"\n', ['5:6']],
]

for (const [text, places] of INDENTED)
  test(`indentation of ${JSON.stringify(text)}`, () => {
    assert.equal(found(text, 'indentation'), [...places])
  })

test('comments to yamllint are honoured', () => {
  const line = 'a: yes\n'
  assert.equal(found(`${line}# yamllint disable rule:truthy\nb: no\n# yamllint enable\nc: on\n`, 'truthy'), [
    '1:4',
    '5:4',
  ])
  assert.equal(found('a: yes # yamllint disable-line rule:truthy\nb: no\n', 'truthy'), ['2:4'])
  assert.equal(found('# yamllint disable-line\na: yes\nb: no\n', 'truthy'), ['3:4'])
  assert.equal(found('# yamllint disable-file\na: yes\n', 'truthy'), [])
})

test('only plain texts are truthy, and neither quoted ones nor those with a tag', () => {
  assert.equal(found('a: "yes"\nb: !!str no\nc: yes sir\non: 1\n', 'truthy'), ['4:1'])
})

test('a .yamllint of the project is honoured', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lint-yaml-'))
  try {
    writeFileSync(
      join(folder, '.yamllint'),
      'extends: default\nrules:\n  line-length: {max: 10}\n  truthy: disable\n  document-start: enable\n',
    )
    const project = projectOf({ [VARS]: 'a: yes\nb: 1234567 90\n' }, folder)
    assert.equal(told(lint(project, { ...DEFAULTS, only: ['yaml'] }, {})), [
      'yaml[document-start]:1:1',
      'yaml[line-length]:2:11',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
