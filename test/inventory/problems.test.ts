import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Files, load, loadText } from './files.ts'

const test = suite('what is wrong with an inventory')

const SECTIONS = 'under a group stand hosts, vars and children'
const INI_SECTIONS = 'a section is [group], [group:children] or [group:vars]'

const YAML: [text: string, problems: string[]][] = [
  ['', ['hosts.yml is empty (write "all:" and "hosts:" under it)']],
  ['# nothing\n', ['hosts.yml is empty (write "all:" and "hosts:" under it)']],
  [
    '- web1\n',
    [`1:1: an inventory must be a map, found a list (an inventory begins with "all:"; ${SECTIONS})`],
  ],
  [
    'web1\n',
    [`1:1: an inventory must be a map, found "web1" (an inventory begins with "all:"; ${SECTIONS})`],
  ],
  ['hosts: {a: }\n', ['1:1: "hosts" stands where a group is expected (put it under "all:")']],
  [
    'plugin: aws_ec2\n',
    [
      `1:9: the inventory plugin "aws_ec2" is not there (there are constructed and generator, and those of one's own in inventory_plugins/; for others, "ansible-inventory -i FILE --list" writes JSON that can be read here)`,
    ],
  ],
  ['all: {host: {a: }}\n', ['1:7: "host" is nothing that a group can have (did you mean "hosts"?)']],
  [
    'all: {ntp_server: a}\n',
    [`1:7: "ntp_server" is nothing that a group can have (${SECTIONS}; a variable goes under vars)`],
  ],
  ['all: [a]\n', [`1:6: the group "all" must be a map, found a list (${SECTIONS})`]],
  [
    'g: {hosts: [a, b]}\n',
    [
      '1:12: "hosts" of the group "g" must be a map, found a list (write each on a line of its own, as "a:" without a dash)',
    ],
  ],
  [
    'g: {hosts: [{a: }]}\n',
    [
      '1:12: "hosts" of the group "g" must be a map, found a list (write each on a line of its own, as "a:" without a dash)',
    ],
  ],
  [
    'g: {children: [a]}\n',
    [
      '1:15: "children" of the group "g" must be a map, found a list (write each on a line of its own, as "a:" without a dash)',
    ],
  ],
  [
    'g: {vars: [a]}\n',
    ['1:11: "vars" of the group "g" must be a map, found a list (write each variable as "name: value")'],
  ],
  [
    'g: {vars: a=1}\n',
    ['1:11: "vars" of the group "g" must be a map, found "a=1" (write each variable as "name: value")'],
  ],
  [
    'g: {hosts: {h: x=1}}\n',
    ['1:16: what the host "h" has must be a map, found "x=1" (write each variable as "name: value")'],
  ],
  ['g: {hosts: {"h[1": }}\n', ['1:13: "h[1" has a bracket without its other half']],
  ['a: {children: {b: {children: {a: }}}}\n', ['1:16: the group b cannot be in a, which is in b']],
  ['a: {children: {a: }}\n', ['1:16: the group a cannot be in itself']],
  ['a: {children: {all: }}\n', ['1:16: the group all holds every group and cannot be in one']],
  [
    '"a:b": {hosts: {h: }}\n',
    ['1:1: "a:b" is not a name for a group: a pattern could not name it (write "a_b")'],
  ],
  ['"": {hosts: {h: }}\n', ['1:1: a group needs a name']],
  [
    'g: {vars: {"my-var": 1, 2x: 1, "": 1}}\n',
    [
      '1:12: "my-var" is not a name for a variable: only letters, digits and _ may be in it, and no digit first (write "my_var")',
      '1:25: "2x" is not a name for a variable: only letters, digits and _ may be in it, and no digit first (write "_2x")',
      '1:32: a variable needs a name',
    ],
  ],
  [
    'g: {hosts: {h: {else: 1}}}\n',
    ['1:17: "else" cannot be a variable: templates read it as something else'],
  ],
  ['g: {vars: {ansible_group_priority: high}}\n', ['1:36: ansible_group_priority takes a whole number']],
  [
    'a: {host: {}}\nb: {hosts: [x]}\n',
    [
      '1:5: "host" is nothing that a group can have (did you mean "hosts"?)',
      '2:12: "hosts" of the group "b" must be a map, found a list (write each on a line of its own, as "x:" without a dash)',
    ],
  ],
]

