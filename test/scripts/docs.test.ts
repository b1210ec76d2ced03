import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  helpersFile,
  helpersText,
  lintFile,
  lintText,
  modulesFile,
  modulesText,
  settingsFile,
  settingsText,
} from '../../scripts/docs.ts'

const test = suite('documentation')

test('docs/modules.md, docs/helpers.md, docs/settings.md and the rules of lint are as "npm run docs" writes them', () => {
  assert.is(readFileSync(modulesFile, 'utf8'), modulesText())
  assert.is(readFileSync(helpersFile, 'utf8'), helpersText())
  assert.is(readFileSync(settingsFile, 'utf8'), settingsText())
  assert.is(readFileSync(lintFile, 'utf8'), lintText())
})

test.run()
