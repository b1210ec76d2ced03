import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Migration, migrate } from '../../src/migrate/migrate.ts'
import { writeChanges } from '../../src/migrate/write.ts'
import { type Problem, ProblemError } from '../../src/values/problem.ts'

const test = suite('migrate: files')

let folder = ''
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'playssh-migrate-'))
})
test.after.each(() => rmSync(folder, { recursive: true }))

function files(texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

function content(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

function reasons({ left }: Migration): string[] {
  return left.map(({ reason }) => reason)
}

const ROLE = {
  'roles/web/defaults/main.yml': 'port: 80\ntls: false\n',
  'roles/web/tasks/main.yml': `---
# Before
- name: "Port {{ port }}"   # behind
  template: {src: a.j2, dest: '/etc/a-{{ port | default('x') }}'}
  when:
    - tls
    - port == 80 and
      tls is defined
`.replace("default('x')", "default(''x'')"),
  'roles/web/templates/a.j2': 'listen {{ port }}\n{% if tls %}\ntls\n{% endif %}\nend\n',
}

test('a role with its templates; comments and layout stay, and a second time finds nothing', async () => {
  files({ ...ROLE, 'site.yml': '- hosts: all\n  roles: [web]\n' })
  await writeChanges(migrate([join(folder, 'site.yml')]).changes)
  assert.is(
    content('roles/web/tasks/main.yml'),
    `---
# Before
- name: "Port {{port}}"   # behind
  template: {src: a.hbs, dest: '/etc/a-{{default port ''x''}}'}
  when:
    - tls
    - and
      (eq port 80)
      (defined tls)
`,
  )
  assert.is(content('roles/web/templates/a.hbs'), 'listen {{port}}\n{{#if tls}}\ntls\n{{/if}}\nend\n')
  assert.not(existsSync(join(folder, 'roles/web/templates/a.j2')))
  assert.equal(migrate([join(folder, 'site.yml')]).changes, [])
})

test('a template that is also named elsewhere keeps its name', () => {
  files({ ...ROLE, 'site.yml': '- hosts: all\n  vars:\n    x: roles/web/templates/a.j2\n  roles: [web]\n' })
  const migration = migrate([join(folder, 'roles/web')])
  assert.match(reasons(migration).join(), /it is also named at .*site\.yml:3:8/)
})

test('a template whose name is computed keeps it', () => {
  files({ ...ROLE, 'roles/web/tasks/b.yml': '- template: {src: "{{ x }}.j2", dest: /b}\n' })
  assert.match(reasons(migrate([join(folder, 'roles/web')])).join(), /its name is computed/)
})

test('a template that another one includes stays, and one that a task gives options', () => {
  files({
    ...ROLE,
    'roles/web/templates/b.j2': '{% include "a.j2" %}\n',
    'roles/web/tasks/b.yml': '- template: {src: b.j2, dest: /b, trim_blocks: false}\n',
  })
  const all = reasons(migrate([join(folder, 'roles/web')]))
  assert.match(all.join('\n'), /it is also named at .*b\.j2:1:13/)
  assert.match(all.join('\n'), /trim_blocks at .* is an option of Jinja/)
})

test('what would be read in the other language keeps its file as it is', () => {
  files({
    'a.yml': '- debug:\n    msg: "{{ x[::-1] }}"\n- debug:\n    msg: "a {{ y.items }}"\n  when: z == 1\n',
  })
  const migration = migrate([join(folder, 'a.yml')])
  assert.match(reasons(migration).join('\n'), /would be read as Handlebars/)
  assert.equal(migration.changes, [])
})

test('a role that says its language stays as it is', () => {
  files({ ...ROLE, 'roles/web/meta/main.yml': 'template_language: jinja\n' })
  const migration = migrate([join(folder, 'roles/web')])
  assert.equal(migration.changes, [])
  assert.match(reasons(migration).join('\n'), /says that its texts are Jinja/)
})

test('plugins in Python are told', () => {
  files({ ...ROLE, 'roles/web/filter_plugins/a.py': '', 'roles/web/library/b.py': '' })
  const { foreign } = migrate([join(folder, 'roles/web')])
  assert.equal(foreign.length, 1)
  assert.match(foreign[0]!.reason, /filter_plugins\//)
})

test('nothing is written when a file was changed meanwhile', async () => {
  files(ROLE)
  const { changes } = migrate([join(folder, 'roles/web')])
  files({ 'roles/web/templates/a.j2': 'mine\n' })
  const [problem] = await problemsOf(() => writeChanges(changes))
  assert.match(problem!.message, /somebody has changed .*a\.j2 meanwhile/)
  assert.is(content('roles/web/tasks/main.yml'), ROLE['roles/web/tasks/main.yml'])
  assert.is(content('roles/web/templates/a.j2'), 'mine\n')
})

test('a file keeps its permissions', async () => {
  files(ROLE)
  chmodSync(join(folder, 'roles/web/templates/a.j2'), 0o600)
  await writeChanges(migrate([join(folder, 'roles/web')]).changes)
  assert.is(statSync(join(folder, 'roles/web/templates/a.hbs')).mode & 0o777, 0o600)
})

test('what is not there is a mistake', async () => {
  const [problem] = await problemsOf(async () => migrate([join(folder, 'nothing')]))
  assert.match(problem!.message, /there is no playbook, role or file/)
})

test('YAML that cannot be read is a mistake with its place', async () => {
  files({ 'a.yml': '- a: "b\n' })
  const [problem] = await problemsOf(async () => migrate([join(folder, 'a.yml')]))
  assert.ok(problem!.place)
})

async function problemsOf(work: () => Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await work()
  } catch (error) {
    assert.instance(error, ProblemError)
    return (error as ProblemError).problems
  }
  return assert.unreachable('it works') as never
}

test.run()
