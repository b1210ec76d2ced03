import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ufw } from '../../../src/modules/network/ufw/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('ufw')

const BOOT = 'f1b1b1\n'
const SSH = 'allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in'
const SSH6 = 'allow tcp 22 ::/0 any ::/0 in'
const NET = 'deny any any 0.0.0.0/0 any 10.0.0.0/8 in'
const NUMBERED =
  'Status: active\n\n[ 1] 22/tcp  ALLOW IN\n[ 2] Anywhere  DENY IN  10.0.0.0/8\n[ 3] 22/tcp (v6)  ALLOW IN\n'

interface Ground {
  readonly status?: string
  readonly defaults?: string
  readonly conf?: string
  readonly rules?: [ipv4: string[], ipv6: string[]]
  readonly numbered?: string
  /** What a rehearsal would print: rules of a file that is written, or else a text. */
  readonly rehearsal?: string
  readonly code?: number
}

const tuples = (rules: string[]) => rules.map((rule) => `### tuple ### ${rule}\n-A x\n`).join('')
const file = (six: '' | '6', ...rules: string[]) =>
  `*filter\n:ufw${six}-user-input - [0:0]\n### RULES ###\n\n${tuples(rules)}\n### END RULES ###\nCOMMIT\n`

function printed(ground: Ground): string[] {
  const { status = 'Status: active\nLogging: on (low)', rules = [[SSH], [SSH6]], numbered = '' } = ground
  const defaults = ground.defaults ?? 'DEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\n'
  const conf = ground.conf ?? '# a\nENABLED=yes\nLOGLEVEL=low\n'
  const text = `${tuples(rules[0])}\0${tuples(rules[1])}\0${numbered}\0${ground.code ?? 0}\0${ground.rehearsal ?? ''}`
  return [`11${BOOT}${defaults}${BOOT}${conf}${BOOT}`, `${status}\0${text}`]
}

const NONE = [`00`, '\0']
const planned = (raw: Raw, ground: Ground = {}, view = { check: false, diff: false }) =>
  planOf(ufw, raw, printed(ground), view)
const SKIPPED = 'Skipping adding existing rule\nSkipping adding existing rule (v6)\n'

const PLANS: [raw: Raw, ground: Ground, changes: unknown[]][] = [
  [{ state: 'enabled' }, {}, []],
  [
    { state: 'enabled' },
    { status: 'Status: inactive', conf: 'ENABLED=no\n' },
    [['firewall', 'disabled', 'enabled']],
  ],
  [{ state: 'enabled' }, { status: 'Status: inactive' }, [['firewall', 'enabled at boot', 'enabled']]],
  [{ state: 'disabled' }, { status: 'Status: inactive', conf: 'ENABLED=no\n' }, []],
  [{ state: 'disabled' }, {}, [['firewall', 'enabled', 'disabled']]],
  [{ state: 'reloaded' }, {}, [['firewall', 'enabled', 'reloaded']]],
  [{ policy: 'deny' }, {}, []],
  [{ default: 'reject' }, {}, [['default incoming', 'deny', 'reject']]],
  [{ default: 'allow', direction: 'outgoing' }, {}, []],
  [{ default: 'deny', direction: 'outgoing' }, {}, [['default outgoing', 'allow', 'deny']]],
  [{ default: 'deny', direction: 'routed' }, {}, [['default routed', null, 'deny']]],
  [{ logging: 'on' }, {}, []],
  [{ logging: 'low' }, {}, []],
  [{ logging: 'full' }, {}, [['logging', 'low', 'full']]],
  [{ logging: 'off' }, {}, [['logging', 'low', 'off']]],
  [{ logging: 'on' }, { conf: 'LOGLEVEL=off\n' }, [['logging', 'off', 'on']]],
  [{ rule: 'allow', port: '22', proto: 'tcp' }, { rehearsal: SKIPPED }, []],
  [
    { rule: 'deny', from: '10.0.0.0/8' },
    { rehearsal: `${file('', SSH, NET)}Rules updated\n` },
    [['rule', null, NET]],
  ],
  [
    { rule: 'allow', port: '22', proto: 'tcp', delete: true },
    { rehearsal: `${file('')}${file('6')}Rules updated\n` },
    [['rule', `${SSH}\n${SSH6}`, null]],
  ],
  [
    { rule: 'allow', port: '99', delete: true },
    { rehearsal: `${file('', SSH)}${file('6', SSH6)}Rules updated\n` },
    [],
  ],
  [{ rule: 'allow', name: 'A b', delete: true }, { rehearsal: '' }, []],
  [{ rule: 'deny', from: 'fd00::/8' }, { rehearsal: file('6', SSH6, 'x') }, [['rule', null, 'x']]],
  [
    { state: 'reset', rule: 'allow', port: '22', logging: 'low', policy: 'deny' },
    { rehearsal: SKIPPED },
    [
      ['firewall', 'enabled', 'reset'],
      ['default incoming', 'deny', 'deny'],
      ['rule', null, 'allow from any to any port 22'],
      ['logging', 'low', 'low'],
    ],
  ],
]

