import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineModule } from '../../../src/sdk/module.ts'
import { options } from '../../../src/sdk/options.ts'
import { inSteps, NOTHING, sh } from '../../../src/sdk/plans.ts'
import { quote } from '../../../src/shell/quote.ts'
import { type Ran, type Running, runText } from '../../support/playbook.ts'

const declared = options({
  name: { type: 'str', required: true, help: 'A file in the folder.' },
  in: { type: 'path', required: true, help: 'The folder.' },
  by: { type: 'str', default: ':', help: 'What is done before.' },
})

/** Makes a file by a script of one's own, and notes that it was done. */
const made = defineModule<typeof declared, boolean>({
  name: 'made',
  summary: 'Makes a file.',
  options: declared,
  probe: (args) => `if [ -e ${quote(`${args.in}/${args.name}`)} ]; then printf 1; else printf 0; fi`,
  parse: (output) => output.text === '1',
  plan: (args, isThere) =>
    isThere
      ? NOTHING
      : inSteps([
          [
            { what: 'file', before: null, after: args.name },
            sh(
              `cd ${quote(args.in)} || exit\n${args.by}\necho ${quote(args.name)} >>log; : >${quote(args.name)}`,
            ),
          ],
        ]),
  footprint: {
    of: ({ name }) => ({ reads: { names: [`made/${name}`] }, writes: { names: [`made/${name}`] } }),
  },
})

