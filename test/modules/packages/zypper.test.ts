import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { zypper } from '../../../src/modules/packages/zypper/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('zypper')

/** What the probe prints. */
const asked = (due: string, code: number, ...said: string[]) =>
  `due ${due}\nsimulated ${code}\n${said.map((line) => `said ${line}\n`).join('')}`
const SUMMARY = [
  '<install-summary packages-to-change="5">',
  '<to-install>',
  '<solvable type="package" name="a" edition="1-1" arch="noarch" summary="x &gt; y">',
  '<description>a</description></solvable>',
  '</to-install>',
  '<to-upgrade><solvable name="b" edition="2-1" edition-old="1-1"/></to-upgrade>',
  '<to-downgrade><solvable name="c" edition="1-1" edition-old="2-1"/></to-downgrade>',
  '<to-reinstall><solvable name="d" edition="1-1"/></to-reinstall>',
  '<to-remove><solvable name="e" edition="1-1"/></to-remove>',
  '</install-summary>',
]

test('the summary of zypper becomes changes', () => {
  assert.equal(rows(planOf(zypper, { name: 'a' }, asked('+a', 0, ...SUMMARY))), [
    ['a', null, '1-1'],
    ['b', '1-1', '2-1'],
    ['c', '2-1', '1-1'],
    ['d', '1-1', '1-1, installed anew'],
    ['e', '1-1', null],
  ])
})

const TABLE: [raw: Raw, printed: string, changes: unknown[][]][] = [
  [{ name: 'a' }, 'due \n', []],
  [{ name: 'a', state: 'absent' }, 'due \n', []],
  [{ name: 'a=1' }, asked('+a=1', 0, '<install-summary packages-to-change="0">', '</install-summary>'), []],
  [{ name: 'a', update_cache: true }, 'due \n', [['package lists', null, 'fetched']]],
  [{ name: 'a', update_cache: true, state: 'absent' }, 'due \n', []],
  [
    { name: 'a', refresh: true },
    asked('+a', 104, '<message type="error">No provider of &apos;+a&apos; found.</message>'),
    [
      ['package lists', null, 'fetched'],
      ['a', null, 'installed'],
    ],
  ],
]

for (const [raw, printed, changes] of TABLE)
  test(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(printed)}`, () => {
    assert.equal(rows(planOf(zypper, raw, printed)), changes)
  })

test('lists that are fetched are no change, and the arguments are returned', () => {
  const plan = planOf(zypper, { name: ['a', ''], update_cache: true }, 'due \n', CHECK)
  assert.is(plan.silent, true)
  assert.equal(plan.result, { name: ['a'], state: 'present', update_cache: true, rc: 0 })
})

test('what zypper complains of is told in the words of Ansible', () => {
  const failed = (code: number, ...said: string[]) =>
    planOf(zypper, { name: 'a' }, asked('+a', code, ...said)).failed
  assert.is(
    failed(104, '<message type="error">No provider of &apos;+a&apos; found.</message>'),
    "No provider of '+a' found.",
  )
  assert.is(
    failed(4, '<description>Problem: nothing provides b', ' Solution 1: none', '</description>'),
    'Zypper run command failed with return code 4. Problem: nothing provides b\n Solution 1: none',
  )
  assert.is(
    failed(5, 'Root privileges are required.'),
    'Zypper run command failed with return code 5. Root privileges are required.',
  )
  for (const code of [0, 102, 103, 106]) assert.is(failed(code, ...SUMMARY), undefined)
})

test('zypper is told all that the task says', () => {
  const script = (raw: Raw, due: string) => {
    const [action] = planOf(zypper, raw, asked(due, 0, ...SUMMARY)).actions!
    return action!.do === 'exec' ? action!.script : ''
  }
  const flags = {
    ...{ disable_gpg_check: true, disable_recommends: false, force: true, force_resolution: true },
    ...{ replacefiles: true, extra_args: '--x  y', extra_args_precommand: '--root /r', update_cache: true },
  }
  const install = script({ name: ['a>=1', './f g.rpm', 'https://h/i.rpm'], ...flags }, '+a>=1')
  assert.match(install, /zypper --quiet --non-interactive --xmlout --root \/r "\$@"/)
  assert.match(install, /\nz --no-gpg-checks refresh \|\|/)
  assert.match(
    install,
    /\nagain --no-gpg-checks install --type package --auto-agree-with-licenses --force --force-resolution --oldpackage --replacefiles --x y -- '\+a>=1' '.\/f g.rpm' https:\/\/h\/i.rpm\n/,
  )
  assert.match(
    script({ name: 'a', type: 'pattern', state: 'absent', clean_deps: true }, 'a'),
    /\nagain remove --type pattern --clean-deps -- a\n/,
  )
  assert.match(
    script({ name: '*', state: 'latest', type: 'patch' }, ''),
    /\nagain patch --auto-agree-with-licenses --no-recommends\n/,
  )
  assert.match(
    script({ name: '*', state: 'dist-upgrade', allow_vendor_change: true }, ''),
    /\nagain dist-upgrade --auto-agree-with-licenses --no-recommends --allow-vendor-change\n/,
  )
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  ...['--y', 'a b', 'a;b', "a'b", '!a', 'a=', 'a=x'].map((name): [Raw, RegExp] => [
    { name: [name] },
    /is not a name of a package/,
  ]),
  [{}, /^missing required arguments: name$/],
  [{ name: 'a', state: 'dist-upgrade' }, /^Can not dist-upgrade specific packages\.$/],
  [{ name: '*' }, /"\*" stands alone/],
  [{ name: '+a', state: 'absent' }, /^Can not combine '\+' prefix with state=remove\/absent\.$/],
  [{ name: 'a.rpm', state: 'absent' }, /^Can not remove via URL\.$/],
  [{ name: 'a', type: 'patch', state: 'removed' }, /^Can not remove patches\.$/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const [first, ...others] = problemsOf(zypper, raw)
    assert.match(first!, problem)
    assert.equal(others, [], JSON.stringify(raw))
  }
  for (const name of ['a', 'g++', '-a', '~a', '+a>=1.2', 'perl(Foo::Bar)', '/f.rpm'])
    assert.equal(problemsOf(zypper, { name: [name] }), [])
})

test.run()
