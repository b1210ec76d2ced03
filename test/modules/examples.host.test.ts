// The examples of docs/examples, which docs/modules.md shows: what check mode says is what a run then does, and a second
// look finds nothing. Each is applied to a copy of this machine.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { modules } from '../../src/modules/index.ts'
import { inOwnRoot } from '../support/own-root.ts'

const test = suite('examples of modules')

const FOLDER = 'docs/examples'
const RUN = resolve('run')

type Task = Record<string, unknown> & { readonly name: string }

interface Shown {
  readonly task: { readonly name: string }
  readonly hosts: { readonly localhost: { readonly changed: boolean; readonly diff?: unknown } }
}

const names = readdirSync(FOLDER).map((file) => file.replace(/\.yml$/, ''))

/** Modules that change nothing: they look, speak, wait, or set what only the run knows. */
const LOOKS = new Set([
  'assert',
  'async_status',
  'debug',
  'fail',
  'find',
  'gather_facts',
  'getent',
  'include_vars',
  'mobility_facts',
  'topology',
  'mysql_query',
  'package_facts',
  'pause',
  'ping',
  'postgresql_query',
  'redis_data_info',
  'redis_info',
  'service_facts',
  'set_fact',
  'set_stats',
  'setup',
  'slurp',
  'stat',
  'validate_argument_spec',
  'wait_for',
  'wait_for_connection',
])

/** Modules that act each time they are asked, or change only what the run knows, as in Ansible. */
const ACTS = ['add_host', 'group_by', 'redis_data_incr', 'tempfile', 'uri']

/**
 * Modules that need what a copy of this machine does not have, and where their own tests find it or stand for it; their
 * examples are checked as far as that goes without a host.
 */
const ELSEWHERE: Readonly<Record<string, string>> = {
  apk: 'Alpine',
  bond_port: 'a kernel with bonds',
  bridge_vlan: 'a kernel with bridges that filter',
  dnf: 'a system that is made of rpms',
  lvg: 'disks of its own, and the device mapper',
  lvol: 'disks of its own, and the device mapper',
  modprobe: 'a kernel of its own',
  mpls_route: 'a kernel with MPLS',
  pacman: 'a system of pacman',
  nmcli: 'a NetworkManager of its own',
  reboot: 'a machine of its own',
  seboolean: 'a kernel with SELinux',
  sefcontext: 'a kernel with SELinux',
  selinux: 'a kernel with SELinux',
  selinux_permissive: 'a policy of SELinux',
  snap: 'a snapd of its own',
  snap_alias: 'a snapd of its own',
  seport: 'a kernel with SELinux',
  systemd: 'a systemd of its own',
  systemd_service: 'a systemd of its own',
  virt: 'a libvirtd',
  virt_domain: 'a libvirtd',
  virt_net: 'a libvirtd',
  virt_pool: 'a libvirtd',
  xen_domain: 'Xen',
  xen_image: 'a mirror of Debian',
  xen_vif: 'Xen',
  yum: 'a system that is made of rpms',
  zypper: 'a system that is made of rpms',
}

/** Modules whose effect nobody can know before: they run what they are given. */
const RUNS = Object.keys(modules).filter((name) => modules[name]!.runsCommands === true)

test.before(() => {
  // Builds what is stale, so that no example does.
  execFileSync(RUN, ['--version'])
})

test('every module has an example', () => {
  assert.equal(
    Object.keys(modules).filter((name) => !names.includes(name)),
    [],
  )
})

for (const name of names.filter((one) => ELSEWHERE[one] === undefined))
  test(`${name}: what check mode says is what is done, and then there is nothing to do`, () => {
    const [before, applied, after] = looks(name)
    if ([...RUNS, ...ACTS].includes(name)) return
    assert.equal(before, applied)
    assert.equal(
      after.filter(({ changed }) => changed),
      [],
    )
    const changes = applied.some(({ changed }) => changed)
    assert.is(changes, !LOOKS.has(name), `${name} changes ${changes ? 'something' : 'nothing'}`)
  })

for (const [name, needs] of Object.entries(ELSEWHERE))
  test(`${name}: its example holds together (to be applied it needs ${needs})`, () => {
    withPlaybook([play(tasksOf(name), false)], (playbook) =>
      execFileSync(RUN, ['--syntax-check', playbook], { stdio: 'pipe' }),
    )
  })

interface Told {
  readonly task: string
  readonly changed: boolean
  readonly diff: unknown
}

/** What the tasks of an example tell in check mode, when they are done, and in check mode behind that. */
function looks(name: string): [Told[], Told[], Told[]] {
  const tasks = tasksOf(name)
  const given = tasks.filter((task) => task.name.startsWith('Given'))
  const own = tasks.filter((task) => !task.name.startsWith('Given'))
  const plays = [play(given, false), play(own, true), play(own, false), play(own, true)]
  const printed = withPlaybook(plays, (playbook) => inOwnRoot([RUN, '--diff', '--format', 'json', playbook]))
  const [, ...shown] = (JSON.parse(printed) as { plays: { tasks: Shown[] }[] }).plays.map((one) =>
    one.tasks.map(told),
  )
  return shown as [Told[], Told[], Told[]]
}

function told({ task: { name: task }, hosts: { localhost } }: Shown): Told {
  const { changed, diff = null } = localhost
  return { task, changed, diff }
}

function tasksOf(name: string): Task[] {
  return parse(readFileSync(join(FOLDER, `${name}.yml`), 'utf8')) as Task[]
}

function play(tasks: Task[], check: boolean) {
  return { hosts: 'localhost', gather_facts: false, check_mode: check, tasks }
}

function withPlaybook<T>(plays: readonly object[], use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-example-'))
  try {
    const path = join(folder, 'example.yml')
    writeFileSync(path, stringify(plays))
    return use(path)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.run()
