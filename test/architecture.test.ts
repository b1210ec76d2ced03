import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const test = suite('architecture')

/** Files that may import each other: the grammar of tasks. */
const GRAMMAR = ['src/playbook/includes.ts', 'src/playbook/roles.ts', 'src/playbook/steps.ts']

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src', name))

/** The files that a file imports, types too. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const paths = [...text.matchAll(/^(?:import|export)\b[^;'"]*?from '(\.[^']+)'|import\('(\.[^']+)'\)/gm)]
  return paths
    .map(([, from, dynamic]) => relative('.', join(dirname(file), (from ?? dynamic)!)))
    .filter((path) => path.startsWith('src/'))
}

/** The rooms of docs/architecture.md, with those that each may import. */
function rooms(): Map<string, string[]> {
  const rows = readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `([a-z]+)` \|[^|]*\|([^|]*)\|$/gm)
  return new Map(
    [...rows].map(([, room, named]) => [room!, [...named!.matchAll(/`([a-z]+)`/g)].map((it) => it[1]!)]),
  )
}

const roomOf = (file: string) => file.split('/')[1]!

test('every folder of src is a room of docs/architecture.md, and the other way round', () => {
  assert.equal([...new Set(sources.map(roomOf))].sort(), [...rooms().keys()].sort())
})

test('a room imports only the rooms that its row names', () => {
  const allowed = rooms()
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((imported) => roomOf(imported) !== roomOf(file))
      .filter((imported) => roomOf(file) !== 'cli' && !allowed.get(roomOf(file))?.includes(roomOf(imported)))
      .map((imported) => `${file} imports ${imported}`),
  )
  assert.equal(wrong, [])
})

test('a row names only rooms that lie above it in the table', () => {
  const order = [...rooms().keys()]
  for (const [room, named] of rooms())
    for (const other of named) assert.ok(order.indexOf(other) < order.indexOf(room), `${room} names ${other}`)
})

test('nothing is named in a row that the room does not import', () => {
  for (const [room, named] of rooms()) {
    const used = new Set(
      sources
        .filter((file) => roomOf(file) === room)
        .flatMap(importsOf)
        .map(roomOf),
    )
    assert.equal(
      named.filter((other) => !used.has(other)),
      [],
      room,
    )
  }
})

test('imports run one way between files', () => {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    const circle = at === -1 ? [] : path.slice(at)
    assert.equal(
      circle.filter((one) => !GRAMMAR.includes(one)),
      [],
      circle.join(' > '),
    )
    if (at !== -1 || done.has(file)) return
    for (const imported of importsOf(file)) visit(imported, [...path, file])
    done.add(file)
  }
  for (const file of sources) visit(file, [])
})

test('only a module that users name is in snake_case', () => {
  const wrong = sources.filter((file) => !file.startsWith('src/modules/') && /_/.test(file))
  assert.equal(wrong, [])
})

/** What node:fs has that asks for no path. */
const WITHOUT_PATH = ['closeSync', 'constants', 'fstatSync', 'readSync']

/** Who reads files by their own paths, though a worker has those of the controller elsewhere, and why that is right. */
const READS_ITSELF: Readonly<Record<string, string>> = {
  'src/values/controller-files.ts': 'it is the one place',
  'src/engine/fact-cache.ts': 'the coordinator keeps the facts',
  'src/filters/paths.ts': 'users are those of the machine',
  'src/template/file-variables.ts': 'users are those of the machine',
  'src/python/dates/zone.ts': 'time zones are those of the machine',
  'src/lookups/password.ts': 'it writes: only the coordinator does',
  'src/modules/files/fetch.ts': 'it writes: only the coordinator does',
  'src/modules/files/synchronize/command.ts':
    'programs of the controller read the files: only the coordinator does',
  'src/modules/files/synchronize/index.ts':
    'programs of the controller read the files: only the coordinator does',
  'src/remote/kept/basis.ts': 'how hosts are reached is said on the machine that reaches them',
  'src/remote/kept/begin.ts': 'logins are kept on the machine that made them',
  'src/remote/kept/inherited.ts': 'logins are kept on the machine that made them',
  'src/remote/kept/keeper-client.ts': 'logins are kept on the machine that made them',
  'src/remote/kept/keeper-link.ts': 'logins are kept on the machine that made them',
  'src/remote/kept/keeper.ts': 'logins are kept on the machine that made them',
  'src/remote/kept/keepers.ts': 'logins are kept on the machine that made them',
  'src/remote/kept/main.ts': 'logins are kept on the machine that made them',
  'src/remote/kept/place.ts': 'logins are kept on the machine that made them',
  'src/remote/secret.ts': 'the terminal is of the machine',
  'src/remote/ssh/config.ts': 'how hosts are reached is said on the machine that reaches them',
  'src/remote/ssh/identity.ts': 'it asks for the place of a key first',
  'src/remote/ssh/known-hosts.ts': 'how hosts are reached is said on the machine that reaches them',
  'src/remote/ssh/read-files.ts': 'it asks for the place of a key first',
}

test('files of the controller are read through values/controller-files.ts by all that a worker runs', () => {
  const allowed = rooms()
  const used = new Set(['analysis', 'modules', 'split'])
  for (const room of used) for (const below of allowed.get(room)!) used.add(below)
  // What writes on the controller is the coordinator's.
  used.delete('local')
  const found = sources
    .filter((file) => used.has(roomOf(file)))
    .filter((file) => {
      const imports = readFileSync(file, 'utf8').matchAll(
        /^import (?:\* as (\w+)|\{([^}]*)\}) from 'node:fs(?:\/promises)?'$/gm,
      )
      const names = [...imports].flatMap(([, whole, named]) => (whole ? [whole] : named!.split(',')))
      const asked = names
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
      return asked.some((name) => !WITHOUT_PATH.includes(name))
    })
  assert.equal(found.sort(), Object.keys(READS_ITSELF).sort())
})

/** What a file keeps for as long as the process lives though a watch makes thousands of runs in it, and why that may be. */
const KEPT: Readonly<Record<string, string>> = {
  'src/engine/batch.ts nobody': 'stays empty',
  'src/yaml/files.ts languages': 'is set anew by each run',
  'src/plugins/templates.ts known': 'is set anew by each run',
  'src/lookups/index.ts addedLookups': 'is set anew by each run',
  'src/values/matching.ts slow': 'an expression stays slow; there are as many as somebody writes',
  'src/python/crypt/password-hash.ts hashes': 'has a most',
  'src/vault/cipher.ts known': 'has a most',
  'src/python/codecs.ts tables': 'there are only so many encodings',
  'src/vault/secrets.ts byBeginning': 'a secret of before is one for ever',
  'src/vault/secrets.ts words': 'a secret of before is one for ever',
  'src/queue/redis.ts digests': 'there are as many as scripts',
  'src/remote/ssh/identity.ts unlockedKeys': 'nobody is asked twice',
  'src/remote/login-key.ts numbers': 'a login that stays has the same number; there are as many as logins',
}

test('what a file keeps in a map holds for one run, or it is said why not', () => {
  const found = sources.flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /^(?:export )?const (\w+)\b.*? = new (?:Map|Set)(?:<.*>)?\(\)$/gm,
      ),
    ].map(([, name]) => `${file} ${name}`),
  )
  assert.equal(found.sort(), Object.keys(KEPT).sort())
})

test.run()
