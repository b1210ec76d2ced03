import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isSame, shown } from '../../../src/modules/packages/zypper_repository/address.ts'
import { zypper_repository } from '../../../src/modules/packages/zypper_repository/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('zypper_repository')

const SAME: [wanted: string, there: string][] = [
  ['https://h/x', 'https://h/x/'],
  ['https://h/x//', 'https://h/x'],
  ['file:///x y', 'file:/x%20y'],
  ['/x', 'dir:/x'],
  ['DIR:/x', 'dir:///x'],
  ['https://h/$releasever/100%', 'https://h/$releasever/100%'],
  ['https://me:pw@h/x', 'https://me@h/x'],
  ['obs://server:mail/x', 'https://download.opensuse.org/repositories/server:/mail/x'],
]

for (const [wanted, there] of SAME)
  test(`${wanted} is where zypper says ${there}`, () => assert.ok(isSame(wanted, there)))

test('another place is another one', () => {
  for (const [wanted, there] of [
    ['https://h/x', 'http://h/x'],
    ['https://h/x', 'https://h/X'],
    ['https://me@h/x', 'https://h/x'],
    ['https://me:pw@h/x', 'https://me:other@h/x'],
    ['obs://server:mail/x', 'https://download.opensuse.org/repositories/server:/mail/y'],
  ] as const)
    assert.not.ok(isSame(wanted, there), wanted)
})

test('passwords are not shown', () => {
  assert.is(
    shown('baseurl=https://me:p:w@h/x\n  https://h/a@b:c@d\nproxypass=a\nname=b'),
    'baseurl=https://me:********@h/x\n  https://h/a@b:c@d\nproxypass= (hidden)\nname=b',
  )
})

/** What the probe prints where there is no repository. */
const NONE = '/etc/zypp/repos.d\x000\0'

const TABLE: [raw: Raw, changes: unknown[][]][] = [
  [{ name: 'a', state: 'absent' }, []],
  [{ repo: '*', runrefresh: true }, [['package lists', null, 'fetched']]],
  [
    { name: 'a/b', repo: '/x', enabled: false, auto_import_keys: true },
    [
      ['file /etc/zypp/repos.d/a_b.repo', null, 'file'],
      ['repository a/b', null, '[a/b]\nenabled=0\nautorefresh=1\nbaseurl=dir:/x\ngpgcheck=1'],
      ['package lists', null, 'fetched'],
    ],
  ],
]

for (const [raw, changes] of TABLE)
  test(`${JSON.stringify(raw)} plans what a host without repositories lacks`, () => {
    assert.equal(rows(planOf(zypper_repository, raw, NONE)), changes)
  })

test('what Ansible returns is returned, without a password, and a new file that has one is read by its owner alone', () => {
  const { result, actions } = planOf(zypper_repository, { name: 'a', repo: 'https://me:pw@h/x' }, NONE)
  assert.equal(result, {
    repodata: {
      ...{ url: 'https://me:********@h/x', alias: 'a', name: null, priority: null },
      ...{ enabled: '1', gpgcheck: '1', autorefresh: '1' },
    },
    state: 'present',
  })
  const [write] = actions!
  assert.match(write!.do === 'send' ? write!.script : '', /"8180 /)
})

test('a .repo file that an earlier task may make is planned under check only', () => {
  const raw = { repo: '/a.repo' }
  assert.equal(rows(planOf(zypper_repository, raw, [NONE, '0'], CHECK)), [
    ['repository of /a.repo', null, 'added'],
  ])
  assert.is(planOf(zypper_repository, raw, [NONE, '0']).failed, 'Error opening .repo file from provided path')
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{}, /^Module option state=present requires repo$/],
  [{ state: 'absent' }, /^Alias or repo parameter required when state=absent$/],
  [{ repo: 'http://h' }, /^Name required when adding non-repo files\.$/],
  [{ repo: '*' }, /^repo=\* can only be used with the runrefresh option\.$/],
  [
    { name: 'a', repo: '/x.repo' },
    /^Incompatible option: 'name'\. Do not use name when adding \.repo files$/,
  ],
  [{ repo: 'gopher://x.repo' }, /is not an address that begins with/],
  ...['-a', '', '7', '.a', 'a]', 'a\nb', 'a '].map((name): [Raw, RegExp] => [
    { name, repo: 'http://h' },
    /is not an alias of a repository$/,
  ]),
  ...['x', '-x', 'http://h\n[y]', ''].map((repo): [Raw, RegExp] => [
    { name: 'a', repo },
    /is no address of a repository/,
  ]),
  [{ name: 'a', repo: 'http://h', description: 'a\nb' }, /^description holds a line break/],
  [{ name: 'a', repo: 'http://h', priority: -1 }, /^priority: -1 is less than 0$/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const [first, ...others] = problemsOf(zypper_repository, raw)
    assert.match(first!, problem)
    assert.equal(others, [], JSON.stringify(raw))
  }
  for (const raw of [
    { repo: '*', runrefresh: true },
    { name: '7 up', repo: '/x' },
    { repo: 'https://h/x.repo' },
    { name: 'server:mail', state: 'absent' },
  ])
    assert.equal(problemsOf(zypper_repository, raw), [])
})

test.run()
