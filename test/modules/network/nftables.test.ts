import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nftables } from '../../../src/modules/network/nftables/index.ts'
import { readRuleset } from '../../../src/modules/network/nftables/listing.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('nftables')

const T = { family: 'inet', table: 't', content: 'table inet t { chain in { } }' }

const chain = (name: string, ...rules: string[]) =>
  [`\tchain ${name} {`, ...rules.map((rule) => `\t\t${rule}`), '\t}'].join('\n')
const set = (flags: string, elements: string, more = '') =>
  `\tset s {\n\t\ttype ipv4_addr\n\t\tflags ${flags}\n${more}${elements === '' ? '' : `\t\telements = { ${elements} }\n`}\t}`
const table = (...objects: string[]) => `table inet t {\n${objects.join('\n\n')}\n}\n`

/** What the probe prints where nft is, takes the text, and lists it like this in a network of its own. */
const found = (live: string, wanted: string, before = 'table ip tables-of-others {\n}\n') =>
  `found\0${live}\0\0apart\0${before}\0${before}${wanted}`

const TABLE: [title: string, live: string, wanted: string, changes: unknown[]][] = [
  ['what is as declared is left alone', table(chain('in', 'accept')), table(chain('in', 'accept')), []],
  ['a table that is not there is made', '', table(chain('in')), [['table inet t', null, 'present']]],
  ['tables of others are nobody’s concern', `table ip t {\n}\n${table(chain('in'))}`, table(chain('in')), []],
  [
    'a rule that is another one is told alone',
    table(chain('in', 'ct state established accept', 'tcp dport 22 accept')),
    table(chain('in', 'ct state established accept', 'tcp dport 23 accept')),
    [['inet t chain in', 'tcp dport 22 accept', 'tcp dport 23 accept']],
  ],
  [
    'rules in another order are told',
    table(chain('in', 'accept', 'drop')),
    table(chain('in', 'drop', 'accept')),
    [['inet t chain in', 'another order', 'another order']],
  ],
  [
    'chains that are one too many or too few are told',
    table(chain('in'), chain('old', 'drop')),
    table(chain('in'), chain('new')),
    [
      ['inet t chain old', 'chain old {\ndrop\n}', null],
      ['inet t chain new', null, 'chain new {\n}'],
    ],
  ],
  ['chains in another order are the same', table(chain('a'), chain('b')), table(chain('b'), chain('a')), []],
  [
    'elements in another order and on other lines are the same',
    table(set('interval', '10.0.0.0/8,\n\t\t\t     1.1.1.1 comment "a } , b"')),
    table(set('interval', '1.1.1.1 comment "a } , b", 10.0.0.0/8')),
    [],
  ],
  [
    'an element that is missing is told',
    table(set('interval', '1.1.1.1')),
    table(set('interval', '1.1.1.1, 2.2.2.2')),
    [['inet t set s', 'another order', '2.2.2.2,']],
  ],
  [
    'elements that have their time are no drift, and others are',
    table(set('timeout', '1.1.1.1 timeout 1h, 3.3.3.3 comment " timeout 5s"')),
    table(set('timeout', '2.2.2.2 timeout 1h')),
    [['inet t set s', 'elements = {\n3.3.3.3 comment " timeout 5s",\n}', 'another order']],
  ],
  ['elements that packets add are no drift', table(set('dynamic', '1.1.1.1')), table(set('dynamic', '')), []],
  [
    'elements of a set that gives them their time are no drift',
    table(set('timeout', '1.1.1.1', '\t\ttimeout 1m\n')),
    table(set('timeout', '', '\t\ttimeout 1m\n')),
    [],
  ],
  [
    'what is said of the table itself is compared',
    'table inet t { # progname nft\n\tcomment "a"\n}\n',
    'table inet t {\n\tcomment "b"\n}\n',
    [
      ['inet t comment "a"', 'comment "a"', null],
      ['inet t comment "b"', null, 'comment "b"'],
    ],
  ],
]

for (const [title, live, wanted, changes] of TABLE) {
  test(title, () => {
    const plan = planOf(nftables, T, found(live, wanted))
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), changes)
    assert.equal(planOf(nftables, T, found(wanted, wanted)).changes, [], 'a second run finds nothing')
  })
}

/** What a plan loads. */
const loaded = (raw: Raw, printed: string) => {
  const [action] = planOf(nftables, raw, printed).actions ?? []
  return action?.do === 'send' ? action.content.text() : undefined
}

