import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readSettings, type Settings } from '../../../src/cli/settings/settings.ts'
import { SETTINGS } from '../../../src/cli/settings/table.ts'
import { formatProblems } from '../../../src/report/diagnostic.ts'
import { ProblemError } from '../../../src/values/problem.ts'
import { showPathsFrom } from '../../../src/yaml/files.ts'

interface Setup {
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly mode?: number
}

/** The settings of a folder with these files, or what is wrong with them; HERE stands for the folder. */
function settings({ files = {}, env = {}, mode }: Setup): Settings | string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'settings-')))
  const before = { ...process.env }
  const cwd = process.cwd()
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    if (mode !== undefined) chmodSync(folder, mode)
    const own = Object.entries(env).map(([name, value]) => [name, value.replaceAll('HERE', folder)])
    for (const name of Object.keys(process.env))
      if (/^ANSIBLE_|^NO_COLOR$/.test(name)) delete process.env[name]
    Object.assign(process.env, { HOME: join(folder, 'home') }, Object.fromEntries(own))
    process.chdir(folder)
    showPathsFrom(folder)
    return JSON.parse(JSON.stringify(readSettings(undefined)).replaceAll(folder, 'HERE'))
  } catch (error) {
    if (error instanceof ProblemError) return formatProblems(error.problems).replaceAll(folder, 'HERE')
    throw error
  } finally {
    process.chdir(cwd)
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
    rmSync(folder, { recursive: true })
  }
}

/** Those of the settings that differ from what holds otherwise. */
function said(setup: Setup): Record<string, unknown> | string {
  const found = settings(setup)
  if (typeof found === 'string') return found
  const otherwise = settings({}) as Settings
  const differs = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(otherwise[name as keyof Settings])
  return Object.fromEntries(Object.entries(found).filter(differs))
}

const test = suite('settings')

test('without any file Ansible’s defaults hold, but for forks', () => {
  const { forks, timeout, gathering, roles_path, become_user, host_key_checking } = settings({}) as Settings
  assert.equal(
    [forks, timeout, gathering, become_user, host_key_checking],
    [100, 10, 'implicit', 'root', undefined],
  )
  assert.equal(roles_path, ['HERE/home/.ansible/roles', '/usr/share/ansible/roles', '/etc/ansible/roles'])
})

test('ansible.cfg: paths begin beside it, and lists have commas or colons', () => {
  const cfg = `[defaults]
inventory = hosts,more/hosts
roles_path = roles:~/r:/abs
host_key_checking = False
forks=7
private_key_file = $HOME/key
remote_user = deploy
nocows = 1
[privilege_escalation]
become = True
become_method = su
[ssh_connection]
ssh_args = -o ControlMaster=auto -o ControlPersist=60s
pipelining = True
[diff]
always = yes
[tags]
skip = slow, never
`
  assert.equal(said({ files: { 'ansible.cfg': cfg } }), {
    inventory: ['HERE/hosts', 'HERE/more/hosts'],
    roles_path: ['HERE/roles', 'HERE/home/r', '/abs'],
    host_key_checking: false,
    forks: 7,
    private_key_file: 'HERE/home/key',
    remote_user: 'deploy',
    become: true,
    become_method: 'su',
    ssh_args: '-o ControlMaster=auto -o ControlPersist=60s',
    diff: true,
    skip_tags: ['slow', 'never'],
    notes: ['ansible.cfg: without effect here: defaults.nocows, ssh_connection.pipelining'],
    files: ['HERE/ansible.cfg'],
  })
})

test('the environment wins over playssh.yml, and that over ansible.cfg, setting by setting', () => {
  const files = {
    'ansible.cfg': '[defaults]\nforks = 1\ntimeout = 1\nremote_user = cfg\n',
    'playssh.yml': 'forks: 2\ntimeout: 2\n',
  }
  assert.equal(said({ files, env: { ANSIBLE_FORKS: '3' } }), {
    forks: 3,
    timeout: 2,
    remote_user: 'cfg',
    files: ['HERE/playssh.yml', 'HERE/ansible.cfg'],
  })
})

const where = (name: string) => `[defaults]\nremote_user = ${name}\n`
const SEARCHED: [setup: Setup, user: string][] = [
  [
    {
      files: { 'ansible.cfg': where('here'), 'other/ansible.cfg': where('env') },
      env: { ANSIBLE_CONFIG: 'HERE/other' },
    },
    'env',
  ],
  [{ files: { 'ansible.cfg': where('here') }, env: { ANSIBLE_CONFIG: '/no/such/file' } }, 'here'],
  [{ files: { 'ansible.cfg': where('here'), 'home/.ansible.cfg': where('home') } }, 'here'],
  [{ files: { 'home/.ansible.cfg': where('home') } }, 'home'],
]
for (const [setup, user] of SEARCHED)
  test(`ansible.cfg is searched for in Ansible's order: ${user}`, () => {
    assert.is((settings(setup) as Settings).remote_user, user)
  })

test('one in a folder that everybody may write into is not read, and that is told', () => {
  const found = settings({ files: { 'ansible.cfg': where('here') }, mode: 0o777 }) as Settings
  assert.is(found.remote_user, undefined)
  assert.match(found.warnings[0]!, /ansible\.cfg is not read: everybody may write into/)
})

test('playssh.yml takes every setting, lists as YAML too', () => {
  const yml = 'roles_path: [a, b]\nvault_identity_list: [dev@x, prod@prompt]\nlog_path: log\nno_log: yes\n'
  assert.equal(said({ files: { 'playssh.yml': yml } }), {
    roles_path: ['HERE/a', 'HERE/b'],
    vault_identity_list: ['dev@x', 'prod@prompt'],
    log_path: 'HERE/log',
    no_log: true,
    files: ['HERE/playssh.yml'],
  })
})

const WRONG: [setup: Setup, said: string][] = [
  [
    { files: { 'ansible.cfg': '[defaults]\nforks = many\n' } },
    'ansible.cfg:2:1: a number above 0 is expected\n 2 | forks = many\n   | ^^^^^^^^^^^^',
  ],
  [{ env: { ANSIBLE_TIMEOUT: '-1' } }, 'ANSIBLE_TIMEOUT is "-1": a number above 0 is expected'],
  [
    { env: { ANSIBLE_GATHERING: 'always' } },
    'ANSIBLE_GATHERING is "always": implicit, explicit or smart is expected',
  ],
  [{ env: { ANSIBLE_BECOME: 'perhaps' } }, 'ANSIBLE_BECOME is "perhaps": true or false is expected'],
]
for (const [setup, message] of WRONG)
  test(`a wrong setting is reported: ${message.split('\n')[0]}`, () => {
    assert.is(String(settings(setup)).replaceAll('HERE/', ''), message)
  })

test('what is Python is told of, with its place in ansible.cfg', () => {
  const { warnings } = settings({
    files: { 'ansible.cfg': '[defaults]\nlibrary = ./library\njinja2_native = true\n' },
  }) as Settings
  assert.equal(warnings, [
    "ansible.cfg: defaults.library: modules of one's own are not found: it is Python, which is not run here",
    'ansible.cfg: defaults.jinja2_native: templates give text, or the value of a single expression, as without it',
  ])
})

test('no two settings have the same name in ansible.cfg or the environment', () => {
  const names = Object.values(SETTINGS).flatMap(({ cfg, env }) => [...cfg, ...env])
  assert.equal(names, [...new Set(names)])
})

test.run()
