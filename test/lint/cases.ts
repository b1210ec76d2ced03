/** For each rule a text that it finds something in, and one in which it finds nothing. `^` lines mark nothing: see `at`. */
export interface RuleCase {
  /** From the project's folder; a tasks file of a role if nothing is said. */
  readonly path?: string
  readonly bad: string
  /** `line:column` of the finding. */
  readonly at: string
  readonly good: string
  /** What `--fix` makes of it. */
  readonly fixed?: string
}

const PLAYBOOK = 'playbooks/site.yml'
const VARS = 'roles/web/defaults/main.yml'

export const CASES: Readonly<Record<string, RuleCase>> = {
  'name[missing]': { bad: '- ping:\n', at: '1:3', good: '- name: Ping\n  ping:\n' },
  'name[play]': { path: PLAYBOOK, bad: '- hosts: all\n', at: '1:3', good: '- name: All\n  hosts: all\n' },
  'name[casing]': {
    bad: '- name: say it\n  ping:\n',
    at: '1:9',
    good: '- name: Say it\n  ping:\n',
    fixed: '- name: Say it\n  ansible.builtin.ping:\n',
  },
  'name[template]': {
    bad: '- name: Install {{ a }} now\n  ping:\n',
    at: '1:9',
    good: '- name: Install {{ a }}\n  ping:\n',
  },
  'name[prefix]': {
    path: 'roles/web/tasks/install.yml',
    bad: '- name: Do\n  ping:\n',
    at: '1:9',
    good: '- name: install | Do\n  ping:\n',
  },
  'fqcn[action-core]': {
    bad: '- name: A\n  ping:\n',
    at: '2:3',
    good: '- name: A\n  ansible.builtin.ping:\n',
    fixed: '- name: A\n  ansible.builtin.ping:\n',
  },
  'fqcn[action]': {
    bad: '- name: A\n  ufw:\n    state: enabled\n',
    at: '2:3',
    good: '- name: A\n  community.general.ufw:\n    state: enabled\n',
    fixed: '- name: A\n  community.general.ufw:\n    state: enabled\n',
  },
  'fqcn[keyword]': {
    path: PLAYBOOK,
    bad: '- name: A\n  hosts: all\n  collections: [a.b]\n',
    at: '3:3',
    good: '- name: A\n  hosts: all\n',
  },
  'risky-file-permissions': {
    bad: '- copy:\n    src: a\n    dest: /b\n',
    at: '1:3',
    good: '- copy:\n    src: a\n    dest: /b\n    mode: "0644"\n',
  },
  'risky-octal': {
    bad: '- file:\n    path: /b\n    mode: 644\n',
    at: '3:11',
    good: '- file:\n    path: /b\n    mode: "0644"\n',
  },
  'risky-shell-pipe': { bad: '- shell: a | b\n', at: '1:3', good: '- shell: set -o pipefail; a | b\n' },
  'no-changed-when': { bad: '- command: a\n', at: '1:3', good: '- command: a\n  changed_when: false\n' },
  'command-instead-of-module': { bad: '- command: git clone a\n', at: '1:3', good: '- command: git log\n' },
  'command-instead-of-shell': { bad: '- shell: ls /tmp\n', at: '1:3', good: '- shell: ls /tmp/*\n' },
  'inline-env-var': { bad: '- command: A=b ls\n', at: '1:3', good: '- command: ls A=b\n' },
  'deprecated-command-syntax': { bad: '- command: mkdir /a\n', at: '1:3', good: '- command: mkfifo /a\n' },
  'deprecated-bare-vars': {
    bad: '- ping:\n  with_items: hosts\n',
    at: '2:15',
    good: '- ping:\n  with_items: "{{ hosts }}"\n',
  },
  'deprecated-local-action': {
    bad: '- local_action: ping data=a\n',
    at: '1:3',
    good: '- ping:\n  delegate_to: localhost\n',
    fixed: '- ansible.builtin.ping:\n    data: a\n  delegate_to: localhost\n',
  },
  'deprecated-module': { bad: '- include: a.yml\n', at: '1:3', good: '- include_tasks: a.yml\n' },
  'literal-compare': { bad: '- ping:\n  when: a == true\n', at: '2:9', good: '- ping:\n  when: a\n' },
  'empty-string-compare': {
    bad: "- ping:\n  when: a == ''\n",
    at: '2:9',
    good: '- ping:\n  when: a | length == 0\n',
  },
  'no-relative-paths': {
    bad: '- copy:\n    src: ../files/a\n    dest: /b\n',
    at: '2:10',
    good: '- copy:\n    src: a\n    dest: /b\n',
  },
  'no-jinja-when': { bad: '- ping:\n  when: "{{ a }}"\n', at: '2:9', good: '- ping:\n  when: a\n' },
  'jinja[spacing]': {
    bad: '- debug:\n    msg: "{{a|default(1)}}"\n',
    at: '2:13',
    good: '- debug:\n    msg: "{{ a | default(1) }}"\n',
    fixed: '- ansible.builtin.debug:\n    msg: "{{ a | default(1) }}"\n',
  },
  'jinja[invalid]': {
    bad: '- debug:\n    msg: "{{ a | }}"\n',
    at: '2:18',
    good: '- debug:\n    msg: "{{ a }}"\n',
  },
  'key-order[task]': {
    bad: '- ping:\n  name: A\n',
    at: '2:3',
    good: '- name: A\n  ping:\n',
    fixed: '- name: A\n  ansible.builtin.ping:\n',
  },
  'latest[git]': {
    bad: '- git:\n    repo: a\n    dest: /b\n',
    at: '1:3',
    good: '- git:\n    repo: a\n    dest: /b\n    version: v1\n',
  },
  'latest[hg]': { bad: '- hg:\n    repo: a\n', at: '1:3', good: '- hg:\n    repo: a\n    revision: "1"\n' },
  'package-latest': {
    bad: '- apt:\n    name: a\n    state: latest\n',
    at: '3:12',
    good: '- apt:\n    name: a\n    state: present\n',
  },
  'no-free-form': {
    bad: '- file: path=/a state=touch\n',
    at: '1:9',
    good: '- file:\n    path: /a\n',
    fixed: '- ansible.builtin.file:\n    path: /a\n    state: touch\n',
  },
  'no-free-form[raw]': { bad: '- raw: ls executable=/bin/sh\n', at: '1:8', good: '- raw: ls\n' },
  'no-free-form[raw-non-string]': { bad: '- raw: {cmd: ls}\n', at: '1:8', good: '- raw: ls\n' },
  'no-handler': { bad: '- ping:\n  when: a.changed\n', at: '2:9', good: '- ping:\n  when: a.failed\n' },
  'no-tabs': {
    bad: '- debug:\n    msg: "a\\tb"\n',
    at: '2:10',
    good: '- lineinfile:\n    line: "a\\tb"\n    path: /a\n',
  },
  'no-same-owner': {
    bad: '- synchronize:\n    src: a\n    dest: b\n',
    at: '1:3',
    good: '- synchronize:\n    src: a\n    dest: b\n    owner: false\n    group: false\n',
  },
  'no-log-password': {
    bad: '- user:\n    name: "{{ item }}"\n    password: "{{ p }}"\n  loop: [a]\n',
    at: '3:15',
    good: '- user:\n    name: "{{ item }}"\n    password: "{{ p }}"\n  loop: [a]\n  no_log: true\n',
  },
  'ignore-errors': {
    bad: '- ping:\n  ignore_errors: true\n',
    at: '2:3',
    good: '- ping:\n  register: a\n  ignore_errors: true\n',
  },
  'avoid-implicit': {
    bad: '- copy:\n    content: {a: 1}\n    dest: /b\n',
    at: '2:14',
    good: '- copy:\n    content: a\n    dest: /b\n',
  },
  'partial-become': {
    path: PLAYBOOK,
    bad: '- name: A\n  hosts: all\n  become_user: b\n',
    at: '3:3',
    good: '- name: A\n  hosts: all\n  become: true\n  become_user: b\n',
  },
  'no-prompting': { bad: '- pause:\n', at: '1:3', good: '- pause:\n    seconds: 1\n' },
  'run-once[play]': {
    path: PLAYBOOK,
    bad: '- name: A\n  hosts: all\n  strategy: free\n',
    at: '3:13',
    good: '- name: A\n  hosts: all\n  strategy: linear\n',
  },
  'run-once[task]': {
    path: PLAYBOOK,
    bad: '- hosts: all\n  tasks:\n    - ping:\n      run_once: true\n',
    at: '4:7',
    good: '- hosts: all\n  tasks:\n    - ping:\n',
  },
  'loop-var-prefix[missing]': {
    bad: '- ping:\n  loop: [1]\n',
    at: '2:3',
    good: '- ping:\n  loop: [1]\n  loop_control:\n    loop_var: web_item\n',
  },
  'loop-var-prefix[wrong]': {
    bad: '- ping:\n  loop: [1]\n  loop_control:\n    loop_var: item2\n',
    at: '4:15',
    good: '- ping:\n  loop: [1]\n  loop_control:\n    loop_var: web_item\n',
  },
  'var-naming': { path: VARS, bad: 'webPort: 1\n', at: '1:1', good: 'web_port: 1\n' },
  'role-name': {
    path: 'ansible-role-a-b/meta/main.yml',
    bad: 'galaxy_info: {}\n',
    at: '1:1',
    good: 'galaxy_info:\n  role_name: a_b\n',
  },
  'role-name[path]': {
    path: PLAYBOOK,
    bad: '- hosts: all\n  roles:\n    - ../a\n',
    at: '3:7',
    good: '- hosts: all\n  roles:\n    - a\n',
  },
  'meta-no-info': {
    path: 'roles/web/meta/main.yml',
    bad: 'dependencies: []\n',
    at: '1:1',
    good: 'galaxy_info:\n  author: a\n  description: b\n  license: MIT\n  min_ansible_version: "2.9"\n  platforms:\n    - name: Debian\n',
  },
  'meta-incorrect': {
    path: 'roles/web/meta/main.yml',
    bad: 'galaxy_info:\n  author: your name\n',
    at: '2:11',
    good: 'galaxy_info:\n  author: me\n',
  },
  'schema[meta]': {
    path: 'roles/web/meta/main.yml',
    bad: 'galaxy_info:\n  min_ansible_version: 2.10\n',
    at: '2:24',
    good: 'galaxy_info:\n  min_ansible_version: "2.10"\n',
  },
  'schema[tasks]': { bad: '- ping:\n  wen: a\n', at: '2:3', good: '- ping:\n  when: a\n' },
  'args[module]': {
    bad: '- copy:\n    sorce: a\n    dest: /b\n',
    at: '2:12',
    good: '- copy:\n    src: a\n    dest: /b\n',
  },
  'unused-variable': {
    path: VARS,
    bad: 'web_port: 1\n',
    at: '1:1',
    good: 'web_port: 1\nweb_url: "{{ web_port }}{{ web_url }}"\n',
  },
  'unused-handler': {
    path: 'roles/web/handlers/main.yml',
    bad: '- name: Restart\n  ping:\n',
    at: '1:9',
    good: '- name: Restart\n  ping:\n  notify: Restart\n',
  },
  'unused-register': {
    bad: '- ping:\n  register: a_result\n',
    at: '2:13',
    good: '- ping:\n  register: a_result\n  failed_when: a_result is failed\n',
  },
  'yaml[braces]': {
    path: VARS,
    bad: 'a: {  b: 1}\n',
    at: '1:5',
    good: 'a: { b: 1 }\n',
    fixed: 'a: { b: 1}\n',
  },
  'yaml[brackets]': { path: VARS, bad: 'a: [ 1]\n', at: '1:5', good: 'a: [1]\n', fixed: 'a: [1]\n' },
  'yaml[colons]': { path: VARS, bad: 'a:  1\n', at: '1:3', good: 'a: 1\n', fixed: 'a: 1\n' },
  'yaml[commas]': { path: VARS, bad: 'a: [1,2]\n', at: '1:7', good: 'a: [1, 2]\n', fixed: 'a: [1, 2]\n' },
  'yaml[comments]': { path: VARS, bad: '#b\na: 1\n', at: '1:2', good: '# b\na: 1\n', fixed: '# b\na: 1\n' },
  'yaml[empty-lines]': { path: VARS, bad: 'a: 1\n\n\n\nb: 2\n', at: '4:1', good: 'a: 1\n\n\nb: 2\n' },
  'yaml[hyphens]': { path: VARS, bad: 'a:\n  -  1\n', at: '2:4', good: 'a:\n  - 1\n' },
  'yaml[indentation]': { path: VARS, bad: 'a:\n  b:\n     c: 1\n', at: '3:6', good: 'a:\n  b:\n    c: 1\n' },
  'yaml[key-duplicates]': { path: VARS, bad: 'a: 1\na: 2\n', at: '2:1', good: 'a: 1\nb: 2\n' },
  'yaml[line-length]': {
    path: VARS,
    bad: `a: ${'b '.repeat(90)}c\n`,
    at: '1:161',
    good: `a: ${'b'.repeat(190)}\n`.replace('a: ', '- '),
  },
  'yaml[new-line-at-end-of-file]': { path: VARS, bad: 'a: 1', at: '1:5', good: 'a: 1\n', fixed: 'a: 1\n' },
  'yaml[new-lines]': { path: VARS, bad: 'a: 1\r\n', at: '1:5', good: 'a: 1\n' },
  'yaml[octal-values]': {
    bad: '- file:\n    path: /a\n    mode: 0755\n',
    at: '3:11',
    good: '- file:\n    path: /a\n    mode: "0755"\n',
    fixed: '- ansible.builtin.file:\n    path: /a\n    mode: "0755"\n',
  },
  'yaml[trailing-spaces]': { path: VARS, bad: 'a: 1 \n', at: '1:5', good: 'a: 1\n', fixed: 'a: 1\n' },
  'yaml[truthy]': { path: VARS, bad: 'a: yes\n', at: '1:4', good: 'a: true\n', fixed: 'a: true\n' },
}
