import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { helpersFile, helpersText, modulesFile, modulesText } from '../../scripts/docs.ts'
import { modules } from '../../src/modules/index.ts'

const test = suite('documentation')

test('docs/modules.md and docs/helpers.md are as "npm run docs" writes them', () => {
  assert.is(readFileSync(modulesFile, 'utf8'), modulesText())
  assert.is(readFileSync(helpersFile, 'utf8'), helpersText())
})

test('every module and argument says what it is for', () => {
  for (const [name, module] of Object.entries(modules)) {
    assert.match(module.summary, /^[A-Z].*\.$/, name)
    for (const [option, { help }] of Object.entries(module.options))
      assert.match(help, /[.?]$/, `${name}: ${option}`)
  }
})

test.run()
