import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encrypt } from '../../src/vault/keyring.ts'
import { type Server, startServer } from '../support/server.ts'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))
const test = suite<{ server: Server; folder: string; said: (...flags: string[]) => string }>('verbosity')

const PLAYBOOK = (folder: string) => `
- name: Words
  hosts: all
  vars_files: vault.yml
  tasks:
    - name: First
      ping:
    - name: Hidden
      copy: {content: "sesame-content\n", dest: ${folder}/hidden, mode: "0600"}
      no_log: true
    - name: Shown
      copy: {content: "sesame-{{ 'two' }}\n", dest: ${folder}/shown, mode: "0644"}
      notify: after
    - name: User
      user: {name: nobody-of-this-name, password: sesame-hash, state: absent}
    - name: Address
      get_url: {url: "http://me:sesame-url@127.0.0.1:1/x", dest: ${folder}/got, headers: {Authorization: sesame-header}}
      ignore_errors: true
    - name: Command
      command: env true
      environment: {TOKEN: sesame-environment}
    - name: Look
      command: echo sesame-content
      environment: {TOKEN: sesame-environment}
      no_log: true
    - name: Vault
      file: {path: "${folder}/{{ word }}", state: absent}
    - meta: flush_handlers
  handlers:
    - {name: after, debug: {msg: done}}
`

test.before(async (context) => {
  const server = await startServer()
  const { folder } = server
  const { port, keyFile } = server
  writeFileSync(
    join(folder, 'hosts.ini'),
    `web ansible_host=127.0.0.1 ansible_port=${port} ansible_password=sesame-login\n`,
  )
  const args = `-o UserKnownHostsFile=${server.knownHostsFile}`
  writeFileSync(
    join(folder, 'ansible.cfg'),
    `[defaults]\ninventory = hosts.ini\nvault_password_file = password\nprivate_key_file = ${keyFile}\n[ssh_connection]\nssh_common_args = ${args}\n`,
  )
  context.server = server
  context.folder = mkdtempSync(join(tmpdir(), 'verbosity-'))
  writeFileSync(join(server.folder, 'site.yml'), PLAYBOOK(context.folder))
  const password = Buffer.from('pw').toString('base64')
  const vault = encrypt(Buffer.from('word: sesame-vault'), { id: 'default', password })
  writeFileSync(join(folder, 'vault.yml'), vault)
  writeFileSync(join(folder, 'password'), 'pw')
  context.said = (...flags) => {
    rmSync(join(context.folder, 'shown'), { force: true })
    const env = {
      ...process.env,
      ANSIBLE_LOG_PATH: join(context.folder, 'log'),
      ANSIBLE_GATHERING: 'explicit',
    }
    const { stdout, stderr } = spawnSync(launcher, ['site.yml', ...flags], {
      cwd: folder,
      encoding: 'utf8',
      env,
    })
    return stdout + stderr
  }
})
test.after(async ({ server, folder }) => {
  rmSync(folder, { recursive: true })
  await server.stop()
})

/** What is first said with so many -v. */
const FIRST_SAID: readonly (readonly RegExp[])[] = [
  [/^Using .*\/ansible\.cfg as config file$/m],
  [
    /^playssh \d/m,
    /^ {2}node version = /m,
    /^PLAYBOOK: site\.yml \*+$/m,
    /^1 play in site\.yml$/m,
    /^task path: site\.yml:6:7$/m,
    /^NOTIFIED HANDLER after for web$/m,
    /^META: flush_handlers for web \(site\.yml:/m,
  ],
  [
    /^Parsed \/.*\/hosts\.ini inventory source with ini plugin$/m,
    /^<web> ESTABLISH SSH CONNECTION FOR USER: root TO 127\.0\.0\.1 port \d+ WITH key .*\/id, password$/m,
    /^<web> LOGGED IN BY key .*\/id$/m,
    /^<web> PROBE \d+ files, \d+ sha256sum, and \d+ of upcoming tasks$/m,
    /^<web> RUN send \d+ bytes with \d+ bytes of content: exit status 0, \d+\.\d\d s$/m,
    /^<web> RUN exec \d+ bytes: exit status 0/m,
    /^ {4}invocation:\n {6}module_args:\n(?: {8}.*\n)*? {8}dest: .*\/shown$/m,
    /^ {8}path: .*\/\*{8}$/m,
    /VALUE_SPECIFIED_IN_NO_LOG_PARAMETER/,
  ],
  [/^<web> (Outbound|Inbound|Handshake|Local|Remote|Parsing|Custom).*/m],
]

test('each -v says what its level says in Ansible, and no level a secret', ({ said, folder }) => {
  for (const level of [0, 1, 2, 3, 4]) {
    const text = said(...(level === 0 ? [] : [`-${'v'.repeat(level)}`]))
    assert.match(text, /web : ok=/, text)
    for (const [at, patterns] of FIRST_SAID.entries())
      for (const pattern of patterns)
        assert.is(pattern.test(text), level > at, `${pattern} with ${level} -v:\n${text}`)
    for (const secret of ['content', 'hash', 'url', 'header', 'login', 'environment', 'vault'])
      assert.not.match(text, `sesame-${secret}`, `${level} -v`)
  }
  assert.not.match(
    readFileSync(join(folder, 'log'), 'utf8'),
    /sesame-(content|hash|url|header|login|environment|vault)/,
  )
})

test.run()
