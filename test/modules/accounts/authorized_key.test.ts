import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { authorized_key } from '../../../src/modules/accounts/authorized_key/index.ts'
import { parseKey } from '../../../src/modules/accounts/authorized_key/keys-file.ts'
import { CHECK, footprintOf, planOf, problemsOf, type Raw } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'
import { A, B, rows } from './keys.ts'

const test = suite('authorized_key')
const ANN = 'ann:x:7:8::/home/ann:/bin/sh\n'
const HERS = { uid: 7, gid: 8, owner: 'ann', group: 'ann' }
const DIR = statText({ type: 'directory', mode: 0o700, ...HERS })
const there = (content: string, folder = DIR) =>
  `${ANN}${filesText(FOLDER, folder, statText({ mode: 0o600, ...HERS }))}${content}`

test('keys are read as sshd reads them', () => {
  const options = 'command="echo \\"a b\\", ssh-rsa x",no-pty'
  for (const [line, key] of [
    [A, ['', 'ssh-ed25519', 'AAAAa', 'a@x']],
    [` \t${B} \r`, ['', 'ssh-rsa', 'AAAAb', '']],
    [`${options} ${A}  b # c`, [options, 'ssh-ed25519', 'AAAAa', 'a@x b # c']],
    ['sk-ssh-ed25519@openssh.com AAAA', ['', 'sk-ssh-ed25519@openssh.com', 'AAAA', '']],
    [`#${A}`, undefined],
    ['', undefined],
    ['ssh-rsa', undefined],
    [`from="a ${A}`, undefined],
    [`no-pty no-x ${A}`, undefined],
  ] as const) {
    const found = parseKey(line)
    assert.equal(found && [found.options, found.type, found.blob, found.comment], key, line)
  }
})

const TABLE: [raw: Raw, before: string, changes: unknown[]][] = [
  [{}, `${A}\n`, []],
  [{}, A, []],
  [{}, `# who\n\n${B}\nno key\n${A}\n`, []],
  [{}, '', [['key', null, A]]],
  [{}, `${B}\n`, [['key', null, A]]],
  [
    { key: `${A}\n\n# other\n${B}\n` },
    '',
    [
      ['key', null, A],
      ['key', null, B],
    ],
  ],
  [{ key: '' }, `${A}\n`, []],
  [{ key: `${B} new` }, `${B} old\n`, [['key', `${B} old`, `${B} new`]]],
  [{ key: B }, `${B} old\n`, [['key', `${B} old`, B]]],
  [{ comment: ' new  one ' }, `${A}\n`, [['key', A, 'ssh-ed25519 AAAAa new one']]],
  [{ comment: '' }, `${A}\n`, [['key', A, 'ssh-ed25519 AAAAa']]],
  [{ comment: ' new  one ' }, 'ssh-ed25519 AAAAa new one\n', []],
  [{ key_options: 'no-pty' }, `${A}\n`, [['key', A, `no-pty ${A}`]]],
  [{ key_options: '' }, `no-pty ${A}\n`, [['key', `no-pty ${A}`, A]]],
  [{ key_options: 'no-pty,from="a,b"' }, `from="a,b",no-pty ${A}\n`, []],
  [{ key_options: 'no-pty' }, `no-pty,no-pty ${A}\n`, [['key', `no-pty,no-pty ${A}`, `no-pty ${A}`]]],
  [{}, `no-pty ${A}\n${A}\n`, [['key', `no-pty ${A}`, A]]],
  [{}, `${A}\nno-pty ${A}\n`, [['key', `no-pty ${A}`, null]]],
  [{ state: 'absent' }, `${B}\n`, []],
  [{ state: 'absent' }, `${B}\nno-pty ${A} b\n`, [['key', `no-pty ${A} b`, null]]],
  [{ exclusive: true }, `# who\n\n${A}\n`, []],
  [
    { exclusive: true },
    `${B}\n${A}\nssh-new ü\n`,
    [
      ['key', B, null],
      ['key', 'ssh-new ü', null],
    ],
  ],
  [{ exclusive: true, key: '' }, `${A}\n`, [['key', A, null]]],
  [{ exclusive: true, state: 'absent' }, `${A}\n${B}\n`, [['key', A, null]]],
]

