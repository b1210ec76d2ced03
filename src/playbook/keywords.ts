import { type Option, options } from '../sdk/options.ts'

/** Where a keyword can stand; an import is one of a playbook. */
export type Place = 'play' | 'import' | 'role' | 'block' | 'task' | 'handler'

/** What a keyword takes: as an argument of a module, or a list of what playbooks are made of. */
export interface KeywordHelp extends Omit<Option, 'type'> {
  readonly type: Option['type'] | 'tasks' | 'roles' | 'prompts' | 'controls'
  readonly in: readonly Place[]
}

const ALL = ['play', 'role', 'block', 'task', 'handler'] as const
const EVEN_IMPORTS = ['play', 'import', 'role', 'block', 'task', 'handler'] as const
const BLOCK = ['block', 'task', 'handler'] as const
const TASK = ['task', 'handler'] as const
const PLAY = ['play'] as const

/** Every keyword by its name. What playbooks may say, their documentation and their schema are made of this. */
export const KEYWORDS = {
  action: {
    type: 'any',
    in: TASK,
    help: 'The module and its arguments, as a text or as a map with "module".',
  },
  always: { type: 'tasks', in: ['block'], help: 'Tasks that are run whatever has happened in the block.' },
  any_errors_fatal: { type: 'bool', in: ALL, help: 'End the play for all hosts when a task fails on one.' },
  args: { type: 'map', in: TASK, help: 'More arguments of the module.' },
  async: { type: 'int', in: TASK, help: 'Let the task go on by itself on the host, for so many seconds.' },
  become: { type: 'bool', in: ALL, help: 'Become another user on the host.' },
  become_exe: {
    type: 'str',
    in: ALL,
    help: 'The program to become another user with, in place of sudo or su.',
  },
  become_flags: { type: 'str', in: ALL, help: 'More words for sudo or su.' },
  become_method: { type: 'str', in: ALL, help: 'How another user is become: sudo or su.' },
  become_user: { type: 'str', in: ALL, help: 'The user to become; root if nothing is said.' },
  block: { type: 'tasks', in: ['block'], help: 'Tasks that share what the block says.' },
  changed_when: { type: 'conditions', in: TASK, help: 'When the task counts as changed.' },
  check_mode: {
    type: 'bool',
    in: ALL,
    help: 'True only says what would change, also without --check; false changes it, also under --check.',
  },
  collections: { type: 'strings', in: ALL, help: 'Collections whose roles and modules need no full name.' },
  connection: { type: 'str', in: ALL, help: 'How hosts are reached: ssh or local.' },
  delay: { type: 'float', in: TASK, help: 'Seconds between attempts; 5 if nothing is said.' },
  delegate_facts: {
    type: 'bool',
    in: ALL,
    help: 'Facts that are found belong to the host that the task is delegated to.',
  },
  delegate_to: { type: 'str', in: ALL, help: 'The host that does the work in place of the one it is for.' },
  diff: { type: 'bool', in: ALL, help: 'Show what changes, before and after, as --diff does.' },
  environment: {
    type: 'any',
    in: ALL,
    help: 'Variables of the environment for the programs of the task: a map, or a list of maps.',
  },
  fact_path: {
    type: 'str',
    in: PLAY,
    help: "Folder of the hosts' own facts; /etc/ansible/facts.d if unsaid.",
  },
  failed_when: { type: 'conditions', in: TASK, help: 'When the task counts as failed.' },
  force_handlers: {
    type: 'bool',
    in: PLAY,
    help: 'Run handlers of hosts on which a task has failed too.',
  },
  gather_facts: {
    type: 'bool',
    in: PLAY,
    help: 'Whether the play begins with finding out what its hosts are; true if nothing is said.',
  },
  gather_subset: {
    type: 'strings',
    in: PLAY,
    help: 'Which facts are gathered: all, min, network, !hardware.',
  },
  gather_timeout: { type: 'int', in: PLAY, help: 'Seconds that gathering may take for what is slow.' },
  handlers: { type: 'tasks', in: PLAY, help: 'Tasks that are run when a task notifies them of a change.' },
  hosts: {
    type: 'strings',
    in: PLAY,
    required: true,
    help: 'The hosts: names, groups, and patterns of both.',
  },
  ignore_errors: { type: 'bool', in: ALL, help: 'Go on with a host on which the task has failed.' },
  ignore_unreachable: { type: 'bool', in: ALL, help: 'Go on with a host that was not reached.' },
  import_playbook: {
    type: 'str',
    in: ['import'],
    required: true,
    help: 'The playbook whose plays come here.',
  },
  listen: { type: 'strings', in: ['handler'], help: 'Topics that the handler answers to besides its name.' },
  local_action: { type: 'any', in: TASK, help: 'As action, and the controller does the work.' },
  loop: { type: 'list', in: TASK, help: 'A list: the task is run for each of it, which is called item.' },
  loop_control: {
    type: 'controls',
    in: TASK,
    help: 'What the items of a loop are called and how they are shown.',
  },
  max_fail_percentage: {
    type: 'float',
    in: PLAY,
    help: 'The play ends when more of the hosts of a batch have failed, in percent.',
  },
  module_defaults: {
    type: 'any',
    in: ALL,
    help: 'Arguments of modules, by name, that tasks have which do not say them.',
  },
  name: { type: 'str', in: EVEN_IMPORTS, help: 'What it is called in reports.' },
  no_log: { type: 'bool', in: ALL, help: 'Tell neither arguments nor results.' },
  notify: { type: 'strings', in: BLOCK, help: 'Handlers that are run when the task has changed something.' },
  order: {
    type: 'str',
    in: PLAY,
    choices: ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle'],
    help: 'The order in which the hosts of the play are worked on.',
  },
  poll: {
    type: 'int',
    in: TASK,
    help: 'With async, seconds between looks at the job; 0: it is not waited for.',
  },
  port: { type: 'int', in: ALL, help: 'Port of the SSH server.' },
  post_tasks: {
    type: 'tasks',
    in: PLAY,
    help: 'Tasks that are run behind tasks, and behind their handlers.',
  },
  pre_tasks: { type: 'tasks', in: PLAY, help: 'Tasks that are run before the roles.' },
  register: { type: 'str', in: TASK, help: 'The variable that holds what the task returns.' },
  remote_user: { type: 'str', in: ALL, help: 'The user to log in as.' },
  rescue: { type: 'tasks', in: ['block'], help: 'Tasks that are run when one of the block has failed.' },
  retries: { type: 'int', in: TASK, help: 'How often until is tried again; 3 if nothing is said.' },
  role: { type: 'str', in: ['role'], help: 'The name of the role.' },
  roles: { type: 'roles', in: PLAY, help: 'Roles that are run before the tasks.' },
  run_once: { type: 'bool', in: ALL, help: 'Run it on the first host of the batch, for all of them.' },
  serial: {
    type: 'any',
    in: PLAY,
    help: 'How many hosts go through the play together: a number, "30%", or a list.',
  },
  strategy: {
    type: 'str',
    in: PLAY,
    choices: ['linear', 'free', 'host_pinned', 'debug'],
    help: 'Whether hosts wait for each other behind each task: linear (they do), free (they do not).',
  },
  tags: { type: 'strings', in: EVEN_IMPORTS, help: 'Words by which --tags and --skip-tags choose tasks.' },
  tasks: { type: 'tasks', in: PLAY, help: 'The tasks of the play.' },
  throttle: { type: 'int', in: ALL, help: 'On how many hosts the task is run at the same time.' },
  timeout: { type: 'int', in: ALL, help: 'Seconds that the task may take.' },
  until: { type: 'conditions', in: TASK, help: 'The task is tried again until this holds.' },
  user: { type: 'str', in: PLAY, help: 'Another name of remote_user.' },
  vars: { type: 'map', in: EVEN_IMPORTS, help: 'Variables.' },
  vars_files: {
    type: 'any',
    in: PLAY,
    help: 'Files of variables; of a list within the list, the first that is there.',
  },
  vars_prompt: { type: 'prompts', in: PLAY, help: 'Variables that somebody is asked for.' },
  when: {
    type: 'conditions',
    in: ['import', 'role', 'block', 'task', 'handler'],
    help: 'Run it only where this holds; of a list, all must hold.',
  },
} as const satisfies Readonly<Record<string, KeywordHelp>>

