import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { shownAddress } from '../../src/galaxy/address.ts'
import { readRequirements, readRoleNeeds } from '../../src/galaxy/requirements.ts'
import { type Wanted, whereText } from '../../src/galaxy/wanted.ts'
import { formatProblems } from '../../src/report/index.ts'
import { ProblemError } from '../../src/values/problem.ts'
import { showPathsFrom } from '../../src/yaml/files.ts'
import { writeTree } from '../support/galaxy.ts'

const test = suite('requirements')
const folder = mkdtempSync(join(tmpdir(), 'requirements-'))
test.before(() => {
  showPathsFrom(folder)
  writeTree(folder, {
    'mine/galaxy.yml': 'namespace: a\n',
    'many/one/galaxy.yml': 'namespace: a\n',
    'role/tasks/main.yml': '[]\n',
    'a-b-1.0.0.tar.gz': '',
    'more.yml': '- src: bob.more\n',
  })
})
test.after(() => rmSync(folder, { recursive: true }))

/** What is asked for, a line each: kind, name, type, place, version. */
function lines({ roles, collections }: Wanted): string[] {
  return [...roles, ...collections].map((one) => {
    const own = one.kind === 'role' && one.galaxyName !== undefined ? ` ${one.galaxyName}` : ''
    const server =
      one.where.type === 'galaxy'
        ? (one.where.server ?? '')
        : whereText(one.where, shownAddress).replace(`${folder}/`, '')
    return `${one.kind} ${one.name ?? '-'} ${one.where.type}${own} ${server} ${one.version ?? '-'}`.replace(
      / +/g,
      ' ',
    )
  })
}

function read(text: string): string[] {
  writeFileSync(join(folder, 'requirements.yml'), text)
  return lines(readRequirements(join(folder, 'requirements.yml')))
}

function problem(text: string): string {
  try {
    read(text)
  } catch (error) {
    if (error instanceof ProblemError) return formatProblems(error.problems, { color: false })
    throw error
  }
  return 'no problem'
}

const READ: readonly (readonly [string, ...string[]])[] = [
  ['- src: bob.nginx', 'role bob.nginx galaxy bob.nginx -'],
  ['- name: bob.nginx\n  version: 1.2', 'role bob.nginx galaxy bob.nginx 1.2'],
  ['- src: bob.nginx\n  name: web\n  version: "1.10"', 'role web galaxy bob.nginx 1.10'],
  ['- {src: bob.nginx, version: 1.10}', 'role bob.nginx galaxy bob.nginx 1.10'],
  ['- bob.nginx,1.0,web', 'role web galaxy bob.nginx 1.0'],
  [
    '- src: https://github.com/bob/ansible-nginx',
    'role ansible-nginx git https://github.com/bob/ansible-nginx -',
  ],
  [
    '- src: https://github.com/bob/nginx/archive/1.0.tar.gz\n  name: n',
    'role n archive https://github.com/bob/nginx/archive/1.0.tar.gz -',
  ],
  [
    '- src: git@git.example.org:bob/nginx.git\n  scm: git\n  version: v1',
    'role nginx git git@git.example.org:bob/nginx.git v1',
  ],
  ['- src: git+ssh://git@h/bob/nginx.git', 'role nginx git ssh://git@h/bob/nginx.git -'],
  ['- src: git+https://joe:secret@h/nginx.git,main', 'role nginx git https://h/nginx.git main'],
  ['- src: https://h/nginx.tar.gz', 'role nginx archive https://h/nginx.tar.gz -'],
  ['- src: ./role', 'role role dir role -'],
  ['- include: more.yml\n- src: bob.b', 'role bob.more galaxy bob.more -', 'role bob.b galaxy bob.b -'],
  [
    'roles:\n  - bob.a\n  - include: more.yml',
    'role bob.a galaxy bob.a -',
    'role bob.more galaxy bob.more -',
  ],
  ['collections: [a.b, "c.d:>=1.0.0"]', 'collection a.b galaxy *', 'collection c.d galaxy >=1.0.0'],
  [
    'collections:\n- name: a.b\n  version: ">=1,<2"\n  source: https://hub/',
    'collection a.b galaxy https://hub/ >=1,<2',
  ],
  ['collections:\n- name: git+https://h/c.git#/a/b,v1', 'collection - git https://h/c.git#/a/b v1'],
  [
    'collections:\n- name: https://h/c.git\n  type: git\n  version: devel',
    'collection - git https://h/c.git devel',
  ],
  ['collections:\n- name: git@h:o/c.git', 'collection - git git@h:o/c.git HEAD'],
  [
    'collections:\n- name: a.b\n  source: https://h/c.git\n  type: git',
    'collection a.b git https://h/c.git HEAD',
  ],
  ['collections:\n- https://h/a-b-1.0.0.tar.gz', 'collection - archive https://h/a-b-1.0.0.tar.gz *'],
  ['collections:\n- ./a-b-1.0.0.tar.gz', 'collection - archive a-b-1.0.0.tar.gz *'],
  ['collections:\n- ./mine', 'collection - dir mine *'],
  ['collections:\n- source: ./many\n  type: subdirs', 'collection - subdirs many *'],
  ['roles: []\ncollections: []'],
]

