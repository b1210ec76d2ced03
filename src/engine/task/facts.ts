import { isConnectionVariable } from '../../inventory/connection/variables.ts'
import type { Task } from '../../playbook/ast.ts'
import type { Args } from '../../sdk/module.ts'
import type { TemplateContext } from '../../template/context.ts'
import { isMap, type Value } from '../../values/value.ts'
import type { HostState } from '../host.ts'
import type { Run } from '../run.ts'
import { flag, setting } from './resolve.ts'

/** Whose facts a task brings, and how. */
interface Finding {
  readonly task: Task
  readonly args: Args
  readonly scope: TemplateContext
  /** The hosts that have what the task sets. */
  readonly sharers: readonly HostState[]
  /** The host that the task was for. */
  readonly host: string
}

/** Keeps what a task has returned as `ansible_facts` with its hosts, and in the cache of facts. */
export async function keepFacts(facts: Value | undefined, finding: Finding, run: Run): Promise<void> {
  if (facts === undefined || !isMap(facts)) return
  const { task, args, scope, sharers, host } = finding
  const delegated = flag(scope, task, 'delegate_facts') ? setting(scope, task, 'delegate_to') : undefined
  const owners = delegated === undefined ? sharers : [run.delegate(String(delegated))]
  const isCached = args.cacheable === true || !task.module.setsVariables
  for (const [name, value] of Object.entries(facts)) {
    if (task.module.setsVariables) for (const owner of owners) owner.assigned.set(name, value)
    if (!isCached) continue
    if (isConnectionVariable(name) && !task.module.setsVariables) {
      const message = `${host}: its fact ${name} is left out: it would change how the host is reached`
      run.emit({ type: 'warning', message })
    } else for (const owner of owners) owner.facts.set(name, value)
  }
  if (isCached) for (const owner of owners) await run.facts?.write(owner.name, owner.facts)
}
