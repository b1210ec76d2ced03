import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { passwordSource, readPasswords } from '../../src/cli/passwords.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { encrypt, unlockWith } from '../../src/vault/keyring.ts'

const test = suite<{ folder: string }>('passwords of vaults')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'passwords-'))
  unlockWith({ passwords: [], matchIds: false })
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

interface Given {
  readonly files?: Readonly<Record<string, string | Buffer>>
  readonly sources: readonly string[]
  readonly answers?: readonly (string | undefined)[]
}

/** "id=password" of each, what was asked and warned of, or what is wrong; files that begin with #! are executable. */
async function read(folder: string, { files = {}, sources, answers = [] }: Given) {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text)
    if (text.toString().startsWith('#!')) chmodSync(join(folder, name), 0o700)
  }
  const asked: string[] = []
  const ask = async (prompt: string) => answers[asked.push(prompt) - 1]
  const placed = sources.map((source) => passwordSource(source.replace('HERE', folder)))
  const tidy = (text: string) => text.replaceAll(folder, 'HERE')
  try {
    const { passwords, warnings } = await readPasswords(placed, ask)
    const found = passwords.map(({ id, password }) => `${id}=${Buffer.from(password, 'base64')}`)
    return { found, asked, warnings: warnings.map(tidy) }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return error.problems.map(({ message, hint }) => tidy(`${message} (${hint})`))
  }
}

test('files give theirs without the blanks around it, each with its id', async ({ folder }) => {
  const given = {
    files: { a: ' one \r\n', b: 'two\nlines\n\n' },
    sources: ['HERE/a', 'dev@HERE/b', '@HERE/a', 'x@y'].slice(0, 3),
  }
  assert.equal(await read(folder, given), {
    found: ['default=one', 'dev=two\nlines', 'default=one'],
    asked: [],
    warnings: [],
  })
})

test('scripts print theirs, and one called ...-client is told the id', async ({ folder }) => {
  const given = {
    files: {
      'pw.sh': '#!/bin/sh\nprintf " from %s script\\n" "$#"\n',
      'pw-client.sh': '#!/bin/sh\necho "$@"\n',
      'pw-client': '#!/bin/sh\necho "$#"\n',
    },
    sources: ['dev@HERE/pw.sh', 'dev@HERE/pw-client.sh', 'HERE/pw-client'],
  }
  assert.equal(((await read(folder, given)) as { found: string[] }).found, [
    'dev= from 0 script',
    'dev=--vault-id dev',
    'default=0',
  ])
})

test('prompts are asked for in turn', async ({ folder }) => {
  const given = { sources: ['prompt', 'prod@prompt'], answers: ['a ', 'b'] }
  assert.equal(await read(folder, given), {
    found: ['default=a', 'prod=b'],
    asked: ['Vault password (default): ', 'Vault password (prod): '],
    warnings: [],
  })
})

test('a password file may be encrypted with a password before it', async ({ folder }) => {
  const password = { id: 'x', password: Buffer.from('first').toString('base64') }
  const files = { a: 'first', b: encrypt(Buffer.from(' second \n'), password) }
  const { found } = (await read(folder, { files, sources: ['x@HERE/a', 'y@HERE/b'] })) as { found: string[] }
  assert.equal(found, ['x=first', 'y= second '])
})

test('a password need not be text', async ({ folder }) => {
  writeFileSync(join(folder, 'a'), Buffer.from([0xff, 0x00, 0xfe, 0x0a]))
  const { passwords } = await readPasswords([{ from: join(folder, 'a') }], async () => undefined)
  assert.equal(Buffer.from(passwords[0]!.password, 'base64'), Buffer.from([0xff, 0x00, 0xfe]))
})

test('one that fails is warned of when another is there', async ({ folder }) => {
  const given = { files: { a: 'one' }, sources: ['dev@HERE/none', 'HERE/a'] }
  assert.equal(await read(folder, given), {
    found: ['default=one'],
    asked: [],
    warnings: ['the password file HERE/none does not exist'],
  })
})

const WRONG: [title: string, given: Given, said: string][] = [
  [
    'nothing there',
    { sources: ['HERE/none'] },
    'the password file HERE/none does not exist (give the path of a file, or "prompt")',
  ],
  [
    'empty',
    { files: { a: ' \n' }, sources: ['HERE/a'] },
    'the password file HERE/a gives an empty password (undefined)',
  ],
  [
    'a script that fails',
    { files: { a: '#!/bin/sh\nexit 3\n' }, sources: ['HERE/a'] },
    'the password script HERE/a failed: exit status 3 (undefined)',
  ],
  [
    'a client that does not know the id',
    { files: { 'a-client': '#!/bin/sh\nexit 2\n' }, sources: ['qa@HERE/a-client'] },
    'the password script HERE/a-client knows no password for the vault id "qa" (undefined)',
  ],
  [
    'a script without its interpreter',
    { files: { a: '#!/no/such/thing\n' }, sources: ['HERE/a'] },
    'the password script HERE/a cannot be started (ENOENT) (if it holds the password itself, take its x bit away: chmod -x)',
  ],
  [
    'nobody to ask',
    { sources: ['prompt'] },
    'there is no terminal to ask for the vault password at (give it with --vault-password-file FILE)',
  ],
]
for (const [title, given, said] of WRONG)
  test(`no password is had, and it says why: ${title}`, async ({ folder }) => {
    assert.equal(await read(folder, given), [said])
  })

test.run()