/** Runs tasks, each a line, in a folder; gives what came of it, what was made, and how many went along with others. */
async function run(
  tasks: readonly string[],
  running: Running & { readonly play?: string; readonly strategy?: string } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-'))
  try {
    const lines = tasks.map((task) => `    - ${task.replaceAll('made: {', `made: {in: ${folder}, `)}`)
    const playbook = `- hosts: all\n  strategy: ${running.strategy ?? 'free'}\n${running.play ?? ''}  tasks:\n${lines.join('\n')}\n`
    const ran = await runText(playbook, {
      ...running,
      args: ['-vvv', ...(running.args ?? [])],
      modules: { made },
    })
    const log = join(folder, 'log')
    return {
      ran,
      log: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [],
      along: along(ran),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function along({ events }: Ran): number[] {
  return events.flatMap((event) => {
    const said = event.type === 'detail' ? /^SENT WITH IT (\d+)/.exec(event.message) : null
    return said === null ? [] : [Number(said[1])]
  })
}

const test = suite('pipeline')

const ONE_TWO_THREE = ['one', 'two', 'three'].map((name) => `{name: ${name}, made: {name: ${name}}}`)

test('changes that have nothing to do with each other go to a host in one message', async () => {
  const { ran, log, along } = await run(ONE_TWO_THREE)
  assert.equal(ran.steps, ['one one changed', 'two one changed', 'three one changed'])
  assert.equal(log, ['one', 'two', 'three'])
  assert.equal(along, [2])
})

test('without prefetch each goes alone, and under check none goes', async () => {
  const single = await run(ONE_TWO_THREE, { args: ['--no-prefetch'] })
  assert.equal([single.log, single.along], [['one', 'two', 'three'], []])
  const check = await run(ONE_TWO_THREE, { args: ['--check'] })
  assert.equal([check.log, check.along], [[], []])
  assert.equal(check.ran.steps, ['one one changed', 'two one changed', 'three one changed'])
})

test('hosts of a linear play that are not alone send only the items of one loop together', async () => {
  const loop = '{name: looped, made: {name: "{{inventory_hostname}}{{item}}"}, loop: [1, 2, 3]}'
  const own = '{name: own, made: {name: "{{inventory_hostname}}"}}'
  const { log, along } = await run([own, loop, own.replace('name}}', 'name}}x')], {
    hosts: ['a', 'b'],
    strategy: 'linear',
  })
  assert.equal(log.length, 10)
  assert.equal(along, [2, 2])
})

test('with --pipeline they send tasks together too, and each host its own', async () => {
  const tasks = ['one', 'two', 'three'].map(
    (name) => `{name: ${name}, made: {name: "{{inventory_hostname}} ${name}", by: "${failing(name)}"}}`,
  )
  const { ran, log, along } = await run(tasks, {
    hosts: ['a', 'b'],
    strategy: 'linear',
    args: ['--pipeline'],
  })
  assert.equal(ran.steps, [
    ...['one a changed', 'one b changed', 'two a changed', 'two b failed', 'three a changed'],
  ])
  assert.equal(log.toSorted(), ['a one', 'a three', 'a two', 'b one'])
  assert.equal(along, [2, 2])
})

test('what a host has failed to do in a block ends with what is always done', async () => {
  const block = (part: string) =>
    `block: [{name: fails, fail: }]${part}, always: [{name: one, made: {name: one}}, {name: two, made: {name: two}}]`
  for (const rescue of ['', ', rescue: [{name: fails too, fail: }]']) {
    const { log, along } = await run([`{${block(rescue)}}`, '{name: three, made: {name: three}}'])
    assert.equal([log, along], [['one', 'two'], [1]], rescue)
    const outer = `{block: [{${block(rescue)}}, {name: no, made: {name: no}}], rescue: [{name: three, made: {name: three}}]}`
    const around = await run([outer, '{name: four, made: {name: four}}'])
    assert.equal(
      [around.log, around.along],
      [
        ['one', 'two', 'three', 'four'],
        [1, 1],
      ],
      rescue,
    )
  }
})

/** The second fails on the second host. */
function failing(name: string): string {
  return name === 'two' ? '[ {{inventory_hostname}} = a ]||exit 3' : ':'
}

test('what changes the same thing goes alone, and so does what reads what another registers', async () => {
  const same = await run(['{name: one, made: {name: one}}', '{name: again, made: {name: one}}'])
  assert.equal(same.ran.steps, ['one one changed', 'again one ok'])
  assert.equal(same.along, [])
  for (const reading of ["{{default seen.changed 'no'}}", '{{hostvars.one.seen.changed}}']) {
    const { ran, log, along } = await run([
      '{name: one, made: {name: one}, register: seen}',
      `{name: two, made: {name: "${reading}"}}`,
    ])
    assert.equal(log, ['one', 'True'], JSON.stringify(ran.steps))
    assert.equal(along, [])
  }
})

test('behind a change that fails nothing is done that was sent with it', async () => {
  const tasks = [
    '{name: one, made: {name: one}}',
    '{name: two, made: {name: two, by: "exit 3"}}',
    '{name: three, made: {name: three}}',
  ]
  const { ran, log, along } = await run(tasks)
  assert.equal(ran.steps, ['one one changed', 'two one failed'])
  assert.equal([log, along], [['one'], [2]])
  const ignoring = await run(tasks.map((task) => task.replace('}}', '}, ignore_errors: true}')))
  assert.equal(ignoring.ran.steps, ['one one changed', 'two one failed', 'three one changed'])
  assert.equal(ignoring.log, ['one', 'three'])
})

test('items behind one that fails are done all the same, and tasks behind their loop are not', async () => {
  const { ran, log } = await run([
    '{name: looped, made: {name: "{{item}}", by: "[ {{item}} != 2 ]||exit 3"}, loop: [1, 2, 3]}',
    '{name: last, made: {name: last}}',
  ])
  assert.equal(ran.steps, ['looped one failed'])
  assert.equal(
    ran.result('looped').items?.map(({ status }) => status),
    ['changed', 'failed', 'changed'],
  )
  assert.equal(log, ['1', '3'])
})

test('handlers come when they would, and what notifies one that is not there goes alone', async () => {
  const play = '  handlers: [{name: told, made: {in: "{{folder}}", name: told}}]\n'
  const tasks = [
    '{name: one, made: {name: one}, notify: told, register: first}',
    '{name: two, made: {name: two}}',
    '{meta: flush_handlers}',
    '{name: three, made: {name: three}}',
  ]
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-'))
  const { ran, along } = await run(tasks, { play: play.replace('{{folder}}', folder) })
  rmSync(folder, { recursive: true })
  assert.equal(ran.order, ['one one changed', 'two one changed', 'told one changed', 'three one changed'])
  assert.equal(along, [1])
})

test('Ctrl-C lets end and tells all that was sent, and nothing more is begun', async () => {
  const { ran, log } = await run(
    [
      '{name: one, made: {name: one, by: "sleep 1"}}',
      '{name: two, made: {name: two}}',
      '{name: skipped, made: {name: skipped}, when: false}',
      '{name: three, made: {name: three}}',
      '{name: later, made: {name: three}}',
    ],
    {
      onEvent: (event, interrupt) => {
        if (event.type === 'detail' && event.message.startsWith('SENT WITH IT')) interrupt.request()
      },
    },
  )
  assert.equal(log, ['one', 'two', 'three'])
  assert.equal(
    ran.steps.filter((step) => !step.startsWith('skipped')),
    ['one one changed', 'two one changed', 'three one changed'],
  )
})

test('what is cut off in the middle says of which it is not known', async () => {
  const { ran, log } = await run(
    [
      '{name: one, made: {name: one}}',
      '{name: two, made: {name: two, by: "sleep 60"}}',
      '{name: three, made: {name: three}}',
      '{name: four, made: {name: four}}',
    ],
    {
      onEvent: (event, interrupt) => {
        if (event.type !== 'host-finished') return
        interrupt.request()
        interrupt.request()
      },
    },
  )
  assert.equal(log, ['one'])
  assert.equal(ran.steps, ['one one changed', 'two one failed'])
  const { message } = ran.result('two')
  assert.match(
    message!,
    /^cut off: .*not known either whether what was sent with it has been done: "three", "four"$/,
  )
})

test('a connection that is lost in the middle leaves what is known and what is not', async () => {
  const { ran, log } = await run([
    '{name: one, made: {name: one}}',
    '{name: two, made: {name: two, by: "kill -9 $$; exit"}}',
    '{name: three, made: {name: three}}',
  ])
  assert.equal(log, ['one'])
  assert.equal(ran.steps, ['one one changed', 'two one unreachable'])
  assert.match(
    ran.result('two').message!,
    /not known either whether what was sent with it has been done: "three"$/,
  )
})

test.run()
