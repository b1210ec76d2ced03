import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { alternatives } from '../../../src/modules/system/alternatives/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { filesText, statText } from '../../support/stat.ts'

const test = suite('alternatives')

const DEBIAN = `tool
editor - auto mode
  link best version is /bin/nano
  link currently points to /bin/nano
  link editor is /usr/bin/editor
  slave editor.1.gz is /usr/share/man/man1/editor.1.gz
/bin/ed - priority -100
  slave editor.1.gz: /usr/share/man/man1/ed.1.gz
/bin/nano - priority 40
  slave editor.1.gz: /usr/share/man/man1/nano.1.gz
`
const RED_HAT = `tool
python - status is manual.
 link currently points to /usr/bin/python2
/usr/bin/python2 - priority 10
 follower man: (null)
 follower pydoc: /usr/bin/pydoc2
/usr/bin/python3 - family x priority 20
Current \`best' version is /usr/bin/python3.
`

const printed = (text: string, program: string | undefined = statText({ mode: 0o755 })) => [
  filesText(program),
  text,
]
const ED = 'priority -100\neditor.1.gz: /usr/share/man/man1/editor.1.gz -> /usr/share/man/man1/ed.1.gz'
const editor = (path: string, more: Raw = {}) => ({ name: 'editor', path, ...more })

const PLANS: [raw: Raw, text: string, changes: unknown[], msg: string][] = [
  [editor('/bin/nano'), DEBIAN, [], ''],
  [
    editor('/bin/ed'),
    DEBIAN,
    [['editor', '/bin/nano', '/bin/ed']],
    "Set alternative '/bin/ed' for 'editor'.",
  ],
  [editor('/bin/ed', { state: 'present' }), DEBIAN, [], ''],
  [editor('/bin/ed', { state: 'auto' }), DEBIAN, [], ''],
  [editor('/bin/ed', { state: 'present', priority: -100 }), DEBIAN, [], ''],
  [
    editor('/bin/ed', { state: 'present', subcommands: [] }),
    DEBIAN,
    [['alternative /bin/ed', ED, 'priority -100']],
    "Install alternative '/bin/ed' for 'editor'.",
  ],
  [
    editor('/bin/vi', { state: 'present', priority: 7 }),
    DEBIAN,
    [['alternative /bin/vi', null, 'priority 7']],
    "Install alternative '/bin/vi' for 'editor'.",
  ],
  [
    editor('/bin/ed', { state: 'absent' }),
    DEBIAN,
    [['alternative /bin/ed', ED, null]],
    "Remove alternative '/bin/ed' from 'editor'.",
  ],
  [editor('/bin/vi', { state: 'absent' }), DEBIAN, [], ''],
  [
    { name: 'new', path: '/bin/vi', link: '/usr/bin/new' },
    'tool\n',
    [
      ['alternative /bin/vi', null, 'priority 50'],
      ['new', null, '/bin/vi'],
    ],
    "Install alternative '/bin/vi' for 'new'. Set alternative '/bin/vi' for 'new'.",
  ],
  [
    { name: 'python', path: '/usr/bin/python3', state: 'auto' },
    RED_HAT,
    [['mode of python', 'manual', 'auto']],
    "Set alternative to auto for 'python'.",
  ],
  [
    {
      name: 'python',
      path: '/usr/bin/python2',
      slaves: [{ name: 'pydoc', path: '/usr/bin/pydoc2', link: '/usr/bin/pydoc' }],
    },
    RED_HAT,
    [],
    '',
  ],
]

test('what differs is changed, in words of Ansible', () => {
  for (const [raw, text, changes, msg] of PLANS) {
    const plan = planOf(alternatives, raw, printed(text))
    assert.equal([rows(plan), plan.result?.msg], [changes, msg], JSON.stringify(raw))
  }
})

test('a new alternative goes by the link that is known, with what goes with it', () => {
  const raw = editor('/bin/vi', {
    state: 'present',
    subcommands: [{ name: 'a', path: "/b 'c", link: '/d' }],
  })
  assert.equal(planOf(alternatives, raw, printed(DEBIAN)).actions, [
    {
      do: 'sh',
      script: "update-alternatives --install /usr/bin/editor editor /bin/vi 50 --slave /d a '/b '\\''c'",
    },
  ])
})

test('what cannot be is a failure, unless check may not know', () => {
  const failed = (raw: Raw, output: string[]) => planOf(alternatives, raw, output).failed
  assert.is(
    failed(editor('/bin/vi'), printed(DEBIAN, '').with(0, filesText(undefined))),
    'Specified path /bin/vi does not exist',
  )
  assert.match(failed(editor('/bin/vi'), printed('tool\n')) ?? '', /we are missing the link$/)
  assert.match(failed(editor('/bin/vi'), printed('none\n')) ?? '', /Failed to find required executable/)
  assert.is(planOf(alternatives, editor('/bin/vi'), printed('none\n'), CHECK).failed, undefined)
  assert.throws(() => failed(editor('/bin/vi'), printed('tool\nwhat\n')), /does not say whether/)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of [
    [editor('vi'), /path: "vi" is not a whole path/],
    [{ name: '-a', path: '/a' }, /is not a name of alternatives/],
    [{ name: 'a/b', path: '/a' }, /is not a name of alternatives/],
    [editor('/a', { subcommands: [{ name: 'a', path: '/a' }] }), /each needs "name", "path" and "link"/],
    [editor('/a', { subcommands: [{ name: 'a', path: '/a', link: 'b' }] }), /"b" is not a whole path/],
    [editor('/a', { subcommands: [{ name: 'a', path: '/a', link: '/b', x: 1 }] }), /"x" means nothing there/],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(alternatives, raw)[0] ?? '', problem)
})

test.run()
