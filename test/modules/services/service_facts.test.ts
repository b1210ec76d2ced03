import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { service_facts } from '../../../src/modules/services/service_facts.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { planOf, problemsOf } from '../../support/plan.ts'

const test = suite('service_facts')

const UNITS = `  UNIT            LOAD      ACTIVE   SUB     DESCRIPTION
  cron.service    loaded    active   running Regular background program processing daemon
* gone.service    not-found inactive dead    gone.service
* hidden.service  masked    inactive dead    hidden.service
* bad.service     loaded    failed   failed  Handles failed things
  odd.service     loaded    active   exited  Says that x.service failed
  fresh.service   loaded    inactive dead    Without a file

LOAD   = Reflects whether the unit definition was properly loaded.
5 loaded units listed.
`
const FILES = `UNIT FILE          STATE    PRESET
bad.service        enabled  enabled
cron.service       enabled  enabled
hidden.service     masked   enabled
odd.service        static   -
off.service        disabled enabled
on.service         enabled  enabled
x@.service         static   -

6 unit files listed.
`
const UNLOADED = 'off.service on.service\nActiveState=inactive\n\nActiveState=active\n'

const RC_STATUS = `Runlevel: default
 sshd              [  started  ]
 crond             [  started 02:03 (0) ]
Dynamic Runlevel: manual
 ntpd              [  stopped  ]
`
const RC_UPDATE = `                sshd |      default           \n               crond | boot default\n                ntpd |\n`

const systemd = (name: string, state: string, status: string) => ({ name, state, status, source: 'systemd' })
const openrc = (name: string, state: string, runlevels: string[] | null) => ({
  ...{ name, runlevels, state, source: 'openrc' },
})

const TABLE: [way: string, printed: string, services: (ValueMap & { name: string })[]][] = [
  [
    'sysv',
    ' [ + ]  cron\n [ - ]  two words\n [ ? ]  unknown\n',
    [
      { name: 'cron', state: 'running', source: 'sysv' },
      { name: 'two words', state: 'stopped', source: 'sysv' },
    ],
  ],
  [
    'upstart',
    'ssh start/running, process 12\ntty (tty1) stop/waiting\n',
    [
      { name: 'ssh', state: 'running', goal: 'start', source: 'upstart' },
      { name: 'tty (tty1)', state: 'waiting', goal: 'stop', source: 'upstart' },
    ],
  ],
  [
    'redhat',
    'sshd on 0 \nntpd off 3 \n',
    [
      { name: 'sshd', state: 'running', status: 'enabled', source: 'sysv' },
      { name: 'ntpd', state: 'stopped', status: 'disabled', source: 'sysv' },
    ],
  ],
  [
    'openrc',
    `${RC_STATUS}\x01${RC_UPDATE}`,
    [
      openrc('sshd', 'started', ['default']),
      openrc('crond', 'started', ['boot', 'default']),
      openrc('ntpd', 'stopped', null),
    ],
  ],
  [
    'systemd',
    `${UNITS}\x01${FILES}\x01${UNLOADED}`,
    [
      systemd('cron.service', 'running', 'enabled'),
      systemd('gone.service', 'stopped', 'not-found'),
      systemd('hidden.service', 'stopped', 'masked'),
      systemd('bad.service', 'stopped', 'failed'),
      systemd('odd.service', 'stopped', 'static'),
      systemd('fresh.service', 'stopped', 'inactive'),
      systemd('off.service', 'inactive', 'disabled'),
      systemd('on.service', 'active', 'enabled'),
      systemd('x@.service', 'unknown', 'static'),
    ],
  ],
]

const answered = (way: string, printed: string, code: number | string = 0) => `${way}\0${printed}\0${code}\0`

for (const [way, printed, services] of TABLE) {
  test(`${way} tells of each service what Ansible returns of it`, () => {
    const { result, changes, warnings } = planOf(service_facts, {}, answered(way, printed))
    const facts = Object.fromEntries(services.map((one) => [one.name, one]))
    assert.equal(changes, [])
    assert.equal(warnings, [])
    assert.equal(result, { ansible_facts: { services: facts } })
  })
}

test('what several ways tell of comes together, and one that fails is warned of', () => {
  const printed =
    answered('sysv', ' [ + ]  cron\n', 1) + answered('systemd', `${UNITS}\x01${FILES}\x01${UNLOADED}`)
  const { result, warnings } = planOf(service_facts, {}, printed)
  const { services } = result!.ansible_facts as { services: ValueMap }
  assert.equal(services.cron, { name: 'cron', state: 'running', source: 'sysv' })
  assert.is(Object.keys(services).length, 10)
  assert.equal(warnings, ["Unable to query 'service' tool (1)"])
})

test('a service that may not be asked for is warned of, and has the status of its script for a state', () => {
  const printed = answered('redhat', 'sshd on 4 You need ROOT privileges \n')
  const { result, warnings } = planOf(service_facts, {}, printed)
  assert.is((result!.ansible_facts as { services: { sshd: ValueMap } }).services.sshd.state, 4)
  assert.equal(warnings, ['Insufficient permissions to query sysV service "sshd" and their states'])
})

test('a host without services is passed over', () => {
  for (const printed of ['', answered('sysv', '')])
    assert.match(planOf(service_facts, {}, printed).skipped ?? '', /^Failed to find any services\./)
})

test('what makes no sense is told, and arguments are refused', () => {
  assert.throws(() => planOf(service_facts, {}, answered('sysv', '', 'x')), /exit status was expected/)
  assert.throws(() => planOf(service_facts, {}, answered('what', '')), /nobody asked for/)
  assert.match(problemsOf(service_facts, { name: 'a' })[0] ?? '', /has no argument "name"/)
})

test.run()
