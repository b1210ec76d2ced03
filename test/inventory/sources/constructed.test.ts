import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { load, membersOf, variablesOf } from '../files.ts'

const test = suite('inventories of the plugin constructed')

const HOSTS = `
all:
  children:
    web:
      vars: {tier: front}
      hosts:
        w1: {env: prod, os: {name: debian, version: 12}, tags: [red, ''], empty: '', n: 3}
        w2.example.com: {env: dev-1, tags: [], os: {name: debian, flavour: ''}}
    db:
      hosts:
        d1: {env: prod, count: 5, flag: true}
`

/** What ansible-inventory makes of HOSTS with each of these; groups with their hosts. */
const KEYED: [entry: string, groups: Readonly<Record<string, string>>][] = [
  ['{key: env, prefix: env}', { env_prod: 'w1 d1', env_dev_1: 'w2.example.com' }],
  ['{key: tags, prefix: tag, default_value: none}', { tag_red: 'w1', tag_none: 'w1' }],
  [
    "{key: os, prefix: os, separator: ''}",
    { osnamedebian: 'w1 w2.example.com', osversion12: 'w1', osflavour: 'w2.example.com' },
  ],
  [
    '{key: os, prefix: o, trailing_separator: false}',
    { o_name_debian: 'w1 w2.example.com', o_version_12: 'w1', o_flavour: 'w2.example.com' },
  ],
  [
    "{key: tier, separator: '', parent_group: tiers}",
    { front: 'w1 w2.example.com', tiers: 'w1 w2.example.com' },
  ],
  ['{key: empty, prefix: e, default_value: nothing}', { e_nothing: 'w1' }],
  ['{key: env}', { _prod: 'w1 d1', _dev_1: 'w2.example.com' }],
  [
    '{key: inventory_hostname_short, prefix: h, parent_group: "{{ env }}_hosts"}',
    { prod_hosts: 'w1 d1', dev_1_hosts: 'w2.example.com', h_w1: 'w1', h_w2: 'w2.example.com', h_d1: 'd1' },
  ],
]

for (const [entry, groups] of KEYED)
  test(`keyed_groups makes the groups that Ansible makes: ${entry}`, async () => {
    const files = { 'inv/a.yml': HOSTS, 'inv/z.yml': `plugin: constructed\nkeyed_groups:\n  - ${entry}\n` }
    await load(files, ['inv'], (loaded) => {
      assert.equal([loaded.problems, loaded.warnings], [[], []])
      const { ungrouped, web, db, all, ...made } = Object.fromEntries(
        [...loaded.inventory.groups.keys()].map((name) => [name, membersOf(loaded, name)]),
      )
      assert.equal(made, groups)
      assert.equal([web, db], ['w1 w2.example.com', 'd1'])
    })
  })

test('leading_separator: false leaves the separator away where there is no prefix', async () => {
  const plugin = 'plugin: ansible.builtin.constructed\nleading_separator: false\nkeyed_groups: [{key: env}]\n'
  await load({ 'inv/a.yml': HOSTS, 'inv/z.yml': plugin }, ['inv'], (loaded) => {
    assert.is(membersOf(loaded, 'prod'), 'w1 d1')
  })
})

test('compose makes variables, which groups see; names no variable may have are mended', async () => {
  const plugin = `
plugin: constructed
compose:
  short: inventory_hostname_short
  again: tier
  missing: nothing_like_that
groups:
  composed: eq short "w1"
  with-dash: in "web" group_names
  never: nothing_like_that
`
  await load({ 'inv/a.yml': HOSTS, 'inv/z.yml': plugin }, ['inv'], (loaded) => {
    assert.equal([loaded.problems, loaded.warnings], [[], []])
    assert.is(membersOf(loaded, 'composed'), 'w1')
    assert.is(membersOf(loaded, 'with_dash'), 'w1 w2.example.com')
    assert.is(membersOf(loaded, 'never'), 'no such group')
    const { short, again } = variablesOf(loaded, 'w2.example.com')
    assert.equal([short, again], ['w2', 'front'])
    assert.not.ok('again' in variablesOf(loaded, 'd1'))
    assert.not.ok('missing' in variablesOf(loaded, 'd1'))
  })
})

test('strict makes mistakes of what cannot be made', async () => {
  const plugin = 'plugin: constructed\nstrict: true\ncompose:\n  again: tier\n'
  await load({ 'inv/a.yml': HOSTS, 'inv/z.yml': plugin }, ['inv'], (loaded) => {
    assert.equal(loaded.problems, ['4:10: for the host d1: tier is undefined'])
  })
})

test('files beside the inventory are seen with use_vars_plugins only', async () => {
  const files = (uses: boolean) => ({
    'inv/a.yml': HOSTS,
    'inv/group_vars/db.yml': 'size: big\n',
    'inv/z.yml': `plugin: constructed\nuse_vars_plugins: ${uses}\nkeyed_groups: [{key: size, prefix: s}]\n`,
  })
  await load(files(true), ['inv'], (loaded) => assert.is(membersOf(loaded, 's_big'), 'd1'))
  await load(files(false), ['inv'], (loaded) => assert.is(membersOf(loaded, 's_big'), 'no such group'))
})

const WRONG: [plugin: string, said: string][] = [
  ['keyed_groups: [tags]', '2:16: a map is expected'],
  ['keyed_groups: [{prefix: x}]', '2:16: an entry of keyed_groups needs a "key"'],
  ['compose: [a]', '2:10: a map is expected'],
  ['keyed_groups: [{key: n}]', '2:22: the key of a group is text, a list or a map'],
  ['strict: maybe', '2:9: "strict" takes true or false'],
]
for (const [plugin, said] of WRONG)
  test(`a wrong configuration is refused: ${plugin}`, async () => {
    await load({ 'inv/a.yml': HOSTS, 'inv/z.yml': `plugin: constructed\n${plugin}\n` }, ['inv'], (loaded) =>
      assert.is(loaded.problems[0], said),
    )
  })

test('what it does not know is warned of', async () => {
  await load({ 'h.yml': 'plugin: constructed\nkeyed_group: []\n' }, ['h.yml'], (loaded) => {
    assert.equal(loaded.warnings, ['2:1: constructed knows no "keyed_group" (did you mean "keyed_groups"?)'])
  })
})

test.run()
