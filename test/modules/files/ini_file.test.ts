import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ini_file } from '../../../src/modules/files/ini_file/index.ts'
import { CHECK, footprintOf, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('ini_file')
const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`
const MISSING = `${filesText(undefined, FOLDER)}0`

/** What the file holds afterwards, and what the task says of it. */
function made(raw: Raw, before: string): [after: string, msg: unknown] {
  const { actions = [], result } = planOf(ini_file, { path: '/f', ...raw }, there(before))
  const [action] = actions
  return [action !== undefined && 'content' in action ? String(action.content.text()) : before, result?.msg]
}

const fav = { section: 'drinks', option: 'fav', value: 'tea' }
const bare = { section: 's', option: 'o', allow_no_value: true }
const peer = (value: string) => ({ section: 'p', section_has_values: [{ option: 'ip', value }] })

test('a file of settings has to do with its path alone', () => {
  const { reads, writes, leaves } = footprintOf(ini_file, { path: '/f', ...fav }, there('[drinks]\n'))!
  assert.equal([reads.paths, writes], [['/f'], { paths: ['/f'] }])
  assert.equal(leaves![1]?.found, Buffer.from('[drinks]\nfav = tea\n'))
})

const TABLE: [raw: Raw, before: string, after: string, msg: string][] = [
  [fav, '[drinks]\nfav = tea\n', '[drinks]\nfav = tea\n', 'OK'],
  [fav, '[drinks]\nfav = milk\n', '[drinks]\nfav = tea\n', 'option changed'],
  [fav, '[drinks]\nfav=tea\n', '[drinks]\nfav = tea\n', 'option changed'],
  [{ ...fav, ignore_spaces: true }, '[drinks]\nfav=tea\n', '[drinks]\nfav=tea\n', 'OK'],
  [{ ...fav, ignore_spaces: true }, '[drinks]\n#fav=tea\n', '[drinks]\nfav = tea\n', 'option changed'],
  [{ ...fav, ignore_spaces: true }, '[drinks]\nfav=milk\n', '[drinks]\nfav = tea\n', 'option changed'],
  [{ ...fav, no_extra_spaces: true }, '[drinks]\n', '[drinks]\nfav=tea\n', 'option added'],
  [fav, '[drinks]\n# fav = milk\n', '[drinks]\nfav = tea\n', 'option changed'],
  [fav, '[drinks]\n;fav = tea\n', '[drinks]\nfav = tea\n', 'option changed'],
  [
    { ...fav, modify_inactive_option: false },
    '[drinks]\n;fav = tea\n\n',
    '[drinks]\nfav = tea\n;fav = tea\n\n',
    'option added',
  ],
  [fav, '[drinks]\na = b\n\n# end\n[x]\n', '[drinks]\na = b\nfav = tea\n\n# end\n[x]\n', 'option added'],
  [fav, '[drinks]\nfav = a\nfav = b\n#fav = c\n[x]\n', '[drinks]\nfav = tea\n[x]\n', 'option changed'],
  [fav, '[drinks]\nfavour = a\n', '[drinks]\nfavour = a\nfav = tea\n', 'option added'],
  [fav, '[other]\nfav = tea\n', '[other]\nfav = tea\n[drinks]\nfav = tea\n', 'section and option added'],
  [fav, '', '\n[drinks]\nfav = tea\n', 'section and option added'],
  [{ option: 'a', value: 'b' }, '', 'a = b\n\n', 'option added'],
  [{ option: 'a', value: 'b' }, 'x = y\n[s]\na = c\n', 'x = y\na = b\n[s]\na = c\n', 'option added'],
  [{ option: 'a', value: 'b' }, 'a = c\n[s]\n', 'a = b\n[s]\n', 'option changed'],
  [fav, '[drinks]\nfav = tea', '[drinks]\nfav = tea\n', 'OK'],
  [fav, '[drinks]\r\nfav = milk\r\n', '[drinks]\nfav = tea\n', 'option changed'],
  [fav, '[drinks]\r\nfav = tea\r\n', '[drinks]\r\nfav = tea\r\n', 'OK'],
  [fav, '\ufeff[drinks]\nfav = milk\n', '[drinks]\nfav = tea\n', 'option changed'],
  [{ section: 'é', option: 'ü', value: 'ö' }, '[é]\nü = o\n', '[é]\nü = ö\n', 'option changed'],
  [
    { section: 's', option: 'a.b[1]', value: '$&' },
    '[s]\na.b[1]=1\n',
    '[s]\na.b[1] = $&\n',
    'option changed',
  ],
  [
    { section: 's', option: 'o', values: ['1', '2', '2'] },
    '[s]\no = 2\no = 3\nz = 1\n',
    '[s]\no = 2\no = 1\nz = 1\n',
    'option changed',
  ],
  [
    { section: 's', option: 'o', values: ['1', '2'], exclusive: false },
    '[s]\no = 2\no = 3\n',
    '[s]\no = 2\no = 3\no = 1\n',
    'option added',
  ],
  [bare, '[s]\n', '[s]\no\n', 'option added'],
  [bare, '[s]\no\n', '[s]\no\n', 'OK'],
  [bare, '[s]\n#o\n', '[s]\no\n', 'option changed'],
  [bare, '[s]\no = 1\n', '[s]\no\n', 'option changed'],
  [bare, '[t]\n', '[t]\n[s]\no\n', 'section and option added'],
  [{ ...bare, value: '1' }, '[s]\no = 1\n', '[s]\no = 1\n', 'OK'],
  [{ section: 's', option: 'o', value: '1' }, '[s]\no\n', '[s]\no = 1\n', 'option changed'],
  [{ section: 's', allow_no_value: true }, '[t]\n', '[t]\n[s]\n', 'only section added'],
  [{ section: 's', allow_no_value: true }, '[s]\n', '[s]\n', 'OK'],
  [
    { ...fav, state: 'absent' },
    '[drinks]\nfav = x\n#fav = y\nz\n',
    '[drinks]\n#fav = y\nz\n',
    'option changed',
  ],
  [
    { ...fav, state: 'absent', exclusive: false },
    '[drinks]\nfav = tea\nfav = y\n',
    '[drinks]\nfav = y\n',
    'option changed',
  ],
  [{ ...fav, state: 'absent' }, '[other]\nfav = x\n', '[other]\nfav = x\n', 'OK'],
  [{ section: 's', state: 'absent' }, 'a\n[s]\nb\n[t]\nc\n', 'a\n[t]\nc\n', 'section removed'],
  [{ section: 's', state: 'absent' }, 'a\n', 'a\n', 'OK'],
  [
    { ...peer('2'), option: 'key', value: 'k' },
    '[p]\nip = 1\n[p]\nip = 2\n',
    '[p]\nip = 1\n[p]\nip = 2\nkey = k\n',
    'option added',
  ],
  [
    { ...peer('3'), option: 'key', value: 'k' },
    '[p]\nip = 1\n',
    '[p]\nip = 1\n[p]\nip = 3\nkey = k\n',
    'section and option added',
  ],
  [{ ...peer('2'), state: 'absent' }, '[p]\nip = 1\n[p]\nip = 2\n', '[p]\nip = 1\n', 'section removed'],
]

test('a setting comes where it belongs, and then nothing is left to do', () => {
  for (const [raw, before, after, msg] of TABLE) {
    assert.equal(made(raw, before), [after, msg], JSON.stringify([raw, before]))
    assert.equal(planOf(ini_file, { path: '/f', ...raw }, there(after)).changes, [], JSON.stringify(raw))
  }
})

test('a change shows the lines of the setting', () => {
  const shown = (raw: Raw, before: string) => rows(planOf(ini_file, { path: '/f', ...raw }, there(before)))
  assert.equal(shown(fav, '[drinks]\nfav=a\n'), [['[drinks] fav', 'fav=a', 'fav = tea']])
  assert.equal(shown({ option: 'a', value: 'b' }, ''), [['a', null, 'a = b']])
  assert.equal(shown({ section: 's', state: 'absent' }, '[s]\na\n'), [['section s', '[s]\na', null]])
  assert.equal(shown(fav, '[drinks]\nfav = tea'), [['end of the last line', null, '\n']])
  assert.equal(shown({ ...fav, mode: '0600' }, '[drinks]\nfav = tea\n'), [['mode', '0644', '0600']])
})

test('a file that is not there is made, unless create says otherwise', () => {
  const raw = { path: '/d/f', ...fav }
  assert.equal(rows(planOf(ini_file, raw, MISSING)), [
    ['state', 'absent', 'file'],
    ['[drinks] fav', null, 'fav = tea'],
  ])
  assert.equal(planOf(ini_file, { ...raw, state: 'absent' }, MISSING).changes, [])
  const refused = planOf(ini_file, { ...raw, create: false }, MISSING)
  assert.equal([refused.failed, refused.result?.rc], ['Destination /d/f does not exist!', 257])
  const folder = planOf(ini_file, raw, `${filesText(FOLDER, FOLDER)}0`)
  assert.is(folder.failed, 'Path /d/f is a directory !')
})

test('an unknown user is a failure, under check a difference', () => {
  const raw = { path: '/f', ...fav, owner: 'ann' }
  const printed = `${filesText(statText(), FOLDER)}\n1[drinks]\nfav = tea\n`
  assert.match(planOf(ini_file, raw, printed).failed ?? '', /there is no user "ann"/)
  assert.equal(rows(planOf(ini_file, raw, printed, CHECK)), [['owner', 'root', 'ann']])
})

test('a diff has both sides as text', () => {
  const plan = planOf(ini_file, { path: '/f', ...fav }, there('[drinks]\n'), { check: true, diff: true })
  assert.equal(plan.changes[0]?.text, { before: '[drinks]\n', after: '[drinks]\nfav = tea\n' })
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ option: 'o' }, /'value\(s\)' must be defined if state=present and allow_no_value=False/],
  [{ option: 'o', value: '1', values: ['1'] }, /mutually exclusive: value\|values/],
  [{ state: 'absent' }, /needs "section" or "option"/],
  [{ option: 'o', value: 'a\n[s]' }, /value holds a line break/],
  [{ option: 'o', values: ['a\nb'] }, /one holds a line break/],
  [{ section: 'a\nb', state: 'absent' }, /section holds a line break/],
  [{ ...fav, section_has_values: [{ value: '1' }] }, /needs "option"/],
  [{ ...fav, section_has_values: [{ option: 'a', valued: '1' }] }, /"valued" means nothing/],
]

test('wrong arguments are refused', () => {
  for (const [raw, problem] of PROBLEMS) {
    const [first = ''] = problemsOf(ini_file, { path: '/f', ...raw })
    assert.match(first, problem)
  }
})

test.run()
