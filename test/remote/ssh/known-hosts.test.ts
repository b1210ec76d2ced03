import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { namesMatch } from '../../../src/remote/ssh/known-hosts.ts'

const test = suite('known hosts')

test('a host is known by its names and their patterns', () => {
  const table: [names: string, name: string, matches: boolean][] = [
    ['galileo', 'galileo', true],
    ['Galileo', 'galileo', true],
    ['galileo', 'galileo2', false],
    ['x,galileo,192.168.104.254', '192.168.104.254', true],
    ['192.168.104.*', '192.168.104.254', true],
    ['192.168.104.?', '192.168.104.254', false],
    ['192.168.104.1', '192x168x104x1', false],
    ['*,!galileo', 'galileo', false],
    ['*,!galileo', 'crouter', true],
    ['!galileo', 'crouter', false],
    ['[galileo]:2222', '[galileo]:2222', true],
    ['[galileo]:2222', 'galileo', false],
    ['[*]:2222', '[galileo]:2222', true],
    ['fe80::1%eth0', 'fe80::1%eth0', true],
  ]
  for (const [names, name, matches] of table)
    assert.is(namesMatch(names, name), matches, `${names} ~ ${name}`)
})

test.run()
