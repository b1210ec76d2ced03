import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { deb822_repository } from '../../../src/modules/packages/deb822_repository/index.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'
import { FOLDER, statText } from '../../support/stat.ts'
import { armored, madeKey } from './keys.ts'

const test = suite('deb822_repository')

const RAW = { name: 'My repo', uris: 'http://a.example/x', suites: ['s', 't'], components: 'main,extra' }
const TEXT =
  'X-Repolib-Name: My repo\nURIs: http://a.example/x\nSuites: s t\nComponents: main extra\nTypes: deb\n'
const SOURCES = '/etc/apt/sources.list.d/my-repo.sources'
const ASC = '/etc/apt/keyrings/my-repo.asc'
const GPG = '/etc/apt/keyrings/my-repo.gpg'

interface There {
  readonly sources?: string
  readonly asc?: string
  readonly gpg?: string
  readonly mode?: number
  readonly isWithoutKeyrings?: boolean
  readonly given?: string
}

/** What the probe of files prints: the files, and the two folders. */
function printed({ sources, asc, gpg, mode, isWithoutKeyrings, given }: There, hasGiven = false): string {
  const file = (text: string, bits = 0o644) => ({
    text,
    stat: statText({ size: Buffer.byteLength(text), mode: bits }),
  })
  const folder = { text: '', stat: FOLDER }
  const all = [
    sources === undefined ? undefined : file(sources, mode),
    asc === undefined ? undefined : file(asc),
    gpg === undefined ? undefined : file(gpg),
    folder,
    isWithoutKeyrings ? undefined : folder,
    ...(hasGiven ? [given === undefined ? undefined : file(given)] : []),
  ]
  const found = all.filter((one) => one !== undefined)
  const marks = all.map((one) => (one === undefined ? '0' : '1')).join('')
  return `${marks}${found.map(({ stat }) => stat).join('')}1${found.map(({ text }) => text).join('')}`
}

const fetched = (bytes: Buffer | string, said = '', status = 0) =>
  `${Buffer.from(bytes).toString('base64')}\n${said}status ${status}`

const plan = (raw: Raw, there: There, key = '', view = RUN) =>
  planOf(
    deb822_repository,
    { ...RAW, ...raw },
    [printed(there, /^[/~]/.test(String(raw.signed_by ?? ''))), key],
    view,
  )

test('a repository that is not there gets a file, with the fields in the order of the task', () => {
  const made = plan({}, {}, '', { ...CHECK, diff: true })
  assert.equal(rows(made), [[SOURCES, null, 'content']])
  assert.equal(made.changes[0]!.text, { before: '', after: TEXT })
  assert.equal(made.result, { repo: TEXT, dest: SOURCES, key_filename: null })
  assert.equal(rows(plan({}, { sources: TEXT })), [])
  assert.equal(rows(plan({}, { sources: `${TEXT}X: y\n` })), [[SOURCES, 'another content', 'content']])
  assert.equal(rows(plan({}, { sources: TEXT, mode: 0o600 })), [[`mode of ${SOURCES}`, '0600', '0644']])
})

test('every option is a field', () => {
  const raw = {
    ...{
      types: ['deb', 'deb-src'],
      architectures: 'amd64',
      by_hash: true,
      allow_downgrade_to_insecure: false,
    },
    ...{ date_max_future: 5, inrelease_path: 'x', languages: 'none', pdiffs: false, enabled: false },
  }
  const lines = String(plan(raw, {}).result!.repo).split('\n').slice(4)
  assert.equal(lines, [
    ...['Types: deb deb-src', 'Architectures: amd64', 'By-Hash: yes', 'Allow-Downgrade-To-Insecure: no'],
    ...['Date-Max-Future: 5', 'Inrelease-Path: x', 'Languages: none', 'Pdiffs: no', 'Enabled: no', ''],
  ])
})

test('a key stands in the file, is one on the host, or is fetched', () => {
  const key = armored(madeKey(1).bytes)
  const block = plan({ signed_by: key }, {}).result!
  assert.match(String(block.repo), /^Signed-By:\n {4}-----BEGIN PGP [^\n]*\n {4}Version: x\n {4}\.\n {4}\S/m)
  assert.match(String(plan({ signed_by: 'ABCD EF01' }, {}).result!.repo), /^Signed-By: ABCD EF01$/m)
  const file = plan({ signed_by: '/k.gpg' }, { given: 'x' }).result!
  assert.equal([file.key_filename, /^Signed-By: (.*)$/m.exec(String(file.repo))![1]], ['/k.gpg', '/k.gpg'])
  assert.is(plan({ signed_by: '/k.gpg' }, {}).result!.key_filename, null)
  const url = { signed_by: 'https://a.example/key' }
  const made = plan(url, { isWithoutKeyrings: true }, fetched(key))
  assert.equal(rows(made), [
    ['folder /etc/apt/keyrings', null, 'directory'],
    [ASC, null, 'content'],
    [SOURCES, null, 'content'],
  ])
  assert.match(String(made.result!.repo), new RegExp(`^Signed-By: ${ASC}$`, 'm'))
  const there = { asc: key, sources: String(made.result!.repo) }
  assert.equal(rows(plan(url, there, fetched(key))), [])
  assert.is(plan(url, {}, fetched(madeKey(1).bytes)).result!.key_filename, GPG)
  assert.is(plan(url, {}, fetched('', 'curl: 404\n', 22)).failed, 'Could not fetch signed_by key: curl: 404')
})

test('what is to be absent goes with its keys', () => {
  const gone = plan({ state: 'absent', signed_by: 'https://a.example/key' }, { sources: 'x', gpg: 'y' })
  assert.equal(rows(gone), [
    [SOURCES, 'file', null],
    [GPG, 'file', null],
  ])
  assert.equal(gone.result, { repo: null, dest: SOURCES, key_filename: GPG })
  assert.equal(rows(plan({ state: 'absent' }, {})), [])
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(deb822_repository, { ...RAW, ...raw })[0] ?? ''
  for (const name of ['', '../', 'ä', 'a\nb']) assert.match(problem({ name }), /gives no name of a file/)
  assert.match(problem({ uris: ['a\nTrusted: yes'] }), /^uris holds a line break/)
  assert.match(problem({ signed_by: 'file:///k' }), /not an address/)
  assert.match(problem({ types: 'rpm' }), /"rpm" is none of deb, deb-src/)
})

test.run()
