import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { xen_domain } from '../../../src/modules/xen/xen_domain/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { CHECK, planOf } from '../../support/plan.ts'
import { domains, WANTED, wanted } from '../../support/xen.ts'

const { b_info, nics } = WANTED
const [vif0, vif1] = nics

const scripts = suite('xen_domain: scripts on hosts')

/** An xl that does as it is told by a file for each of its commands, and keeps a list of what it was called with. */
function standIn(commands: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-xl-'))
  const cases = Object.entries(commands).map(([name, sh]) => `${name}) ${sh} ;;`)
  const file = join(folder, 'xl')
  writeFileSync(join(folder, 'sleep'), '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(
    file,
    `#!/bin/sh\ncd ${folder}\necho "$*" >>calls\ncase $1 in\n${cases.join('\n')}\n*) : ;;\nesac\n`,
    { mode: 0o755 },
  )
  return {
    run(shell: readonly string[], script: string) {
      const [program, ...words] = shell
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
      const { status } = spawnSync(program!, [...words, '-c', script], { env, encoding: 'utf8' })
      const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
      rmSync(folder, { recursive: true })
      return { status, calls }
    },
  }
}

function scriptOf(raw: object, letters?: string, config: object = WANTED): string {
  const [action] = planOf(xen_domain, { name: 'g1', ...raw }, [domains(letters), wanted(config)]).actions!
  return (action as { script: string }).script
}

const GONE_WHEN_SHUT_DOWN = { list: '[ ! -e down ]', shutdown: 'touch down' }
const moved = { ...WANTED, nics: [{ ...vif0, bridge: 'xenbr1' }, vif1] }

for (const [title, raw, letters, config, xl, status, expected] of [
  ['created', {}, undefined, WANTED, {}, 0, ['create /etc/xen/g1.cfg', 'list g1']],
  ['created and gone', {}, undefined, WANTED, { list: 'exit 1' }, 125, ['create /etc/xen/g1.cfg', 'list g1']],
  ['not created', {}, undefined, WANTED, { create: 'exit 3' }, 3, ['create /etc/xen/g1.cfg']],
  ['created paused', { state: 'paused', config: '/a b' }, undefined, WANTED, {}, 0, ['create -p /a b']],
  ['paused', { state: 'paused' }, 'r-----', WANTED, {}, 0, ['pause 7']],
  ['unpaused', {}, '--p---', WANTED, {}, 0, ['unpause 7']],
  [
    'changed while it runs',
    {},
    'r-----',
    { ...WANTED, b_info: { ...b_info, target_memkb: 65536, avail_vcpus: [0, 1] } },
    {},
    0,
    ['mem-set 7 65536k', 'vcpu-set -i 7 2'],
  ],
  [
    'restarted',
    {},
    'r-----',
    moved,
    { ...GONE_WHEN_SHUT_DOWN, list: '[ "$2" = g1 ] || [ ! -e down ]' },
    0,
    ['shutdown -w 7', 'list 7', 'create /etc/xen/g1.cfg', 'list g1'],
  ],
  [
    'restarted, asked twice',
    { timeout: 30 },
    'r-----',
    moved,
    {
      shutdown: '[ -e asked ] && touch down || { touch asked; exit 124; }',
      list: '[ "$2" = g1 ] || [ ! -e down ]',
    },
    0,
    ['shutdown -w 7', 'list 7', 'shutdown -w 7', 'list 7', 'create /etc/xen/g1.cfg', 'list g1'],
  ],
  ['shut down', { state: 'shutdown' }, 'r-----', WANTED, GONE_WHEN_SHUT_DOWN, 0, ['shutdown -w 7']],
  [
    'shut down when paused',
    { state: 'shutdown' },
    '--p---',
    WANTED,
    GONE_WHEN_SHUT_DOWN,
    0,
    ['unpause 7', 'shutdown -w 7'],
  ],
  [
    'gone when asked',
    { state: 'shutdown' },
    'r-----',
    WANTED,
    { shutdown: 'exit 1', list: 'exit 1' },
    0,
    ['shutdown -w 7', 'list 7'],
  ],
  [
    'not to be asked',
    { state: 'shutdown' },
    'r-----',
    WANTED,
    { shutdown: 'exit 9' },
    9,
    ['shutdown -w 7', 'list 7'],
  ],
  [
    'does not hear',
    { state: 'shutdown', timeout: 1 },
    'r-----',
    WANTED,
    { shutdown: 'exec /bin/sleep 60' },
    124,
    ['shutdown -w 7', 'list 7'],
  ],
  ['destroyed', { state: 'destroyed' }, 'r-----', WANTED, {}, 0, ['destroy 7']],
  [
    'gone when destroyed',
    { state: 'destroyed' },
    '---s--',
    WANTED,
    { destroy: 'exit 1', list: 'exit 1' },
    0,
    ['destroy 7', 'list 7'],
  ],
  [
    'not destroyed',
    { state: 'destroyed' },
    '---s--',
    WANTED,
    { destroy: 'exit 1' },
    1,
    ['destroy 7', 'list 7'],
  ],
] as const) {
  scripts(title, () => {
    for (const shell of [['dash'], ['busybox', 'sh']]) {
      const ran = standIn(xl).run(shell, scriptOf(raw, letters, config))
      assert.equal(ran, { status, calls: [...expected] }, shell.join(' '))
    }
  })
}

scripts('one that is preserved is destroyed before it is created again', () => {
  const xl = standIn({ list: '[ "$2" = g1 ] || [ ! -e gone ]', destroy: 'touch gone' })
  const { status, calls } = xl.run(['dash'], scriptOf({}, '---s--'))
  assert.is(status, 0)
  assert.equal(calls.slice(-4), ['list 7', 'destroy 7', 'create /etc/xen/g1.cfg', 'list g1'])
})

scripts('xl reads what is given in place of the file', () => {
  const text = `name = "it's"\nx = "$HOME"`
  for (const raw of [
    { content: text },
    { template: { path: '/t', mode: 0o644, content: contentOf(text) } },
  ]) {
    const { args } = readArguments(xen_domain, { name: 'g1', ...raw })
    const probe = xen_domain.probe!(args, CHECK)[1] as string
    const { calls } = standIn({}).run(['dash'], probe)
    assert.equal(calls, ['create -n /dev/null #=', ...text.split('\n')])
  }
})

scripts.run()
