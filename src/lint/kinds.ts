import type { Node } from '../values/value.ts'

/** What a file of a project is for, in Ansible-lint's words. */
export type Kind =
  | 'playbook'
  | 'tasks'
  | 'handlers'
  | 'vars'
  | 'meta'
  | 'arg_specs'
  | 'requirements'
  | 'galaxy'
  | 'inventory'
  | 'yaml'

/** By path; the first one that fits. `undefined`: nothing is looked for in such a file. */
const KINDS: readonly (readonly [RegExp, Kind | undefined])[] = [
  [/\.j2(\.[^/]*)?$/, undefined],
  [/(^|\/)\.github\//, 'yaml'],
  [/\/templates\/.*\./, undefined],
  [/\/(execution-environment\.yml|ansible-navigator\.ya?ml)$/, 'yaml'],
  [/\/(\.ansible-lint|\.config\/ansible-lint\.yml|\.yamllint)$/, 'yaml'],
  [/\/inventory\/[^/]*\.ya?ml$/, 'inventory'],
  [/\/meta\/requirements\.ya?ml$/, 'requirements'],
  [/\/galaxy\.yml$/, 'galaxy'],
  [/\/releasenotes\/[^/]*\/[^/]*\.ya?ml$/, 'yaml'],
  [/\/tasks\/.*\.ya?ml$/, 'tasks'],
  [/\/rulebooks\/[^/]*\.ya?ml$/, 'yaml'],
  [/\/playbooks\/[^/]*\.ya?ml$/, 'playbook'],
  [/playbook[^/]*\.ya?ml$/, 'playbook'],
  [/\/handlers\/[^/]*\.ya?ml$/, 'handlers'],
  [/\/(host_vars|group_vars|vars|defaults)\/.*\.ya?ml$/, 'vars'],
  [/\/tests\/integration\/targets\/[^/]*\/meta\/main\.ya?ml$/, 'yaml'],
  [/\/meta\/main\.ya?ml$/, 'meta'],
  [/\/meta\/runtime\.ya?ml$/, 'yaml'],
  [/\/meta\/argument_specs\.ya?ml$/, 'arg_specs'],
  [/\/molecule\/[^/]*\/(collections|requirements)\.ya?ml$/, 'requirements'],
  [/\/molecule\/[^/]*\/(base|molecule)\.ya?ml$/, 'yaml'],
  [/\/requirements\.ya?ml$/, 'requirements'],
  [/\/molecule\/[^/]*\/[^/]*\.ya?ml$/, 'playbook'],
  [/\.ya?ml$/, 'yaml'],
]

/** What the file at an absolute path is, as far as its name tells. */
export function kindOfPath(path: string): Kind | undefined {
  return KINDS.find(([pattern]) => pattern.test(path))?.[1]
}

/** Words of which a play has one, and no task. */
const OF_PLAYS = [
  'hosts',
  'import_playbook',
  'ansible.builtin.import_playbook',
  'post_tasks',
  'pre_tasks',
  'roles',
  'tasks',
]

/** What a file is whose name does not tell, or tells something else than what is in it. */
export function kindByContent(kind: Kind, node: Node | undefined): Kind {
  if (kind === 'playbook' && node?.kind === 'map') return 'vars'
  if ((kind !== 'yaml' && kind !== 'playbook') || node?.kind !== 'list') return kind
  const maps = node.items.flatMap((item) => (item.kind === 'map' ? [item.entries.map(({ key }) => key)] : []))
  const hasPlays = maps.some((keys) => keys.some((key) => OF_PLAYS.includes(key)))
  if (kind === 'yaml') return hasPlays && !maps[0]!.includes('rules') ? 'playbook' : kind
  return hasPlays || maps.length === 0 ? kind : 'tasks'
}