for (const [text, problems] of YAML) {
  test(`an inventory in YAML is refused where it says ${JSON.stringify(text)}`, async () => {
    await loadText('hosts.yml', text, (loaded) => assert.equal(loaded.problems, problems))
  })
}

test('what is not YAML is said with its place', async () => {
  await loadText('hosts.yml', 'all:\n  hosts: {a: \n', ({ problems }) => {
    assert.is(problems.length, 1)
    assert.match(problems[0]!, /^[23]:\d+: /)
  })
})

const INI: [text: string, problems: string[]][] = [
  ['', ['hosts is empty: it names no host and no group']],
  ['# nothing\n', ['hosts is empty: it names no host and no group']],
  ['[web\nh\n', ['1:1: "[web" has a bracket without its other half']],
  ['[web servers]\nh\n', [`1:1: [web servers] is not a section (${INI_SECTIONS})`]],
  ['[web]\nh\n[web:childern]\nx\n', ['3:1: "childern" is not a kind of section (did you mean "children"?)']],
  ['[all:children]\nweb\ndb\n[web]\nh\n', ['3:1: unknown group "db" (add a section [db] with its hosts)']],
  ['[web]\nh\n[wep:vars]\na=1\n', ['3:2: unknown group "wep" (did you mean "web"?)']],
  [
    '[web]\nh a\n',
    ['2:3: expected variable=value behind a host, found "a" (each host takes a line of its own)'],
  ],
  ['[web]\nh a="b\n', ['2:1: the quote " is not closed']],
  [
    '[web]\n  h b-c=1\n',
    [
      '2:5: "b-c" is not a name for a variable: only letters, digits and _ may be in it, and no digit first (write "b_c")',
    ],
  ],
  ['[web]\nh\n[web:vars]\nalone\n', ['4:1: expected variable=value, found "alone"']],
  ['[web]\nh:\n', ['2:1: "h:" ends in ":", behind which a port would stand']],
  ['[a]\nh\n[a:children]\nb\n[b:children]\na\n', ['6:1: the group a cannot be in b, which is in a']],
  ['[a]\nh\n[a:children]\nb c\n', ['4:1: expected the name of a group, found "b c"']],
]

for (const [text, problems] of INI) {
  test(`an inventory in INI is refused where it says ${JSON.stringify(text)}`, async () => {
    await loadText('hosts', text, (loaded) => assert.equal(loaded.problems, problems))
  })
}

const OTHER: [what: string, files: Files, source: string, problems: string[]][] = [
  [
    'no such file',
    {},
    'hots',
    ['the inventory hots does not exist (give a file or a folder; a list of hosts has a comma, -i hots,)'],
  ],
  ['an empty list', {}, ',', ['1:1: the list of hosts names none']],
  [
    'a folder without inventories',
    { 'inv/README.md': '' },
    'inv',
    [
      'the folder inv holds no inventory (hidden files, backups, documentation and *.ini, *.cfg in a folder are left out, as Ansible does)',
    ],
  ],
  ['TOML', { 'h.toml': 'a = 1\n[web\n' }, 'h.toml', ['2:5: no valid TOML: illegal character in key']],
  [
    'a vault',
    { h: '$ANSIBLE_VAULT;1.1;AES256\nxx\n' },
    'h',
    [
      '1:1: h cannot be read: what stands behind the header of a vault are hexadecimal digits, and here is something else',
    ],
  ],
  [
    'a script that fails',
    { s: '#!/bin/sh\necho no cloud >&2; exit 3\n' },
    's',
    ['the inventory script failed: s --list: no cloud'],
  ],
  [
    'a script that fails silently',
    { s: '#!/bin/sh\nexit 3\n' },
    's',
    ['the inventory script failed: s --list: exit status 3'],
  ],
  [
    'a script that prints no JSON',
    { s: '#!/bin/sh\necho all good\n' },
    's',
    ['the inventory script must print a JSON object: s --list'],
  ],
  [
    'a script with wrong shapes',
    { s: '#!/bin/sh\necho \'{"g": {"hosts": {}}}\'\n' },
    's',
    ['s --list: the group "g" must have lists of hosts and children, and a map of vars'],
  ],
  [
    'variables that are no map',
    { h: '[g]\na\n', 'group_vars/g.yml': '- x\n' },
    'h',
    [
      '1:1: group_vars/g.yml must hold a map of variables, but it holds a list (write each variable as "name: value")',
    ],
  ],
  [
    'a file in place of the folder',
    { h: '[g]\na\n', group_vars: 'x: 1\n' },
    'h',
    ['group_vars is a file, a folder is expected'],
  ],
  [
    'a name that is none, in a variable file',
    { h: '[g]\na\n', 'play/group_vars/all': 'a.b: 1\n' },
    'h',
    [
      '1:1: "a.b" is not a name for a variable: only letters, digits and _ may be in it, and no digit first (write "a_b")',
    ],
  ],
]

