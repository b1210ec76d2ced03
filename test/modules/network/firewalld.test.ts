import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { firewalld } from '../../../src/modules/network/firewalld/index.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('firewalld')

const NO = '1 no'
const YES = '0 yes'
const BOTH = { permanent: true, immediate: true }

/** What the probe prints: how firewalld is, and the answers for good and for now. */
const answers = (permanent: string, immediate: string, mode = 'running') =>
  `${mode}\0${permanent}\0${immediate}\0public\0`

/** The commands of a plan, without what is the same of all. */
const commands = (raw: Raw, printed: string) =>
  (planOf(firewalld, raw, printed).actions ?? []).map((action) =>
    action.do === 'sh' ? action.script.replace(/^LC_ALL=C (.*) <\/dev\/null$/, '$1') : action.do,
  )

const KINDS: [raw: Raw, add: string, remove: string, what: string, msg: string][] = [
  [
    { service: 'http' },
    '--add-service=http',
    '--remove-service=http',
    'service http',
    'Changed service http to enabled',
  ],
  [
    { port: '161-162/udp' },
    '--add-port=161-162/udp',
    '--remove-port=161-162/udp',
    'port 161-162/udp',
    'Changed port 161-162/udp to enabled',
  ],
  [
    { protocol: 'ospf' },
    '--add-protocol=ospf',
    '--remove-protocol=ospf',
    'protocol ospf',
    'Changed protocol ospf to enabled',
  ],
  [
    { icmp_block: 'redirect' },
    '--add-icmp-block=redirect',
    '--remove-icmp-block=redirect',
    'icmp-block redirect',
    'Changed icmp-block redirect to enabled',
  ],
  [
    { rich_rule: "rule it's" },
    `'--add-rich-rule=rule it'\\''s'`,
    `'--remove-rich-rule=rule it'\\''s'`,
    "rich-rule rule it's",
    "Changed rich_rule rule it's to enabled",
  ],
  [
    { masquerade: true },
    '--add-masquerade',
    '--remove-masquerade',
    'masquerade',
    'Added masquerade to zone public',
  ],
  [{ forward: 'yes' }, '--add-forward', '--remove-forward', 'forward', 'Added forward to zone public'],
  [
    { icmp_block_inversion: 'on' },
    '--add-icmp-block-inversion',
    '--remove-icmp-block-inversion',
    'icmp-block-inversion',
    'Changed icmp-block-inversion on to enabled',
  ],
  [
    { source: '10.0.0.0/8' },
    '--add-source=10.0.0.0/8',
    '--remove-source=10.0.0.0/8',
    'source 10.0.0.0/8',
    'Added 10.0.0.0/8 to zone public',
  ],
  [
    { interface: 'eth0', zone: 'public' },
    '--zone=public --change-interface=eth0',
    '--zone=public --remove-interface=eth0',
    'interface eth0 of zone public',
    'Changed eth0 to zone public',
  ],
  [
    { port_forward: [{ port: 80, proto: 'tcp', toport: 8080, toaddr: '10.0.0.1' }] },
    '--add-forward-port=port=80:proto=tcp:toport=8080:toaddr=10.0.0.1',
    '--remove-forward-port=port=80:proto=tcp:toport=8080:toaddr=10.0.0.1',
    'forward-port port=80:proto=tcp:toport=8080:toaddr=10.0.0.1',
    'Changed port_forward port=80:proto=tcp:toport=8080:toaddr=10.0.0.1 to enabled',
  ],
]

for (const [raw, add, remove, what, msg] of KINDS) {
  test(`${what} is enabled and disabled, for good and for now`, () => {
    const on = { ...raw, ...BOTH, state: 'enabled' }
    const plan = planOf(firewalld, on, answers(NO, NO))
    assert.equal(rows(plan), [
      [`permanent ${what}`, 'disabled', 'enabled'],
      [what, 'disabled', 'enabled'],
    ])
    assert.equal(plan.result, { msg: `Permanent and Non-Permanent(immediate) operation, ${msg}` })
    assert.equal(commands(on, answers(NO, NO)), [`firewall-cmd --permanent ${add}`, `firewall-cmd ${add}`])
    assert.equal(commands(on, answers(YES, NO)), [`firewall-cmd ${add}`])
    assert.equal(planOf(firewalld, on, answers(YES, YES)).changes, [])
    const off = { ...raw, permanent: true, state: 'disabled' }
    assert.equal(rows(planOf(firewalld, off, answers(YES, ''))), [
      [`permanent ${what}`, 'enabled', 'disabled'],
    ])
    assert.equal(commands(off, answers(YES, '')), [`firewall-cmd --permanent ${remove}`])
    assert.equal(planOf(firewalld, off, answers(NO, '')).result, { msg: 'Permanent operation' })
  })
}

test('what is not permanent is immediate, and may have its time', () => {
  const raw = { service: 'http', zone: 'dmz', state: 'enabled', timeout: 60 }
  assert.equal(commands(raw, answers('', NO)), ['firewall-cmd --timeout=60 --zone=dmz --add-service=http'])
  assert.is(planOf(firewalld, raw, answers('', YES)).result?.msg, 'Non-permanent operation')
  assert.equal(commands({ ...raw, state: 'disabled' }, answers('', YES)), [
    'firewall-cmd --zone=dmz --remove-service=http',
  ])
})

