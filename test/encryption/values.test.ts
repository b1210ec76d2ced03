import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { editable } from '../../src/encryption/edited.ts'
import { decrypted, encrypted, rekeyed, viewed } from '../../src/encryption/work.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { block, file, keyring, ONE, quoted, TWO } from './given.ts'

const test = suite('files and values that are encrypted')

const view = (text: string | Buffer, ...passwords: (typeof ONE)[]) =>
  viewed(file(text.toString()), keyring(...passwords)).toString()

function problem(work: () => unknown): string {
  try {
    work()
    return 'none'
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return error.problems
      .map(({ message, place }) => `${place ? place.source.position(place.start).line : '-'}: ${message}`)
      .join('\n')
  }
}

/** A YAML file with values of every kind, and what is seen of it. */
const FILE = [
  ['# top\nplain:   1   # kept\nword: !vault |\n', block('hello', '          '), '\n\n# between\n'],
  ['list:\n- !vault |-\n', block('two\nlines\n', '    ')],
  ['- {a: 1, b: [!vault ', quoted('in "brackets"'), ']} # behind\n'],
  ['deep:\n    er: !vault-encrypted |\n', block('end', '      ')],
]
  .flat()
  .join('')

const SEEN = `# top
plain:   1   # kept
word: !vault "hello"


# between
list:
- !vault |
    two
    lines
- {a: 1, b: [!vault "in \\"brackets\\""]} # behind
deep:
    er: !vault-encrypted "end"
`

test('a YAML file is seen with its values decrypted, and all else as it is', () => {
  assert.is(view(FILE, ONE), SEEN)
})

test('its values get another password, comments and layout stay', () => {
  const text = rekeyed(file(FILE), keyring(ONE), { password: TWO }).toString()
  assert.is(view(text, TWO), SEEN)
  assert.match(
    problem(() => view(text, ONE)),
    /3: this value cannot be read: .* \(tried: one\)/s,
  )
  const layout = (one: string) => one.replace(/one|two|[\da-f]{2,}/g, '')
  assert.is(layout(text), layout(FILE))
})

test('line ends of Windows, a mark at the beginning and several documents stay', () => {
  const text = `\ufeff--- # one\na: !vault |\n${block('x', '  ')}---\nb: !vault |\n${block('y', '  ')}`
  const windows = text.replaceAll('\n', '\r\n')
  const now = rekeyed(file(windows), keyring(ONE), { password: TWO }).toString()
  assert.ok(now.startsWith('\ufeff---'))
  assert.not.match(now, /[^\r]\n/)
  assert.is(view(now, TWO), '\ufeff--- # one\r\na: !vault "x"\r\n---\r\nb: !vault "y"\r\n')
})

test('a whole file gets another password', () => {
  const whole = encrypted(file('a: 1\n'), { password: ONE })
  const now = rekeyed({ path: 'x', content: whole }, keyring(TWO, ONE), { password: TWO })
  assert.match(now.toString(), /^\$ANSIBLE_VAULT;1\.2;AES256;two\n/)
  assert.is(decrypted({ path: 'x', content: now }, keyring(TWO)).plain.toString(), 'a: 1\n')
})

test('a salt that is given makes the same of the same', () => {
  const salt = Buffer.from('salt')
  const make = () => encrypted(file('a'), { password: ONE, salt }).toString()
  assert.is(make(), make())
  assert.is.not(make(), encrypted(file('a'), { password: ONE }).toString())
})

const WRONG: [title: string, work: () => unknown, said: RegExp][] = [
  [
    'encrypted twice',
    () => encrypted({ path: 'x', content: encrypted(file('a'), { password: ONE }) }, { password: ONE }),
    /^1: it is encrypted already$/,
  ],
  [
    'decrypting what is not encrypted',
    () => decrypted(file('a: 1'), keyring(ONE)),
    /^-: vars.yml is not encrypted$/,
  ],
  ['a file without values', () => view('a: 1', ONE), /^-: vars.yml is not encrypted$/],
  [
    'a binary file',
    () => viewed({ path: 'x', content: Buffer.from([0xff, 0]) }, keyring(ONE)),
    /^-: x is not encrypted$/,
  ],
  [
    'a value that is plain',
    () => view('a: 1\nb: !vault secret\n', ONE),
    /^2: what stands behind !vault is not encrypted$/,
  ],
  [
    'a vault that is cut off',
    () => view('$ANSIBLE_VAULT;1.1;AES256\n6162\n', ONE),
    /^1: vars.yml cannot be read: the vault is cut off/,
  ],
]
for (const [title, work, said] of WRONG)
  test(`it says what is wrong, and not what is secret: ${title}`, () => {
    assert.match(problem(work), said)
    assert.not.match(problem(work), 'secret')
  })

