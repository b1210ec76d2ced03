import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modules } from '../../src/modules/index.ts'
import { readExtraVars } from '../../src/playbook/extra-vars.ts'
import { nothingInherited } from '../../src/playbook/inherit.ts'
import { splitWords as splitArguments } from '../../src/playbook/key-values.ts'
import { readSteps } from '../../src/playbook/steps.ts'
import { formatProblems } from '../../src/report/diagnostic.ts'
import { compile } from '../../src/template/compile.ts'
import type { Kind } from '../../src/template/compiled.ts'
import { matching } from '../../src/values/matching.ts'
import { type Problem, ProblemError } from '../../src/values/problem.ts'
import { pythonRegExp, pythonReplacement } from '../../src/values/regexp.ts'
import { Source } from '../../src/values/source.ts'
import { toValue } from '../../src/values/value.ts'
import { firstWord, splitWords } from '../../src/values/words.ts'
import { decoded } from '../../src/yaml/encoding.ts'
import { Files } from '../../src/yaml/files.ts'
import { parseYaml } from '../../src/yaml/yaml.ts'
import { variables } from '../support/templates.ts'
import { checkProblems, hostile, mayFail, property } from './property.ts'

const test = suite('parsers of playbooks')

const YAML =
  '- ,: ,a,b: c,[,],{,},",\',|,>,&a,*a,!unsafe ,!!str ,!,<<: *a,? ,#, #,---,...,%YAML 1.2,{{,}},0644,yes,~,\\,@,`,  ,\n,\n  ,\n- '
    .split(',')
    .concat(',')
const PLAYS = [
  '- hosts: all\n  vars: {a: 1}\n  tasks:\n    - name: one\n      copy: src=a dest=/b\n      when: a is defined\n      loop: [1, 2]\n',
  '- block:\n    - command: ls -l creates=/x\n      register: r\n      until: r.rc == 0\n  rescue:\n    - include_tasks: none.yml\n  always: [{meta: flush_handlers}]\n',
  '- debug: {msg: "{{ a | default(\'x\') }}"}\n  notify: h\n  loop_control: {loop_var: x, label: y}\n- set_fact: {a: b}\n',
  'a: &a {b: [c, d], <<: {e: f}}\ng: *a\nh: |\n  text\n  more\ni: "\\x41\\n"\n',
]

property(test, 'YAML: a value, or problems with their places', hostile(YAML, PLAYS), (text) => {
  const { node, problems } = parseYaml(new Source('t.yml', text))
  checkProblems(problems)
  formatProblems(problems)
  if (node !== undefined && problems.length === 0) JSON.stringify(toValue(node))
})

const TASKS =
  'a: ,block,tasks,- ,copy: ,when: ,loop: ,include_tasks: ,import_role: ,name: ,vars: ,notify: ,meta: ,args: ,action: ,module: ,local_action: ,listen: ,loop_control: ,tags: ,environment: ,x,1,~,[],{},\n  ,\n    ,\n- ,": "'.split(
    ',',
  )
property(test, 'tasks: steps, or problems with their places', hostile(TASKS, PLAYS), (text) => {
  const { node, problems } = parseYaml(new Source('t.yml', text))
  if (problems.length > 0) return
  const found: Problem[] = []
  const folder = '/nowhere'
  const reading = {
    files: new Files(),
    problems: found,
    rolesPath: [],
    extraVars: new Map(),
    playVars: undefined,
    modules,
    keywords: {},
    playFolder: folder,
    folder,
    role: undefined,
    inherited: nothingInherited,
    chain: [],
    collections: [],
    within: [],
    handlers: false,
  }
  readSteps(node, reading)
  checkProblems(found)
})

const TEMPLATE =
  '{{,}},{{{,}}},{{#if ,{{#each ,{{/if}},{{/each}},{{else}},{{^}},{{!--,--}},{{~,~}},{%,%},{#,#},{% if , %},(,),a,a.b,a.[0],@index,../,this,as |x|,"x",\',|,=,not ,eq ,and ,default ,regex_search ,regex_replace ,"(a+)+$",from_json ,from_yaml ,lookup ,join ,range ,1,2,-1, , ,\n,\\{{,{{{{raw}}}},{{{{/raw}}}}, is , in , if , else ,map(,{%- for x in ,{% endfor -%},{% set a = ,{% endset %},{% macro m(,{% call m() %},{% endcall %},{% include ,loop.,~,**,//,[1:],*a,**map,.append(,{% filter upper %},{% block b %}'.split(
    ',',
  )
