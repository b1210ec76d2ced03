import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { select, selectLimit } from '../../src/inventory/pattern.ts'
import { type Loaded, load, tell } from './files.ts'

const test = suite('patterns')

const HOSTS = `
all:
  hosts:
    lone:
  children:
    zweb:
      hosts:
        web[01:03].x:
    adb:
      hosts:
        db-[a:c]:
        web01.x:
    site:
      children:
        zweb:
        adb:
    other:
      hosts: {web02.x: , "n[1:9:3]": }
    empty:
ungrouped:
  hosts: {web03.x: , u1: , both: }
both:
  hosts: {n1: }
`

let loaded: Loaded

test.before(async () => {
  loaded = await load({ 'hosts.yml': HOSTS }, ['hosts.yml'], (result) => result)
})

const SELECTED: [pattern: string | string[], hosts: string][] = [
  ['all', 'lone u1 both web01.x web02.x web03.x db-a db-b db-c n1 n4 n7'],
  ['*', 'lone u1 both web01.x web02.x web03.x db-a db-b db-c n1 n4 n7'],
  ['web01.x', 'web01.x'],
  ['zweb', 'web01.x web02.x web03.x'],
  ['zweb:adb', 'web01.x web02.x web03.x db-a db-b db-c'],
  ['adb:zweb', 'db-a db-b db-c web01.x web02.x web03.x'],
  ['adb,zweb', 'db-a db-b db-c web01.x web02.x web03.x'],
  ['adb , zweb', 'db-a db-b db-c web01.x web02.x web03.x'],
  [['adb', 'zweb'], 'db-a db-b db-c web01.x web02.x web03.x'],
  [['adb:zweb', '!db-b'], 'db-a db-c web01.x web02.x web03.x'],
  ['ungrouped', 'u1 both lone'],
  ['empty', ''],
  ['web*', 'web01.x web02.x web03.x'],
  ['z*', 'web01.x web02.x web03.x'],
  ['web0?.x', 'web01.x web02.x web03.x'],
  ['web0[13].x', 'web01.x web03.x'],
  ['db-[!a]', 'db-b db-c'],
  ['*.y', ''],
  ['~(web|db).*', 'web01.x web02.x web03.x db-a db-b db-c'],
  ['~.*01', 'web01.x'],
  ['~eb', ''],
  ['~(?P<first>w)eb0[23]', 'web02.x web03.x'],
  ['~WEB', ''],
  ['~(?i)WEB01', 'web01.x'],
  ['zweb[0]', 'web01.x'],
  ['zweb[-1]', 'web03.x'],
  ['zweb[1:]', 'web02.x web03.x'],
  ['zweb[0:1]', 'web01.x web02.x'],
  ['zweb[1:9]', 'web02.x web03.x'],
  ['zweb[5:9]', ''],
  ['empty[0]', ''],
  ['zw*[1]', 'web02.x'],
  ['site:!adb', 'web02.x web03.x'],
  ['!adb:site', 'web02.x web03.x'],
  ['site:&other', 'web02.x'],
  ['site:&other:!web02.x', ''],
  ['!zweb', 'lone u1 both db-a db-b db-c n1 n4 n7'],
  ['&zweb', 'web01.x web02.x web03.x'],
  ['zweb:!zweb[0]', 'web02.x web03.x'],
  ['other:&~n[47]', 'n4 n7'],
  ['localhost', 'localhost'],
  ['all:localhost', 'lone u1 both web01.x web02.x web03.x db-a db-b db-c n1 n4 n7 localhost'],
  // A host goes before a group of its name, except in exclusions and intersections.
  ['both', 'both'],
  ['all:&both', 'n1'],
]

for (const [pattern, hosts] of SELECTED) {
  test(`${pattern} selects ${hosts || 'nobody'}`, () => {
    const selection = select(loaded.inventory, pattern)
    assert.equal(selection.problems, [])
    assert.is(selection.hosts.map((host) => host.name).join(' '), hosts)
  })
}

const WRONG: [pattern: string, problem: string, hosts?: string][] = [
  ['zwep', 'no host or group is called "zwep" (did you mean "zweb"?)'],
  ['web1.x', 'no host or group is called "web1.x" (did you mean "web01.x"?)'],
  ['adb:!dbb', 'no host or group is called "dbb" (did you mean "db-b"?)', 'db-a db-b db-c web01.x'],
  [
    'adb:&nowhere_at_all',
    'no host or group is called "nowhere_at_all" (the inventory holds zweb, adb, site, other, empty, both, lone, web01.x and 10 more)',
  ],
  ['zweb[3]', '"zweb[3]" is past the end: "zweb" means 3 hosts'],
  ['zweb[-4]', '"zweb[-4]" is past the end: "zweb" means 3 hosts'],
  ['zweb[0-1]', '"zweb[0-1]" takes a range of hosts with a colon: [0:1]'],
  ['~(web', '"(web" is not a regular expression: unterminated group'],
]

for (const [pattern, problem, hosts = ''] of WRONG) {
  test(`${pattern} is wrong`, () => {
    const selection = select(loaded.inventory, pattern)
    assert.equal([...selection.problems, ...selection.unknown].map(tell), [problem])
    assert.is(selection.hosts.map((host) => host.name).join(' '), hosts)
  })
}

test('an empty pattern names no hosts', () => {
  assert.equal(select(loaded.inventory, ' ').problems.map(tell), ['the pattern is empty: it names no hosts'])
  assert.equal(select(loaded.inventory, []).hosts, [])
})

test('an empty --limit, or one of an empty file, leaves nobody', () => {
  const { hosts, problems } = selectLimit(loaded.inventory, '@/dev/null', '/')
  assert.equal(hosts, [])
  assert.equal(problems.map(tell), ['the pattern is empty: it names no hosts'])
})

test('--limit reads patterns from files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-limit-'))
  try {
    writeFileSync(join(folder, 'failed'), 'web02.x\n\n  db-a \nzwebs\n')
    const { hosts, problems, unknown } = selectLimit(loaded.inventory, 'lone,@failed,@gone', folder)
    assert.is(hosts.map((host) => host.name).join(' '), 'lone web02.x db-a')
    assert.equal([...problems, ...unknown].map(tell), [
      `--limit @gone: ${join(folder, 'gone')} does not exist`,
      '4:1: no host or group is called "zwebs" (did you mean "zweb"?)',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
