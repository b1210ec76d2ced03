import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { locale_gen } from '../../../src/modules/system/locale_gen.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { filesText, statText } from '../../support/stat.ts'

const test = suite('locale_gen')

const BOOT = 'f1b1b1\n'
const LIST = '# a file\n# de_DE ISO-8859-1\n# de_DE.UTF-8 UTF-8\nen_US.UTF-8 UTF-8\n#fr_FR.UTF-8 UTF-8\n'

function printed(installed: string[], list: string | undefined = LIST): string[] {
  const held = list === undefined ? '' : `${BOOT}${list}${BOOT}`
  const script = `${list === undefined ? 'none' : 'file'}\n${installed.map((one) => `${one}\n`).join('')}\n`
  return [
    filesText(list === undefined ? undefined : statText(), undefined),
    `${list === undefined ? 0 : 1}0${held}`,
    script,
  ]
}

function ubuntu(installed: string[], local: string): string[] {
  const held = `${BOOT}${LIST}${BOOT}${local}${BOOT}`
  const script = `ubuntu\n${installed.map((one) => `${one}\n`).join('')}\nde_DE.UTF-8 UTF-8\nen_US.UTF-8 UTF-8 \n`
  return [filesText(statText(), statText()), `11${held}`, script]
}

/** What the files are written to, and the last script. */
function made(raw: Raw, output: string[]): string[] {
  const { actions = [] } = planOf(locale_gen, raw, output)
  return actions.map((action) =>
    'content' in action ? String(action.content.text()) : 'script' in action ? action.script : '',
  )
}

test('a locale is made by its lines in locale.gen, and goes by commenting them out', () => {
  const german = { name: 'de_DE.UTF-8' }
  assert.equal(rows(planOf(locale_gen, german, printed(['C', 'en_US.utf8']))), [
    ['locale de_DE.UTF-8', 'absent', 'present'],
  ])
  assert.equal(made(german, printed(['C'])), [LIST.replace('# de_DE.U', 'de_DE.U'), 'locale-gen'])
  assert.equal(made(german, printed(['de_DE.utf8'])), [])
  assert.equal(made({ ...german, state: 'absent' }, printed(['C'])), [])
  assert.equal(made({ name: 'de_DE' }, printed([]))[0], LIST.replace('# de_DE I', 'de_DE I'))
  assert.equal(made({ name: 'fr_FR.UTF-8' }, printed([]))[0], LIST.replace('#fr', 'fr'))
  assert.equal(made({ name: 'en_US.UTF-8', state: 'absent' }, printed(['en_US.utf8'])), [
    LIST.replace('en_US', '# en_US'),
    'locale-gen',
  ])
  // What the file has and nobody has made yet.
  assert.equal(made({ name: 'en_US.UTF-8' }, printed([])), ['locale-gen'])
})

test('several locales are made at once', () => {
  const raw = { name: ['de_DE.UTF-8', 'fr_FR.UTF-8', 'en_US.UTF-8'] }
  const output = printed(['en_US.utf8'])
  assert.is(planOf(locale_gen, raw, output).changes.length, 2)
  assert.is(made(raw, output)[0], LIST.replace('# de_DE.U', 'de_DE.U').replace('#fr', 'fr'))
})

test('Ubuntu has a list of its own', () => {
  assert.equal(made({ name: 'de_DE.UTF-8' }, ubuntu([], '')), ['locale-gen de_DE.UTF-8'])
  assert.equal(
    made({ name: 'en_US.UTF-8', state: 'absent' }, ubuntu(['en_US.utf8'], 'en_US.UTF-8 UTF-8\nx y\n')),
    [LIST.replace('en_US', '# en_US'), 'x y\n', 'locale-gen --purge'],
  )
  assert.match(planOf(locale_gen, { name: 'fr_FR.UTF-8' }, ubuntu([], '')).failed ?? '', /not available/)
})

test('what the host cannot make is a failure', () => {
  const unknown = planOf(locale_gen, { name: 'xx_XX.UTF-8' }, printed([]))
  assert.is(unknown.failed, "The locale you've entered is not available on your system: xx_XX.UTF-8")
  const none = ['000', '00', 'none\n\n']
  const raw = { name: 'de_DE.UTF-8' }
  assert.match(
    planOf(locale_gen, raw, none).failed ?? '',
    /are missing\. Is the package "locales" installed\?$/,
  )
  assert.equal(rows(planOf(locale_gen, raw, none, CHECK)), [['locale de_DE.UTF-8', 'absent', 'present']])
  assert.throws(() => planOf(locale_gen, raw, ['000', '00', 'what']), /makes sense/)
})

test('a diff has both sides of the list', () => {
  const { changes } = planOf(locale_gen, { name: 'fr_FR.UTF-8' }, printed([]), { check: false, diff: true })
  assert.equal(changes[0]?.text, { before: LIST, after: LIST.replace('#fr', 'fr') })
})

test('names that are none are refused', () => {
  for (const name of ['-a', 'a b', 'a\nb', ''])
    assert.match(problemsOf(locale_gen, { name: [name] })[0] ?? '', /is not a name of a locale/)
})

test.run()