const TEMPLATES = [
  '{{#each list as |x i|}}{{i}}: {{upper x}}{{/each}}',
  '{{#if (and a (not (eq n 1)))}}yes{{else if b}}no{{else}}{{default c "d"}}{{/if}}',
  '{{ a | default("x") | map(attribute="y") | list }}',
  '{% for a in b %}{{ a }}{% endfor %}{# c #}',
  '{% macro m(x, y=1) %}{{ x ~ y }}{{ caller() }}{% endmacro %}{% call m(1) %}{% set z %}{{ n // 2 }}{% endset %}{{ z | int ** 2 }}{% endcall %}',
  '{% for k, v in map.items() recursive %}{{ loop(list[1:]) if loop.first else k }}{% break %}{% endfor %}',
  'and (defined a) (search text "x*y") (in n list)',
  'a.b[0] == "x" and not c is defined or d in [1, 2]',
]
const scope = variables('a: true\nb: false\nn: 1\ntext: some text\nlist: [1, two, {three: 3}]\nmap: {x: y}\n')
const kinds: Kind[] = ['value', 'file', 'expression']
const texts = hostile(TEMPLATE, TEMPLATES)
property(
  test,
  'templates and conditions: a value, or problems with their places',
  fc.tuple(texts, fc.constantFrom(...kinds)),
  ([text, kind]) => {
    const source = new Source('t', text)
    const compiled = compile(text, kind)
    for (const { start, end } of [...compiled.problems, ...compiled.names]) {
      assert.ok(start >= 0 && start <= end && end <= text.length, `${start} to ${end}`)
    }
    try {
      compiled.evaluate(scope, (start, end) => ({ source, start, end }))
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      checkProblems(error.problems)
      formatProblems(error.problems)
    }
  },
)

const PATTERN =
  '(,),[,],[^,a,b,.,*,+,?,*?,{2},{1,},{,3},|,^,$,\\d,\\w+,\\s*,\\1,\\Z,(?P<x>,(?P=x),(?:,(?=,(?<!,(?i),(?#,\\,-'.split(
    ',',
  )
const subject = hostile(['a', 'ab', 'b', ' ', '\n', '1'])
property(
  test,
  'regular expressions: a match or a sentence',
  fc.tuple(hostile(PATTERN, ['^(?P<key>\\w+)\\s*=\\s*(.*)$']), subject),
  ([pattern, text]) => {
    mayFail(() => {
      const expression = pythonRegExp(pattern)
      return matching({ expression, written: pattern, text }, () => expression.test(text))
    })
  },
)
property(test, 'replacements', hostile(['\\1', '\\g<1>', '\\g<x>', '\\', '$&', 'a']), (text) => {
  mayFail(() => 'aXb'.replace(/(?<x>X)/, pythonReplacement(text)))
})

const LINE = 'a,a=b,",\',\\, ,#,{{,}},{{ x }},=,\n,--'.split(',')
const lines = hostile(LINE, ['a="b c" d=\'e\' {{ f g }}', "copy src='a b' dest=/c"])
property(test, 'words of lines', lines, (text) => {
  splitArguments(text)
  mayFail(() => splitWords(text))
  mayFail(() => splitWords(text, { comments: true }))
  mayFail(() => firstWord(text))
})
property(test, 'words that are quoted are read back', fc.array(fc.string({ unit: 'binary' })), (words) => {
  const line = words.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ')
  assert.equal(
    splitWords(line).map(({ text }) => text),
    words,
  )
})

property(
  test,
  'extra variables',
  hostile([...LINE, '{', '}', '"a": ', '['], ['a=b c="d e"', '{"a": [1, 2]}']),
  (text) => {
    mayFail(() => readExtraVars([{ text }, { text, file: 'vars.yml' }]))
  },
)

property(test, 'bytes: a text, or the place of the first that is none', fc.uint8Array(), (bytes) => {
  const source = decoded('t', Buffer.from(bytes))
  if (!(source instanceof Source)) return checkProblems([source])
  assert.equal(Buffer.from((source.hasMark ? '\ufeff' : '') + source.text), Buffer.from(bytes))
})

test.run()
