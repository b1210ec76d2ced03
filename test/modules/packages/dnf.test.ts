import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dnf } from '../../../src/modules/packages/dnf/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('dnf')

/** What the probe prints of a verb. */
const simulated = (verb: string, specs: string, text: string, code = 1, known = '') =>
  `${verb}\0${specs}\n\x01${text}\n\x01${known}\0${code}\0`

const TABLE = `Last metadata expiration check: 0:00:01 ago.
Dependencies resolved.
=====
 Package   Arch    Version
                        Repository   Size
=====
Installing:
 two       noarch  2-1  t           5.5 k
Upgrading:
 a-long-name-of-a-package
           x86_64  1:3-1
                        t           5.5 k
     replacing  old.noarch 4-1
Installing group/module packages:
 g++       noarch  1-1  t           5.5 k
Installing Groups:
 Some Tools
Enabling module streams:
 nodejs            18
Removing unused dependencies:
 lib       i686    7-1  @t            0

Transaction Summary
=====
Install  2 Packages

Operation aborted.`

const FETCHED = ['fetched', 'two-2-1.noarch.rpm\n', '0', ''].join('\0')
const KNOWN = '\ta-long-name-of-a-package.x86_64 1:2-1\npackage two is not installed\n'

test('the table of dnf becomes changes, whatever does not fit into its lines', () => {
  const plan = planOf(dnf, { name: 'two' }, simulated('install', 'two', TABLE, 1, KNOWN))
  assert.equal(rows(plan), [
    ['two', null, '2-1'],
    ['old', '4-1', null],
    ['a-long-name-of-a-package', '1:2-1', '1:3-1'],
    ['g++', null, '1-1'],
    ['lib', '7-1', null],
  ])
  assert.equal(plan.result?.results, [
    'Installed: two-2-1.noarch',
    'Removed: old-4-1.noarch',
    'Installed: a-long-name-of-a-package-1:3-1.x86_64',
    'Removed: a-long-name-of-a-package-1:2-1.x86_64',
    'Installed: g++-1-1.noarch',
    'Removed: lib-7-1.i686',
  ])
})

test('nothing is done if nothing is missing, or dnf has nothing to do', () => {
  const nothing = simulated('install', 'two', 'Dependencies resolved.\nNothing to do.\nComplete!', 0)
  for (const printed of ['', nothing])
    assert.equal(planOf(dnf, { name: 'two' }, printed).result, { msg: 'Nothing to do', rc: 0, results: [] })
})

test('what dnf complains of is told in the words of Ansible', () => {
  const failed = (text: string) => planOf(dnf, { name: 'a' }, simulated('install', 'a', text)).failed
  assert.is(
    failed('No match for argument: a\nError: Unable to find a match: a'),
    'Failed to install some of the specified packages: No package a available.',
  )
  assert.is(failed("Module or Group 'b' is not available.\nError: Nothing to do."), 'No group b available.')
  assert.match(failed('Error: \n Problem: conflicting requests')!, /^Depsolve Error occurred: Problem: conf/)
  assert.is(
    failed('This command has to be run under the root user.'),
    'This command has to be run under the root user.',
  )
})

test('packages that are left out, and fetched already, are no change', () => {
  const left = planOf(dnf, { name: 'a', update_only: true }, 'left\0a\n\0' + '0\0')
  assert.equal(left.result?.results, ['Packages providing a not installed due to update_only specified'])
  const raw = { name: 'two', download_only: true }
  const install = simulated('install', 'two', 'Installing:\n two noarch 1:2-1 t 5 k\nOperation aborted.')
  assert.equal(rows(planOf(dnf, raw, install)), [['file of two', null, '1:2-1']])
  assert.equal(rows(planOf(dnf, raw, `${install}${FETCHED}`)), [])
})

test('dnf is told all that the task says', () => {
  const script = (raw: Raw) => {
    const install = simulated('install', 'two', 'Installing:\n two noarch 2-1 t 5 k\nOperation aborted.')
    const [action] = planOf(dnf, { name: 'two', ...raw }, install).actions!
    return action!.do === 'exec' ? action!.script : ''
  }
  const flags = {
    ...{ enablerepo: 'a,b', disablerepo: '*', exclude: 'c', disable_excludes: 'all', enable_plugin: 'd' },
    ...{ disable_plugin: 'e', releasever: '9', cacheonly: true, skip_broken: true, nobest: true },
    ...{ allowerasing: true, sslverify: false, disable_gpg_check: true, install_weak_deps: false },
    ...{ conf_file: '/f g', installroot: '/h', security: true, bugfix: true, update_cache: true },
  }
  for (const word of [
    ...["'--setopt=*.enabled=0' --setopt=a.enabled=1 --setopt=b.enabled=1", '--exclude=c', ' -C '],
    ...['--disableexcludes=all', '--enableplugin=d', '--disableplugin=e', '--releasever=9', '--skip-broken'],
    ...['--nobest', '--allowerasing', '--setopt=sslverify=0', '--nogpgcheck', '--setopt=install_weak_deps=0'],
    ...["-c '/f g'", '--installroot /h', '--security', '--bugfix', '--refresh'],
  ])
    assert.ok(script(flags).includes(word), word)
  assert.match(
    script({}),
    /--setopt=gpgcheck=1 --setopt=localpkg_gpgcheck=1[\s\S]*\nrun -y install -- two \|\| exit$/,
  )
})

test('lists are fetched without a word', () => {
  const plan = planOf(dnf, { update_cache: true }, '', CHECK)
  assert.equal([plan.silent, plan.result?.msg], [true, 'Cache updated'])
})

test('wrong arguments are refused', () => {
  for (const name of ['-y', ' -y', '', 'a\x01b'])
    assert.match(problemsOf(dnf, { name: [name] })[0]!, /is not a name of a package/)
  assert.match(problemsOf(dnf, { name: 'a b' })[0]!, /^It appears that a space separated string/)
  assert.equal(problemsOf(dnf, { name: ['a >= 1', '@Some Tools', '/usr/bin/a', 'https://b/c.rpm'] }), [])
  assert.match(problemsOf(dnf, { name: 'a', list: 'b' })[0]!, /mutually exclusive: name\|list/)
  assert.match(problemsOf(dnf, { name: 'a', autoremove: true, state: 'latest' })[0]!, /^Autoremove should be/)
  assert.match(problemsOf(dnf, { name: '/a.rpm', state: 'absent' })[0]!, /^Cannot remove paths/)
})

test.run()
