// `code-cache.ts FOLDER`: runs the bundled program run.js as it is mostly run, alone and with keeper.js, and writes V8's code
// caches of both beside them. What such runs need is then compiled beforehand, and nothing else takes time to load. They look
// at this machine over an SSH server of its own, which takes one key that nobody else has; they change nothing.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'
import ssh2 from 'ssh2'

const programs = process.argv[2]!
const folder = mkdtempSync(join(tmpdir(), 'playssh-build-'))
const at = (name: string) => join(folder, name)
const own = () => ssh2.utils.generateKeyPairSync('ed25519')
const [hostKey, userKey] = [own(), own()]
const { port } = await serve(hostKey.private, userKey.public)

writeFileSync(at('id'), userKey.private, { mode: 0o600 })
writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${hostKey.public}\n`)
writeFileSync(at('file'), 'one line\n')
writeFileSync(at('template'), '{{#each (list 1 2)}}{{this}} {{default word "none"}}\n{{/each}}')
writeFileSync(
  at('hosts.yml'),
  `all: {vars: {word: x}, children: {some: {hosts: {one: {ansible_host: 127.0.0.1, ansible_port: ${port}}}}}}`,
)
writeFileSync(
  at('play.yml'),
  `- hosts: some
  vars: {folder: "${folder}"}
  tasks:
    - {name: "{{inventory_hostname}}", stat: {path: "{{folder}}/file"}, register: found}
    - {file: {path: "{{folder}}", state: directory, mode: "0700"}}
    - {file: {path: "{{folder}}/link", state: link, src: file}}
    - {copy: {content: "other\\n", dest: "{{folder}}/file"}, when: found.stat.exists}
    - {template: {src: template, dest: "{{folder}}/made"}, notify: told}
    - {lineinfile: {path: "{{folder}}/file", regexp: ^one, line: "{{item}}"}, loop: [one line]}
    - {sysctl: {name: net.ipv4.ip_forward, value: "1", sysctl_file: "{{folder}}/file"}, ignore_errors: true}
    - {user: {name: "${userInfo().username}"}, ignore_errors: true}
    - {package: {name: openssh-client}, ignore_errors: true}
    - {address: {address: 127.0.0.1/8, dev: lo}, ignore_errors: true}
    - {route: {to: 192.0.2.0/24, dev: lo}, ignore_errors: true}
    - {command: {cmd: "cat {{folder}}/file"}, changed_when: false, check_mode: false, register: shown}
    - {shell: "cat {{folder}}/file | wc -l", changed_when: false, check_mode: false}
    - {command: {cmd: "env"}, changed_when: false, check_mode: false}
    - {command: {cmd: "touch file", chdir: "{{folder}}", creates: file}}
    - {debug: {msg: "{{found.stat.size}}"}}
  handlers:
    - {name: told, command: "true"}
`,
)

writeFileSync(at('playssh.yml'), 'gathering: explicit\n')
writeFileSync(at('ansible.cfg'), '')

// Whoever builds may have settings under which these runs would not get far.
process.chdir(folder)
for (const name of Object.keys(process.env)) if (name !== 'PATH') delete process.env[name]
// What they tell is of no interest to anybody, and it is not kept.
Object.assign(process.env, { HOME: folder, XDG_STATE_HOME: at('state'), PLAYSSH_PERSIST: '0' })
process.stdout.write = (...said: unknown[]) => {
  // A run ends when all that it has said is written.
  const written = said.at(-1)
  if (typeof written === 'function') written()
  return true
}
const ssh = `-F none -o UserKnownHostsFile=${at('known_hosts')}`
process.argv.splice(2, 1, '--check', '--diff', '-i', at('hosts.yml'), '--private-key', at('id'))
process.argv.push('--ssh-common-args', ssh, at('play.yml'))

// What a run calls only once would be forgotten again. V8 takes a cache only under the flags it was made under, so
// they are as before when it is made.
setFlagsFromString('--no-flush-bytecode')
const script = new Script(readFileSync(join(programs, 'run.js'), 'latin1'), { filename: 'dist/run.bin' })
process.once('exit', () => {
  rmSync(folder, { recursive: true })
  setFlagsFromString('--flush-bytecode')
  writeFileSync(join(programs, 'run.cache'), script.createCachedData())
})
const start = script.runInThisContext()
const run = () => start(createRequire(import.meta.url), join(programs, 'src'))
run()
process.once('beforeExit', () => {
  serveKeeper()
  run()
  process.once('beforeExit', endKeeper)
})

/** Has the next run keep its logins with a process that writes its own cache when it is told to end. */
function serveKeeper(): void {
  process.env.PLAYSSH_PERSIST = '1'
  process.env.XDG_RUNTIME_DIR = folder
  for (const name of ['src', 'dist']) mkdirSync(join(programs, name))
  // What is stood for here is only looked at, to tell versions apart.
  writeFileSync(join(programs, 'dist/keeper.bin'), '')
  writeFileSync(join(programs, 'src/start.cjs'), `(${keeperProcess})(${JSON.stringify(programs)})`)
}

function keeperProcess(programs: string): void {
  const { readFileSync, writeFileSync } = require('node:fs')
  const { setFlagsFromString } = require('node:v8')
  const { Script } = require('node:vm')
  // As src/start.cjs does.
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000')
  setFlagsFromString('--no-flush-bytecode')
  const script = new Script(readFileSync(`${programs}/keeper.js`, 'latin1'), { filename: 'dist/keeper.bin' })
  process.once('exit', () => {
    setFlagsFromString('--flush-bytecode')
    writeFileSync(`${programs}/keeper.cache`, script.createCachedData())
    writeFileSync(`${programs}/keeper.done`, '')
  })
  writeFileSync(`${programs}/keeper.pid`, String(process.pid))
  script.runInThisContext()(require, programs)
}

async function endKeeper(): Promise<void> {
  process.kill(Number(readFileSync(join(programs, 'keeper.pid'), 'utf8')))
  // Without it the program's own cache would be lost too.
  for (let left = 3000; left > 0 && !existsSync(join(programs, 'keeper.done')); left -= 1) await sleep(10)
}

/** Serves this user's shell to whoever has the key. */
function serve(hostKey: string, userKey: string): Promise<AddressInfo> {
  const known = ssh2.utils.parseKey(userKey)
  if (known instanceof Error) throw known
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('authentication', (attempt) => {
      const isKnown = attempt.method === 'publickey' && attempt.key.data.equals(known.getPublicSSH())
      if (isKnown && provesKey(attempt, known)) attempt.accept()
      else attempt.reject(['publickey'])
    })
    client.on('session', (accept) =>
      accept().on('exec', (take, _, { command }) => {
        const channel = take()
        const shell = spawn('/bin/sh', ['-c', command])
        channel.pipe(shell.stdin).on('error', () => {})
        shell.stdout.pipe(channel, { end: false })
        shell.stderr.pipe(channel.stderr, { end: false })
        shell.on('close', (code) => {
          channel.exit(code ?? 1)
          channel.end()
        })
      }),
    )
    client.on('error', () => {})
  })
  return new Promise((resolve) => {
    // It keeps nobody waiting.
    server.listen(0, '127.0.0.1', () => resolve(server.address() as AddressInfo)).unref()
  })
}

/** A client asks first whether the key would do, and then signs. */
function provesKey({ signature, blob, hashAlgo }: ssh2.PublicKeyAuthContext, key: ssh2.ParsedKey): boolean {
  return signature === undefined || key.verify(blob!, signature, hashAlgo) === true
}
