import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { importsOf, meantBy } from '../../../src/engine/foreign/imports.ts'

const test = suite('imports of modules in Python')

const TABLE: [title: string, text: string, meant: string[]][] = [
  [
    'a name of a package',
    'from ansible.module_utils.a import b\n',
    ['ansible.module_utils.a.b', 'ansible.module_utils.a'],
  ],
  ['several names', 'from a import b, c as d  # e\n', ['a.b', 'a.c', 'a']],
  ['names in brackets', 'from a import (\n    b,  # one, two\n    c,\n)\n', ['a.b', 'a.c', 'a']],
  ['names on lines that go on', 'from a import b, \\\n    c\n', ['a.b', 'a.c', 'a']],
  ['modules', 'import a.b, c as d\n', ['a.b', 'c']],
  ['what is tried', 'try:\n    import a\nexcept ImportError:\n    pass\n', ['a']],
  ['all of a module', 'from a.b import *\n', ['a.b']],
  ['what is beside it', 'from . import b\n', ['x.y.b', 'x.y']],
  ['what is above it', 'from ..m.u import b\n', ['x.m.u.b', 'x.m.u']],
  ['nothing in a text', 'x = "see from a import b"\n', []],
]

for (const [title, text, meant] of TABLE) {
  test(`an import is understood: ${title}`, () => {
    const names = importsOf(text).flatMap((one) => meantBy(one, ['x', 'y']))
    assert.equal(
      names.map((name) => name.join('.')),
      meant,
    )
  })
}

test.run()
