import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pamd } from '../../../src/modules/system/pamd/index.ts'
import { planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('pamd')

const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`
const rule = { name: 'app', type: 'auth', control: 'required', module_path: 'a.so' }
const added = { new_type: 'auth', new_control: 'optional', new_module_path: 'n.so' }
const A = 'auth required a.so\n'
const N = 'auth       optional n.so\n'

const TABLE: [raw: Raw, before: string, after: string][] = [
  [{ new_control: 'sufficient' }, `# x\n${A}`, '# x\nauth       sufficient a.so\n'],
  [{ new_control: 'sufficient' }, 'auth requisite a.so\n', 'auth requisite a.so\n'],
  [{ new_type: '-auth' }, 'auth\t required  a.so   x\n', '-auth      required a.so x\n'],
  [{ new_module_path: '/lib/b.so' }, `${A}${A}`, 'auth       required /lib/b.so\n'.repeat(2)],
  [{}, 'auth\t required  a.so   x\n', 'auth\t required  a.so   x\n'],
  [{ module_arguments: 'x,y=1' }, A, 'auth       required a.so x y=1\n'],
  [{ module_arguments: 'x\n  y=1 z' }, A, 'auth       required a.so x y=1 z\n'],
  [{ module_arguments: ['x [a b] y'] }, A, 'auth       required a.so x [a b] y\n'],
  [{ module_arguments: '' }, 'auth required a.so x y', 'auth       required a.so\n'],
  [{ module_arguments: 'x' }, 'auth required a.so y # why\n', 'auth       required a.so x # why\n'],
  [{ module_arguments: 'x' }, 'auth required \\\n a.so \\\n y\n', 'auth       required a.so x\n'],
  [{ module_arguments: 'x' }, 'auth required a.so\\\n x\n', 'auth required a.so\\\n x\n'],
  [{ module_arguments: 'x' }, '#auth required a.so \\\n', '#auth required a.so \\\n'],
  [{ state: 'absent' }, `${A}# c\n@include b\n  auth required a.so x\n`, '# c\n@include b\n'],
  [{ state: 'absent' }, 'session required a.so\n', 'session required a.so\n'],
  [{ state: 'before', ...added }, A, `${N}${A}`],
  [{ state: 'before', ...added }, `# c\n\n${A}${A}`, `# c\n\n${N}${A}${N}${A}`],
  [{ state: 'before', ...added }, `${N}# c\n${A}`, `${N}# c\n${A}`],
  [{ state: 'before', ...added, module_arguments: 'u=1' }, A, `auth       optional n.so u=1\n${A}`],
  [{ state: 'after', ...added }, 'auth required a.so', `${A}${N}`],
  [{ state: 'after', ...added }, `${A}# c\n@include b\n`, `${A}${N}# c\n@include b\n`],
  [{ state: 'after', ...added }, `${A}\n# c\n${N}`, `${A}\n# c\n${N}`],
  [{ state: 'args_present', module_arguments: 'x,d=3' }, A, 'auth       required a.so x d=3\n'],
  [
    { state: 'args_present', module_arguments: 'x,d=3' },
    'auth required a.so d=1 x y\n',
    'auth       required a.so d=3 x y\n',
  ],
  [{ state: 'args_present', module_arguments: ['s=a=b'] }, A, 'auth       required a.so s=a=b\n'],
  [
    { state: 'args_absent', module_arguments: 'x,d=3' },
    'auth required a.so d=1 x\n',
    'auth       required a.so d=1\n',
  ],
  [
    { control: '[success=1 default=ignore]', new_control: '[success = 2  default=ignore]' },
    'auth [success=1  default=ignore] a.so\n',
    'auth       [success=2 default=ignore] a.so\n',
  ],
]

test('rules are as they are to be, other lines stay, and then nothing is left to do', () => {
  for (const [raw, before, after] of TABLE) {
    const told = JSON.stringify([raw, before])
    const plan = planOf(pamd, { ...rule, ...raw }, there(before))
    assert.is(plan.failed, undefined, told)
    const [action] = plan.actions ?? []
    const text = action !== undefined && 'content' in action ? String(action.content.text()) : before
    assert.is(text, after, told)
    assert.equal(planOf(pamd, { ...rule, ...raw }, there(after)).changes, [], told)
  }
})

test('a change shows the rules before and after, and the result counts them', () => {
  const raw = { ...rule, module_arguments: 'é' }
  const plan = planOf(pamd, raw, there(`${A}${A}`))
  const now = 'auth       required a.so é'
  const old = 'auth       required a.so'
  assert.equal(rows(plan), [['auth required a.so', `${old}\n${old}`, `${now}\n${now}`]])
  assert.equal(plan.result, { change_count: 2, backupdest: '' })
  const inserted = planOf(pamd, { ...rule, ...added, state: 'before' }, there(A), { check: true, diff: true })
  assert.equal(inserted.changes[0]?.text, { before: A, after: `${N}${A}` })
  assert.equal(planOf(pamd, raw, there('')).result, { change_count: 0, backupdest: '' })
})

test('a file that is not there or that PAM would not take is told of', () => {
  const none = planOf(pamd, { ...rule, path: '/d' }, `${filesText(undefined, FOLDER)}0`)
  assert.match(none.failed ?? '', /^Unable to open\/read PAM module file \/d\/app with error/)
  for (const [text, problem] of [
    ['what is this\n', 'Rule is not valid what is this'],
    ['auth never a.so\n', 'Rule control, never, is not valid in rule auth never a.so'],
    ['auth [x=ok] a.so\n', 'Rule control value, x, is not valid in rule auth [x=ok] a.so'],
    ['auth [success=go] a.so\n', 'Rule control action, go, is not valid in rule auth [success=go] a.so'],
  ] as const)
    assert.is(planOf(pamd, rule, there(text)).failed, problem)
})

test('wrong arguments are refused', () => {
  const before = { state: 'before', ...added }
  for (const [raw, problem] of [
    [{ name: 'a/b' }, /is not a name of a service/],
    [{ name: '..' }, /is not a name of a service/],
    [{ control: 'never' }, /Rule control, never, is not valid/],
    [{ new_control: '[success=go]' }, /Rule control action, go, is not valid/],
    [{ new_control: '[success=1] [default=ok]' }, /is no control/],
    [{ module_path: 'a b' }, /is not a path of a module/],
    [{ module_arguments: ['a # b'] }, /would not end/],
    [{ module_arguments: ['a \\'] }, /would not end/],
    [{ state: 'args_present' }, /missing: module_arguments/],
    [{ state: 'args_absent' }, /missing: module_arguments/],
    [{ state: 'args_present', module_arguments: ['[a b]'] }, /Unable to process bracketed/],
    [{ state: 'after' }, /missing: new_control, new_type, new_module_path/],
    [{ ...before, new_control: 'required', new_module_path: 'a.so' }, /cannot stand before itself/],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(pamd, { ...rule, ...raw })[0] ?? '', problem)
})

test.run()