for (const [what, files, source, problems] of OTHER) {
  test(what, async () => {
    await load(files, [source], (loaded) => assert.equal(loaded.problems, problems))
  })
}

test('all problems of all inventories are reported', async () => {
  const files = { one: '[a]\nh x\n', 'two.yml': 'b: {host: }', 'group_vars/a.yml': '- 1' }
  await load(files, ['one', 'two.yml', 'three'], ({ problems }) => assert.is(problems.length, 4))
})

const WARNED: [what: string, files: Files, warnings: string[]][] = [
  [
    'a host and a group of one name',
    { h: '[web]\nweb\n' },
    ['"web" is both a host and a group; a pattern with that name means the host'],
  ],
  [
    'group names that templates find hard',
    { h: '[web-1]\nh\n' },
    [
      '1:2: the group name "web-1" has characters other than letters, digits and _, or begins with a digit (templates can reach such a name by lookup only)',
    ],
  ],
  [
    'many group names that templates find hard, together',
    { h: '[a-1]\n[a-2]\n[a-3]\n[a-4]\n[5]\n[a-6]\n[a-7]\nh\n' },
    [
      '1:2: 7 group names have characters other than letters, digits and _, or begin with a digit: "a-1", "a-2", "a-3", "a-4", "5" and 2 more (templates can reach such a name by lookup only)',
    ],
  ],
  [
    'variables that the runner sets',
    { h: '[all:vars]\ngroups=x\n' },
    ['2:1: "groups" is set by the runner itself; what is written here has no effect'],
  ],
  [
    'a priority outside of the inventory',
    { h: '[g]\na\n', 'group_vars/g': 'ansible_group_priority: 2\n' },
    ['1:1: ansible_group_priority has no effect in group_vars (set it in the inventory file)'],
  ],
  [
    'variables of nobody, whose name is close',
    { h: '[webservers]\na\n', 'group_vars/webserver.yml': 'x: 1\n' },
    ['group_vars/webserver is not used: no group is called "webserver" (did you mean "webservers"?)'],
  ],
  [
    'variables of another inventory',
    { h: '[web]\na1\n', 'host_vars/a1.yml': 'x: 1', 'host_vars/a2.yml': 'x: 1\n' },
    [],
  ],
  [
    'two files for one group',
    { h: '[g]\na\n', 'group_vars/g/x.yml': 'x: 1', 'group_vars/g.yml': 'x: 2' },
    [
      'group_vars/g.yml is not read, because group_vars/g is there too (make g a folder and put both into it)',
    ],
  ],
]

for (const [what, files, warnings] of WARNED) {
  test(`there is a warning of this: ${what}`, async () => {
    await load(files, ['h'], (loaded) => assert.equal([loaded.problems, loaded.warnings], [[], warnings]))
  })
}

test.run()
