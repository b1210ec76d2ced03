import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { execute } from '../../src/engine/execute.ts'
import type { Event } from '../../src/protocol/event.ts'
import { filesOfRun, HeardFiles, type RunFile } from '../../src/split/files.ts'
import { packInventory, unpackInventory } from '../../src/split/inventory.ts'
import { hearOfFiles, seeController } from '../../src/values/controller-files.ts'
import { Interrupt } from '../support/interrupt.ts'
import { prepared } from '../support/playbook.ts'

const SITE: Readonly<Record<string, string>> = {
  'site/play.yml': `
- hosts: all
  vars_files: [vars/more.yml, "vars/{{ kind }}.yml"]
  roles: [web]
  tasks:
    - include_tasks: "tasks/of-{{ kind }}.yml"
    - include_vars: {dir: vars/all}
    - template: {src: page.j2, dest: "{{ out }}/page"}
    - copy: {src: tree, dest: "{{ out }}/"}
    - copy: {src: "{{ elsewhere }}/data.txt", dest: "{{ out }}/data"}
    - copy: {src: linked/data.txt, dest: "{{ out }}/linked"}
    - script: hello.sh {{ out }}/hello
    - debug: msg="{{ lookup('file', 'a.txt') }} {{ query('fileglob', 'tree/*') | map('basename') | list }} {{ 'x' | shout }}"
    - debug: msg="{{ lookup('env', 'SHOWN') }} {{ playbook_dir }} {{ inventory_dir }} {{ of_group }} {{ of_all }}"
    - own: {path: "{{ out }}/own"}
    - debug: msg="{{ lookup('file', 'missing.txt') }}"
      ignore_errors: true
    - template: {src: wrong.j2, dest: "{{ out }}/wrong"}
      ignore_errors: true
    - debug: msg="{{ [more, of_kind, of_dir, from_role] }}"
`,
  'site/vars/more.yml': `more: 1\n${'# long\n'.repeat(10_000)}`,
  'site/vars/linux.yml': 'of_kind: 2\n',
  'site/vars/all/x.yml': 'of_dir: 3\n',
  'site/tasks/of-linux.yml': '- debug: msg=linux\n',
  'site/templates/page.j2': '{% include "part.j2" %} {{ template_path }} {{ template_fullpath }}\n',
  'site/templates/part.j2': 'part of {{ inventory_hostname }}\n',
  'site/templates/wrong.j2': 'line\n{{ 1 / 0 }}\n',
  'site/files/a.txt': 'text of a\n',
  'site/files/big': 'x'.repeat(70_000),
  'site/filter_plugins/node_modules/big/index.js': `// ${'x'.repeat(70_000)}`,
  'site/files/tree/one': '1\n',
  'site/files/tree/below/two': '2\n',
  'site/files/hello.sh': '#!/bin/sh\necho hello > "$1"\n',
  'site/filter_plugins/shout.ts': 'export const shout = (text: string): string => text.toUpperCase() + "!"\n',
  'site/library/own.ts': `
import { defineModule } from 'playssh/sdk'
export default defineModule({
  name: 'own', summary: 'Says.', options: { path: { type: 'path', required: true, help: 'What.' } },
  plan: ({ path }) => ({ changes: [], result: { said: path } }),
})
`,
  'site/roles/web/tasks/main.yml': '- copy: {src: conf, dest: "{{ out }}/conf"}\n- include_tasks: more.yml\n',
  'site/roles/web/tasks/more.yml': '- debug: msg="{{ role_path }}"\n',
  'site/roles/web/files/conf': 'conf\n',
  'site/roles/web/defaults/main.yml': 'from_role: 4\n',
  'site/.git/config': 'none of it\n',
  'inventory/hosts': '[group]\none\n[all:vars]\nelsewhere=HERE/elsewhere\n',
  'inventory/group_vars/group.yml': 'of_group: 5\n',
  'inventory/group_vars/all/main.yml': 'of_all: 6\n',
  'elsewhere/data.txt': 'data\n',
}

const test = suite('files of a run')

