import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { complete, type Known } from '../../../src/cli/console/completion.ts'

const test = suite('completion in the console')

const known: Known = {
  modules: ['copy', 'command', 'ping'],
  optionsOf: (module): Record<string, string[]> =>
    module === 'copy' ? { dest: [], force: ['true', 'false'], content: [] } : {},
  patterns: ['web', 'web1', 'web2', 'db'],
  variables: () => ['port', 'path', 'port'],
  commands: { cd: [], check: ['yes', 'no'], list: ['groups'] },
}

for (const [line, candidates, replaced] of [
  ['', ['cd ', 'check ', 'command ', 'copy ', 'list ', 'ping '], ''],
  ['co', ['command ', 'copy '], 'co'],
  ['copy ', ['content=', 'dest=', 'force='], ''],
  ['copy src=a de', ['dest='], 'de'],
  ['copy force=t', ['true '], 't'],
  ['copy dest=/x', [], '/x'],
  ['copy content={{ po', ['port'], 'po'],
  ['echo {{', ['path', 'port'], ''],
  ['cd web:!w', ['web', 'web1', 'web2'], 'w'],
  ['cd ', ['db', 'web', 'web1', 'web2'], ''],
  ['check y', ['yes'], 'y'],
  ['help p', ['ping'], 'p'],
  ['uptime -', [], ''],
] as const)
  test(JSON.stringify(line), () => assert.equal(complete(line, known), [[...candidates], replaced]))

test.run()
