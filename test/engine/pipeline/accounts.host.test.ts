import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Below, random } from '../../support/made-up.ts'
import { inOwnRoot } from '../../support/own-root.ts'

// Accounts, their keys and crontabs, and files of the system, in plays that are made up. Each is applied to a copy of this
// machine.

/** How many plays are made up; ACCOUNT_PLAYS=300 for a long search. */
const PLAYS = Number(process.env.ACCOUNT_PLAYS ?? 10)
/** The number of the first; ACCOUNT_FROM=77 to see one again. */
const FROM = Number(process.env.ACCOUNT_FROM ?? 1)

const RUN = resolve('run')

type Made = (below: Below) => string

const user: Made = (below) => `u${below(3)}`
const key: Made = (below) => `"ssh-ed25519 AAAA${below(3)} k${below(3)}"`
const keys: Made = (below) => `/home/${user(below)}/.ssh/authorized_keys`
const presence: Made = (below) => (below(3) ? 'present' : 'absent')
const job: Made = (below) => `name: j${below(3)}, job: "/bin/${below(3)}", state: ${presence(below)}`
const line: Made = (below) => `/dev/x${below(2)} /srv/m${below(2)} ext4 defaults 0 0`

/** Tasks that are in each other's way: a user and their group, home, keys and crontab, by their names and as files. */
const TASKS: readonly Made[] = [
  (below) => `user name: ${user(below)}`,
  (below) => `user name: ${user(below)}, home: /home/${user(below)}`,
  (below) => `user name: ${user(below)}, groups: g${below(2)}, append: true`,
  (below) => `user name: ${user(below)}, state: ${presence(below)}, remove: true, shell: /bin/sh`,
  (below) => `group name: ${below(2) ? `g${below(2)}` : user(below)}, state: ${presence(below)}`,
  (below) => `authorized_key user: ${user(below)}, key: ${key(below)}, state: ${presence(below)}`,
  (below) => `authorized_key user: ${user(below)}, key: ${key(below)}, exclusive: ${below(2) === 0}`,
  (below) => `authorized_key user: root, key: ${key(below)}, path: ${keys(below)}, manage_dir: false`,
  (below) => `lineinfile path: ${keys(below)}, line: ${key(below)}`,
  (below) => `copy dest: ${keys(below)}, content: ${key(below)}, owner: ${user(below)}`,
  (below) => `file path: /home/${user(below)}/.ssh, state: ${below(3) ? 'directory' : 'absent'}`,
  (below) => `file path: ${keys(below)}, src: ${keys(below)}, state: link, force: true`,
  (below) => `cron ${job(below)}`,
  (below) => `cron ${job(below)}`,
  (below) => `cron ${job(below)}, user: ${below(2) ? 'root' : user(below)}`,
  (below) => `cron ${job(below)}, user: root, cron_file: c${below(2)}`,
  (below) => `cron name: V, env: true, value: ${below(3)}`,
  (below) => `lineinfile path: /etc/cron.d/c${below(2)}, line: "# ${below(3)}", create: true`,
  (below) => `lineinfile path: /var/spool/cron/crontabs/root, line: "# ${below(3)}"`,
  (below) => `mount path: /srv/m${below(2)}, src: /dev/x${below(2)}, fstype: ext4, state: present`,
  (below) => `mount path: /srv/m${below(2)}, state: absent_from_fstab`,
  (below) => `lineinfile path: /etc/fstab, line: "${line(below)}", state: ${presence(below)}`,
  (below) => `ini_file path: /etc/made.ini, section: s${below(2)}, option: o${below(2)}, value: ${below(3)}`,
  (below) => `sysctl name: net.ipv4.conf.lo.log_martians, value: ${below(2)}, sysctl_file: /etc/made.conf`,
  (below) => `sysctl name: net.ipv4.ip_forward, value: ${below(2)}, sysctl_file: /etc/made.conf`,
  (below) => `debug msg: "${below(3)}"`,
  () => 'assert that: [true]',
]

