import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../../support/playbook.ts'
import { until } from '../../support/until.ts'

const test = suite('modules that are run as they are')

// As much of ansible-core as a module needs to be run.
const BASIC = `
import json, sys
from ansible.module_utils.common.text import told
_ANSIBLE_ARGS = None
class AnsibleModule(object):
    def __init__(self, argument_spec):
        given = json.loads(_ANSIBLE_ARGS.decode())['ANSIBLE_MODULE_ARGS']
        self.check_mode = given['_ansible_check_mode']
        self.diff = given['_ansible_diff']
        self.params = dict((k, v) for k, v in given.items() if not k.startswith('_ansible_'))
    def exit_json(self, **result):
        print(json.dumps(dict(result, told=told)))
        sys.exit(0)
`
const CORE = 'collections/ansible/module_utils'
const COLLECTION = 'collections/ansible_collections/my/own/plugins'

const files = {
  [`${CORE}/basic.py`]: BASIC,
  [`${CORE}/common/__init__.py`]: 'from ansible.module_utils.compat import NEEDED\n',
  [`${CORE}/compat.py`]: 'NEEDED = 1\n',
  [`${CORE}/common/text.py`]: 'told = "core"\n',
  [`${COLLECTION}/modules/thing.py`]: `
from __future__ import print_function
import sys
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.my.own.plugins.module_utils.names import (
    NAME,  # of the thing
)
from ..module_utils import other
module = AnsibleModule(argument_spec={})
module.exit_json(changed=True, check=module.check_mode, name=NAME, other=other.OTHER, argv=sys.argv[1:], path=sys.path[0],
                 params=module.params, ansible_facts={'thing': module.params.get('x')})
`,
  [`${COLLECTION}/module_utils/names.py`]: 'NAME = "thing"\n',
  [`${COLLECTION}/module_utils/other.py`]: 'OTHER = 2\n',
  [`${COLLECTION}/modules/planned.py`]: 'from ansible.module_utils.basic import AnsibleModule\n',
  [`${COLLECTION}/action/planned.py`]: '',
  'library/json_words': '#!/bin/sh\n# WANT_JSON\nprintf \'{"changed": false, "given": %s}\' "$(cat "$1")"\n',
  'library/old_style.sh': '#!/bin/sh\n. "$1"\nprintf \'{"said": "%s"}\' "$name"\n',
  'library/in_text.py':
    '#!/usr/bin/python3\nimport json\nprint(json.dumps({"x": json.loads("""<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>""")["x"]}))\n',
  'library/broken.py': '#!/usr/bin/python3\nimport nothing_such\n',
  'action_plugins/here.py': '',
  'roles/r/library/of_role.py':
    'from ansible.module_utils.mine import MINE\nfrom ansible.module_utils.basic import AnsibleModule\nAnsibleModule({}).exit_json(mine=MINE)\n',
  'roles/r/module_utils/mine.py': 'MINE = "of the role"\n',
  'roles/r/tasks/main.yml': '- {of_role: {}, name: of role}\n',
}

