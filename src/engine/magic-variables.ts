import type { Play, Role } from '../playbook/ast.ts'
import { collectionOf, isQualified } from '../playbook/collections.ts'
import { withDependencies } from '../playbook/roles.ts'
import { omit } from '../template/context.ts'
import { lazyMap, scopeMap, type Variables } from '../template/variables.ts'
import type { Value, ValueMap } from '../values/value.ts'
import type { HostState } from './host.ts'
import type { Run } from './run.ts'

/** The Ansible whose language this is. */
const ANSIBLE_VERSION = { full: '2.14.18', major: 2, minor: 14, revision: 18, string: '2.14.18' }

/** What hosts have as variables and `hostvars` does not show of them, as in Ansible. */
export const ITS_OWN: readonly string[] = ['hostvars', 'vars']

/** The roles of a play by name, with those that others depend on and without. */
function roleNames(play: Play): [string, () => Value][] {
  const own = () => play.roles.map(({ role }) => role.name)
  const needed = () => play.roles.flatMap(withDependencies).map(({ role }) => role.name)
  const dependent = () => [...new Set(needed().filter((name) => !own().includes(name)))]
  return [
    ['role_names', () => [...new Set(own())]],
    ['ansible_play_role_names', () => [...new Set(own())]],
    ['ansible_dependent_role_names', dependent],
    ['ansible_role_names', () => [...new Set([...own(), ...dependent()])]],
  ]
}

/** `ansible_facts`: the facts of a host without the prefix of their names. */
export function factsMap({ facts }: HostState): ValueMap {
  const prefixed = (name: string) => (name === 'ansible_local' ? name : `ansible_${name}`)
  return lazyMap(
    () => [...facts.keys()].map((name) => (name === 'ansible_local' ? name : name.replace(/^ansible_/, ''))),
    (name) => facts.get(prefixed(name)) ?? facts.get(name),
  )
}

/** What the templates of a role's tasks know of it. */
export function roleMagic(role: Role): [string, Value][] {
  const collection = collectionOf(role.path)
  const names = role.parents.map(({ name }) => name)
  return [
    ['role_name', role.name],
    ['role_path', role.path],
    ['role_uuid', role.path],
    [
      'ansible_role_name',
      collection === undefined || isQualified(role.name) ? role.name : `${collection}.${role.name}`,
    ],
    ['ansible_collection_name', collection ?? null],
    ...(names.length === 0
      ? []
      : ([
          ['ansible_parent_role_names', names],
          ['ansible_parent_role_paths', role.parents.map(({ path }) => path)],
        ] as [string, Value][])),
  ]
}

/** Ansible's magic variables that are the same for all hosts of a play; each is made when it is asked for. */
export function playMagic(
  run: Run,
  play: Play,
  all: readonly HostState[],
  batch: readonly HostState[],
  variablesOf: (host: HostState) => Variables,
): ReadonlyMap<string, (variables: Variables) => Value> {
  const { request, inventory } = run
  const { execution, selection, output } = request
  const names = (hosts: readonly HostState[]) => hosts.map((host) => host.name)
  const left = (hosts: readonly HostState[]) =>
    names(hosts.filter((host) => host.out === undefined && !host.removed))
  const hostvars = lazyMap(
    () => inventory.hosts.keys(),
    (name) =>
      inventory.host(name) === undefined ? undefined : scopeMap(variablesOf(run.hostState(name)), ITS_OWN),
  )
  return new Map<string, (variables: Variables) => Value>([
    ['groups', () => ({ ...inventory.groupsMap() })],
    ['hostvars', () => hostvars],
    ['omit', () => omit],
    ['playbook_dir', () => play.folder],
    ['play_hosts', () => left(all)],
    ['ansible_play_hosts', () => left(all)],
    ['ansible_play_hosts_all', () => names(all)],
    ['ansible_play_batch', () => left(batch)],
    ['ansible_play_name', () => play.name],
    ['ansible_check_mode', () => execution.check],
    ['ansible_diff_mode', () => execution.diff],
    ['ansible_forks', () => execution.forks],
    ['ansible_verbosity', () => output.verbosity],
    ['ansible_run_tags', () => (selection.tags.length === 0 ? ['all'] : [...selection.tags])],
    ['ansible_skip_tags', () => [...selection.skipTags]],
    // Plays that must be limited look whether there is one.
    ...(selection.limit === undefined ? [] : [['ansible_limit', () => selection.limit!] as const]),
    ['ansible_inventory_sources', () => [...selection.inventory]],
    ['ansible_managed', () => execution.ansibleManaged],
    ['ansible_playbook_python', () => '/usr/bin/python3'],
    ['ansible_version', () => ANSIBLE_VERSION],
    ...roleNames(play),
    ['vars', (variables) => scopeMap(variables, ['vars'])],
  ])
}
