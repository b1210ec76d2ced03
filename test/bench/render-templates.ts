/**
 * `node --import tsx test/bench/render-templates.ts TEMPLATE COUNT`: renders one of test/bench/templates so often and
 * prints `{"ms": ..., "text": ...}`: what that took once it was compiled, and what came out.
 */
import { readFileSync } from 'node:fs'
import { loadJson } from '../../src/python/json/load.ts'
import { renderFile } from '../../src/template/template.ts'
import { Variables } from '../../src/template/variables.ts'
import { Source } from '../../src/values/source.ts'
import type { Value } from '../../src/values/value.ts'

const [name, count] = process.argv.slice(2)
const folder = new URL('templates/', import.meta.url)
const values = loadJson(readFileSync(new URL('variables.json', folder), 'utf8')) as Record<string, Value>
const scope = new Variables([{ name: 'given', values: new Map(Object.entries(values)) }])
const source = new Source(name!, readFileSync(new URL(name!, folder), 'utf8'))
let text = renderFile(source, scope)
const start = performance.now()
for (let left = Number(count); left > 0; left -= 1) text = renderFile(source, scope)
console.log(JSON.stringify({ ms: performance.now() - start, text }))
