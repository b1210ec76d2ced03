import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { group } from '../../../src/modules/accounts/group.ts'
import { user } from '../../../src/modules/accounts/user/index.ts'
import type { Module, ModuleContext } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

/** NUL ends the part of each task. */
function planFrom(module: Module, raw: Record<string, unknown>, printed = '', view?: ModuleContext) {
  return planOf(module, raw, `${printed}\0`, view)
}

const GROUPS = 'root:x:0:\nusers:x:100:\nstaff:x:50:ann,bob\nann:x:1000:\nadm:x:4:ann\n'
const SHADOW = 'ann:$6$salt$hash:19000:0:99999:7:::\n\n'
const ACCOUNT = 'ann:x:1000:1000:Ann A,,,:/home/ann:/bin/sh\n'

function output(known: { account?: string; shadow?: string; home?: string; key?: string } = {}): string {
  const { account = ACCOUNT, shadow = SHADOW, home = 'home', key = '' } = known
  return `shadow\n${account}${shadow}${home}\n${key}\n${GROUPS}`
}

const plans = suite('user: plan')

for (const [raw, expected] of [
  [{}, []],
  [{ uid: 1000, group: 'ann', home: '/home/ann', shell: '/bin/sh', comment: 'Ann A,,,' }, []],
  [{ uid: 0, non_unique: true }, [['uid', 1000, 0]]],
  [{ group: 'staff' }, [['group', 'ann', 'staff']]],
  [{ group: 100 }, [['group', 'ann', 'users']]],
  [{ group: '1000' }, []],
  [{ comment: '' }, [['comment', 'Ann A,,,', '']]],
  [{ comment: `it's "Ann"` }, [['comment', 'Ann A,,,', `it's "Ann"`]]],
  [{ home: '/srv/a b' }, [['home', '/home/ann', '/srv/a b']]],
  [{ shell: '/bin/bash' }, [['shell', '/bin/sh', '/bin/bash']]],
  [{ groups: ['staff', 'adm'] }, []],
  [{ groups: ['staff', '4', 'ann'] }, []],
  [{ groups: 'staff' }, [['groups', ['adm', 'staff'], ['staff']]]],
  [{ groups: '' }, [['groups', ['adm', 'staff'], []]]],
  [{ groups: ['users'], append: true }, [['groups', ['adm', 'staff'], ['adm', 'staff', 'users']]]],
  [{ groups: [], append: true }, []],
  [{ password: '$6$salt$hash' }, []],
  [{ password: '!$6$salt$hash' }, []],
  [{ password: '*' }, [['password', '(hidden)', '(hidden), another']]],
  [{ password: '*', update_password: 'on_create' }, []],
  [{ password_lock: false }, []],
  [{ password_lock: true }, [['password_lock', false, true]]],
  [{ expires: -1 }, []],
  [{ expires: 0 }, [['expires', 'never', '1970-01-01']]],
  [{ expires: '1893456000.5' }, [['expires', 'never', '2030-01-01']]],
  [{ password_expire_min: 0, password_expire_max: 99999, password_expire_warn: 7 }, []],
  [{ password_expire_min: 1 }, [['password_expire_min', 0, 1]]],
  [{ password_expire_max: 0 }, [['password_expire_max', 99999, 0]]],
  [{ password_expire_warn: 0 }, [['password_expire_warn', 7, 0]]],
  [{ generate_ssh_key: true }, [['SSH key', null, '.ssh/id_rsa']]],
  [{ generate_ssh_key: true, ssh_key_type: 'ed25519' }, [['SSH key', null, '.ssh/id_ed25519']]],
  [{ state: 'absent' }, [['user ann', { uid: 1000, home: '/home/ann' }, null]]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs`, () =>
    assert.equal(rows(planFrom(user, { name: 'ann', ...raw }, output())), expected),
  )
}

plans('a user who is not there is made whole, and has nothing to remove', () => {
  const nobody = output({ account: '\n', shadow: '\n', home: 'no home' })
  assert.equal(planFrom(user, { name: 'ann', state: 'absent' }, nobody).changes, [])
  assert.equal(rows(planFrom(user, { name: 'ann', uid: 0, password: 'x', groups: ['adm'] }, nobody)), [
    ['user ann', null, { uid: 0, groups: ['adm'], password: '(hidden)', create_home: true }],
  ])
})

plans('a home folder that is missing is made, unless nobody wants it', () => {
  const gone = output({ home: 'no home' })
  assert.equal(rows(planFrom(user, { name: 'ann' }, gone)), [['home folder', null, '/home/ann']])
  assert.equal(planFrom(user, { name: 'ann', create_home: false }, gone).changes, [])
  const moved = { name: 'ann', home: '/srv/ann' }
  assert.equal(rows(planFrom(user, moved, gone)), [
    ['home', '/home/ann', '/srv/ann'],
    ['home folder', null, '/srv/ann'],
  ])
  assert.equal(rows(planFrom(user, { ...moved, move_home: true }, gone)), [['home', '/home/ann', '/srv/ann']])
})

plans('a key that is there stays, unless force is set', () => {
  const found = output({ key: 'key ssh-rsa AAAA ann' })
  const plan = planFrom(user, { name: 'ann', generate_ssh_key: true }, found)
  assert.equal(plan.changes, [])
  assert.is(plan.result?.ssh_public_key, 'ssh-rsa AAAA ann')
  assert.is(plan.result?.ssh_key_file, '/home/ann/.ssh/id_rsa')
  assert.is(planFrom(user, { name: 'ann', generate_ssh_key: true, force: true }, found).changes.length, 1)
})

plans('a group that is not there', () => {
  for (const raw of [{ group: 'new' }, { groups: ['adm', 'new'] }]) {
    assert.match(planFrom(user, { name: 'ann', ...raw }, output()).failed!, /group new does not exist/)
    assert.is(planFrom(user, { name: 'ann', ...raw }, output(), CHECK).failed, undefined)
  }
  assert.equal(rows(planFrom(user, { name: 'ann', group: 'new' }, output(), CHECK)), [
    ['group', 'ann', 'new'],
  ])
})

plans('what root alone can read is needed only where it is asked for', () => {
  const unreadable = output({ shadow: 'unreadable\n' })
  assert.equal(planFrom(user, { name: 'ann', shell: '/bin/sh' }, unreadable).changes, [])
  for (const raw of [
    { password: 'x' },
    { expires: 0 },
    { password_lock: false },
    { password_expire_min: 0 },
  ]) {
    assert.match(planFrom(user, { name: 'ann', ...raw }, unreadable).failed!, /needs root/)
  }
})

plans('a local user who is not there is warned of, for it may be kept elsewhere', () => {
  const raw = { name: 'ann', local: true }
  assert.match(planFrom(user, raw, output({ account: '\n' })).warnings![0]!, /may already exist/)
  assert.equal(planFrom(user, raw, output({})).warnings, [])
})

plans('a local user has no umask of their own', () => {
  assert.equal(problemsOf(user, { name: 'ann', local: true, umask: '077' }), [
    "'umask' can not be used with 'local'",
  ])
})

const SHA512 = `$6$salt$${'x'.repeat(86)}`
const PASSWORDS: [password: string, isPlain: boolean][] = [
  ['plain', true],
  ['', false],
  ['*', false],
  ['!', false],
  ['*************', false],
  [SHA512, false],
  [`!${SHA512}`, true],
  ['$6$salt$short', true],
  [`$6$rounds=5000$salt$${'x'.repeat(86)}`, false],
  [`$5$salt$${'x'.repeat(43)}`, false],
  ['$y$j9T$salt$any./length', false],
  ['$y$j9T$salt$with,comma', true],
  ['$1$short', true],
]
for (const [password, isPlain] of PASSWORDS) {
  plans(`it ${isPlain ? 'warns' : 'does not warn'} of the password "${password.slice(0, 24)}"`, () => {
    const { warnings } = planFrom(user, { name: 'ann', password }, output({}))
    assert.is(
      warnings?.some((warning) => /appears not to have been hashed/.test(warning)),
      isPlain,
    )
  })
}
plans('a user without a password cannot be unlocked without one', () => {
  for (const field of ['!', '!!', '!*']) {
    const locked = output({ shadow: `ann:${field}:19000:0:99999:7:::\n\n` })
    assert.match(
      planFrom(user, { name: 'ann', password_lock: false }, locked).failed!,
      /no password that could/,
    )
    assert.equal(rows(planFrom(user, { name: 'ann', password: '$6$x', password_lock: false }, locked)), [
      ['password', '(hidden)', '(hidden), another'],
      ['password_lock', true, false],
    ])
  }
})

plans('a home folder of nobody is not removed with a user', () => {
  for (const [tools, home, expected] of [
    ['shadow', '/', 'userdel -- ann'],
    ['busybox', '/', 'deluser -- ann'],
    ['busybox', '/dev/null', 'deluser -- ann'],
    ['busybox', '/home/ann', 'deluser --remove-home -- ann'],
    ['shadow', '/home/ann', 'userdel -r -- ann'],
  ] as const) {
    const raw = { name: 'ann', state: 'absent', remove: true }
    const found = output({ account: ACCOUNT.replace('/home/ann', home) }).replace(/^shadow/, tools)
    const [action] = planFrom(user, raw, found).actions!
    assert.is((action as { script: string }).script.split('\n')[1], expected)
  }
})

plans('a user of SELinux is told to useradd where SELinux is', () => {
  const [action] = planFrom(user, { name: 'bob', seuser: 'staff_u' }, output({ account: '' })).actions!
  assert.equal((action as { script: string }).script.split('\n').slice(1, 4), [
    'set --',
    '[ ! -e /sys/fs/selinux/enforce ] || set -- -Z staff_u',
    'useradd "$@" -m -- bob',
  ])
})

plans('each change has its command, with and without the programs of shadow', () => {
  const raw = {
    ...{ name: 'ann', uid: 7, group: 'staff', groups: ['users'], home: '/srv/a b', move_home: true },
    ...{ password: '*', password_lock: true, password_expire_max: 30, expires: 86400 },
  }
  const linesOf = (tools: string, more: Record<string, unknown> = {}) => {
    const [action] = planFrom(user, { ...raw, ...more }, output().replace(/^shadow/, tools)).actions!
    const [own = ''] = (action as { script: string }).script.split('\nset +e\n')
    return own.split('\n').filter((line) => !/^( {2}printf|cp|mv|while|done)/.test(line))
  }
  assert.equal(linesOf('shadow'), [
    'set -e',
    "usermod -u 7 -d '/srv/a b' -m -g 50 -G users -e 1970-01-02 -- ann",
    "printf '%s\\n' 'ann:!*' | chpasswd -e",
    'chage -M 30 -- ann',
  ])
  assert.equal(linesOf('shadow', { password: undefined })[1]!.split(' ').slice(-5, -2), [
    ...['-L', '-e', '1970-01-02'],
  ])
  assert.equal(linesOf('busybox'), [
    'set -e',
    "  case $line in ann:*) line='ann:x:7:50:Ann A,,,:/srv/a b:/bin/sh' ;; esac",
    "if [ -d /home/ann ]; then mv /home/ann '/srv/a b'; fi",
    'addgroup ann users',
    'delgroup ann adm',
    'delgroup ann staff',
    "  case $line in ann:*) line='ann:!*:19000:0:30:7::1:' ;; esac",
  ])
})

plans('a group by two of its names is one', () => {
  assert.equal(planFrom(user, { name: 'ann', groups: ['adm', '4', 'staff'] }, output()).changes, [])
})

plans('the result has what Ansible returns, and no password', () => {
  assert.equal(
    planFrom(user, { name: 'ann', groups: 'staff,adm', password: '$6$salt$hash' }, output()).result,
    {
      name: 'ann',
      state: 'present',
      append: false,
      move_home: false,
      uid: 1000,
      group: 1000,
      comment: 'Ann A,,,',
      home: '/home/ann',
      shell: '/bin/sh',
      groups: 'staff,adm',
      password: 'NOT_LOGGING_PASSWORD',
    },
  )
})

plans('append without groups is told of, as Ansible tells of it', () => {
  assert.match(
    planFrom(user, { name: 'ann', append: true }, output()).warnings![0]!,
    /^'append' is set, but no 'groups' are specified/,
  )
  assert.equal(planFrom(user, { name: 'ann', append: true, groups: [] }, output()).warnings, [])
})

plans('wrong arguments are refused', () => {
  for (const name of ['', 'a:b', 'a\nb', '../x', '.', '..', '-x', '+x', '~x', 'a b', 'a\tb', 'a,b'])
    for (const module of [user, group]) assert.match(problemsOf(module, { name })[0]!, /is not a name/)
  for (const name of ['0', 0, '1000'])
    for (const module of [user, group]) assert.match(problemsOf(module, { name })[0]!, /is a number/)
  for (const raw of [{ group: '-x' }, { groups: ['a', '-x'] }, { groups: ['a,b'] }, { groups: ['a b'] }])
    assert.match(problemsOf(user, { name: 'a', ...raw })[0]!, /is not a name/)
  assert.equal(problemsOf(user, { name: 'a', group: 0, groups: ['4', 'b'] }), [])
  for (const home of ['x', '~/x', '~joe', '', '-x'])
    assert.match(problemsOf(user, { name: 'a', home })[0]!, /must be a path from \//)
  for (const umask of ['x', '8', '077,UID_MIN=0'])
    assert.match(problemsOf(user, { name: 'a', umask })[0]!, /not an octal number/)
  for (const name of ['_apt', 'systemd-network', 'Debian-exim', 'a.b', 'web$', 'www-data', '3com'])
    assert.equal(problemsOf(user, { name }), [])
  assert.match(problemsOf(user, { name: 'a', comment: 'a:b' })[0]!, /comment must not hold/)
  assert.match(problemsOf(user, { name: 'a', home: '/a\nb' })[0]!, /home must not hold/)
  assert.match(problemsOf(user, { name: 'a', expires: 'soon' })[0]!, /not a number/)
})

plans.run()
