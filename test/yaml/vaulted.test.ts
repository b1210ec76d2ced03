import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatProblems } from '../../src/report/diagnostic.ts'
import { type Problem, ProblemError } from '../../src/values/problem.ts'
import { Source } from '../../src/values/source.ts'
import { toValue, type Value } from '../../src/values/value.ts'
import { encrypt, unlockWith } from '../../src/vault/keyring.ts'
import { masked } from '../../src/vault/secrets.ts'
import { Files, readSource } from '../../src/yaml/files.ts'
import { parseYaml } from '../../src/yaml/yaml.ts'
import { FILES, PASSWORDS, VALUES } from '../vault/recorded.ts'

const test = suite('YAML with ansible-vault')

const DEV = { id: 'dev', password: Buffer.from(PASSWORDS.dev).toString('base64') }
test.before.each(() => unlockWith({ passwords: [DEV], matchIds: false }))

function told(problems: readonly Problem[]): string {
  return formatProblems(problems)
}

/** The value of a YAML text, or what is wrong with it. */
function read(text: string): Value | string {
  const { node, problems } = parseYaml(new Source('vars.yml', text))
  if (problems.length > 0) return told(problems)
  try {
    return node === undefined ? null : toValue(node)
  } catch (error) {
    if (error instanceof ProblemError) return told(error.problems)
    throw error
  }
}

/** A file of that text that is encrypted, read as YAML. */
function readFile(plain: string | Buffer): Value | string {
  const folder = mkdtempSync(join(tmpdir(), 'vaulted-'))
  const path = join(folder, 'vars.yml')
  try {
    writeFileSync(path, encrypt(Buffer.from(plain), DEV))
    const files = new Files()
    const node = files.yaml(path)
    return files.problems.length > 0
      ? told(files.problems).replaceAll(path, 'vars.yml')
      : node === undefined
        ? null
        : toValue(node)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a value of !vault is text, with braces that mean nothing', () => {
  assert.equal(read(VALUES), { inline: 'has {{ 1 + 1 }} braces', num: '8080', lst: '[1, 2]' })
  const { node } = parseYaml(new Source('vars.yml', VALUES))
  assert.ok(
    node?.kind === 'map' && node.entries.every(({ value }) => value.kind === 'scalar' && value.unsafe),
  )
})

test('it needs a password only when it is used, and says then where it stands', () => {
  unlockWith({ passwords: [], matchIds: false })
  const { node, problems } = parseYaml(new Source('vars.yml', `a: 1\n${VALUES}`))
  assert.equal(problems, [])
  assert.is(node?.kind === 'map' && node.entries.length, 4)
  assert.is(
    read(`a: 1\n${VALUES}`),
    'vars.yml:2:16: this value cannot be read: it is encrypted, and no vault password is given\n' +
      ' 2 | inline: !vault |\n   |                ^\n' +
      '  give one with --ask-vault-pass or --vault-password-file FILE',
  )
})

test('it is decrypted however its lines end, in lists and behind anchors', () => {
  assert.equal(read(VALUES.replaceAll('\n', '\r\n')), read(VALUES))
  const value = VALUES.slice(VALUES.indexOf('!vault'), VALUES.indexOf('num:'))
  assert.equal(read(`- &a ${value}\n- *a\n`), ['has {{ 1 + 1 }} braces', 'has {{ 1 + 1 }} braces'])
  assert.equal(read(VALUES.replaceAll('!vault', '!vault-encrypted')), read(VALUES))
})

test('what is not encrypted cannot stand behind !vault', () => {
  for (const text of ['a: !vault plain', 'a: !vault [1]', 'a: !vault {b: 1}', 'a: !vault'])
    assert.match(String(read(text)), /vars\.yml:1:\d+: what stands behind !vault is not encrypted/)
})

test('an encrypted file is YAML with its types and templates', () => {
  assert.equal(readFile(FILES.default.plain), {
    top: 'secret value',
    port: 8080,
    list: ['alpha-one', 'beta-two'],
  })
  assert.is(readFile(''), null)
  assert.equal(readFile('\ufeffa: 1\r\n'), { a: 1 })
})

test('values of !vault may stand in an encrypted file', () => {
  assert.equal(readFile(VALUES), read(VALUES))
})

test('nothing of a decrypted file is shown, not even where it is wrong', () => {
  assert.is(
    readFile('a: 1\nb: {{ confidential }}\n'),
    'vars.yml:2:4: vars.yml is no valid YAML here when it is decrypted\n  "run vault view vars.yml" shows it',
  )
  assert.match(
    String(readFile(Buffer.from([0x61, 0xff]))),
    /:1:1: vars\.yml holds no UTF-8 when it is decrypted/,
  )
})

test('what it says is hidden from then on', () => {
  readFile('user: somebody-special\nnested: {list: [deep-down, 1, true, 123456]}\n')
  assert.is(masked('somebody-special deep-down true 1 123456'), '******** ******** true 1 ********')
  read(VALUES)
  assert.is(masked('8080 has {{ 1 + 1 }} braces'), '******** ********')
})

test('a file that stays locked says so at its first line', () => {
  unlockWith({ passwords: [], matchIds: false })
  const folder = mkdtempSync(join(tmpdir(), 'vaulted-'))
  try {
    const path = join(folder, 'x.yml')
    writeFileSync(path, FILES.prod.text)
    const source = readSource(path)
    assert.not.ok(source instanceof Source)
    assert.is(
      told([source as Problem]).replaceAll(path, 'x.yml'),
      'x.yml:1:1: x.yml cannot be read: it is encrypted with the vault id "prod", and no vault password is given\n' +
        ` 1 | $ANSIBLE_VAULT;1.2;AES256;prod\n   | ${'^'.repeat(30)}\n` +
        '  give one with --vault-id prod@FILE or prod@prompt',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
