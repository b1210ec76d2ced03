import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { expandHosts, parseAddress } from '../../src/inventory/hostname.ts'

const test = suite('hostname')

const EXPANDED: [pattern: string, hosts: string, port?: number][] = [
  ['web1', 'web1'],
  ['web1.example.com', 'web1.example.com'],
  ['web1:2222', 'web1', 2222],
  ['10.0.0.1', '10.0.0.1'],
  ['10.0.0.[1:3]:22', '10.0.0.1 10.0.0.2 10.0.0.3', 22],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::', 'fe80::'],
  ['[2001:db8::1]:22', '2001:db8::1', 22],
  ['www[1:3]', 'www1 www2 www3'],
  ['www[:2]', 'www0 www1 www2'],
  ['www[01:03].x', 'www01.x www02.x www03.x'],
  ['www[08:10]', 'www08 www09 www10'],
  ['www[001:010:4]', 'www001 www005 www009'],
  ['db-[a:c]', 'db-a db-b db-c'],
  ['db-[a:f:2]-x', 'db-a-x db-c-x db-e-x'],
  ['[a:b][1:2]', 'a1 a2 b1 b2'],
  ['r[1:1]', 'r1'],
  ['admin@10.0.0.1', 'admin@10.0.0.1'],
]

for (const [pattern, hosts, port] of EXPANDED) {
  test(`${pattern} is ${hosts}`, () => {
    const expanded = expandHosts(pattern)
    assert.is(expanded.hosts.join(' '), hosts)
    assert.is(expanded.port, port)
  })
}

const WRONG: [pattern: string, fault: string][] = [
  ['web1:', '"web1:" ends in ":", behind which a port would stand'],
  ['-oProxyCommand=x', '"-oProxyCommand=x" is not a name of a host'],
  ['two words', '"two words" is not a name of a host'],
  ['web[1', '"web[1" has a bracket without its other half'],
  ['web1]', '"web1]" has a bracket without its other half'],
  ['web[5]', 'the range [5] in "web[5]" must be [first:last] or [first:last:step]'],
  ['web[1:]', 'the range [1:] in "web[1:]" has no last one'],
  ['web[3:1]', 'the range [3:1] in "web[3:1]" has its first behind its last'],
  ['web[c:a]', 'the range [c:a] in "web[c:a]" has its first behind its last'],
  ['web[1:9:0]', 'the range [1:9:0] in "web[1:9:0]" needs a step of 1 or more'],
  ['web[1:c]', 'the range [1:c] in "web[1:c]" must go from number to number or from letter to letter'],
  [
    'web[01:100]',
    'the range [01:100] in "web[01:100]" begins with a zero, so both ends must be of one length',
  ],
  ['web[1:99999999999]', 'the range [1:99999999999] in "web[1:99999999999]" names more than 1000000 hosts'],
  ['[1:9999][1:9999]', '"[1:9999][1:9999]" names more than 1000000 hosts'],
]

for (const [pattern, fault] of WRONG) {
  test(`${pattern} is wrong`, () => {
    assert.throws(
      () => expandHosts(pattern),
      (error: Error) => error.message === fault,
    )
  })
}

test('a name may have 1024 characters', () => {
  assert.is(expandHosts('a'.repeat(1024)).hosts.length, 1)
  assert.throws(
    () => expandHosts('[1:3]'.repeat(20_000)),
    (error: Error) => /^"\[1:3\].{35}\.\.\." has more than the 1024 characters/.test(error.message),
  )
})

test('what is not an address is none', () => {
  for (const text of ['a:b', '~web', 'a b', 'web*', 'web[-1]', '-a'])
    assert.is(parseAddress(text), undefined, text)
})

test.run()
