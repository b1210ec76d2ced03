import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, runText } from '../support/playbook.ts'

const test = suite('a playbook in Jinja does what Ansible does with it')

const playbook = `- hosts: all
  gather_facts: false
  vars:
    out_file: "{{ playbook_dir }}/out.conf"
    flag: true
    users:
      - {name: ann, groups: [adm, web], uid: 1001}
      - {name: bob, groups: []}
    ports: {http: 80, https: 443}
    names: "{{ users | map(attribute='name') | list }}"
    lookup_table: "{{ dict(names | zip([10, 20])) }}"
    listing: "[{% for u in users %}'{{ u.name }}-{{ loop.index }}',{% endfor %}]"
    nested: {a: {b: ["{{ names[0] }}", "{{ ports.http + 1 }}"]}}
    message: "{% if flag %}on{% else %}off{% endif %} {{ ports.http }}"
  pre_tasks:
    - name: texts
      debug:
        msg: "{{ message }}|{{ flag }}|{{ names }}|{{ ports }}|{{ none }}|{{ nested.a.b | join(',') }}"
    - name: types
      debug:
        msg: ["{{ names }}", "{{ listing }}", "{{ lookup_table }}", "{{ flag }}", "{{ 'False' }}", "{{ '[1]' }}", "{{ listing | length }}x"]
    - name: backslashes
      debug: {msg: "{{ 'a1b' | regex_replace('(\\\\d)', '<\\\\1>') }} {{ 'x.y' | regex_escape }}"}
    - name: sets
      set_fact:
        total: "{{ ports.values() | sum }}"
        admins: "{{ users | selectattr('groups', 'contains', 'adm') | map(attribute='name') | list }}"
        upper: "{{ names | map('upper') | join(' ') }}"
    - name: facts
      debug: {msg: "{{ total }} {{ admins }} {{ upper }} {{ admins | type_debug }}"}
    - name: looped
      debug: {msg: "{{ item.0.name }}:{{ item.1 | default('-') }}"}
      loop: "{{ users | subelements('groups', skip_missing=True) }}"
      when: item.1 != 'web' or flag
    - name: registered
      command: printf 'a\\nb\\n'
      register: out
      changed_when: out.stdout_lines | length > 2
      failed_when: "'zzz' in out.stdout"
      until: out.rc == 0
      retries: 1
    - name: of registered
      debug: {msg: "{{ out.stdout_lines | last }} {{ out is changed }} {{ out.rc == 0 and out is not failed }}"}
      when:
        - out is succeeded
        - out.stdout is search('a')
        - not (out.stderr | length)
    - {name: undefined a, debug: {msg: "{{ nosuch.a.b | default('fallback') }}"}, when: nosuch is not defined}
    - {name: skipped, debug: {msg: x}, when: nosuch is defined and nosuch.a}
    - {name: omitted, debug: {msg: "{{ nosuch | default(omit) }}"}}
    - {name: bare name, debug: {msg: yes}, when: flag}
    - {name: text is true, debug: {msg: shown}, when: no_text, vars: {no_text: "no"}}
    - name: missing
      debug: {msg: "{{ users[1].uid }}"}
      ignore_errors: true
    - name: braces
      debug: {msg: shown}
      when: "{{ flag }} and '{{ names[0] }}' == 'ann'"
    - name: changed values
      debug: {msg: "{% set l = names %}{% set _ = l.append('eve') %}{{ l | length }}"}
    - {name: unchanged, debug: {msg: "{{ names | length }}"}}
  roles:
    - {role: web, web_port: 8080}
`

const files = {
  'roles/web/tasks/main.yml': `- name: rendered
  template: {src: web.conf.j2, dest: "{{ out_file }}", mode: "0644"}
  notify: reload {{ service }}
- name: read back
  slurp: {src: "{{ out_file }}"}
  register: got
- name: content
  debug: {msg: "{{ got.content | b64decode }}"}
`,
  'roles/web/defaults/main.yml': `service: web
`,
  'roles/web/handlers/main.yml': `- name: reload web
  debug: {msg: "reloaded {{ service }}"}
`,
  'roles/web/templates/web.conf.j2': `#jinja2: lstrip_blocks: True
{% import 'macros.j2' as m %}
{# a comment #}
port = {{ web_port }}
{% for u in users if u.uid is defined %}
    {% set line = m.entry(u.name, u.groups) %}
{{ line }}
{% endfor %}
{% include 'footer.j2' %}
{% raw %}{{ kept }}{% endraw %}

{{ ports | to_nice_yaml(indent=2) }}
`,
  'roles/web/templates/macros.j2': `{% macro entry(name, groups=[]) -%}
{{ name }} = {{ groups | join(", ") }}{% endmacro %}
`,
  'roles/web/templates/footer.j2': `footer for {{ inventory_hostname }} {{ flag }}
`,
}

/** What ansible-core 2.14 said of each task. */
const said: [task: string, message: unknown][] = [
  ['texts', "on 80|True|['ann', 'bob']|{'http': 80, 'https': 443}||ann,81"],
  ['types', [['ann', 'bob'], ['ann-1', 'bob-2'], { ann: 10, bob: 20 }, true, false, [1], '2x']],
  ['backslashes', 'a<1>b x\\.y'],
  ['facts', "523 ['ann'] ANN BOB list"],
  ['of registered', 'b False True'],
  ['undefined a', 'fallback'],
  ['omitted', 'Hello world!'],
  ['bare name', true],
  ['text is true', 'shown'],
  ['braces', 'shown'],
  ['changed values', '3'],
  // Ansible makes a text of it.
  ['unchanged', 2],
  ['web : content', 'port = 8080\nann = adm, web\nfooter for one True{{ kept }}\nhttp: 80\nhttps: 443\n'],
  ['web : reload web', 'reloaded web'],
]

let ran: Ran
test.before(async () => {
  ran = await runText(playbook, { files })
  assert.is(ran.problems, '')
})

for (const [task, message] of said) {
  test(`"${task}" says what it says under Ansible`, () => assert.equal(ran.result(task).values.msg, message))
}

test('loops, skipped tasks and errors are as under Ansible', () => {
  const { values } = ran.result('looped')
  assert.equal(
    (values.results as { msg: string }[]).map(({ msg }) => msg),
    ['ann:adm', 'ann:web'],
  )
  assert.is(ran.result('skipped').status, 'skipped')
  assert.is(ran.result('registered').status, 'ok')
  assert.is(ran.result('missing').status, 'failed')
  assert.is(ran.exitStatus, 0)
  const { ok, changed, failures, skipped, ignored } = ran.stats.one!
  assert.equal([ok, changed, failures, skipped, ignored], [20, 1, 0, 1, 1])
})

test.run()
