/** Ansible's levels of precedence of variables, lowest first, with their numbers. Role and include parameters are 20 and 21. */
export const LEVELS = {
  'command line values': 1,
  'role defaults': 2,
  'inventory group vars': 3,
  'inventory group_vars/all': 4,
  'playbook group_vars/all': 5,
  'inventory group_vars/*': 6,
  'playbook group_vars/*': 7,
  'inventory host vars': 8,
  'inventory host_vars/*': 9,
  'playbook host_vars/*': 10,
  'host facts': 11,
  'play vars': 12,
  'play vars_prompt': 13,
  'play vars_files': 14,
  'role vars': 15,
  'block vars': 16,
  'task vars': 17,
  include_vars: 18,
  'set_fact and register': 19,
  'role and include parameters': 20,
  'extra vars': 22,
} as const

export type Level = keyof typeof LEVELS

/** What a layer of variables is in that order. */
export interface Origin {
  readonly level: Level
  /** The group, host or role whose variables they are. */
  readonly owner?: string
  /** The folder (absolute) in which group_vars and host_vars lie. */
  readonly folder?: string
}
