import type { Task } from '../../../playbook/ast.ts'
import type { TemplateContext } from '../../../template/context.ts'
import { toValue, type ValueMap } from '../../../values/value.ts'
import type { HostState } from '../../host.ts'
import * as results from '../../results.ts'
import type { Timed } from '../../spans.ts'
import { explained } from '../looped.ts'
import type { PlayContext, ResolvedTask } from '../resolve.ts'
import { validateArgumentSpec } from './argument-spec/index.ts'
import { addHost, groupBy } from './hosts.ts'
import { type IncludedVars, includeVars } from './include-vars.ts'
import { paused } from './pause.ts'

/** Where a task is carried out that the engine itself does. */
interface Place {
  readonly task: Task
  readonly host: HostState
  readonly context: PlayContext
  /** The hosts that have the variables that the task sets. */
  readonly sharers: readonly HostState[]
  readonly timed: Timed
}

/** What the engine does itself for a module. */
export async function control(
  { args, module, view }: ResolvedTask,
  scope: TemplateContext,
  { task, host, context, sharers, timed }: Place,
): Promise<results.Outcome> {
  const { inventory, stop } = context.run
  switch (module.controls) {
    case 'validate_argument_spec':
      return validateArgumentSpec(args, scope)
    case 'pause':
      if (view.check) return results.skippedResult('nothing is waited for under check')
      return unchanged(await timed('pausing', () => paused(args, stop, context.run.ask)))
    case 'include_vars':
      return included(() => includeVars(args, task, context.play, scope, context.run.sources.files), sharers)
    default: {
      const values =
        module.controls === 'add_host'
          ? addHost(args, inventory, task.place)
          : groupBy(args, inventory, host.host)
      context.scope.forgetHosts()
      return { status: values.changed === true ? 'changed' : 'ok', changes: [], values }
    }
  }
}

function included(read: () => IncludedVars, sharers: readonly HostState[]): results.Outcome {
  try {
    const { variables, paths } = read()
    for (const host of sharers) for (const [name, node] of variables) host.included.set(name, node)
    const facts = Object.fromEntries([...variables].map(([name, node]) => [name, toValue(node)]))
    return unchanged({ changed: false, ansible_facts: facts, ansible_included_var_files: [...paths] })
  } catch (error) {
    // Ansible's include_vars calls it so.
    const fault = explained(error)
    return { ...fault, values: { ...fault.values, message: fault.message! } }
  }
}

function unchanged(values: ValueMap): results.Outcome {
  return { status: 'ok', changes: [], values }
}