/** The names of keywords that can stand there. */
export function keywordsIn(place: Place): string[] {
  return Object.entries(KEYWORDS as Readonly<Record<string, KeywordHelp>>)
    .filter(([, keyword]) => keyword.in.includes(place))
    .map(([name]) => name)
}

/** What holds for all that is within: plays, roles, blocks and tasks can say it, but for `when`, which plays cannot. */
export const inheritedKeywords: readonly string[] = keywordsIn('role').filter(
  (name) => name !== 'name' && name !== 'role',
)

/** What `loop_control` takes. */
export const LOOP_CONTROL = options({
  extended: { type: 'bool', help: 'Give the variable ansible_loop: index, first, last, and more.' },
  extended_allitems: {
    type: 'bool',
    default: true,
    help: 'With extended, ansible_loop holds all items too.',
  },
  index_var: { type: 'str', help: 'The variable that holds the number of the item, from 0 on.' },
  label: { type: 'any', help: 'What is shown of an item.' },
  loop_var: { type: 'str', default: 'item', help: 'The variable that holds the item.' },
  pause: { type: 'float', help: 'Seconds between items.' },
})

/** What an entry of `vars_prompt` takes. */
export const PROMPT = options({
  confirm: { type: 'bool', default: false, help: 'Ask for it twice.' },
  default: { type: 'any', help: 'What holds when nothing is typed.' },
  name: { type: 'str', required: true, help: 'The variable.' },
  private: { type: 'bool', default: true, help: 'Show nothing of what is typed.' },
  prompt: { type: 'str', help: 'The question; the name if there is none.' },
  salt: { type: 'str', help: 'Accepted for the sake of playbooks: nothing is hashed here.' },
  salt_size: { type: 'int', help: 'Accepted for the sake of playbooks: nothing is hashed here.' },
  unsafe: { type: 'bool', help: 'Accepted for the sake of playbooks: what is typed is no template.' },
})
