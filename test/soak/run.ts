import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { execute } from '../../src/engine/execute.ts'
import type { Status } from '../../src/protocol/event.ts'
import { createReporter } from '../../src/report/index.ts'
import { playssh } from '../bench/contestants.ts'
import { timed } from '../bench/process.ts'
import { Interrupt } from '../support/interrupt.ts'
import { prepared } from '../support/playbook.ts'
import type { Told, ToldRun } from './judge.ts'

/** A run in this process, as one that lives long would do it: reports are made, and nobody reads them. */
export async function runInside(args: readonly string[]): Promise<ToldRun> {
  const ready = await prepared(args)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() }) as WriteStream
  const { execution, output } = ready.request
  const reporter = createReporter({
    ...{ format: 'default', stdout: nowhere, env: {} },
    ...{ verbosity: output.verbosity, check: execution.check, diff: execution.diff },
  })
  const hosts = new Map<string, Told[]>()
  const exitStatus = await execute(ready, {
    emit: (event) => {
      reporter.listener(event)
      if (event.type !== 'host-finished') return
      const { host, task, result } = event
      const told = { task: task.name, status: result.status, values: result.values }
      hosts.set(host, [...(hosts.get(host) ?? []), told])
    },
    ...new Interrupt().signals,
    ask: async () => undefined,
  })
  await reporter.finish()
  return { exitStatus, hosts }
}

interface Document {
  readonly plays: readonly {
    readonly tasks: readonly {
      readonly task: { readonly name: string }
      readonly hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    }[]
  }[]
}

/** A run as people start it, by what it prints as JSON. */
export async function runOutside(args: readonly string[], folder: string): Promise<ToldRun> {
  const ended = await timed([playssh.command, '--format', 'json', ...args], folder)
  const hosts = new Map<string, Told[]>()
  try {
    const { plays }: Document = JSON.parse(ended.stdout)
    for (const { task, hosts: results } of plays.flatMap(({ tasks }) => tasks)) {
      for (const [host, values] of Object.entries(results)) {
        const told = { task: task.name, status: statusOf(values), values }
        hosts.set(host, [...(hosts.get(host) ?? []), told])
      }
    }
  } catch (error) {
    throw new Error(`no document came from run: ${error}\n${ended.stderr.slice(-3000)}`)
  }
  return { exitStatus: ended.status ?? -1, hosts }
}

function statusOf(values: Readonly<Record<string, unknown>>): Status {
  const said = (['unreachable', 'failed', 'skipped', 'changed'] as const).find((status) => values[status])
  return said ?? 'ok'
}
