import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commandLineOf } from '../../src/cli/command-line.ts'
import { COMMANDS, commandList, commandOf } from '../../src/cli/commands/index.ts'

const test = suite('commands')

const asked: [string, string | undefined, string?][] = [
  ['site.yml -i a', undefined],
  ['', undefined],
  ['ad-hoc web -m ping', 'ad-hoc', 'web -m ping'],
  ['web -m ping', 'ad-hoc', 'web -m ping'],
  ['-m ping web', 'ad-hoc', '-m ping web'],
  ['-bm ping web', 'ad-hoc', '-bm ping web'],
  ['web --args=x', 'ad-hoc', 'web --args=x'],
  ['site.yml --ask-pass -M lib -l a', undefined],
  ['./ad-hoc', undefined],
]
for (const [words, name, rest] of asked)
  test(`run ${words} is ${name ?? 'for playbooks'}`, () => {
    const found = commandOf(words.split(' ').filter(Boolean))
    assert.equal([found?.name, found?.words.join(' ')], [name, rest])
  })

test('all commands can be loaded, and are listed', async () => {
  for (const [name, command] of Object.entries(COMMANDS)) {
    assert.type(await command.load(), 'function')
    assert.match(commandList(), new RegExp(`run ${name} `))
  }
})

test('the command line of each command is known without anything being done', async () => {
  for (const [name, { load }] of Object.entries(COMMANDS)) {
    const run = await load()
    const command = await commandLineOf(() => run(['--help']))
    assert.is(command?.name(), `run ${name}`)
    for (const { flags, description, hidden } of command?.options ?? [])
      assert.ok(hidden || description, `${name} ${flags}`)
  }
  assert.is(await commandLineOf(() => {}), undefined)
})

test.run()