test('what differs is changed', () => {
  for (const [raw, ground, changes] of PLANS) {
    assert.equal(rows(planned(raw, ground)), changes, JSON.stringify(raw))
  }
})

const COMMANDS: [raw: Raw, command: string][] = [
  [{ rule: 'allow', port: '80,443', proto: 'tcp' }, 'allow from any to any port 80,443 proto tcp'],
  [
    {
      rule: 'deny',
      src: '1.2.3.4',
      from_port: '5',
      dest: '5.6.7.8',
      to_port: '6',
      log: true,
      comment: 'a $(b)',
    },
    'deny log from 1.2.3.4 port 5 to 5.6.7.8 port 6 comment a $(b)',
  ],
  [{ rule: 'limit', name: 'Apache Full' }, 'limit from any to any app Apache Full'],
  [{ rule: 'allow', direction: 'in', if: 'eth0' }, 'allow in on eth0 from any to any'],
  [
    { rule: 'allow', route: true, if_in: 'a', if_out: 'b', delete: true, insert: 1 },
    'route delete allow in on a out on b from any to any',
  ],
  [{ rule: 'allow', insert: 2 }, 'insert 2 allow from any to any'],
  [{ rule: 'allow', insert: 0, insert_relative_to: 'first-ipv4' }, 'insert 1 allow from any to any'],
  [{ rule: 'allow', insert: -1, insert_relative_to: 'last-ipv4' }, 'insert 1 allow from any to any'],
  [{ rule: 'allow', insert: 0, insert_relative_to: 'first-ipv6' }, 'insert 3 allow from any to any'],
  [{ rule: 'allow', insert: 0, insert_relative_to: 'last-ipv6' }, 'insert 3 allow from any to any'],
  [{ rule: 'allow', insert: 1, insert_relative_to: 'last-ipv6' }, 'allow from any to any'],
]

test('a rule is said in its long form', () => {
  for (const [raw, command] of COMMANDS) {
    const { result } = planned(raw, { numbered: NUMBERED, rehearsal: file('', SSH, 'new') })
    assert.equal(result?.commands, [`ufw ${command}`])
  }
  const [action] = planned({ rule: 'limit', name: 'Apache Full' }, { rehearsal: file('', 'x') }).actions!
  assert.is('script' in action! && action.script, "LC_ALL=C ufw limit from any to any app 'Apache Full'")
})

test('what cannot be is a failure, unless check may not know', () => {
  const bad = { rehearsal: "ERROR: Bad port '99999'\n", code: 1 }
  assert.is(planned({ rule: 'allow', port: '99999' }, bad, CHECK).failed, "ERROR: Bad port '99999'")
  const unknown = { rehearsal: "ERROR: Could not find a profile matching 'A'\n", code: 1 }
  assert.match(planned({ rule: 'allow', name: 'A' }, unknown).failed ?? '', /Could not find a profile/)
  assert.is(planned({ rule: 'allow', name: 'A' }, unknown, CHECK).failed, undefined)
  assert.match(
    planOf(ufw, { state: 'enabled' }, NONE).failed ?? '',
    /^Failed to find required executable "ufw"/,
  )
  assert.is(planOf(ufw, { state: 'enabled' }, NONE, CHECK).changes.length, 1)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of [
    [{}, /one of the following is required: state, default, rule, logging/],
    [{ logging: 'on', proto: 'tcp' }, /mutually exclusive: name\|proto\|logging/],
    [{ rule: 'allow', direction: 'in', interface_in: 'a' }, /mutually exclusive: direction\|interface_in/],
    [{ rule: 'allow', direction: 'incoming' }, /^For rules, direction must be one of/],
    [{ default: 'allow', direction: 'in' }, /^For default, direction must be one of/],
    [{ rule: 'allow', interface: 'a' }, /required by 'interface': direction/],
    [{ rule: 'allow', interface_in: 'a', interface_out: 'b' }, /^Only route rules can combine/],
    [{ rule: 'allow', port: '1 2' }, /to_port: "1 2" is no word/],
    [{ rule: 'allow', from_ip: '-x' }, /from_ip: "-x" is no word/],
    [{ rule: 'allow', name: '-x' }, /is not a name of a profile/],
    [{ rule: 'allow', comment: "it's" }, /comment must be one line/],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(ufw, raw)[0] ?? '', problem)
})

test.run()