test('authorized_key plans what differs, and nothing else', () => {
  for (const [raw, before, changes] of TABLE) {
    const plan = planOf(authorized_key, { user: 'ann', key: A, ...raw }, there(before))
    assert.equal(rows(plan), changes, JSON.stringify([raw, before]))
  }
})

test('what was read where nothing had been seen is not written', () => {
  const swapped = `${ANN}${filesText(FOLDER, DIR, undefined)}SECRET\n`
  const { actions } = planOf(authorized_key, { user: 'ann', key: A }, swapped)
  assert.equal(
    actions?.map((action) => 'content' in action && action.content.text()),
    [`${A}\n`],
  )
})

test("folder and file that are missing or not the user's", () => {
  const raw = { user: 'ann', key: A }
  const made = ['folder /home/ann/.ssh', null, 'directory']
  const fresh = [
    ['state', 'absent', 'file'],
    ['key', null, A],
    ['owner', null, 'ann'],
    ['group', null, '8'],
    ['mode', null, '0600'],
  ]
  assert.equal(rows(planOf(authorized_key, raw, `${ANN}${filesText(FOLDER, undefined, undefined)}`)), [
    made,
    ...fresh,
  ])
  const roots = `${ANN}${filesText(FOLDER, FOLDER, undefined)}`
  assert.equal(rows(planOf(authorized_key, { ...raw, manage_dir: false }, roots)), fresh)
  assert.equal(rows(planOf(authorized_key, raw, roots)), [
    ['owner of /home/ann/.ssh', 'root', 'ann'],
    ['group of /home/ann/.ssh', '0', '8'],
    ['mode of /home/ann/.ssh', '0755', '0700'],
    ...fresh,
  ])
  const wrong = `${ANN}${filesText(FOLDER, DIR, statText())}`
  assert.equal(rows(planOf(authorized_key, raw, wrong)), [
    ['key', null, A],
    ['owner', 'root', 'ann'],
    ['group', '0', '8'],
    ['mode', '0644', '0600'],
  ])
  const nowhere = `${ANN}${filesText(undefined, undefined, undefined)}`
  assert.match(planOf(authorized_key, raw, nowhere).failed ?? '', /there is no folder \/home\/ann; make it/)
  assert.equal(rows(planOf(authorized_key, raw, nowhere, CHECK)), [made, ...fresh])
  assert.equal(planOf(authorized_key, { ...raw, state: 'absent' }, nowhere).changes, [])
  const inTheWay = `${ANN}${filesText(FOLDER, DIR, FOLDER)}`
  assert.match(planOf(authorized_key, raw, inTheWay).failed ?? '', /authorized_keys is a directory/)
})

test('a user who is not there', () => {
  const raw = { user: 'ann', key: A }
  assert.match(planOf(authorized_key, raw, '\n').failed ?? '', /there is no user "ann"/)
  assert.equal(rows(planOf(authorized_key, raw, '\n', CHECK)), [
    ['folder ~ann/.ssh', null, 'directory'],
    ['state', 'absent', 'file'],
    ['key', null, A],
    ['mode', null, '0600'],
  ])
})

test('the whole file for the diff, and what Ansible returns', () => {
  const plan = planOf(authorized_key, { user: 'ann', key: A }, there(B), {
    check: true,
    diff: true,
  })
  assert.equal(plan.changes[0]?.text, { before: B, after: `${B}\n${A}\n` })
  assert.equal(plan.result, {
    ...{
      user: 'ann',
      key: A,
      state: 'present',
      path: null,
      manage_dir: true,
      key_options: null,
    },
    ...{
      exclusive: false,
      comment: null,
      follow: false,
      validate_certs: true,
      keyfile: '/home/ann/.ssh/authorized_keys',
    },
  })
})

