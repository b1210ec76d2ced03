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

/** What a file is whose name does not tell: a list of maps with `hosts` is a playbook. */
export function kindByContent(kind: Kind, node: Node | undefined): Kind {
  if (kind !== 'yaml' || node?.kind !== 'list') return kind
  const [first] = node.items
  if (first?.kind !== 'map') return kind
  const keys = first.entries.map(({ key }) => key)
  const isPlay =
    keys.includes('hosts') || keys.some((key) => /^(ansible\.builtin\.)?import_playbook$/.test(key))
  return isPlay && !keys.includes('rules') ? 'playbook' : kind
}