function playbook(below: Below): string {
  const tasks = Array.from({ length: 6 + below(20) }, (_, index) => {
    const [, module, args] = /^(\w+) (.*)$/.exec(TASKS[below(TASKS.length)]!(below))!
    const isLooped = below(3) === 0
    const given = isLooped ? args!.replaceAll(/\b([ujkco])\d\b/g, '$1{{item}}') : args!
    const lines = [`- name: t${index}`, `  ${module}:`, ...given.split(', ').map((arg) => `    ${arg}`)]
    if (isLooped) lines.push(`  loop: [${Array.from({ length: 2 + below(3) }, () => below(3)).join(', ')}]`)
    if (below(2)) lines.push('  ignore_errors: true')
    return lines.map((text) => `    ${text}`).join('\n')
  })
  return `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n${tasks.join('\n')}\n`
}

/** Sh that prints all that such a play may change. */
const LOOK = `
cat /etc/passwd /etc/group /etc/fstab
for u in root u0 u1 u2; do echo "of $u"; crontab -u $u -l 2>&1; done
find /home /etc/made* /etc/cron.d /var/mail /var/spool/cron -printf '%p %y %m %u %g %l\\n' 2>/dev/null | sort
for f in /home/*/.ssh/* /etc/made* /etc/cron.d/c*; do [ ! -f "$f" ] || { echo "$f"; cat "$f"; echo; }; done
cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/lo/log_martians`

interface Seen {
  /** What each task and item came to. */
  readonly steps: readonly string[]
  readonly left: string
  /** How many changes went along with one before them. */
  readonly along: number
}

function run(play: string, args: string): Seen {
  const folder = mkdtempSync(join(tmpdir(), 'accounts-'))
  try {
    const path = join(folder, 'play.yml')
    writeFileSync(path, play)
    const said = inOwnRoot(['/bin/sh', '-c', `${RUN} -vvv ${args} ${path} 2>&1\necho LEFT\n${LOOK}`])
    const [told = '', left = ''] = said.split('\nLEFT\n')
    const steps = told.match(/^(TASK \[.*?\]|(ok|changed|failed|fatal): \[localhost\]( => \(item=\S+\))?)/gm)
    const along = [...told.matchAll(/SENT WITH IT (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
    return { steps: steps ?? [], left, along }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const test = suite('accounts that change together')

test.before(() => {
  // What is stale is built now, and not in each copy.
  execFileSync(RUN, ['--version'])
})

test(`${PLAYS} made-up plays about accounts end the same whether changes go together or not`, () => {
  let along = 0
  for (let seed = FROM; seed < FROM + PLAYS; seed += 1) {
    const play = playbook(random(seed))
    const [together, single] = [run(play, ''), run(play, '--no-prefetch')]
    assert.equal(
      [together.steps, together.left],
      [single.steps, single.left],
      `play of seed ${seed}:\n${play}`,
    )
    assert.ok(single.steps.length > 0)
    along += together.along
  }
  assert.ok(along > PLAYS, `and none in which changes go together: ${along} do`)
})

test('users, their keys, jobs and settings of a host go there in few messages', () => {
  const each = (task: string) => `    - {${task}, loop: [0, 1, 2]}\n`
  const play = [
    '- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n',
    each('user: {name: "u{{item}}", home: "/home/u{{item}}"}'),
    each('authorized_key: {user: "u{{item}}", key: "ssh-ed25519 AAAA1 k1"}'),
    each('authorized_key: {user: "u{{item}}", key: "ssh-ed25519 AAAA2 k2"}'),
    each('authorized_key: {user: u0, key: "ssh-ed25519 AAAA3{{item}} k3"}'),
    each('cron: {name: "own{{item}}", job: /bin/a}'),
    each('cron: {name: "u{{item}}", user: u0, job: /bin/a}'),
    each('cron: {name: "file{{item}}", user: root, cron_file: c0, job: /bin/a}'),
    each('mount: {path: "/srv/m{{item}}", src: "/dev/x{{item}}", fstype: ext4, state: present}'),
    each('ini_file: {path: /etc/made.ini, section: s, option: "o{{item}}", value: 1}'),
    '    - debug:\n',
    each(
      'known_hosts: {path: /etc/made.hosts, name: "h{{item}}", key: "h{{item}} ssh-rsa AAAAB3NzaC1yc2E="}',
    ),
  ].join('')
  const { along, steps } = run(play, '')
  assert.is(steps.filter((step) => step.startsWith('changed')).length, 30, steps.join('\n'))
  // All but the first user, a first and a second key, and a first job of another's crontab.
  assert.ok(along >= 30 - 4, `${along} went along`)
})

test.run()
