import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wait_for } from '../../../src/modules/control/wait_for/index.ts'
import { expanded, parseConnections } from '../../../src/modules/control/wait_for/tcp.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { planOf, problemsOf, stateOf } from '../../support/plan.ts'

const plans = suite('wait_for: what is seen')

/** What it still waits for, or undefined when it does not. */
function waits(raw: Record<string, unknown>, output: string): string | undefined {
  const { args, problems } = readArguments(wait_for, raw)
  assert.equal(problems, [])
  const state = stateOf(wait_for, args, output)
  return wait_for.poll?.(args, state)?.for
}

const line = (local: string, state: string, remote = '00000000:0000') =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n`
const ANY = '00000000:1F90'
const LOOPBACK = '0100007F:1F90'
const OTHER = '0164A8C0:1F90'
const ANY6 = `${'0'.repeat(32)}:1F90`
const MAPPED = '0000000000000000FFFF00000100007F:1F90'

plans('an expression that would take for ever is an error that names it and the port', () => {
  assert.throws(
    () => waits({ port: 22, search_regex: '(c+)+$' }, `open\n${'c'.repeat(50)}!`),
    /"\(c\+\)\+\$" takes more than \S+ s on what port 22 says \(51 characters/,
  )
})

for (const [raw, output, expected] of [
  [{ port: 8080 }, `table\n${line(ANY, '0A')}`, undefined],
  [{ port: 8080 }, `table\n${line(LOOPBACK, '0A')}`, undefined],
  [{ port: 8080 }, `table\n${line(ANY6, '0A')}`, undefined],
  [{ port: 8080 }, `table\n${line(OTHER, '0A')}`, '127.0.0.1:8080 to answer'],
  [{ port: 8080, host: '192.168.100.1' }, `table\n${line(OTHER, '0A')}`, undefined],
  [{ port: 8080, host: '0.0.0.0' }, `table\n${line(OTHER, '0A')}`, undefined],
  [{ port: 8080, host: 'localhost' }, `table\n${line(LOOPBACK, '0A')}`, undefined],
  [{ port: 8080 }, `table\n${line(LOOPBACK, '01')}`, '127.0.0.1:8080 to answer'],
  [{ port: 8080 }, 'table\n', '127.0.0.1:8080 to answer'],
  [{ port: 8080, state: 'stopped' }, 'table\n', undefined],
  [{ port: 8080, state: 'absent' }, `table\n${line(ANY, '0A')}`, '127.0.0.1:8080 to stop answering'],
  [{ port: 22, host: 'crouter' }, 'open\n', undefined],
  [{ port: 22, host: 'crouter' }, 'closed\n', 'crouter:22 to answer'],
  [{ port: 22, search_regex: 'OpenSSH_(?P<major>\\d+)' }, 'open\nSSH-2.0-OpenSSH_9.2\n', undefined],
  [{ port: 22, search_regex: '^OpenSSH' }, 'open\nSSH-2.0-OpenSSH_9.2\n', '127.0.0.1:22 to say ^OpenSSH'],
  [{ port: 22, search_regex: 'x' }, 'closed\n', '127.0.0.1:22 to say x'],
  [{ port: 8080, state: 'drained' }, '', undefined],
  [{ port: 8080, state: 'drained' }, line(ANY, '0A'), undefined],
  [{ port: 8080, state: 'drained' }, line(LOOPBACK, '01', OTHER), '127.0.0.1:8080 to have no connections'],
  [{ port: 8080, state: 'drained' }, line(MAPPED, '01', OTHER), '127.0.0.1:8080 to have no connections'],
  [{ port: 8080, state: 'drained' }, line(OTHER, '01', LOOPBACK), undefined],
  [
    { port: 8080, state: 'drained', host: '0.0.0.0' },
    line(OTHER, '06', LOOPBACK),
    '0.0.0.0:8080 to have no connections',
  ],
  [{ port: 8080, state: 'drained', exclude_hosts: '192.168.100.1' }, line(LOOPBACK, '01', OTHER), undefined],
  [
    { port: 8080, state: 'drained', active_connection_states: ['CLOSE_WAIT'] },
    line(LOOPBACK, '01', OTHER),
    undefined,
  ],
  [{ path: "/it's a" }, 'open\n', undefined],
  [{ path: "/it's a" }, 'closed\n', "/it's a to be there"],
  [{ path: '/a', state: 'absent' }, 'closed\n', undefined],
  [{ path: '/a', state: 'absent' }, 'open\n', '/a to be gone'],
  [{ path: '/a', search_regex: '^b$' }, 'open\na\nb\nc', undefined],
  [{ path: '/a', search_regex: '\\Ab' }, 'open\na\nb', '/a to say \\Ab'],
  [{ path: '/a', search_regex: 'x' }, 'open\n', '/a to say x'],
  [{ timeout: 0 }, '', undefined],
] as const) {
  plans(`${JSON.stringify(raw)} waits or not by ${JSON.stringify(output.slice(0, 60))}`, () => {
    assert.is(waits(raw, output), expected)
  })
}

plans('the result has what Ansible returns', () => {
  const raw = { path: '/a', search_regex: '(?P<word>b)(x)?' }
  const plan = planOf(wait_for, raw, 'open\nabc', { check: false, diff: false, waited: 2.9 })
  assert.equal(plan, {
    changes: [],
    result: {
      state: 'started',
      port: null,
      path: '/a',
      search_regex: '(?P<word>b)(x)?',
      match_groups: ['b', null],
      match_groupdict: { word: 'b' },
      elapsed: 2,
    },
  })
})

plans('the first probe waits for delay, and for timeout where nothing else is waited for', () => {
  const pause = (raw: Record<string, unknown>) => wait_for.pause?.(readArguments(wait_for, raw).args)
  assert.is(pause({ timeout: 3, delay: 1 }), 4)
  assert.is(pause({ port: 1, delay: 1 }), 1)
  assert.is(pause({ path: '/a' }), 0)
})

plans('addresses are compared in one form', () => {
  assert.is(expanded('::1'), '0:0:0:0:0:0:0:1')
  assert.is(expanded('FE80::00ab:1'), 'fe80:0:0:0:0:0:ab:1')
  assert.is(expanded('10.0.0.1'), '10.0.0.1')
  const [six] = parseConnections(line('000080FE00000000FF565400000012FE:0016', '01'))
  assert.equal(six, {
    local: 'fe80:0:0:0:54:56ff:fe12:0',
    localPort: 22,
    remote: '0.0.0.0',
    state: 'ESTABLISHED',
  })
})

plans('wrong arguments are refused', () => {
  for (const [raw, expected] of [
    [{ port: 1, path: '/a' }, /exclude each other/],
    [{ port: 0 }, /0 is not a port/],
    // nc would take it for an option, and run it.
    [{ port: 1, host: '-e/bin/sh' }, /not a name or address of a host/],
    [{ port: 1, host: 'a/b' }, /not a name or address of a host/],
    [{ port: 1, host: '' }, /not a name or address of a host/],
    [{ port: 65536 }, /not a port/],
    [{ path: '/a', state: 'stopped' }, /for ports/],
    [{ path: '/a', state: 'drained' }, /for ports/],
    [{ port: 1, exclude_hosts: ['10.0.0.1'] }, /for state drained/],
    [{ port: 1, state: 'drained', exclude_hosts: ['crouter'] }, /addresses, not names/],
    [{ port: 1, active_connection_states: ['OPEN'] }, /OPEN is not a state/],
    [{ port: 1, search_regex: '(' }, /not a regular expression/],
    [{ port: 1, sleep: 0 }, /at least 1/],
  ] as const) {
    assert.match(problemsOf(wait_for, raw)[0]!, expected)
  }
})

plans.run()