test('every form that is written means what it means to ansible-galaxy', () => {
  for (const [text, ...expected] of READ) assert.equal(read(text), expected, text)
})

const WRONG: readonly (readonly [string, string])[] = [
  ['roles:\n  - scm: git', 'requirements.yml:2:5: a role has a src or a name'],
  ['roles:\n  - src: bob.a\n    versoin: 1', 'did you mean "version"?'],
  ['roels: []', '"roels" is not a keyword of a file of requirements'],
  ['roles: bob.a', '"roles" takes a list'],
  ['- src: nginx', '"nginx" is no role on a Galaxy server'],
  ['- src: hg+https://h/x', 'scm is "hg"'],
  ['- src: bob.a\n  name: ../../x', '"../../x" is no name of a role'],
  ['- src: bob.a\n  name: -x', '"-x" is no name of a role'],
  ['- src: ./nope', 'there is no ./nope'],
  ['- include: nope.yml', 'there is no nope.yml to include'],
  ['collections: [A.b]', '"A.b" is no collection'],
  ['collections: [a.b.c]', '"a.b.c" is no collection'],
  ['collections:\n- name: a.b\n  version: x', '"x" in "x" is no version'],
  ['collections:\n- name: a.b\n  type: glaxy', '"glaxy" is no type of a collection; did you mean "galaxy"?'],
  ['collections:\n- name: git+https://h/c.git#/../x', 'leads out of the repository'],
  ['just text', 'requirements are a map of roles and collections'],
  ['', 'requirements.yml holds no requirements'],
]

test('what is wrong is told with its place, all of it at once', () => {
  for (const [text, message] of WRONG) assert.ok(problem(text).includes(message), `${text}: ${problem(text)}`)
  const both = problem('roles:\n  - nginx\n  - apache')
  assert.match(both, 'requirements.yml:2:5')
  assert.match(both, 'requirements.yml:3:5')
})

test('a role needs what its meta names with a dot or a source, as if it lay where it is to be', () => {
  const role = join(folder, 'staged')
  mkdirSync(role)
  writeTree(role, {
    'meta/main.yml':
      'dependencies:\n- local\n- {role: bob.base, port: 80}\n- {src: "git+https://h/x.git", version: v2}\n- a.b.role\n',
    'meta/requirements.yml': 'roles: [bob.more]\ncollections: [a.b]\n',
  })
  const needs = readRoleNeeds(role, join(folder, 'roles/web'), 'role web')
  const expected = [
    'role bob.base galaxy bob.base -',
    'role x git https://h/x.git v2',
    'role bob.more galaxy bob.more -',
  ]
  assert.equal(lines(needs), [...expected, 'collection a.b galaxy *'])
  assert.is(needs.roles[0]!.asker.place!.source.path, 'roles/web/meta/main.yml')
})

test.run()
