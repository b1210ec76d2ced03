import type { Play } from '../playbook/ast.ts'
import { omit } from '../template/context.ts'
import { lazyMap, scopeMap, type Variables } from '../template/variables.ts'
import type { Value } from '../values/value.ts'
import type { HostState } from './host.ts'
import type { Run } from './run.ts'

/** Ansible's magic variables that are the same for all hosts of a play; each is made when it is asked for. */
export function playMagic(
  run: Run,
  play: Play,
  all: readonly HostState[],
  batch: readonly HostState[],
  variablesOf: (host: HostState) => Variables,
): ReadonlyMap<string, () => Value> {
  const { request, inventory } = run
  const { execution, selection, output } = request
  const names = (hosts: readonly HostState[]) => hosts.map((host) => host.name)
  const left = () => names(all.filter((host) => host.out === undefined))
  const hostvars = lazyMap(
    () => inventory.hosts.keys(),
    (name) => (inventory.host(name) === undefined ? undefined : scopeMap(variablesOf(run.hostState(name)))),
  )
  return new Map<string, () => Value>([
    ['groups', () => ({ ...inventory.groupsMap() })],
    ['hostvars', () => hostvars],
    ['omit', () => omit],
    ['playbook_dir', () => play.folder],
    ['play_hosts', left],
    ['ansible_play_hosts', left],
    ['ansible_play_hosts_all', () => names(all)],
    ['ansible_play_batch', () => names(batch.filter((host) => host.out === undefined))],
    ['ansible_play_name', () => play.name],
    ['ansible_check_mode', () => execution.check],
    ['ansible_diff_mode', () => execution.diff],
    ['ansible_forks', () => execution.forks],
    ['ansible_verbosity', () => output.verbosity],
    ['ansible_run_tags', () => (selection.tags.length === 0 ? ['all'] : [...selection.tags])],
    ['ansible_skip_tags', () => [...selection.skipTags]],
    ['ansible_limit', () => selection.limit ?? null],
    ['ansible_inventory_sources', () => [...selection.inventory]],
  ])
}
