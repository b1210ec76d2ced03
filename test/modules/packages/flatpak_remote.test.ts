import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { flatpak_remote } from '../../../src/modules/packages/flatpak_remote.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('flatpak_remote')

const LIST = 'on\tno-gpg-verify\thttps://on/\noff\tdisabled\thttps://off/\n'
const host = (list = LIST) => `flatpak\0\x000\0remotes\0${list}\x000\0`
const URL = 'https://h/x.flatpakrepo'

const TABLE: [raw: Raw, changes: unknown[][]][] = [
  [{ name: 'on', flatpakrepo_url: URL }, []],
  [{ name: 'off', enabled: false }, []],
  [{ name: 'on', enabled: false }, [['remote on enabled', true, false]]],
  [{ name: 'off', flatpakrepo_url: URL }, [['remote off enabled', false, true]]],
  [{ name: 'new', flatpakrepo_url: URL }, [['remote new', null, URL]]],
  [
    { name: 'new', flatpakrepo_url: URL, enabled: false },
    [
      ['remote new', null, URL],
      ['remote new enabled', null, false],
    ],
  ],
  [{ name: 'on', state: 'absent' }, [['remote on', 'https://on/', null]]],
  [{ name: 'o', state: 'absent' }, []],
]

for (const [raw, changes] of TABLE)
  test(`${JSON.stringify(raw)} plans just what differs`, () => {
    assert.equal(rows(planOf(flatpak_remote, raw, host())), changes)
  })

test('flatpak is told all that the task says, and the result has it', () => {
  const command = (raw: Raw) => planOf(flatpak_remote, raw, host()).result?.command
  assert.is(
    command({ name: 'new', method: 'user', flatpakrepo_url: '/a b', enabled: false, executable: '/f p' }),
    "'/f p' remote-add --user -- new '/a b'; '/f p' remote-modify --user --disable -- new",
  )
  assert.is(command({ name: 'on', state: 'absent' }), 'flatpak remote-delete --system --force -- on')
})

test('a password of an address is told nowhere', () => {
  const told = (raw: Raw) => {
    const { actions, ...plan } = planOf(
      flatpak_remote,
      { name: 'new', ...raw },
      host('new\t\thttps://u:s3cret@h/\n'),
    )
    return JSON.stringify(plan)
  }
  const url = 'https://u:s3cret@h/x.flatpakrepo'
  assert.match(told({ name: 'more', flatpakrepo_url: url }), /https:\/\/u:\*{8}@h\/x\.flatpakrepo/)
  for (const raw of [{ name: 'more', flatpakrepo_url: url }, { state: 'absent' }])
    assert.not(told(raw).includes('s3cret'))
})

test('what is missing is a failure; the program may be what an earlier task brings', () => {
  const none = planOf(flatpak_remote, { name: 'new' }, host())
  assert.match(none.failed ?? '', /^remote "new" is not there, and flatpakrepo_url does not say/)
  const raw = { name: 'new', flatpakrepo_url: URL }
  const without = 'flatpak\0\x001\0'
  assert.match(planOf(flatpak_remote, raw, without).failed ?? '', /^Executable 'flatpak' was not found/)
  assert.equal(rows(planOf(flatpak_remote, raw, without, CHECK)), [['remote new', null, URL]])
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(flatpak_remote, { name: 'a', ...raw })[0] ?? ''
  for (const name of ['', '-a', 'a b', 'a/b', '.a'])
    assert.match(problem({ name }), /is not a name of a remote/)
  for (const flatpakrepo_url of ['', '-x', ' ', 'a\nb'])
    assert.match(problem({ flatpakrepo_url }), /is neither an address nor a path/)
  assert.match(problem({ executable: '' }), /it is empty/)
})

test.run()
