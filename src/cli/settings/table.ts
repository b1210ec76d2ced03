import { DISPLAY_SETTINGS } from './display.ts'
import { type Setting, type SettingWithDefault, setting } from './setting.ts'
import * as type from './types.ts'

/** Node has no longer text than twice this, in MiB. */
const MAX_OUTPUT_AT_MOST = 256

/** Every setting, with Ansible's names for it; what is said of it here is what `docs/settings.md` prints. */
export const SETTINGS = {
  inventory: setting(
    type.paths,
    'defaults.inventory',
    'ANSIBLE_INVENTORY',
    'Inventories, when no -i is given.',
  ),
  inventory_ignore_extensions: setting(
    type.list,
    'defaults.inventory_ignore_extensions inventory.ignore_extensions',
    'ANSIBLE_INVENTORY_IGNORE',
    'Ends of names that are left out of inventory folders.',
    '.pyc, .pyo, .swp, .bak, ~, .rpm, .md, .txt, .rst, .orig, .ini, .cfg, .retry',
  ),
  inventory_ignore_patterns: setting(
    type.list,
    'defaults.inventory_ignore_patterns inventory.ignore_patterns',
    'ANSIBLE_INVENTORY_IGNORE_REGEX',
    'Regular expressions for names that are left out of inventory folders.',
    '',
  ),
  roles_path: setting(
    type.searchPath,
    'defaults.roles_path',
    'ANSIBLE_ROLES_PATH',
    'Folders of roles, besides roles/ beside the playbook.',
    '~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles',
  ),
  collections_path: setting(
    type.searchPath,
    'defaults.collections_path defaults.collections_paths',
    'ANSIBLE_COLLECTIONS_PATH ANSIBLE_COLLECTIONS_PATHS',
    'Folders that hold ansible_collections.',
    '~/.ansible/collections:/usr/share/ansible/collections',
  ),
  library: setting(
    type.searchPath,
    'defaults.library',
    'ANSIBLE_LIBRARY',
    "Folders of modules of one's own, besides library/ of playbooks and roles.",
    '~/.ansible/plugins/modules:/usr/share/ansible/plugins/modules',
  ),
  module_utils: setting(
    type.searchPath,
    'defaults.module_utils',
    'ANSIBLE_MODULE_UTILS',
    'Folders of what modules in Python import, besides module_utils/ of playbooks and roles.',
    '~/.ansible/plugins/module_utils:/usr/share/ansible/plugins/module_utils',
  ),
  forks: setting(
    type.number(),
    'defaults.forks',
    'ANSIBLE_FORKS',
    'Hosts worked on at the same time.',
    '100',
  ),
  timeout: setting(
    type.number(),
    'defaults.timeout ssh_connection.timeout',
    'ANSIBLE_TIMEOUT ANSIBLE_SSH_TIMEOUT',
    'Seconds that a connection may take.',
    '10',
  ),
  connection: setting(
    type.text,
    'defaults.transport',
    'ANSIBLE_TRANSPORT',
    'How hosts are reached: ssh or local.',
    'ssh',
  ),
  remote_user: setting(type.text, 'defaults.remote_user', 'ANSIBLE_REMOTE_USER', 'User to log in as.'),
  remote_port: setting(
    type.number(65535),
    'defaults.remote_port',
    'ANSIBLE_REMOTE_PORT',
    'Port of the SSH servers.',
  ),
  private_key_file: setting(
    type.path,
    'defaults.private_key_file',
    'ANSIBLE_PRIVATE_KEY_FILE',
    'Key to log in with.',
  ),
  host_key_checking: setting(
    type.truth,
    'ssh_connection.host_key_checking defaults.host_key_checking',
    'ANSIBLE_SSH_HOST_KEY_CHECKING ANSIBLE_HOST_KEY_CHECKING',
    'False takes unknown host keys; changed ones are refused all the same.',
  ),
  ssh_args: setting(
    type.text,
    'ssh_connection.ssh_args',
    'ANSIBLE_SSH_ARGS',
    'Arguments as for ssh; those for its own multiplexing mean nothing here.',
  ),
  ssh_common_args: setting(
    type.text,
    'ssh_connection.ssh_common_args',
    'ANSIBLE_SSH_COMMON_ARGS',
    'More arguments as for ssh.',
  ),
  ssh_extra_args: setting(
    type.text,
    'ssh_connection.ssh_extra_args',
    'ANSIBLE_SSH_EXTRA_ARGS',
    'More arguments as for ssh.',
  ),
  ask_pass: setting(type.truth, 'defaults.ask_pass', 'ANSIBLE_ASK_PASS', 'Ask for the login password.'),
  connection_password_file: setting(
    type.path,
    'defaults.connection_password_file',
    'ANSIBLE_CONNECTION_PASSWORD_FILE',
    'File with the login password, or that prints it.',
  ),
  become: setting(
    type.truth,
    'privilege_escalation.become',
    'ANSIBLE_BECOME',
    'Become another user on the hosts.',
  ),
  become_user: setting(
    type.text,
    'privilege_escalation.become_user',
    'ANSIBLE_BECOME_USER',
    'The user to become.',
    'root',
  ),
  become_method: setting(
    type.text,
    'privilege_escalation.become_method',
    'ANSIBLE_BECOME_METHOD',
    'How: sudo or su.',
    'sudo',
  ),
  become_exe: setting(
    type.text,
    'privilege_escalation.become_exe sudo_become_plugin.executable',
    'ANSIBLE_BECOME_EXE ANSIBLE_SUDO_EXE',
    'The program to become another user with, in place of sudo or su.',
  ),
  become_flags: setting(
    type.text,
    'privilege_escalation.become_flags sudo_become_plugin.flags',
    'ANSIBLE_BECOME_FLAGS ANSIBLE_SUDO_FLAGS',
    'More words for sudo or su.',
  ),
  become_ask_pass: setting(
    type.truth,
    'privilege_escalation.become_ask_pass',
    'ANSIBLE_BECOME_ASK_PASS',
    'Ask for the password for becoming.',
  ),
  become_password_file: setting(
    type.path,
    'defaults.become_password_file',
    'ANSIBLE_BECOME_PASSWORD_FILE',
    'File with the password for becoming, or that prints it.',
  ),
  vault_password_file: setting(
    type.path,
    'defaults.vault_password_file',
    'ANSIBLE_VAULT_PASSWORD_FILE',
    'File with the vault password, or that prints it.',
  ),
  vault_identity_list: setting(
    type.list,
    'defaults.vault_identity_list',
    'ANSIBLE_VAULT_IDENTITY_LIST',
    'Vault passwords, each as id@source, before those of --vault-id.',
    '',
  ),
  vault_id_match: setting(
    type.truth,
    'defaults.vault_id_match',
    'ANSIBLE_VAULT_ID_MATCH',
    'Try only vault passwords with the id that a vault names.',
  ),
  ask_vault_pass: setting(
    type.truth,
    'defaults.ask_vault_pass',
    'ANSIBLE_ASK_VAULT_PASS',
    'Ask for the vault password.',
  ),
  gathering: setting(
    type.choice('implicit', 'explicit', 'smart'),
    'defaults.gathering',
    'ANSIBLE_GATHERING',
    'Whether plays that do not say gather facts: implicit (they do), explicit (they do not), smart (they do for hosts of which there are no facts).',
    'implicit',
  ),
  fact_caching: setting(
    type.text,
    'defaults.fact_caching',
    'ANSIBLE_CACHE_PLUGIN',
    'Where facts are kept: memory (for the run) or jsonfile (for other runs too).',
    'memory',
  ),
  fact_caching_connection: setting(
    type.path,
    'defaults.fact_caching_connection',
    'ANSIBLE_CACHE_PLUGIN_CONNECTION',
    'The folder in which jsonfile keeps facts.',
  ),
  fact_caching_prefix: setting(
    type.text,
    'defaults.fact_caching_prefix',
    'ANSIBLE_CACHE_PLUGIN_PREFIX',
    'What the names of those files begin with.',
    '',
  ),
  fact_caching_timeout: setting(
    type.count,
    'defaults.fact_caching_timeout',
    'ANSIBLE_CACHE_PLUGIN_TIMEOUT',
    'Seconds that kept facts hold; 0: for ever.',
    '86400',
  ),
  hash_behaviour: setting(
    type.choice('replace', 'merge'),
    'defaults.hash_behaviour',
    'ANSIBLE_HASH_BEHAVIOUR',
    'Whether of maps of the same name the one that wins replaces the others, or is merged with them.',
    'replace',
  ),
  duplicate_dict_key: setting(
    type.choice('warn', 'error', 'ignore'),
    'defaults.duplicate_dict_key',
    'ANSIBLE_DUPLICATE_YAML_DICT_KEY',
    'What a key is that a map gives twice: a warning (the last one holds), a mistake, or nothing.',
    'warn',
  ),
  ansible_managed: setting(
    type.text,
    'defaults.ansible_managed',
    'ANSIBLE_MANAGED',
    'The variable ansible_managed; in templates {file}, {uid}, {host} and %Y... stand for the template and its last change.',
    'Ansible managed',
  ),
  gather_subset: setting(
    type.list,
    'defaults.gather_subset',
    'ANSIBLE_GATHER_SUBSET',
    'Which facts plays gather that do not say.',
  ),
  strategy: setting(
    type.choice('linear', 'free', 'host_pinned'),
    'defaults.strategy',
    'ANSIBLE_STRATEGY',
    'The strategy of plays that do not say.',
    'linear',
  ),
  force_handlers: setting(
    type.truth,
    'defaults.force_handlers',
    'ANSIBLE_FORCE_HANDLERS',
    'Run handlers of hosts on which a task has failed too.',
  ),
  any_errors_fatal: setting(
    type.truth,
    'defaults.any_errors_fatal',
    'ANSIBLE_ANY_ERRORS_FATAL',
    'End a play for all hosts when one fails.',
  ),
  no_log: setting(type.truth, 'defaults.no_log', 'ANSIBLE_NO_LOG', 'Tell no results.'),
  task_timeout: setting(
    type.count,
    'defaults.task_timeout',
    'ANSIBLE_TASK_TIMEOUT',
    'Seconds that a task may take; 0: as long as it likes.',
  ),
  async_dir: setting(
    type.text,
    'defaults.async_dir',
    'ANSIBLE_ASYNC_DIR',
    'Where hosts keep the jobs of async tasks.',
    '~/.ansible_async',
  ),
  poll_interval: setting(
    type.count,
    'defaults.poll_interval',
    'ANSIBLE_POLL_INTERVAL',
    'Seconds at most between looks at the jobs of async tasks that say no poll.',
    '15',
  ),
  run_tags: setting(type.list, 'tags.run', 'ANSIBLE_RUN_TAGS', 'Tags, when no --tags are given.', ''),
  skip_tags: setting(
    type.list,
    'tags.skip',
    'ANSIBLE_SKIP_TAGS',
    'Tags to skip, when no --skip-tags are given.',
    '',
  ),
  diff: setting(type.truth, 'diff.always', 'ANSIBLE_DIFF_ALWAYS', 'Show what changes, as --diff.'),
  verbosity: setting(type.count, 'defaults.verbosity', 'ANSIBLE_VERBOSITY', 'As many -v.', '0'),
  template_language: setting(
    type.choice('handlebars', 'jinja'),
    '',
    '',
    'The language of all templates; without it, each text is in the one that it means something in.',
  ),
  ...DISPLAY_SETTINGS,
  log_path: setting(type.path, 'defaults.log_path', 'ANSIBLE_LOG_PATH', 'File to which the output is added.'),
  history: setting(
    type.truth,
    '',
    '',
    'Keep what came of each run, for run history and --limit @failed.',
    'true',
  ),
  history_folder: setting(
    type.path,
    '',
    '',
    'The folder in which runs are kept; without it, playssh/runs in the folder of XDG_STATE_HOME or ~/.local/state.',
  ),
  max_output: setting(
    type.number(MAX_OUTPUT_AT_MOST),
    '',
    '',
    'MiB of one output that are kept: a longer one fails its task.',
    '64',
  ),
} as const

export type SettingName = keyof typeof SETTINGS

/** The value of every setting; undefined where nothing is said and nothing holds otherwise. */
export type SettingValues = {
  readonly [K in SettingName]: (typeof SETTINGS)[K] extends SettingWithDefault<infer T>
    ? T
    : (typeof SETTINGS)[K] extends Setting<infer T>
      ? T | undefined
      : never
}
