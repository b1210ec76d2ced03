import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { yum_repository } from '../../../src/modules/packages/yum_repository/index.ts'
import type { Plan } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('yum_repository')

const RAW = {
  name: 'epel',
  description: 'EPEL',
  baseurl: ['https://a/', 'https://b/'],
  gpgcheck: true,
  exclude: 'x,y',
}
const TEXT = '[epel]\nbaseurl = https://a/\n\thttps://b/\nexclude = x y\ngpgcheck = 1\nname = EPEL\n\n'
const OTHER = '# mine\n[other]\nName=O\n  more\n\n'

/** What a host prints that has this file, or none. */
const printed = (text: string | undefined, folder: string | undefined = FOLDER) => [
  filesText(text === undefined ? undefined : statText({ size: Buffer.byteLength(text) }), folder),
  '',
  text === undefined ? '0' : `1${text}`,
]

const plan = (raw: Raw, text: string | undefined, view = RUN) =>
  planOf(yum_repository, { ...RAW, ...raw }, printed(text), view)
const written = ({ actions = [] }: Plan) =>
  actions.flatMap((action) => (action.do === 'send' ? [action.content.text()] : []))
const shown = TEXT.trimEnd()

test('a repository that is nowhere is added, in a file of its own or behind others', () => {
  const fresh = plan({}, undefined)
  assert.equal(rows(fresh), [
    ['state', 'absent', 'file'],
    ['repository epel', null, shown],
  ])
  assert.equal(written(fresh), [TEXT])
  assert.equal(written(plan({}, OTHER)), [`${OTHER}${TEXT}`])
  assert.equal(written(plan({}, '[other]\nname=O')), [`[other]\nname=O\n\n${TEXT}`])
})

test('one that says the same in another way is left as it is', () => {
  const same = '[epel]\nNAME: EPEL\nGpgCheck=1\n; why\nbaseurl=https://a/\n  https://b/\nexclude = x y'
  for (const text of [TEXT, same, `${OTHER}${TEXT}`]) assert.equal(rows(plan({}, text)), [])
})

test('one that differs is replaced where it is, and all others stay', () => {
  const text = `[epel]\nname = Old\nx = y\n\n# about the next\n${OTHER}`
  const changed = plan({}, text)
  assert.equal(rows(changed), [['repository epel', '[epel]\nname = Old\nx = y', shown]])
  assert.equal(written(changed), [`${shown}\n\n# about the next\n${OTHER}`])
})

test('one that is to be absent goes, and a file that is left without one', () => {
  assert.equal(written(plan({ state: 'absent' }, `${OTHER}${TEXT}`)), [OTHER])
  assert.equal(written(plan({ state: 'absent' }, `${TEXT}${OTHER}`)), [OTHER])
  const gone = plan({ state: 'absent' }, TEXT)
  assert.equal(rows(gone), [
    ['repository epel', shown, null],
    ['state', 'file', 'absent'],
  ])
  assert.is(gone.actions!.length, 2)
  assert.equal(rows(plan({ state: 'absent' }, OTHER)), [])
  assert.equal(rows(plan({ state: 'absent' }, undefined)), [])
})

test('permissions are set even if the rest is right', () => {
  assert.equal(rows(plan({ mode: '0600' }, TEXT)), [['mode', '0644', '0600']])
})

test('repo, state and diff are returned, without passwords', () => {
  const raw = { password: 'secret', proxy_password: 'secret2' }
  const changed = plan(raw, TEXT, { ...CHECK, diff: true })
  const after = TEXT.replace('\n\n', '\npassword = (hidden)\nproxy_password = (hidden)\n\n')
  assert.equal(changed.result, {
    repo: 'epel',
    state: 'present',
    diff: {
      before_header: '/etc/yum.repos.d/epel.repo',
      before: TEXT,
      after_header: '/etc/yum.repos.d/epel.repo',
      after,
    },
  })
  assert.equal(changed.changes[0]!.text, { before: TEXT, after })
  assert.not.match(JSON.stringify({ ...changed, actions: [] }), /secret/)
  assert.match(written(changed)[0]!, /^password = secret$/m)
})

test('a folder that is missing is a failure, unless an earlier task may make it', () => {
  const raw = { ...RAW, reposdir: '/r/' }
  const missing = [filesText(undefined, undefined), '', '0']
  assert.is(planOf(yum_repository, raw, missing).failed, "Repo directory '/r/' does not exist.")
  assert.is(planOf(yum_repository, raw, missing, CHECK).failed, undefined)
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(yum_repository, { ...RAW, ...raw })[0] ?? ''
  for (const name of ['', '-a', 'a]', '../a', 'a\nb'])
    assert.match(problem({ name }), /not an id of a repository/)
  for (const file of ['', '../a', 'a/b']) assert.match(problem({ file }), /not a name of a file/)
  assert.match(problem({ gpgkey: ['a\nb'] }), /^gpgkey holds a line break/)
  assert.match(problem({ username: 'a\nb' }), /^username holds a line break/)
  assert.is(problem({ baseurl: undefined }), "Parameter 'baseurl', 'metalink' or 'mirrorlist' is required.")
  assert.is(problem({ description: undefined }), "Parameter 'description' is required.")
  assert.equal(problemsOf(yum_repository, { name: 'a', state: 'absent' }), [])
  assert.match(problem({ params: { a: 1 } }), /has no argument "params"/)
})

test.run()
