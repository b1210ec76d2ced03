import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { helpersFile, helpersText, modulesFile, modulesText } from '../../scripts/docs.ts'

const test = suite('documentation')

test('docs/modules.md and docs/helpers.md are as "npm run docs" writes them', () => {
  assert.is(readFileSync(modulesFile, 'utf8'), modulesText())
  assert.is(readFileSync(helpersFile, 'utf8'), helpersText())
})

test.run()
