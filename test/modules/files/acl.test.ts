import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { acl } from '../../../src/modules/files/acl/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('acl')

const JOE = { path: '/f', entity: 'joe', etype: 'user', state: 'present', permissions: 'r' }
const BARE = 'user::rw-\ngroup::r--\nother::r--\n'
const HEAD = '# file: /f\n# owner: root\n# group: root\n'

/** What the probe prints where getfacl and setfacl say this. */
function printed(said: string, refused = 0, more = ''): string {
  return `${filesText(statText())}\x001${BARE}\n\0/f\0${HEAD}${BARE}\n\0${refused}\0${said}\0${more}`
}

const LONG = 'user::rw-,group::r--,other::r--'
const TABLE: [title: string, raw: Raw, said: string, changes: unknown[]][] = [
  ['a list that is right is left', JOE, '/f: *,*', []],
  [
    'an entry that is missing is set',
    JOE,
    '/f: u::rw-,u:joe:r--,g::r--,m::r--,o::r--,*',
    [['acl', LONG, 'user::rw-,user:joe:r--,group::r--,mask::r--,other::r--']],
  ],
  [
    'one that shall not be there is removed',
    { path: '/f', entry: 'user:joe', state: 'absent' },
    '/f: u::rw-,g::r--,o::rw-,*',
    [['acl', LONG, 'user::rw-,group::r--,other::rw-']],
  ],
  [
    'the default list is another one',
    { path: '/f', entry: 'd:g:a:rx', state: 'present' },
    '/f: *,d:u::rwx,d:g::r-x,d:g:a:r-x,d:m::r-x,d:o::r-x',
    [['default acl', LONG, 'user::rwx,group::r-x,group:a:r-x,mask::r-x,other::r-x']],
  ],
]

for (const [title, raw, said, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(acl, raw, printed(said))), changes))

test('what is below a folder is planned by its name, whatever its signs', () => {
  const name = 'a: *,*\nb'
  const own = `${BARE.replaceAll('r--', 'r-x')}\n`
  const below = `./${name}\0\x001${statText()}0${HEAD}${own}\x000\0./${name}: u::r-x,g::rwx,o::r-x,*\0`
  const root = printed('/f: *,*', 0, below).replace(filesText(statText()), filesText(FOLDER))
  const plan = planOf(acl, { ...JOE, recurse: true }, root)
  assert.equal(rows(plan), [
    [`acl /f/${name}`, 'user::rw-,group::r-x,other::r-x', 'user::r-x,group::rwx,other::r-x'],
  ])
})

test('the tools are given one entry, with what they would read another way written out', () => {
  const script = (raw: Raw) => {
    const plan = planOf(acl, { ...JOE, ...raw }, printed('/f: u::r--,g::r--,o::r--,*'))
    const [action] = plan.actions ?? []
    return action?.do === 'sh' ? /setfacl (.*?) -- /.exec(action.script)?.[1] : undefined
  }
  assert.is(script({}), '-P -m user:joe:r')
  assert.is(script({ entity: 'A\\b c' }), "-P -m 'user:A\\134b c:r'")
  assert.is(script({ default: true, recalculate_mask: 'mask' }), '-P -d -m user:joe:r --mask')
  assert.is(script({ recalculate_mask: 'no_mask' }), '-P -m user:joe:r --no-mask')
  assert.is(script({ state: 'absent', permissions: undefined }), '-P -x user:joe')
})

test('the results are those of Ansible', () => {
  const list = BARE.trim().split('\n')
  const query = `${filesText(statText())}\x001${BARE}\n\0`
  assert.equal(planOf(acl, { path: '/f' }, query).result, { msg: 'current acl', acl: list })
  const same = printed('/f: *,*')
  assert.equal(planOf(acl, JOE, same).result, { msg: 'user:joe:r is present', acl: list })
  const gone = { path: '/f', entry: 'default:user:joe:r', state: 'absent' }
  assert.match(problemsOf(acl, gone)[0]!, /MUST have 2 or 3 sections/)
  const absent = planOf(acl, { ...gone, entry: 'default:user:joe' }, same)
  assert.is(absent.result?.msg, 'user:joe is absent')
})

test('what cannot be is a failure, and under check what may still come', () => {
  const nothing = `${filesText(undefined)}\0`
  assert.is(planOf(acl, JOE, nothing).failed, 'Path not found or not accessible.')
  assert.equal(rows(planOf(acl, JOE, nothing, CHECK)), [['acl', null, 'user:joe:r']])
  assert.match(planOf(acl, { ...JOE, use_nfsv4_acls: true }, printed('/f: *,*')).failed!, /nfs4_setfacl/)
  const lack = `${filesText(statText())}setfacl\0`
  assert.is(planOf(acl, JOE, lack).failed, 'Failed to find required executable "setfacl"')
  assert.is(planOf(acl, JOE, lack, CHECK).changes.length, 1)
  const refused = printed('setfacl: Option -m: Invalid argument near character 6', 1)
  assert.is(planOf(acl, JOE, refused).advice, 'see whether there is a user "joe" on the host')
  assert.equal(rows(planOf(acl, JOE, refused, CHECK)), [['acl', LONG, 'user:joe:r']])
  for (const said of ['', '/g: *,*', '/f: *', '/f: u::rwx,*,*', '/f: *,*\n/f: *,*x'])
    assert.throws(() => planOf(acl, JOE, printed(said)), /makes no sense/, said)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ state: 'query' }, /missing required arguments: path/],
  [{ path: '/f', recursive: true }, /'recursive' MUST NOT be set when/],
  [{ path: '/f', recalculate_mask: 'mask' }, /'recalculate_mask' MUST NOT/],
  [{ path: '/f', entry: 'user:a:r' }, /'entry' MUST NOT be set when 'state=query'/],
  [{ ...JOE, entry: 'user:a:r' }, /'entry' MUST NOT be set when 'entity'/],
  [{ ...JOE, state: 'absent' }, /'permissions' MUST NOT be set when 'state=absent'/],
  [{ path: '/f', state: 'absent', etype: 'user' }, /'entity' MUST be set/],
  [{ path: '/f', state: 'present', permissions: 'r' }, /'etype' MUST be set when 'state=present'/],
  [{ ...JOE, permissions: undefined }, /'permissions' MUST be set/],
  [{ ...JOE, permissions: 'q' }, /"q" is not made of r, w, x and X/],
  [{ ...JOE, entity: 'a,u:b' }, /"a,u:b" is not a name/],
  [{ ...JOE, entity: ' a' }, /" a" is not a name/],
  [{ path: '/f', state: 'present', entry: 'user:a' }, /MUST have 3 or 4 sections/],
  [{ path: '/f', state: 'present', entry: 'x:a:r' }, /"x:a:r" is no entry/],
  [{ path: '/f', state: 'present', entry: 'user:a:r,u:b:r' }, /MUST have 3 or 4/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(acl, raw)
    assert.is(problems.length, 1, JSON.stringify([raw, problems]))
    assert.match(problems[0]!, problem)
  }
})

test.run()
