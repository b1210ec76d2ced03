import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Server, startServer } from '../support/server.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const typescript = join(project, 'node_modules/typescript/bin/tsc')

const test = suite<{ folder: string; server: Server }>('the package as it is installed')

/** Standard output of a program that is run where the package is installed. */
type Started = (program: string, ...args: string[]) => Promise<string>

function inFolder(cwd: string): Started {
  return async (program, ...args) => (await promisify(execFile)(program, args, { cwd })).stdout
}

test.before(async (context) => {
  context.server = await startServer()
  context.folder = mkdtempSync(join(tmpdir(), 'installed-'))
  await inFolder(project)('npm', 'pack', '--silent', '--pack-destination', context.folder)
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  // Offline: what is installed needs no other package.
  const install = ['install', '--offline', '--no-audit', '--no-fund', `./playssh-${version}.tgz`]
  await inFolder(context.folder)('npm', ...install)
})

test.after(async ({ folder, server }) => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

for (const [title, command] of [
  ['npx playssh', ['npx', 'playssh']],
  ['node_modules/.bin/run', ['node_modules/.bin/run']],
] as const) {
  test(`${title} runs a playbook over SSH`, async ({ folder, server }) => {
    const [program, ...args] = command
    const host = { ansible_host: '127.0.0.1', ansible_port: server.port }
    const written = join(folder, `written by ${program.split('/').at(-1)}`)
    writeFileSync(join(folder, 'hosts.yml'), JSON.stringify({ all: { hosts: { one: host } } }))
    writeFileSync(
      join(folder, 'play.yml'),
      JSON.stringify([
        {
          hosts: 'one',
          gather_facts: false,
          tasks: [
            { debug: { msg: 'hello from {{inventory_hostname}}' } },
            { copy: { content: 'text', dest: written } },
          ],
        },
      ]),
    )
    const ssh = `-F none -o UserKnownHostsFile=${server.knownHostsFile}`
    const options = ['-i', 'hosts.yml', '--private-key', server.keyFile, '--ssh-common-args', ssh]
    const output = await inFolder(folder)(program, ...args, ...options, 'play.yml')
    assert.match(output, /hello from one/)
    assert.is(readFileSync(written, 'utf8'), 'text')
  })
}

test('it has the database for run history', async ({ folder }) => {
  writeFileSync(join(folder, 'kept.yml'), '[{hosts: localhost, gather_facts: false, tasks: [{debug: }]}]')
  const run = (...args: string[]) =>
    inFolder(folder)('env', `XDG_STATE_HOME=${join(folder, 'state')}`, 'npx', 'playssh', ...args)
  await run('kept.yml')
  assert.match(await run('history'), /^1 {2}.* kept\.yml {2}1 host: in sync\n$/)
  assert.ok(existsSync(join(folder, 'state/playssh/runs/history.db')))
})

const OWN_MODULE = `
import { defineModule, options, quote } from 'playssh/sdk'
export default defineModule({
  name: 'motto',
  summary: 'Says a motto.',
  options: options({ text: { type: 'str', help: 'The motto.', required: true } }),
  plan: ({ text }) => ({ changes: [], result: { said: quote(text) } }),
})
`

test('playssh/sdk can be imported', async ({ folder }) => {
  writeFileSync(join(folder, 'motto.mjs'), OWN_MODULE)
  const script = "import motto from './motto.mjs'; console.log(motto.plan({ text: 'a b' }).result.said)"
  assert.is(await inFolder(folder)('node', '--input-type=module', '-e', script), "'a b'\n")
})

test('playssh/sdk has types that tell a mistyped argument', async ({ folder }) => {
  mkdirSync(join(folder, 'typed'))
  writeFileSync(join(folder, 'typed/motto.mts'), OWN_MODULE)
  writeFileSync(join(folder, 'typed/mistyped.mts'), OWN_MODULE.replace('({ text })', '({ txet: text })'))
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--types', 'node']
  const typeRoots = ['--typeRoots', join(project, 'node_modules/@types')]
  const check = (file: string) => inFolder(folder)('node', typescript, ...flags, ...typeRoots, file)
  assert.is(await check('typed/motto.mts'), '')
  await check('typed/mistyped.mts').then(
    () => assert.unreachable(),
    ({ stdout }) => assert.match(stdout, /'txet' does not exist/),
  )
})

test('it has the examples of its modules, and the schemas for editors', async ({ folder }) => {
  assert.match(await inFolder(folder)('npx', 'playssh', 'doc', 'copy'), /EXAMPLES:\n\n- name: /)
  const schemas = join(folder, 'node_modules/playssh/dist/schemas')
  for (const kind of ['playbook', 'tasks', 'inventory', 'argument_specs', 'settings']) {
    const printed = await inFolder(folder)('npx', 'playssh', 'schema', kind)
    assert.equal(JSON.parse(readFileSync(join(schemas, `${kind}.json`), 'utf8')), JSON.parse(printed))
  }
})

test.run()