test('a module of a collection is run with what it imports, and its facts are kept', async () => {
  const ran = await runText(
    `- hosts: all
  collections: [my.own]
  vars: {big: 12345678901234567890}
  tasks:
    - {my.own.thing: {x: 'é "$y"', list: [1, "{{big}}"]}, name: full, register: r}
    - {thing: {x: again}, name: short, when: thing == r.params.x}
    - {debug: {msg: "{{thing}}"}, name: fact}
`,
    { files, hosts: ['one', 'two'] },
  )
  assert.is(ran.exitStatus, 0, ran.problems + JSON.stringify(ran.events))
  const { argv, check, name, other, params, told } = ran.result('full', 'one').values
  assert.equal([argv, check, name, other, told], [[], false, 'thing', 2, 'core'])
  assert.equal(
    JSON.stringify(params, (_, value) => (String(value) === '12345678901234567890' ? 'big' : value)),
    '{"x":"é \\"$y\\"","list":[1,"big"]}',
  )
  assert.is(ran.result('short', 'two').status, 'changed')
  assert.is(ran.result('fact', 'two').values.msg, 'again')
  const folder = String(ran.result('full', 'one').values.path)
  assert.match(folder, /\/playssh\.\w{10}\//)
  await until(`${folder} is gone`, () => !existsSync(folder))
})

test('under check it is run, and told that it is to check', async () => {
  const ran = await runText('- {hosts: all, tasks: [{my.own.thing: {}, name: t}]}', {
    files,
    args: ['--check'],
  })
  assert.is(ran.result('t').values.check, true)
  assert.is(ran.result('t').isForeign, true)
})

test('programs in any language are run: with JSON, in the old style, with their arguments in the text', async () => {
  const playbook = `- hosts: all
  tasks:
    - {json_words: {a: [1, "b'c"]}, name: json}
    - {old_style: {name: it's me}, name: old}
    - {in_text: {x: "a 'b'"}, name: text}
`
  const ran = await runText(playbook, { files })
  assert.is(ran.exitStatus, 0, ran.problems + JSON.stringify(ran.events))
  assert.equal((ran.result('json').values.given as { a: unknown }).a, [1, "b'c"])
  assert.is(ran.result('old').values.said, "it's me")
  assert.is(ran.result('text').values.x, "a 'b'")
  const checked = await runText(playbook, { files, args: ['--check'] })
  assert.is(checked.result('old').status, 'skipped')
})

test("a role's own library and module_utils are used", async () => {
  const ran = await runText('- {hosts: all, roles: [r]}', { files })
  assert.is(ran.exitStatus, 0, ran.problems + JSON.stringify(ran.events))
  assert.is(ran.result('r : of role').values.mine, 'of the role')
})

test('what cannot be run is told: no result, no Python, a plugin on the controller, no collection', async () => {
  const ran = await runText(
    `- hosts: all
  ignore_errors: true
  tasks:
    - {broken: {}, name: broken}
    - {my.own.thing: {}, name: no python, vars: {ansible_python_interpreter: /none/python}}
    - {my.own.planned: {}, name: planned}
    - {here: {}, name: here}
    - {none.such.module: {}, name: none}
`,
    { files },
  )
  assert.match(
    ran.result('broken').message!,
    /broken has ended with status 1 and printed no result: .*nothing_such/,
  )
  assert.match(ran.result('no python').message!, /there is no \/none\/python on this host.*install python3/)
  assert.match(ran.result('planned').message!, /carried out by a plugin in Python on the controller/)
  assert.match(
    ran.result('none').message!,
    /the collection none.such.*ansible-galaxy collection install none.such/,
  )
})

test("modules of one's own are found where the settings and -M say, and in a library beside the playbook first", async () => {
  const program = (said: string) => `#!/bin/sh\n# WANT_JSON\nprintf '{"said": "${said}"}'\n`
  const own = {
    'library/one': program('beside'),
    'set/one': program('set'),
    'set/two': program('set'),
    'set/three': program('set'),
    'flag/two': program('flag'),
  }
  const folder = mkdtempSync(join(tmpdir(), 'library-'))
  try {
    for (const [path, text] of Object.entries(own)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    process.env.ANSIBLE_LIBRARY = join(folder, 'set')
    const ran = await runText(
      '- {hosts: all, tasks: [{one: {}, name: a}, {two: {}, name: b}, {three: {}, name: c}]}',
      {
        files: { 'library/one': own['library/one'] },
        args: ['-M', join(folder, 'flag')],
      },
    )
    assert.is(ran.exitStatus, 0, ran.problems + JSON.stringify(ran.events))
    assert.equal(
      ['a', 'b', 'c'].map((name) => ran.result(name).values.said),
      ['beside', 'flag', 'set'],
    )
  } finally {
    delete process.env.ANSIBLE_LIBRARY
    rmSync(folder, { recursive: true })
  }
})

test('a module goes on by itself, waited for or asked about, and leaves nothing of itself behind', async () => {
  const ran = await runText(
    `- hosts: one
  vars: {ansible_async_dir: "{{ playbook_dir }}/jobs dir"}
  collections: [my.own]
  tasks:
    - {name: waited for, my.own.thing: {x: 1}, async: 60, poll: 1}
    - {name: begun, my.own.thing: {x: 2}, async: 60, poll: 0, register: job}
    - {name: asked about, async_status: {jid: "{{ job.ansible_job_id }}"}, register: state, until: state.finished, retries: 100, delay: 0.2}
    - {name: in the old style, old_style: {name: a b}, async: 60, poll: 1}
    - {name: broken, broken: {}, async: 60, poll: 1, ignore_errors: true}
    - {name: left, shell: "ls jobs*/*.job", args: {chdir: "{{ playbook_dir }}"}}
`,
    { files },
  )
  assert.is(ran.problems, '')
  for (const [task, x] of [
    ['waited for', 1],
    ['asked about', 2],
  ] as const) {
    const { status, values } = ran.result(task)
    assert.is(status, 'changed')
    assert.equal([values.name, values.told, values.params, values.finished], ['thing', 'core', { x }, 1])
  }
  assert.is(ran.result('in the old style').values.said, 'a b')
  assert.match(String(ran.result('broken').message), /nothing_such|MODULE FAILURE|broken/)
  assert.not.match(String(ran.result('left').values.stdout), /module/)
})

test('what no_log hides stays hidden, and a secret is among the arguments of no process', async () => {
  const ran = await runText('- {hosts: all, tasks: [{my.own.thing: {x: hush}, name: t, no_log: true}]}', {
    files,
  })
  assert.not.match(JSON.stringify(ran.events), /hush/)
})

test.run()