test('a run goes the same where its files are elsewhere, and names them as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  const root = mkdtempSync(join(tmpdir(), 'root-'))
  try {
    for (const [path, text] of Object.entries(SITE)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text.replaceAll('HERE', folder))
    }
    chmodSync(join(folder, 'site/files/hello.sh'), 0o751)
    symlinkSync('one', join(folder, 'site/files/tree/link'))
    symlinkSync(join(folder, 'site/files/a.txt'), join(folder, 'site/files/tree/whole'))
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'site/files/linked'))
    process.env.SHOWN = 'from the environment'
    const args = (out: string) => [
      ...['-c', 'local', '-i', join(folder, 'inventory/hosts'), '-e', 'kind=linux', '-e', `out=${out}`],
      join(folder, 'site/play.yml'),
    ]
    const out = join(folder, 'out')
    mkdirSync(out)
    const heard = new HeardFiles()
    hearOfFiles((path, isRead) => heard.hear(path, isRead))
    const own = await prepared(args(out))
    hearOfFiles(undefined)
    const { files, environment } = filesOfRun(own, heard)
    assert.not(files.some(({ path }) => path.includes('/.git')))
    // What has been read already is needed by all, and so are programs, however large.
    const waiting = files.filter(({ mayWait }) => mayWait).map(({ path }) => path)
    assert.equal(waiting, [join(folder, 'site/files/big')])
    // Nothing is to be written through a link.
    const links = files.filter(({ kind }) => kind === 'link').map(({ path }) => `${path}/`)
    assert.not(files.some(({ path }) => links.some((link) => path.startsWith(link))))
    place(files, root)
    const inventory = packInventory(own.inventory)
    const here = await seen(await execute(own, hooks()), out)
    assert.is(here.exitStatus, 0)

    for (const name of ['site', 'inventory', 'elsewhere', 'out'])
      rmSync(join(folder, name), { recursive: true })
    delete process.env.SHOWN
    mkdirSync(out)
    seeController({ root, folder: own.request.folder, environment })
    const view = await prepared(args(out), {}, unpackInventory(inventory))
    const there = await seen(await execute(view, hooks()), out)
    assert.equal(there, here)
    assert.match(JSON.stringify(here.made), 'part of one')
    assert.match(here.told.join('\n'), 'from the environment')
    assert.match(here.told.join('\n'), join(folder, 'site/roles/web'))
    assert.not.match(there.told.join('\n'), root)
  } finally {
    seeController(undefined)
    hearOfFiles(undefined)
    rmSync(folder, { recursive: true })
    rmSync(root, { recursive: true })
  }
})

test('what somebody puts beside them changes nothing of what they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-split-'))
  try {
    mkdirSync(join(folder, 'site'))
    writeFileSync(join(folder, 'site/play.yml'), '- hosts: all\n  tasks: [{debug: {msg: x}}]\n')
    const args = ['-i', 'one,', join(folder, 'site/play.yml')]
    const before = filesOfRun(await prepared(args)).files
    utimesSync(folder, 1, 1)
    assert.equal(filesOfRun(await prepared(args)).files, before)
    utimesSync(join(folder, 'site'), 1, 1)
    assert.not.equal(filesOfRun(await prepared(args)).files, before)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a folder that this user may not read goes without what is in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-split-'))
  try {
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'closed'), { mode: 0o700 })
    writeFileSync(join(folder, 'closed/file'), 'x')
    writeFileSync(join(folder, 'play.yml'), '- hosts: all\n  tasks: [{debug: {msg: x}}]\n')
    const run = await prepared(['-i', 'one,', join(folder, 'play.yml')])
    process.seteuid!('nobody')
    const paths = filesOfRun(run).files.map(({ path }) => path)
    assert.equal(
      ['play.yml', 'closed', 'closed/file'].map((name) => paths.includes(join(folder, name))),
      [true, true, false],
    )
  } finally {
    process.seteuid!(0)
    rmSync(folder, { recursive: true })
  }
})

let events: Event[] = []

function hooks() {
  events = []
  return {
    emit: (event: Event) => events.push(event),
    ...{ ask: async () => undefined, ...new Interrupt().signals },
  }
}

/** What was told, without times, and what has been made. */
async function seen(exitStatus: number, out: string) {
  const told = events.flatMap((event) => {
    if (event.type === 'warning') return [JSON.stringify(event)]
    if (event.type !== 'host-finished') return []
    const { status, values, changes, message } = event.result
    const { start: _, end: __, delta: ___, ...kept } = values
    return [JSON.stringify([event.task.name, event.task.location, status, kept, changes, message])]
  })
  const made = readdirSync(out, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path, textAt(path)])
  return { exitStatus, told, made }
}

function textAt(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return 'folder'
  }
}

/** Puts the files below a folder, as somebody does who carries out slices. */
function place(files: readonly RunFile[], root: string): void {
  for (const { path, kind, mode, link } of files) {
    const at = join(root, path)
    if (kind === 'folder') mkdirSync(at, { recursive: true, mode: 0o755 })
    else if (kind === 'link') symlinkSync(link!.startsWith('/') ? join(root, link!) : link!, at)
    else {
      cpSync(path, at)
      chmodSync(at, mode)
    }
    if (kind === 'link') assert.ok(readlinkSync(at))
  }
}

test.run()
