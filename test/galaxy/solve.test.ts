import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Candidate,
  ConflictError,
  type Constraint,
  solve,
  type Versions,
} from '../../src/galaxy/solve.ts'
import { isIn, newestFirst, readRange } from '../../src/galaxy/versions.ts'

const test = suite('choosing versions that go together')

/** What each version of each collection needs. */
type Shelf = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>

const wish = (range: string, who = 'me'): Constraint => ({
  range: readRange(range),
  asker: { who, isUser: who === 'me' },
})

function versionsOf(shelf: Shelf): Versions<Candidate> {
  return {
    candidates: async function* (name, constraints) {
      for (const version of newestFirst(Object.keys(shelf[name] ?? {})))
        if (constraints.every(({ range }) => isIn(version, range, false))) yield { name, version }
    },
    needs: async ({ name, version }) =>
      new Map(
        Object.entries(shelf[name]![version]!).map(([other, range]) => [
          other,
          wish(range, `${name} ${version}`),
        ]),
      ),
  }
}

async function chosen(shelf: Shelf, wishes: Readonly<Record<string, string>>): Promise<string> {
  const all = new Map(Object.entries(wishes).map(([name, range]) => [name, [wish(range)]]))
  const taken = await solve(all, versionsOf(shelf))
  return [...taken.values()].map(({ name, version }) => `${name} ${version}`).join(', ')
}

const SHELF: Shelf = {
  base: { '1.0.0': {}, '1.5.0': {}, '2.0.0': {} },
  web: { '1.0.0': { base: '>=1.0.0,<2.0.0' }, '2.0.0': { base: '>=2.0.0' } },
  db: { '1.0.0': { base: '<2.0.0' } },
  old: { '1.0.0': { base: '<1.0.0' } },
  ring: { '1.0.0': { round: '*' } },
  round: { '1.0.0': { ring: '1.0.0' } },
}

test('the newest that goes together is taken, an older one where it must be', async () => {
  assert.is(await chosen(SHELF, { web: '*' }), 'web 2.0.0, base 2.0.0')
  assert.is(await chosen(SHELF, { base: '*', web: '<2' }), 'base 1.5.0, web 1.0.0')
  assert.is(await chosen(SHELF, { web: '*', db: '*' }), 'web 1.0.0, db 1.0.0, base 1.5.0')
  assert.is(await chosen(SHELF, { ring: '*' }), 'ring 1.0.0, round 1.0.0')
})

test('a conflict names all who want something', async () => {
  try {
    await chosen(SHELF, { web: '2.0.0', db: '*' })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, ConflictError)
    const { collection, constraints } = error as ConflictError
    assert.is(collection, 'base')
    assert.equal(
      constraints.map(({ range, asker }) => `${range.text} ${asker.who}`),
      ['>=2.0.0 web 2.0.0', '<2.0.0 db 1.0.0'],
    )
  }
})

test('what nobody has is a conflict of its own', async () => {
  for (const name of ['nothing', 'old']) {
    const error = await chosen(SHELF, { [name]: '*' }).catch((caught: unknown) => caught)
    assert.instance(error, ConflictError)
    assert.is((error as ConflictError).constraints.length, 1)
  }
})

test.run()
