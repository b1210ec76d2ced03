import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ruleList } from '../../src/lint/listing.ts'
import { CASES } from './cases.ts'
import { findingsIn, told } from './support.ts'

const test = suite('rules of lint')

const PATH = 'roles/web/tasks/main.yml'
/** What makes every rule be used. */
const ALL = {
  enable: ['name[prefix]', ...ruleList().map(({ id }) => id)],
  loopVarPrefix: '^(__|{role}_)',
  only: [] as string[],
}

/** What only files on a disk, or names of files, can show; reading.host.test.ts does. */
const ELSEWHERE = ['load-failure', 'syntax-check', 'playbook-extension', 'yaml[document-start]']

const only = (tag: string) => ({
  ...ALL,
  enable: tag === 'name[prefix]' ? ALL.enable : ALL.enable.slice(1),
  only: [tag],
})

for (const [tag, { path = PATH, bad, at, good }] of Object.entries(CASES)) {
  test(`${tag} finds what is wrong, where it is`, () => {
    assert.equal(told(findingsIn({ [path]: bad }, only(tag)).filter((one) => one.tag === tag)), [
      `${tag}:${at}`,
    ])
  })

  test(`${tag} leaves alone what is right`, () => {
    assert.equal(told(findingsIn({ [path]: good }, only(tag)).filter((one) => one.tag === tag)), [])
  })

  test(`${tag} is skipped by a comment on its line, and by the list of a configuration`, () => {
    const line = Number(at.split(':')[0])
    const commented = bad
      .split(/\r?\n/)
      .map((text, index) => (index + 1 === line ? `${text} # noqa: ${tag}` : text))
    const withNoqa = { [path]: commented.join('\n') }
    const hidden = findingsIn(withNoqa, only(tag)).filter((one) => one.tag === tag)
    assert.equal(told(hidden), [])
    const skip = { ...only(tag), skip: [tag] }
    assert.equal(told(findingsIn({ [path]: bad }, skip).filter((one) => one.tag === tag)), [])
  })
}

test('every rule and each of its parts has a case', () => {
  const all = ruleList().flatMap(({ id, parts }) => {
    const named = Object.keys(parts ?? {}).map((part) => `${id}[${part}]`)
    // Rules that find something without naming a part too.
    return ['no-free-form', 'role-name'].includes(id) || parts === undefined ? [id, ...named] : named
  })
  assert.equal(all.sort(), [...Object.keys(CASES), ...ELSEWHERE].sort())
})

test.run()
