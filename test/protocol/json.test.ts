import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { prepare } from '../../src/analysis/prepare.ts'
import { readFlags } from '../../src/cli/options.ts'
import { readRequest } from '../../src/cli/request.ts'
import { execute } from '../../src/engine/execute.ts'
import { modules } from '../../src/modules/index.ts'
import type { Event } from '../../src/protocol/event.ts'
import type { RunRequest } from '../../src/protocol/request.ts'
import { Interrupt } from '../support/interrupt.ts'
import { EveryReport } from '../support/reports.ts'

const test = suite('a run by JSON')

const through = <T>(value: T): T => JSON.parse(JSON.stringify(value))

/** What happens in a run of this request. */
async function eventsOf(request: RunRequest): Promise<Event[]> {
  const events: Event[] = []
  const emit = (event: Event) => events.push(event)
  await execute(await prepare(request, modules), { emit, ...new Interrupt().signals, ask: async () => 'x' })
  return events
}

/** An event without what is different each time: how long it took, and when. */
function timeless(event: Event): unknown {
  return JSON.parse(
    JSON.stringify(event, (key, value) => (/^(seconds|began|delta|start|end)$/.test(key) ? 0 : value)),
  )
}

/** Reports take the time at which they hear of an event. */
function withoutTimes(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?|"(?:ts|dur)":[\d.]+|\d+\.\d+/g, '(time)')
}

const PLAY = `
- hosts: all
  gather_facts: false
  vars_prompt: [{name: asked, prompt: What}]
  tasks:
    - {name: given, debug: {msg: "{{number}} {{list.[1]}} {{asked}}"}}
    - {name: a file, copy: {content: "{{text}}", dest: "{{playbook_dir}}/made"}, diff: true}
    - {name: items, command: "echo {{item}}", loop: [a, b], register: out, notify: told}
    - {name: fails, fail: {msg: "{{out.results.[0].stdout}}"}, ignore_errors: true}
    - {name: hidden, command: echo secret, no_log: true}
    - {name: tried, command: "false", register: r, until: r is defined, retries: 1, delay: 0, ignore_errors: true}
  handlers:
    - {name: told, debug: {msg: handled}}
`

test('a request and the events of its run are the same behind JSON, and so is what is reported of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'json-'))
  try {
    writeFileSync(join(folder, 'play.yml'), PLAY.replace('r is defined', 'defined r'))
    writeFileSync(join(folder, 'vars.yml'), 'list: [1, 2.50]\ntext: |\n  ü\n  b\n')
    const flags = [
      '-i',
      'one,',
      '-c',
      'local',
      '-e',
      'number=007',
      '-e',
      `@${folder}/vars.yml`,
      '--check',
      '-D',
      '-v',
    ]
    const request = await readRequest(readFlags([...flags, join(folder, 'play.yml')]), async () => undefined)
    assert.equal(through(request), { ...request, ...through(request) })
    const events = await eventsOf(request)
    assert.equal((await eventsOf(through(request))).map(timeless), events.map(timeless))

    const [direct, behindJson] = [new EveryReport(), new EveryReport()]
    for (const event of events) {
      direct.listener(event)
      behindJson.listener(through(event))
    }
    const [texts, same] = [await direct.texts(), await behindJson.texts()]
    // The table of the profile is one of times, and a terminal is drawn as time goes on.
    for (const [name, text] of texts)
      if (name !== 'trace' && name !== 'times' && !name.startsWith('terminal'))
        assert.is(withoutTimes(same.get(name)!), withoutTimes(text), name)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
