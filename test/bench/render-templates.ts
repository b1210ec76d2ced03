/**
 * `render-templates.ts FOLDER NAME COUNT`: renders the template of this name so often to warm up, then as often again,
 * and prints `{"ms": ..., "text": ...}`: what the second took, and what came out.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadJson } from '../../src/python/json/load.ts'
import { renderFile } from '../../src/template/template.ts'
import { Variables } from '../../src/template/variables.ts'
import { Source } from '../../src/values/source.ts'
import type { Value } from '../../src/values/value.ts'

const [folder, name, count] = process.argv.slice(2) as [string, string, string]
const read = (file: string) => readFileSync(join(folder, file), 'utf8')
const values = loadJson(read('variables.json')) as Record<string, Value>
const scope = new Variables([{ name: 'given', values: new Map(Object.entries(values)) }])
const source = new Source(name, read(name))

function rendered(): { ms: number; text: string } {
  const start = performance.now()
  let text = ''
  for (let left = Number(count); left > 0; left -= 1) text = renderFile(source, scope)
  return { ms: performance.now() - start, text }
}

rendered()
console.log(JSON.stringify(rendered()))
