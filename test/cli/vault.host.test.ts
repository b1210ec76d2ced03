import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.ts'
import { FROM_STDIN, PASSWORD, SALT, STRINGS } from './vault-recorded.ts'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))

interface Context {
  folder: string
  /** `run vault` with these words, from the folder. */
  vault: (words: string, given?: { input?: string; env?: Readonly<Record<string, string>> }) => Ended
  write: (name: string, text: string) => string
  read: (name: string) => string
}

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const test = suite<Context>('run vault')

const environment = (folder: string) => ({
  NO_COLOR: '1',
  PATH: process.env.PATH,
  HOME: folder,
  EDITOR: `${folder}/editor`,
})

test.before.each((context) => {
  const folder = mkdtempSync(join(tmpdir(), 'vault-cli-'))
  context.folder = folder
  context.vault = (words, { input = '', env = {} } = {}) =>
    spawnSync(launcher, ['vault', ...words.split(' ').filter(Boolean)], {
      cwd: folder,
      env: { ...environment(folder), ...env },
      input,
      encoding: 'utf8',
    })
  context.write = (name, text) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  context.read = (name) => readFileSync(join(folder, name), 'utf8')
  context.write('pw', `${PASSWORD}\n`)
  context.write('pw2', 'another\n')
  context.write('plain.yml', 'word: elephant\n')
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** Makes the editor: a script, the file being "$1"; what it is given is noted in `seen`, the path in `path`. */
function editor({ folder, write }: Context, script: string): void {
  chmodSync(
    write('editor', `#!/bin/sh\ncp "$1" ${folder}/seen\necho "$1" >${folder}/path\n${script}\n`),
    0o700,
  )
}

const salted = { ANSIBLE_VAULT_ENCRYPT_SALT: SALT }
const MINE = '--vault-password-file pw'

test('what it encrypts is what ansible-vault makes of it: texts, and files', ({ vault }) => {
  const words = 'encrypt_string --vault-id dev@pw one two three -n a -n b --stdin-name s'
  const { stdout, stderr } = vault(words, { input: 'x', env: salted })
  assert.is(stdout, STRINGS.stdout)
  assert.is(stderr.slice(stderr.indexOf('#')).trimEnd(), STRINGS.stderr)
  assert.match(stderr, 'There are 3 texts and 2 --name: those behind "b" have no name.')
  assert.is(vault(`encrypt ${MINE}`, { input: 'x', env: salted }).stdout, FROM_STDIN)
  assert.is(vault(`decrypt - ${MINE}`, { input: FROM_STDIN }).stdout, 'x')
})

test('a file is encrypted, seen and decrypted where it is, and keeps its owner and permissions', ({
  folder,
  vault,
  read,
}) => {
  const path = join(folder, 'plain.yml')
  chmodSync(path, 0o640)
  chownSync(path, 65534, 12)
  const { status, stdout, stderr } = vault(`encrypt plain.yml ${MINE}`)
  assert.equal([status, stdout, stderr], [0, '', ''])
  assert.match(read('plain.yml'), /^\$ANSIBLE_VAULT;1\.1;AES256\n/)
  assert.is(vault(`view plain.yml ${MINE}`).stdout, 'word: elephant\n')
  vault(`decrypt plain.yml ${MINE}`)
  assert.is(read('plain.yml'), 'word: elephant\n')
  const { mode, uid, gid } = statSync(path)
  assert.equal([mode & 0o777, uid, gid], [0o640, 65534, 12])
})

test('the result goes into another file, which is private, or to stdout', ({ folder, vault, read }) => {
  vault(`encrypt plain.yml --output made.yml --vault-id prod@pw`)
  assert.match(read('made.yml'), /^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/)
  assert.is(statSync(join(folder, 'made.yml')).mode & 0o777, 0o600)
  assert.is(vault(`decrypt made.yml --output - --vault-id pw`).stdout, 'word: elephant\n')
  assert.is(read('plain.yml'), 'word: elephant\n')
  assert.match(vault(`decrypt a b --output x ${MINE}`).stderr, '--output takes one file, and 2 are given')
})

test('all files get another password, or none; single values too', ({ vault, read, write }) => {
  write('whole.yml', vault(`encrypt ${MINE}`, { input: 'a: 1\n' }).stdout)
  write('values.yml', `# kept\n${vault(`encrypt_string x ${MINE} -n word`).stdout}\nplain: 1 # kept\n`)
  const before = read('whole.yml')
  const wrong = vault(`rekey whole.yml plain.yml ${MINE} --new-vault-id q@pw2`)
  assert.equal([wrong.status, wrong.stderr], [1, 'plain.yml is not encrypted\n'])
  assert.is(read('whole.yml'), before)
  assert.is(vault(`rekey whole.yml values.yml ${MINE} --new-vault-id q@pw2`).stderr, 'Rekey successful\n')
  assert.match(read('whole.yml'), ';q\n')
  assert.is(
    vault('view whole.yml values.yml --vault-id pw2').stdout,
    'a: 1\n# kept\nword: !vault "x"\nplain: 1 # kept\n',
  )
})

test('settings say which passwords there are, and which of them encrypts', ({ vault, write, read }) => {
  write('ansible.cfg', '[defaults]\nvault_identity_list = dev@pw, prod@pw2\nvault_encrypt_identity = prod\n')
  vault('encrypt plain.yml')
  assert.match(read('plain.yml'), ';prod\n')
  vault('rekey plain.yml --encrypt-vault-id dev')
  assert.match(read('plain.yml'), ';dev\n')
  assert.is(vault('view plain.yml', { env: { ANSIBLE_VAULT_ID_MATCH: 'true' } }).stdout, 'word: elephant\n')
  assert.match(
    vault('encrypt plain.yml --encrypt-vault-id prd').stderr,
    /no password is given for the vault id "prd".*\(there are: dev, prod\)\n {2}did you mean "prod"\?/,
  )
})

test('an edited file is encrypted as before; one that is not edited stays as it is', (context) => {
  const { vault, read, folder } = context
  vault('encrypt plain.yml --vault-id dev@pw')
  chmodSync(join(folder, 'plain.yml'), 0o644)
  const before = read('plain.yml')
  editor(context, ':')
  assert.is(vault('edit plain.yml --vault-id pw').status, 0)
  assert.is(read('plain.yml'), before)
  editor(context, 'echo more: 1 >>"$1"')
  assert.is(vault('edit plain.yml --vault-id other@pw').status, 0)
  assert.is(read('seen'), 'word: elephant\n')
  assert.match(read('plain.yml'), /^\$ANSIBLE_VAULT;1\.2;AES256;dev\n/)
  assert.is(statSync(join(folder, 'plain.yml')).mode & 0o777, 0o644)
  assert.is(vault('view plain.yml --vault-id pw').stdout, 'word: elephant\nmore: 1\n')
  assert.not.ok(existsSync(dirname(read('path').trim())))
})

test('a new file comes out of the editor, its folder is made, and nothing that is there is replaced', (context) => {
  const { vault, read, folder } = context
  editor(context, 'echo new: 1 >"$1"')
  assert.match(vault(`create deep/new.yml ${MINE}`).stderr, 'deep was not there, and is made')
  assert.is(statSync(join(folder, 'deep/new.yml')).mode & 0o777, 0o600)
  assert.is(vault(`view deep/new.yml ${MINE}`).stdout, 'new: 1\n')
  const { status, stderr } = vault(`create plain.yml ${MINE}`)
  assert.equal([status, stderr], [1, 'plain.yml is there already\n  "run vault edit plain.yml" changes it\n'])
  assert.is(read('plain.yml'), 'word: elephant\n')
})

test('an editor that fails changes nothing, and leaves nothing', (context) => {
  const { vault, read } = context
  vault(`encrypt plain.yml ${MINE}`)
  const before = read('plain.yml')
  editor(context, 'echo x >"$1"; exit 1')
  const { status, stderr } = vault(`edit plain.yml ${MINE}`)
  assert.is(status, 1)
  assert.match(stderr, /editor" failed: exit status 1\n {2}nothing is written\n/)
  assert.is(read('plain.yml'), before)
  assert.not.ok(existsSync(dirname(read('path').trim())))
})

test('what was edited is not lost where it cannot be written, and the message says where it is', (context) => {
  const { vault, read, folder } = context
  vault(`encrypt plain.yml ${MINE}`)
  editor(context, `echo more: 1 >>"$1"; echo theirs >${folder}/plain.yml`)
  const { status, stderr } = vault(`edit plain.yml ${MINE}`)
  const path = read('path').trim()
  assert.is(status, 1)
  assert.match(stderr, 'plain.yml has been changed by somebody else meanwhile; nothing was written')
  assert.match(stderr, `what you have written is in ${path}, in plain text`)
  assert.is(readFileSync(path, 'utf8'), 'word: elephant\nmore: 1\n')
  assert.is(read('plain.yml'), 'theirs\n')
  rmSync(dirname(path), { recursive: true })
})

for (const [signal, status] of [
  ['SIGTERM', 99],
  ['SIGHUP', 99],
  ['SIGINT', 0],
] as const)
  test(`${signal} while somebody edits: ${status === 0 ? 'it is for the editor' : 'nothing is left'}`, async (context) => {
    const { vault, read, folder } = context
    vault(`encrypt plain.yml ${MINE}`)
    editor(
      context,
      `trap '' INT; i=0; while [ $i -lt ${status === 0 ? 8 : 600} ]; do sleep .1; i=$((i + 1)); done`,
    )
    const words = ['vault', 'edit', 'plain.yml', ...MINE.split(' ')]
    const child = spawn(launcher, words, { cwd: folder, env: environment(folder), stdio: 'ignore' })
    const ended = once(child, 'exit')
    await until('the editor is there', () => existsSync(join(folder, 'path')) && read('path') !== '')
    child.kill(signal)
    assert.equal((await ended)[0], status)
    assert.not.ok(existsSync(dirname(read('path').trim())))
    assert.is(vault(`view plain.yml ${MINE}`).stdout, 'word: elephant\n')
  })

/** What a command says at a terminal at which somebody answers what is asked, in turn. */
async function atTerminal(folder: string, words: string, answers: readonly (readonly [string, string])[]) {
  const command = `${launcher} vault ${words}; echo status $?`
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder, env: environment(folder) })
  let said = ''
  let from = 0
  const left = [...answers]
  child.stdout.on('data', (text) => {
    said += text
    const [question, answer] = left[0] ?? []
    const at = question === undefined ? -1 : said.indexOf(question, from)
    if (at === -1) return
    from = at + 1
    left.shift()
    child.stdin.write(`${answer}\r`)
  })
  await once(child, 'close')
  return said.replaceAll('\r', '')
}

test('passwords are asked for, a new one twice', async ({ folder, vault, read }) => {
  const said = await atTerminal(folder, 'encrypt plain.yml', [
    ['New Vault password: ', PASSWORD],
    ['Confirm New Vault password: ', PASSWORD],
  ])
  assert.match(said, 'Encryption successful\nstatus 0')
  assert.not.match(said, PASSWORD)
  assert.is(vault(`view plain.yml ${MINE}`).stdout, 'word: elephant\n')
  const again = await atTerminal(folder, 'rekey plain.yml --new-vault-id q@prompt', [
    ['Vault password: ', PASSWORD],
    ['New vault password (q): ', 'two'],
    ['Confirm new vault password (q): ', 'tow'],
  ])
  assert.match(again, 'the two passwords are not the same\nstatus 1')
  const text = await atTerminal(folder, `encrypt_string -p ${MINE}`, [
    ['Variable name (enter for no name): ', 'word'],
    ['String to encrypt (hidden): ', 'hidden one'],
  ])
  assert.match(text, /word: !vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n/)
  assert.not.match(text, 'hidden one')
  assert.match(read('plain.yml'), '1.1;AES256')
})

const WRONG: [words: string, said: RegExp][] = [
  ['', /^$/],
  ['--no-such-flag', /unknown option/],
  ['viwe x', /^run vault knows no "viwe"\n {2}did you mean "view"\?\n$/],
  ['view', /missing required argument 'file'/],
  [`view none.yml ${MINE}`, /^none.yml does not exist\n$/],
  [`view deep ${MINE}`, /^deep is a folder, a file is expected\n$/],
  [`create plain.yml/x ${MINE}`, /^plain.yml\/x cannot be written: ENOTDIR\n$/],
  [`decrypt plain.yml ${MINE}`, /^plain.yml is not encrypted\n$/],
  [
    'encrypt plain.yml --vault-id a@pw --vault-id b@pw2',
    /^passwords are given for the vault ids a, b\n {2}say with --encrypt-vault-id/,
  ],
  ['encrypt plain.yml --vault-id a;b@pw', /^the vault id "a;b" has a semicolon/],
  [`encrypt_string -p - ${MINE}`, /^--prompt does not go together with a text from stdin\n$/],
  [`encrypt_string ${MINE}`, /^the text from stdin is empty; it is not encrypted\n$/],
  [`rekey plain.yml ${MINE} --new-vault-id x@pw --new-vault-password-file pw`, /do not go together/],
]
for (const [words, said] of WRONG)
  test(`a mistake is told without a stack: ${words}`, ({ folder, vault }) => {
    mkdirSync(join(folder, 'deep'))
    const { status, stderr } = vault(words)
    assert.is(status, 1)
    assert.match(stderr, said)
    assert.not.match(stderr, /^ +at /m)
  })

test('a wrong password is told with the vault ids that were tried, and the place', ({ vault }) => {
  vault(`encrypt plain.yml ${MINE}`)
  const { status, stderr } = vault('view plain.yml --vault-id dev@pw2 --vault-id old@pw2')
  assert.is(status, 1)
  assert.match(stderr, /^plain.yml:1:1: .* no password that is given decrypts it \(tried: dev, old\)\n/)
})

test('what is already encrypted is not encrypted again, and nothing beside it', ({
  folder,
  vault,
  read,
  write,
}) => {
  vault(`encrypt plain.yml ${MINE}`)
  const before = read('plain.yml')
  write('second.yml', 'b: 2\n')
  const { status, stderr } = vault(`encrypt second.yml plain.yml ${MINE}`)
  assert.is(status, 1)
  assert.match(stderr, /^plain.yml:1:1: it is encrypted already\n 1 \| \$ANSIBLE_VAULT;1.1;AES256\n/)
  assert.equal([read('plain.yml'), read('second.yml')], [before, 'b: 2\n'])
  linkSync(join(folder, 'second.yml'), join(folder, 'other'))
  assert.match(vault(`encrypt second.yml ${MINE}`).stderr, /second.yml has another name \(a hard link\)/)
})

test.run()
