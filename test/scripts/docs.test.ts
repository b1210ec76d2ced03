import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  helpersFile,
  helpersText,
  modulesFile,
  modulesText,
  settingsFile,
  settingsText,
} from '../../scripts/docs.ts'

const test = suite('documentation')

test('docs/modules.md, docs/helpers.md and docs/settings.md are as "npm run docs" writes them', () => {
  assert.is(readFileSync(modulesFile, 'utf8'), modulesText())
  assert.is(readFileSync(helpersFile, 'utf8'), helpersText())
  assert.is(readFileSync(settingsFile, 'utf8'), settingsText())
})

test.run()
