import * as assert from 'uvu/assert'
import type { ModuleRun } from '../../src/engine/task/run-module.ts'
import type { Module } from '../../src/sdk/module.ts'
import { applyModule, type Host } from './host.ts'
import { CHECK, type Raw, rows } from './plan.ts'

/** Plans under check, applies, and plans again: the plans are the same, and then there is nothing to do. */
export async function applied({ session }: Host, module: Module, raw: Raw): Promise<unknown[]> {
  const planned = await applyModule(session, module, raw, CHECK)
  assert.is(planned.plan.failed, undefined)
  const run = await applyModule(session, module, raw)
  assert.is(run.plan.failed ?? run.result.failed, undefined)
  assert.equal(rows(run.plan), rows(planned.plan), 'check says what is done')
  const again = await applyModule(session, module, raw)
  assert.equal(rows(again.plan), [], 'a second run finds nothing')
  return rows(run.plan)
}

/** The sentence that a run fails with; "" if it does not. */
export function said(running: Promise<ModuleRun>): Promise<string> {
  return running.then(
    ({ plan, result }) => plan.failed ?? result.failed ?? '',
    (error: Error) => error.message,
  )
}
