import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readIni } from '../../../src/cli/settings/ini.ts'
import { ProblemError } from '../../../src/values/problem.ts'
import { Source } from '../../../src/values/source.ts'
import { describe } from '../../support/templates.ts'

const test = suite('ini files')

function read(text: string): Record<string, string> | string[] {
  try {
    return Object.fromEntries(
      [...readIni(new Source('ansible.cfg', text))].map(([name, entry]) => [name, entry.text]),
    )
  } catch (error) {
    if (error instanceof ProblemError) return error.problems.map(describe)
    throw error
  }
}

/** What Python's configparser gives for them with `;` as prefix of comments behind a value. */
const READ: [text: string, entries: Record<string, string>][] = [
  ['[defaults]\nforks = 5\n', { 'defaults.forks': '5' }],
  ['[a]\nx=1\ny: 2\nZ = 3\n[b]\nx = 4\n', { 'a.x': '1', 'a.y': '2', 'a.z': '3', 'b.x': '4' }],
  ['# c\n; c\n[a] ; c\n# x = 1\nx = 1 ; c\ny = a;b # d\n', { 'a.x': '1', 'a.y': 'a;b # d' }],
  ['[a]\r\nx = 1\r\n\r\ny =\r\n', { 'a.x': '1', 'a.y': '' }],
  ['[a]\nx = one,\n    two,\n    # c\n    three\ny = 1\n', { 'a.x': 'one,\ntwo,\nthree', 'a.y': '1' }],
  ['[a]\nx = -o ControlPath=%h-%p -o A="b=c"\n', { 'a.x': '-o ControlPath=%h-%p -o A="b=c"' }],
  ['[a]\nkey with blanks = v\n', { 'a.key with blanks': 'v' }],
  ['', {}],
]
for (const [text, entries] of READ)
  test(`${JSON.stringify(text)} is read as Ansible reads it`, () => {
    assert.equal(read(text), entries)
  })

const WRONG: [text: string, said: string][] = [
  ['x = 1\n', 'ansible.cfg:1:1 "x" stands in no section (write [defaults] in a line above it)'],
  ['[a]\nx\n', 'ansible.cfg:2:1 "key = value" is expected'],
  ['[a]\n= 1\n', 'ansible.cfg:2:1 "key = value" is expected'],
  ['[a]\nx = 1\nX = 2\n', 'ansible.cfg:3:1 "X" is given twice in [a]'],
  ['[a]\n[b]\n[a]\n', 'ansible.cfg:3:1 the section [a] stands here again'],
]
for (const [text, said] of WRONG)
  test(`${JSON.stringify(text)} is refused with its place`, () => {
    assert.equal(read(text), [said])
  })

test.run()