test('a switch that says no is the other way round, and one that says neither is told', () => {
  const raw = { masquerade: 'no', permanent: true, state: 'enabled' }
  assert.equal(rows(planOf(firewalld, raw, answers(YES, ''))), [
    ['permanent masquerade', 'enabled', 'disabled'],
  ])
  const odd = planOf(firewalld, { ...raw, masquerade: 'perhaps' }, answers(NO, ''))
  assert.equal(odd.warnings, ['masquerade: "perhaps" is neither yes nor no, and counts as yes'])
  assert.equal(rows(odd), [['permanent masquerade', 'disabled', 'enabled']])
})

test('zones are made and deleted, and have a target', () => {
  const zone = { zone: 'mine', permanent: true }
  const list = answers('0 block dmz public', '')
  assert.equal(rows(planOf(firewalld, { ...zone, state: 'present' }, list)), [
    ['permanent zone mine', 'disabled', 'enabled'],
  ])
  assert.equal(commands({ ...zone, zone: 'dmz', state: 'absent' }, list), [
    'firewall-cmd --permanent --delete-zone=dmz',
  ])
  assert.equal(planOf(firewalld, { ...zone, zone: 'dmz', state: 'present' }, list).changes, [])
  const drop = { ...zone, target: 'DROP', state: 'enabled' }
  assert.equal(rows(planOf(firewalld, drop, answers('0 default', ''))), [
    ['permanent target of zone mine', 'default', 'DROP'],
  ])
  assert.equal(planOf(firewalld, drop, answers('0 DROP', '')).changes, [])
  assert.equal(commands({ ...drop, state: 'absent' }, answers('0 DROP', '')), [
    'firewall-cmd --permanent --zone=mine --set-target=default',
  ])
  const reset = { ...zone, target: 'default', state: 'absent' }
  assert.equal(planOf(firewalld, reset, answers('0 default', '')).changes, [])
})

test('where firewalld does not run, its files are written, and nothing can be immediate', () => {
  const raw = { service: 'http', permanent: true, state: 'enabled' }
  const off = answers(NO, '', 'offline')
  assert.equal(commands(raw, off), ['firewall-offline-cmd --add-service=http'])
  assert.match(String(planOf(firewalld, raw, off).result?.msg), /only on-disk configs were altered/)
  assert.match(
    planOf(firewalld, { ...raw, immediate: true }, off).failed ?? '',
    /unable to perform immediate actions/,
  )
})

test('what firewalld does not know is told in its words', () => {
  const raw = { service: 'nope', permanent: true, state: 'enabled' }
  const unknown = answers('101 Error: INVALID_SERVICE: nope', '')
  assert.match(
    planOf(firewalld, raw, unknown).failed ?? '',
    /^ERROR: Exception caught: INVALID_SERVICE: nope Services are/,
  )
  assert.equal(planOf(firewalld, { ...raw, state: 'disabled' }, unknown).changes, [])
  assert.is(planOf(firewalld, raw, unknown, CHECK).changes.length, 1, 'an earlier task may bring it')
  const zone = answers('112 Error: INVALID_ZONE: nope', '')
  assert.is(
    planOf(firewalld, { ...raw, zone: 'nope' }, zone).failed,
    'ERROR: Exception caught: INVALID_ZONE: nope',
  )
  const missing = planOf(firewalld, raw, 'missing\0', RUN)
  assert.equal(
    [missing.failed, missing.advice],
    ['Failed to find required executable "firewall-cmd"', 'install the package firewalld'],
  )
  assert.is(planOf(firewalld, raw, 'missing\0', CHECK).changes.length, 1)
  assert.throws(() => planOf(firewalld, raw, answers('what', '')), /answered something else/)
})

test('a zone and a state alone are nothing to do', () => {
  assert.equal(planOf(firewalld, { zone: 'public', state: 'enabled' }), { changes: [], result: { msg: '' } })
})

const S = { service: 'http', state: 'enabled' }
const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ service: 'http' }, /missing required arguments: state/],
  [{ ...S, port: '80/tcp' }, /mutually exclusive: icmp_block\|/],
  [{ state: 'enabled', port: '80' }, /improper port format \(missing protocol\?\)/],
  [{ state: 'enabled', port: 'x/tcp' }, /"x\/tcp" is not like 80\/tcp/],
  [{ ...S, state: 'present' }, /absent and present state can only be used in zone level/],
  [{ interface: 'eth0', state: 'enabled' }, /required by 'interface': zone/],
  [{ source: '10.0.0.1', state: 'enabled' }, /required by 'source': permanent/],
  [{ zone: 'a', state: 'present' }, /Zone operations must be permanent/],
  [{ zone: 'a', target: 'DROP', state: 'enabled', ...BOTH }, /Zone operations must be permanent/],
  [{ state: 'absent', permanent: true }, /zone is needed/],
  [{ ...S, zone: '-x' }, /"-x" is no name/],
  [{ ...S, timeout: -1 }, /timeout is less than 0/],
  [{ state: 'enabled', port_forward: [{ port: 1 }] }, /proto udp\/tcp must be specified/],
  [{ state: 'enabled', port_forward: [{ proto: 'tcp' }] }, /port must be specified/],
  [{ state: 'enabled', port_forward: [{ port: 1, proto: 'tcp' }] }, /toport must be specified/],
  [{ state: 'enabled', port_forward: [{}, {}] }, /Only one port forward/],
  [{ state: 'enabled', port_forward: ['80'] }, /a list of one map/],
  [{ state: 'enabled', port_forward: [{ port: '1:x', proto: 'tcp', toport: 2 }] }, /are numbers or ranges/],
  [{ state: 'enabled', port_forward: [{ port: 1, proto: 'tcp', toport: 2, to: 3 }] }, /"to" is none of/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(firewalld, raw)
    assert.is(problems.length, 1, JSON.stringify([raw, problems]))
    assert.match(problems[0]!, problem)
  }
})

test.run()
