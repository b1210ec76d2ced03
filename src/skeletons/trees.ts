/** Texts of files by their paths; a path that ends in "/" is an empty folder. */
export type Tree = Readonly<Record<string, string>>

/** A role that says something, with the folders that ansible-galaxy gives one; lint takes no "your name" as its author. */
export function roleTree(name: string, author: string): Tree {
  const prefix = name.split('.').at(-1)!.replace(/\W/g, '_').toLowerCase()
  return {
    'README.md': `# ${name}

What the role does, in a sentence.

## Variables

| name | default | meaning |
|---|---|---|
| \`${prefix}_greeting\` | \`Hello\` | what is said |

## Example

\`\`\`yaml
- name: Use the role ${name}
  hosts: all
  roles:
    - role: ${name}
      vars:
        ${prefix}_greeting: Good morning
\`\`\`
`,
    'defaults/main.yml': `---\n# What users of the role may set.\n${prefix}_greeting: Hello\n`,
    'files/': '',
    'handlers/main.yml': '---\n# Tasks that run at the end when a task notifies them.\n[]\n',
    'meta/main.yml': `---
galaxy_info:
  role_name: ${prefix}
  author: ${author}
  description: What the role does, in a sentence.
  license: MIT
  min_ansible_version: "2.14"
  platforms:
    - name: Debian
      versions:
        - all
  galaxy_tags: []
dependencies: []
`,
    'tasks/main.yml': `---
- name: Say hello
  ansible.builtin.debug:
    msg: "{{ ${prefix}_greeting }}, {{ inventory_hostname }}"
`,
    'templates/': '',
    'vars/main.yml': '---\n# What the role needs and its users do not set.\n{}\n',
  }
}

/** A playbook of one task, in a file of this name. */
export function playbookTree(name: string): Tree {
  const file = /\.ya?ml$/.test(name) ? name : `${name}.yml`
  const title = file
    .split('/')
    .at(-1)!
    .replace(/\.ya?ml$/, '')
  return {
    [file]: `---
- name: ${title[0]!.toUpperCase()}${title.slice(1)}
  hosts: all
  gather_facts: false
  tasks:
    - name: See that the hosts can be reached
      ansible.builtin.ping:
`,
  }
}

/** A folder with an inventory of this machine, and variables of all hosts. */
export function inventoryTree(): Tree {
  return {
    'hosts.yml': `---
all:
  hosts:
    localhost:
      ansible_connection: local
  # Groups of hosts:
  # children:
  #   web:
  #     hosts:
  #       web1.example.org:
  #       web2.example.org:
  #         ansible_user: admin
`,
    'group_vars/all.yml':
      '---\n# Variables of all hosts; those of the group web go into group_vars/web.yml.\n{}\n',
    'host_vars/': '',
  }
}

/** A collection with what ansible-galaxy gives one. */
export function collectionTree(name: string): Tree {
  const [namespace, short] = name.split('.')
  return {
    'CHANGELOG.md': '# Changelog\n\n## 1.0.0\n\n- The first version.\n',
    'README.md': `# ${name}\n\nWhat the collection holds, in a sentence.\n`,
    'docs/': '',
    'galaxy.yml': `---
namespace: ${namespace}
name: ${short}
version: 1.0.0
readme: README.md
authors:
  - your name <you@example.org>
description: What the collection holds, in a sentence.
license:
  - MIT
tags:
  - tools
dependencies: {}
repository: https://example.org/repository
documentation: https://example.org/documentation
homepage: https://example.org
issues: https://example.org/issues
build_ignore: []
`,
    'meta/runtime.yml': '---\nrequires_ansible: ">=2.14.0"\n',
    'plugins/': '',
    'roles/': '',
  }
}