test('keys have to do with their user, the file and its folders, and leave what the next ones are added to', () => {
  const of = (raw: Raw, printed: string) =>
    footprintOf(authorized_key, { user: 'ann', key: A, ...raw }, printed)
  const path = '/home/ann/.ssh/authorized_keys'
  const paths = [path, '/home/ann/.ssh', '/home/ann']
  const right = of({}, there(`${A}\n`))!
  assert.equal([right.reads, right.writes, right.leaves], [{ paths, names: ['users/ann'] }, {}, []])
  const added = of({}, there(`${B}\n`))!
  assert.equal([added.reads, added.writes], [right.reads, { paths: [path] }])
  const left = added.leaves!.map(({ found }) => found) as { bytes?: string; user?: { name: string } }[]
  assert.equal([left[2]?.bytes, left[2]?.user?.name], [`${B}\n${A}\n`, 'ann'])
  const elsewhere = of({ path: '/k/ann' }, there(''))!
  assert.equal([elsewhere.reads.paths, elsewhere.writes], [['/k/ann', '/k', '/'], { paths: ['/k/ann'] }])
})

test('of keys that come from elsewhere, of homes elsewhere and of folders that change nothing is said', () => {
  const ann = { user: 'ann', key: A }
  const roots = `${ANN}${filesText(FOLDER, FOLDER, undefined)}`
  assert.is(footprintOf(authorized_key, ann, roots), undefined)
  const other = there('').replace('/home/ann:', '/srv/ann:')
  assert.is(footprintOf(authorized_key, ann, other), undefined)
  const hard = `${ANN}${filesText(FOLDER, DIR, statText({ links: 2, ...HERS }))}`
  assert.is(footprintOf(authorized_key, ann, hard), undefined)
  const fetched = `${Buffer.from(`${A}\n`).toString('base64')}\nstatus 0`
  const url = { ...ann, key: 'https://example.org/ann.keys' }
  assert.is(footprintOf(authorized_key, url, [there(''), fetched]), undefined)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ user: 'ann' }, /missing required arguments: key/],
  [{ key: A }, /missing required arguments: user/],
  [{ user: 'a/b', key: A }, /is not a name of a user/],
  [{ user: 'ann', key: 'file:///ann.keys' }, /is a file; give the keys themselves/],
  [{ user: 'ann', key: 'https://a b' }, /is not an address/],
  [{ user: 'ann', key: `${A}\nnonsense` }, /"nonsense" is not a public key/],
  [{ user: 'ann', key: '-----BEGIN OPENSSH PRIVATE KEY-----' }, /is not a public key/],
  [{ user: 'ann', key: A, comment: 'a\nb' }, /comment holds a line break/],
  [{ user: 'ann', key: A, key_options: 'no-pty x' }, /cannot stand before a key/],
  [{ user: 'ann', key: A, key_options: 'command="x' }, /cannot stand before a key/],
  [{ user: 'ann', key: A, key_options: 'command="x\ny"' }, /cannot stand before a key/],
  [{ user: 'ann', key: A, key_options: 'ssh-rsa' }, /cannot stand before a key/],
]

test('keys that were fetched are those that are meant, and what cannot be fetched is told', () => {
  const raw = { user: 'ann', key: 'https://example.org/ann.keys' }
  const fetched = (text: string, status = 0) =>
    `${Buffer.from(text).toString('base64')}\n${status === 0 ? '' : 'no route\n'}status ${status}`
  const plan = (text: string, status = 0) =>
    planOf(authorized_key, raw, [there(`${A}\n`), fetched(text, status)])
  assert.equal(rows(plan(`${A}\n${B}\n`)), [['key', null, B]])
  assert.equal(plan(`${A}\n`).changes, [])
  assert.throws(() => plan('', 6), /^Error getting key from: https:\/\/example\.org\/ann\.keys: no route$/)
  assert.throws(() => plan('<html>\n'), /Error getting key from: .*"<html>" is not a public key/)
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of PROBLEMS) assert.match(problemsOf(authorized_key, raw)[0] ?? '', problem)
})

test.run()