test('one transaction clears and makes, and lines keep their numbers', () => {
  const one = found('', table(chain('in')))
  assert.is(loaded(T, one), `add table inet t; delete table inet t; ${T.content}\n`)
  const whole = { content: '#!/usr/sbin/nft -f\nflush ruleset\ntable inet t { }\n' }
  assert.is(
    loaded(whole, found('', table(), '')),
    '#!/usr/sbin/nft -f\nflush ruleset; flush ruleset\ntable inet t { }\n',
  )
  const family = { content: 'table inet t { }', family: 'inet' }
  assert.is(loaded(family, found('', table(), '')), 'flush ruleset inet; table inet t { }\n')
})

test('absent deletes the table, or all', () => {
  const gone = { table: 't', family: 'inet', state: 'absent' }
  const live = `found\0${table(chain('in'))}table ip other {\n}\n\0\0`
  assert.equal(rows(planOf(nftables, gone, live)), [['table inet t', 'present', null]])
  assert.is(loaded(gone, live), 'add table inet t; delete table inet t; \n')
  assert.equal(rows(planOf(nftables, { state: 'absent' }, live)), [
    ['table inet t', 'present', null],
    ['table ip other', 'present', null],
  ])
  assert.equal(planOf(nftables, gone, 'found\0\0\0').changes, [])
})

test('what cannot be is a failure with a sentence', () => {
  const failed = (printed: string, view = CHECK) => planOf(nftables, T, printed, view).failed
  assert.is(
    failed('found\0\0/dev/stdin:1:7-8: Error: syntax error\n\0'),
    '/dev/stdin:1:7-8: Error: syntax error',
  )
  assert.match(failed('found\0\0\0none\0')!, /no network namespace can be made/)
  assert.match(failed(found('', 'table ip u {\n}\n'))!, /makes table ip u, and is to be table inet t/)
  assert.match(failed(found('', ''))!, /makes no table inet t/)
  const others = 'table ip tables-of-others {\n}\n'
  assert.match(failed(`found\0\0\0apart\0${others}\0${table()}`)!, /takes other tables away/)
  assert.match(failed('missing\0', { check: false, diff: false })!, /"nft"/)
  assert.throws(() => failed('found\0nonsense\n\0\0'), /no part of a ruleset/)
  assert.throws(() => readRuleset('table ip t {\n\tchain a {\n'), /ends in the middle/)
})

test('under check an earlier task may bring nft, or an interface', () => {
  const planned = [['table inet t', null, 'as declared']]
  assert.equal(rows(planOf(nftables, T, 'missing\0', CHECK)), planned)
  assert.equal(rows(planOf(nftables, T, 'found\0\0Error: Interface does not exist\0', CHECK)), planned)
})

test('a diff has what nft lists on both sides', () => {
  const plan = planOf(nftables, T, found(table(chain('in')), table(chain('in', 'drop'))), {
    check: true,
    diff: true,
  })
  assert.equal(plan.changes[0]!.text, { before: chain('in'), after: chain('in', 'drop') })
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{}, /needs "content" or "src", unless/],
  [{ table: 't' }, /needs "content" or "src", unless/],
  [{ ...T, table: '-t' }, /"-t" is not a name of a table/],
  [{ ...T, table: 't; flush ruleset' }, /is not a name of a table/],
  [{ ...T, file: '/etc/' }, /"\/etc\/" is not a path of a file/],
  [{ ...T, family: 'ipv4' }, /none of ip, ip6/],
  [{ ...T, content: 'flush ruleset\ntable inet t { }' }, /"flush ruleset" is not for a table of its own/],
  [{ ...T, content: 'delete table ip t; table inet t { }' }, /"delete table ip t" is not for/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(nftables, raw)
    assert.is(problems.length, 1, JSON.stringify(raw))
    assert.match(problems[0]!, problem)
  }
})

test('commands about the table itself, texts and elements are no trouble', () => {
  for (const content of [
    'flush table inet t\ntable inet t { }',
    'table inet t { chain in { delete @s { ip saddr }; log prefix "; flush ruleset" } } # ; flush ruleset',
  ])
    assert.equal(problemsOf(nftables, { ...T, content }), [])
  assert.equal(problemsOf(nftables, { content: 'flush ruleset' }), [])
  assert.equal(problemsOf(nftables, { table: 'a', content: 'delete table a; delete table ip a' }), [])
})

test.run()
