import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SyntaxFault } from '../../src/jinja/syntax-error.ts'
import { Definitions } from '../../src/migrate/definitions.ts'
import { edited } from '../../src/migrate/edits.ts'
import { Left } from '../../src/migrate/left.ts'
import { rewriteTemplateFile } from '../../src/migrate/template-file.ts'
import { rewriteText } from '../../src/migrate/text.ts'
import { loadJson } from '../../src/python/json/load.ts'
import { repr } from '../../src/python/text.ts'
import { TemplateContext } from '../../src/template/context.ts'
import { MissingError } from '../../src/values/missing.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { Source, type TemplateLanguage } from '../../src/values/source.ts'
import { type Node, toNode, type Value } from '../../src/values/value.ts'

// All expressions whose answers are recorded from Ansible: what is rewritten gives the same, and fails in the same cases.

const test = suite('migrate: recorded expressions')

const folder = mkdtempSync(join(tmpdir(), 'playssh-migrate-'))
const included = loadJson(readFileSync('test/jinja/included.json', 'utf8')) as Record<string, string>
for (const [name, text] of Object.entries(included)) writeFileSync(join(folder, name), text)
test.after(() => rmSync(folder, { recursive: true }))

const variables = {
  ...(loadJson(readFileSync('test/jinja/variables.json', 'utf8')) as { [name: string]: Value }),
  playbook_dir: folder,
}

const definitions = new Definitions()
definitions.addAll(node(variables, 'jinja'), true)
const shapeOf = (name: string) => definitions.shapeOf(name)

function node(value: Value, language: TemplateLanguage): Node {
  const source = new Source('given.yml', typeof value === 'string' ? value : '')
  source.language = language
  return toNode(value, { source, start: 0, end: 0 })
}

type Kind = 'files' | 'values' | 'conditions'

/** What a text gives; "missing" where it uses what is not there. */
function given(text: string, kind: Kind, language: TemplateLanguage): string {
  const all = new Map(
    Object.entries(structuredClone(variables)).map(([name, value]) => [name, node(value, 'jinja')]),
  )
  const context = TemplateContext.of([{ name: 'given', variables: all }])
  try {
    if (kind === 'files')
      return repr(context.renderFile(new Source(language === 'jinja' ? 'a.j2' : 'a.hbs', text)))
    return repr(
      kind === 'values' ? context.render(node(text, language)) : context.evaluate(node(text, language)),
    )
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return error instanceof MissingError ? 'missing' : 'fails'
  }
}

/** The same in Handlebars; undefined for what is left. */
function rewritten(text: string, kind: Kind): string | undefined {
  if (kind === 'files') {
    const made = rewriteTemplateFile(new Source('a.j2', text), shapeOf)
    return 'text' in made ? made.text : undefined
  }
  try {
    return edited(text, rewriteText(text, kind === 'values' ? 'value' : 'expression', shapeOf))
  } catch (error) {
    if (!(error instanceof Left) && !(error instanceof SyntaxFault)) throw error
    return undefined
  }
}

/** The share of texts that are rewritten; fails with those that then give something else. */
function shareRewritten(texts: readonly string[], kind: Kind): number {
  const wrong: string[] = []
  let count = 0
  for (const text of texts) {
    const made = rewritten(text, kind)
    if (made === undefined) continue
    count += 1
    const [before, after] = [given(text, kind, 'jinja'), given(made, kind, 'handlebars')]
    const isSame = before === after || before === 'fails' || (before === 'missing' && after === 'fails')
    if (!isSame) wrong.push(`${text}\n  Jinja ${before}\n  ${made}\n  Handlebars ${after}`)
  }
  assert.is(wrong.join('\n'), '')
  return count / texts.length
}

const LEAST = { files: 0.25, values: 0.5, conditions: 0.75 }

for (const kind of ['files', 'values', 'conditions'] as const) {
  const rows = loadJson(readFileSync(`test/jinja/${kind}.cases`, 'utf8')) as unknown as [string][]
  test(`${kind}: those that are rewritten give the same`, () => {
    const share = shareRewritten(
      rows.map(([text]) => text),
      kind,
    )
    if (process.env.SHOW) console.log(kind, share)
    assert.ok(share >= LEAST[kind], `${share} of them are rewritten`)
  })
}

for (const name of readdirSync('test/filters').filter((file) => file.endsWith('.cases'))) {
  test(`${name}: those that are rewritten give the same`, () => {
    const lines = readFileSync(join('test/filters', name), 'utf8').split('\n').filter(Boolean)
    const every = lines.filter((_, index) => index % 4 === 0)
    const share = shareRewritten(
      every.map((line) => `{{ ${line} }}`),
      'values',
    )
    if (process.env.SHOW) console.log(name, share)
    assert.ok(share > 0.3, `${share} of them are rewritten`)
  })
}

test.run()
