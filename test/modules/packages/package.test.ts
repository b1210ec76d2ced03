import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pkg } from '../../../src/modules/packages/package.ts'
import type { Module, ModuleContext } from '../../../src/sdk/module.ts'
import { footprintOf, planOf, problemsOf, rows } from '../../support/plan.ts'

/** NUL ends the part of each task. */
function planFrom(module: Module, raw: Record<string, unknown>, printed = '', view?: ModuleContext) {
  return planOf(module, raw, `${printed}\0`, view)
}

const plans = suite('package: plan')

for (const [raw, output, expected] of [
  [{ name: 'a' }, 'opkg\ninstalled a\n', []],
  [{ name: 'a,b' }, 'opkg\ninstalled a\n', [['b', null, 'installed']]],
  [{ name: ['a', 'a'], state: 'installed' }, 'dnf\n', [['a', null, 'installed']]],
  [{ name: 'a,b', state: 'absent' }, 'opkg\ninstalled a\n', [['a', 'installed', null]]],
  [{ name: 'a', state: 'removed' }, 'opkg\n', []],
  [
    { name: 'a,b', state: 'latest' },
    'yum\ninstalled a\ninstalled b\noutdated b\n',
    [['b', 'installed', 'newer']],
  ],
  [{ name: 'a', state: 'present' }, 'yum\ninstalled a\noutdated a\n', []],
  [{ name: [] }, 'opkg\n', []],
  [{ update_cache: true }, 'opkg\n', [['package lists', null, 'fetched']]],
  [{ name: 'a' }, 'apk\ndue\n', []],
  [{ name: [] }, 'apk\n', []],
  [{ update_cache: true }, 'apk\n', [['package lists', null, 'fetched']]],
  [{ name: 'a=1' }, 'apk\ndue a=1\nsimulated 0\nsaid (1/1) Installing a (1)\n', [['a', null, '1']]],
  [
    { name: 'a', state: 'absent' },
    'pacman\ninstalled a 1-1\nsimulated remove 0\nsaid + a 1-1\ndue a\n',
    [['a', '1-1', null]],
  ],
  [
    { name: 'a' },
    'zypper\ndue +a\nsimulated 0\nsaid <to-install><solvable name="a" edition="1-1"/></to-install>\n',
    [['a', null, '1-1']],
  ],
  [{ name: 'a' }, 'apt\nknown installed|a|amd64|1|\ntodo \n', []],
  [{ name: 'a' }, 'apt\ntodo  a\nsimulated install 0\n=Inst a (1 Debian [amd64])\n', [['a', null, '1']]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(output)}`, () => {
    assert.equal(rows(planFrom(pkg, raw, output)), expected)
  })
}

plans('what is there already goes by the packages, where it is known what those go by', () => {
  const of = (printed: string) => footprintOf(pkg, { name: 'a' }, `${printed}\0`)
  const apt = of('apt\nknown installed|a|amd64|1|\ntodo \n')
  assert.equal(apt, { reads: { names: ['packages'] }, writes: {} })
  assert.is(of('dnf\ninstalled a\n'), undefined)
})

plans('apt minds all that the module apt takes', () => {
  const apt = 'apt\nknown installed|a|amd64|1|\ntodo a\nsimulated remove 0\n=Purg a [1]\n'
  const { actions } = planFrom(pkg, { name: 'a', state: 'absent', purge: true, autoremove: true }, apt)
  assert.match(JSON.stringify(actions), /apt-get -y .*--auto-remove.* --purge.* remove a/)
})

plans('dnf is told what is its own', () => {
  const raw = { name: 'a', state: 'latest', enablerepo: ['more'], disablerepo: '*', disable_gpg_check: true }
  const { actions } = planFrom(pkg, raw, 'dnf\ninstalled a\noutdated a\n')
  const script = JSON.stringify(actions)
  assert.match(script, /--nogpgcheck.*--setopt=more\.enabled=1/)
  assert.match(script, /tool -y update/)
})

for (const [manager, raw, wrong] of [
  ['apt', { enablerepo: 'more' }, 'enablerepo'],
  ['dnf', { purge: true }, 'purge'],
  ['apk', { purge: true, enablerepo: 'more' }, 'purge, enablerepo'],
  ['zypper', { reason: 'explicit' }, 'reason'],
  ['pacman', { world: '/w', oldpackage: true }, 'world, oldpackage'],
  ['opkg', { force: true }, 'force'],
] as const)
  plans(`what ${manager} does not take is refused before anything is changed`, () => {
    const { failed } = planFrom(
      pkg,
      { name: 'a', ...raw },
      manager === 'apt' ? 'apt\ntodo  a\n' : `${manager}\n`,
    )
    assert.is(failed?.split(': ').at(-1)?.split(', ').sort().join(', '), wrong.split(', ').sort().join(', '))
    assert.match(failed!, `Unsupported parameters for (${manager}) module: `)
  })

plans('a manager with a module of its own is told what that takes', () => {
  const script = (raw: Record<string, unknown>, printed: string) =>
    JSON.stringify(planFrom(pkg, { name: 'a', ...raw }, printed).actions)
  const zypp = 'zypper\ndue +a\nsimulated 0\nsaid <to-install><solvable name="a" edition="1"/></to-install>\n'
  assert.match(
    script({ disable_recommends: false, force: true, type: 'pattern' }, zypp),
    /--type pattern --auto-agree-with-licenses --force -- \+a/,
  )
  const arch = 'pacman\nwanted a a\nsimulated sync 0\nsaid + a 1-1\ndue a\n'
  assert.match(
    script({ reason: 'dependency', extra_args: '--asdeps' }, arch),
    /--needed --asdeps --sync -- a/,
  )
  const alpine = 'apk\ndue a\nsimulated 0\nsaid (1/1) Installing a (1)\n'
  assert.match(script({ no_cache: true }, alpine), /apk --no-cache/)
})

plans('what its module finds wrong is told before anything is asked', () => {
  for (const [manager, raw, said] of [
    ['pacman', { name: 'a*' }, /"a\*" is not a name of a package, nor a file/],
    ['apk', { name: 'a:i386,a?' }, /"a\?" is not a name of a package/],
    ['zypper', { update_cache: true }, /^missing required arguments: name$/],
  ] as const)
    assert.match(planFrom(pkg, raw, `${manager}\n`).failed ?? '', said)
})

plans('what nobody has said is nothing to refuse', () => {
  assert.is(planFrom(pkg, { name: 'a', enablerepo: '', purge: false }, 'apk\ndue\n').failed, undefined)
})

plans('a host that names no package manager', () => {
  assert.throws(() => planFrom(pkg, { name: 'a' }, 'odd\n'), /^the host names no package manager: "odd"$/)
})

plans('wrong arguments are refused', () => {
  for (const name of [
    '-y',
    'a b',
    "a'b",
    'a\nb',
    'a-',
    '@a',
    '!a',
    '/bin/a',
    './a',
    'a.rpm',
    'a.apk',
    'a.ipk',
  ])
    assert.match(problemsOf(pkg, { name: [name] })[0]!, /^package: .* is not a package/)
  assert.equal(problemsOf(pkg, { name: [] }), [])
  assert.match(problemsOf(pkg, { name: 'a', use: 'aptt' })[0]!, /did you mean "apt"/)
})

plans.run()