/** What becomes of a file when somebody edits it. */
function edited(text: string, edit: (plain: string) => string, passwords = keyring(TWO, ONE)) {
  const { plain, sealed } = editable(file(text), passwords, {})
  const { content, warnings } = sealed(Buffer.from(edit(plain.toString())))
  return { text: content.toString(), warnings }
}

test('a whole file that was edited is encrypted as it was', () => {
  const whole = encrypted(file('a: 1\n'), { password: ONE }).toString()
  const { text } = edited(whole, (plain) => plain.replace('1', '2'))
  assert.match(text, /^\$ANSIBLE_VAULT;1\.2;AES256;one\n/)
  assert.is(view(text, ONE), 'a: 2\n')
})

test('values that were not edited stay byte for byte, others are encrypted anew in the same layout', () => {
  const same = edited(FILE, (plain) => plain.replace('plain:   1', 'plain: 2'))
  assert.is(same.text, FILE.replace('plain:   1', 'plain: 2'))
  const { text } = edited(FILE, (plain) => plain.replace('"hello"', '"hello you"'))
  const [before, now] = [FILE, text].map((one) => one.split('\n'))
  const changed = now!.flatMap((line, at) => (line === before![at] ? [] : [at]))
  assert.equal(changed, [4, 5, 6, 7, 8])
  assert.is(view(text, ONE), SEEN.replace('"hello"', '"hello you"'))
})

test('new values are encrypted as the first one is: as a block where one can be', () => {
  const more = `${SEEN}new: !vault secret-1\nwith: !vault secret-2 # comment\nflow: [!vault secret-3]\n  `
  const { text, warnings } = edited(FILE, () => more)
  assert.not.match(text, 'secret')
  assert.equal(warnings, [])
  assert.match(text, /\nnew: !vault \|\n {2}\$ANSIBLE_VAULT;1\.2;AES256;one\n/)
  assert.match(text, /\nwith: !vault "\$ANSIBLE_VAULT;1\.2;AES256;one\\n.*" # comment\n/)
  assert.match(
    view(text, ONE),
    /new: !vault "secret-1"\nwith: !vault "secret-2" # comment\nflow: \[!vault "secret-3"\]\n/,
  )
})

test('values may move, and lines be indented otherwise', () => {
  const text = `a:\n  b: !vault |\n${block('x y', '    ')}c: !vault |\n${block('z z', '  ')}`
  const now = edited(text, () => 'c: !vault "z z"\na:\n      b: !vault "x y"\n').text
  assert.is(view(now, ONE), 'c: !vault "z z"\na:\n      b: !vault "x y"\n')
  for (const line of text.split('\n').filter((one) => /^ +\d/.test(one)))
    assert.ok(now.includes(line.trim()), 'the value has been encrypted anew')
})

test('an encrypted value may be pasted', () => {
  const { text } = edited(FILE, (plain) => `${plain}more: !vault |\n${block('pasted', '  ', TWO)}`)
  assert.match(view(text, ONE, TWO), /more: !vault "pasted"\n$/)
})

test('YAML that is wrong is told by its line, without what it says', () => {
  const said = problem(() => edited(FILE, () => 'a: 1\nsecret: "x\n'))
  assert.match(said, /^-: vars.yml is no YAML any more: something is wrong in line [123]$/)
})

test('a value that has lost its !vault is told of', () => {
  const { text, warnings } = edited(FILE, (plain) => plain.replace('!vault "hello"', 'hello'))
  assert.match(text, 'word: hello\n')
  assert.equal(warnings, [
    'vars.yml has the text of a value without !vault before it, so it is not encrypted any more',
  ])
})

test.run()
