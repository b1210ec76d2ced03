import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { gem } from '../../../src/modules/packages/gem.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('gem')

const section = (name: string, text: string, code = 0) => `${name}\0${text}\0${code}\0`
const host = (local: string, remote?: string) =>
  section('gem', '') + section('local', local) + (remote === undefined ? '' : section('remote', remote))

const LOCAL = '\n*** LOCAL GEMS ***\n\na (2.0, default: 1.0 ruby java)\nab (9)\n'

const TABLE: [raw: Raw, printed: string, changes: unknown[][]][] = [
  [{ name: 'a' }, host(LOCAL), []],
  [{ name: 'a', version: '1.0' }, host(LOCAL), []],
  [{ name: 'a', version: '3.0' }, host(LOCAL), [['a', '2.0, 1.0', '3.0']]],
  [{ name: 'b' }, host(LOCAL), [['b', null, 'installed']]],
  [{ name: 'a', state: 'latest' }, host(LOCAL, 'a (2.0)\n'), []],
  [{ name: 'a', state: 'latest' }, host(LOCAL, 'a (3.1, 3.0)\n'), [['a', '2.0, 1.0', '3.1']]],
  [{ name: 'a', state: 'latest' }, host(LOCAL, '\n'), []],
  [{ name: 'a', state: 'absent' }, host(LOCAL), [['a', '2.0, 1.0', null]]],
  [{ name: 'a', state: 'absent', version: '2.0' }, host(LOCAL), [['a', '2.0, 1.0', '1.0']]],
  [{ name: 'a', state: 'absent', version: '3.0' }, host(LOCAL), []],
  [{ name: 'b', state: 'absent' }, host(LOCAL), []],
]

for (const [raw, printed, changes] of TABLE) {
  test(`${JSON.stringify(raw)} plans just what differs from ${printed.length} bytes`, () => {
    assert.equal(rows(planOf(gem, raw, printed)), changes)
  })
}

test('name, state and version are returned', () => {
  assert.equal(planOf(gem, { name: 'a' }, host(LOCAL)).result, { name: 'a', state: 'present' })
  const latest = planOf(gem, { name: 'a', state: 'latest' }, host(LOCAL, 'a (3.1)\n'))
  assert.equal(latest.result, { name: 'a', state: 'latest', version: '3.1' })
})

test('gem is told all that the task says', () => {
  const script = (raw: Raw, printed: string) => {
    const [action] = planOf(gem, raw, printed).actions!
    return action!.do === 'exec' ? action!.script.split('\n').at(-1)! : ''
  }
  const raw = {
    ...{
      name: 'b',
      version: '1',
      repository: 'https://r/',
      include_dependencies: false,
      user_install: false,
    },
    ...{
      install_dir: '/i',
      bindir: '/b',
      pre_release: true,
      include_doc: true,
      env_shebang: true,
      force: true,
    },
    build_flags: '-DX y',
  }
  assert.is(
    script(raw, host('')),
    "gem install $norc --version 1 --source https://r/ --ignore-dependencies --no-user-install --install-dir /i --bindir /b --pre --env-shebang --force b -- '-DX y'",
  )
  assert.match(
    script({ name: 'b', gem_source: '/b.gem' }, host('')),
    /--user-install .*--no-document.* \/b\.gem$/,
  )
  const away = { name: 'a', state: 'absent', force: true, install_dir: '/i', user_install: false }
  assert.is(script(away, host(LOCAL)), 'gem uninstall $norc --install-dir /i --all --executables --force a')
})

test('what is missing on the host is a failure, unless an earlier task may install it', () => {
  const without = section('gem', '', 1)
  assert.match(planOf(gem, { name: 'a' }, without).failed ?? '', /^Failed to find required executable "gem"/)
  for (const state of ['present', 'latest'])
    assert.equal(rows(planOf(gem, { name: 'a', state }, without, CHECK)), [['a', null, 'installed']])
  const unreachable =
    section('gem', '') + section('local', LOCAL) + section('remote', 'ERROR: no network\n', 2)
  assert.is(planOf(gem, { name: 'a', state: 'latest' }, unreachable, RUN).failed, 'ERROR: no network')
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(gem, { name: 'a', ...raw })[0] ?? ''
  for (const name of ['', '-a', 'a b', 'a\nb', 'a/b']) assert.match(problem({ name }), /not a name of a gem/)
  for (const version of ['-x', 'a\nb', '1;id']) assert.match(problem({ version }), /not a version/)
  assert.match(problem({ repository: 'x' }), /not an address/)
  assert.match(problem({ gem_source: '/g', version: '1' }), /gem_source\|version/)
  assert.is(problem({ state: 'latest', version: '1' }), 'Cannot specify version when state=latest')
  assert.match(problem({ state: 'latest', gem_source: '/g' }), /^Cannot maintain state=latest/)
  assert.is(problem({ install_dir: '/i' }), 'install_dir requires user_install=false')
})

test.run()
