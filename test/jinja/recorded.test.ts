import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type JsonValue, loadJson } from '../../src/python/json/load.ts'
import { repr, str } from '../../src/python/text.ts'
import { TemplateContext } from '../../src/template/context.ts'
import { Float } from '../../src/values/float.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { Source } from '../../src/values/source.ts'
import { type Node, toNode, type Value } from '../../src/values/value.ts'

const test = suite('Jinja as Ansible has it')

type Row = readonly [template: string, answer: string | readonly [error: string]]

function read(name: string): JsonValue {
  return loadJson(readFileSync(`test/jinja/${name}`, 'utf8'))
}

const folder = mkdtempSync(join(tmpdir(), 'playssh-jinja-'))
for (const [name, text] of Object.entries(read('included.json') as Record<string, string>)) {
  writeFileSync(join(folder, name), text)
}
test.after(() => rmSync(folder, { recursive: true }))

function node(value: Value): Node {
  const source = new Source('given.yml', typeof value === 'string' ? value : '')
  source.language = 'jinja'
  return toNode(value, { source, start: 0, end: 0 })
}

const given = { ...(read('variables.json') as { [name: string]: Value }), playbook_dir: folder }

/** Values of their own for each template, as one may try to change them. */
function context(): TemplateContext {
  const variables = new Map(
    Object.entries(structuredClone(given)).map(([name, value]) => [name, node(value)]),
  )
  variables.set('whole', node(new Float(2)))
  return TemplateContext.of([{ name: 'given', variables }])
}

const evaluations: Readonly<Record<string, (text: string, context: TemplateContext) => Value>> = {
  files: (text, context) => context.renderFile(new Source('given.j2', text)),
  values: (text, context) => context.render(node(text)),
  conditions: (text, context) => context.evaluate(node(text)),
}

/** Numbers and the like, which ansible-core 2.14 makes texts of, stay what they are here. */
function fits(value: Value, answer: Row[1]): boolean {
  return repr(value) === answer || (typeof value !== 'string' && repr(str(value)) === answer)
}

for (const [kind, evaluate] of Object.entries(evaluations)) {
  for (const [template, answer] of read(`${kind}.cases`) as unknown as Row[]) {
    test(`${kind}: ${JSON.stringify(template)}`, () => {
      let value: Value
      try {
        value = evaluate(template, context())
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error
        assert.type(answer, 'object', `it fails: ${error.message}`)
        return
      }
      assert.ok(fits(value, answer), `gives ${repr(value)}, and Ansible ${JSON.stringify(answer)}`)
    })
  }
}

test('a template changes no values that it gets', () => {
  const own = context()
  const template = '{% do l.append(4) %}{% do users[0].update({"name": "zed"}) %}{{ l }}{{ users[0].name }}'
  assert.is(evaluations.files!(template, own), '[1, 2, 3, 4]zed')
  assert.is(evaluations.files!('{{ l }}{{ users[0].name }}', own), '[1, 2, 3]ann')
})

test.run()
