import * as assert from 'uvu/assert'
import type { Module } from '../../src/sdk/module.ts'
import { applyModule } from './host.ts'
import type { NetnsHost } from './netns.ts'
import { rows } from './plan.ts'

/** What a probe prints when ip has printed these rows. */
export function printed(found: readonly object[], names = ''): string {
  return `${JSON.stringify(found)}\n\nexit 0\n${names}`
}

/** What a probe prints when ip has failed. */
export function complained(said: string, code = 1): string {
  return `${said}\n\nexit ${code}\n`
}

/** Applies a module, sees that it changed as expected, and that a second look finds nothing to do. */
export async function settles(
  host: NetnsHost,
  module: Module,
  raw: Readonly<Record<string, unknown>>,
  changed: readonly string[],
): Promise<void> {
  const where = `${module.name} ${JSON.stringify(raw)} on ${host.name}`
  const { plan, result: conclusion } = await applyModule(host.session, module, raw)
  assert.is(plan.failed ?? conclusion.failed, undefined, where)
  assert.equal(
    plan.changes.map(({ what }) => what),
    changed,
    where,
  )
  const again = await applyModule(host.session, module, raw, { check: true, diff: true })
  assert.equal(rows(again.plan), [], where)
}

/** What a module says when it cannot do what it is asked. */
export async function failureOf(
  host: NetnsHost,
  module: Module,
  raw: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const { plan, result: conclusion } = await applyModule(host.session, module, raw)
  return plan.failed ?? conclusion.failed
}
