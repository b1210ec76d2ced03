import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { interfaces_file } from '../../../src/modules/network/interfaces_file/index.ts'
import { planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('interfaces_file')

const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`
const set = (option: string, value?: string, more: Raw = {}): Raw => ({
  iface: 'eth0',
  option,
  value,
  ...more,
})
const ETH0 = 'auto eth0\niface eth0 inet static\n'

const TABLE: [raw: Raw, before: string, after: string][] = [
  [set('mtu', '9000'), ETH0, `${ETH0}    mtu 9000\n`],
  [
    set('mtu', '9000'),
    `${ETH0}\taddress 1.2.3.4\n\n# end\n`,
    `${ETH0}\taddress 1.2.3.4\n\tmtu 9000\n\n# end\n`,
  ],
  [set('mtu', '9000'), `${ETH0}  mtu   1500  \n`, `${ETH0}  mtu   9000  \n`],
  [set('mtu', '9000'), `${ETH0}  mtu 1\n  mtu 2\n`, `${ETH0}  mtu 1\n  mtu 9000\n`],
  [set('mtu', '9000'), `${ETH0}  mtu 9000`, `${ETH0}  mtu 9000`],
  [set('mtu', '9000'), `${ETH0}  up a`, `${ETH0}  up a\n  mtu 9000\n`],
  [set('up', 'ip b'), `${ETH0}  up ip a\n  mtu 1\n`, `${ETH0}  up ip a\n  up ip b\n  mtu 1\n`],
  [set('up', 'ip a'), `${ETH0}  up ip a\n`, `${ETH0}  up ip a\n`],
  [set('method', 'manual'), ETH0, 'auto eth0\niface eth0 inet manual\n'],
  [set('method', 'static'), ETH0, ETH0],
  [set('mtu', undefined, { state: 'absent' }), `${ETH0}  mtu 1\n  mtu 2\n  up x\n`, `${ETH0}  up x\n`],
  [set('up', 'b', { state: 'absent' }), `${ETH0}  up a\n  up b\n`, `${ETH0}  up a\n`],
  [set('up', undefined, { state: 'absent' }), `${ETH0}  up a\n  up b\n`, ETH0],
  [set('mtu', undefined, { state: 'absent' }), ETH0, ETH0],
  [
    set('mtu', '9', { address_family: 'inet6' }),
    'iface eth0 inet static\n  mtu 1\niface eth0 inet6 auto\n  mtu 2\n',
    'iface eth0 inet static\n  mtu 1\niface eth0 inet6 auto\n  mtu 9\n',
  ],
  [set('description', 'ü $& x'), `${ETH0}  description a\n`, `${ETH0}  description ü $& x\n`],
]

test('an option is as it is to be, other lines stay, and then nothing is left to do', () => {
  for (const [raw, before, after] of TABLE) {
    const [action] = planOf(interfaces_file, raw, there(before)).actions ?? []
    const text = action !== undefined && 'content' in action ? String(action.content.text()) : before
    assert.is(text, after, JSON.stringify([raw, before]))
    assert.equal(planOf(interfaces_file, raw, there(after)).changes, [], JSON.stringify(raw))
  }
})

test('changes and results are those of the interface', () => {
  const plan = planOf(interfaces_file, set('mtu', '9'), there(`${ETH0}  mtu 1\n  up a\n  up b\n`))
  assert.equal(rows(plan), [['mtu of eth0', '1', '9']])
  assert.equal(plan.result, {
    dest: '/etc/network/interfaces',
    ifaces: {
      eth0: {
        'pre-up': [],
        up: ['a', 'b'],
        down: [],
        'post-up': [],
        address_family: 'inet',
        method: 'static',
        mtu: '9',
      },
    },
  })
  const up = planOf(interfaces_file, set('up', 'b'), there(`${ETH0}  up a\n`))
  assert.equal(rows(up), [['up of eth0', 'a', 'a\nb']])
  assert.equal(planOf(interfaces_file, {}, there(ETH0)).changes, [])
  const mode = planOf(interfaces_file, { mode: '0600' }, there(ETH0))
  assert.equal(rows(mode), [['mode', '0644', '0600']])
})

test('what cannot be is a failure', () => {
  const failed = (raw: Raw, printed: string) => planOf(interfaces_file, raw, printed).failed
  assert.is(failed({ iface: 'x', option: 'mtu', value: '1' }, there(ETH0)), 'Error: interface x not found')
  assert.match(failed({}, there('mtu 1\n')) ?? '', /^misplaced option mtu 1\n in line 1$/)
  assert.match(failed({}, `${filesText(undefined, FOLDER)}0`) ?? '', /^Destination .* does not exist !$/)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of [
    [{ option: 'mtu', value: '1' }, /required by 'option': iface/],
    [{ iface: 'a', option: 'mtu' }, /^Value must be set/],
    [set('mtu', 'a\nb'), /line break/],
    [set('a b', '1'), /option: "a b" is not one word/],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(interfaces_file, raw)[0] ?? '', problem)
})

test.run()
