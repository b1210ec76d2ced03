import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFolder } from '../../yaml/files.ts'
import type { Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'
import type { Project } from '../project.ts'
import type { Rule } from '../rule.ts'
import { playsOf, textOf, under } from '../tasks.ts'

/** What somebody has defined, and nobody asks for. */
export const unused: readonly Rule[] = [
  {
    id: 'unused-variable',
    description: 'Take away variables that nothing in the project asks for.',
    severity: 'LOW',
    tags: ['idiom', 'experimental'],
    on: 'project',
    check: checkVariables,
  },
  {
    id: 'unused-handler',
    description: 'Take away handlers that nothing notifies.',
    severity: 'LOW',
    tags: ['idiom', 'experimental'],
    on: 'project',
    check: checkHandlers,
  },
  {
    id: 'unused-register',
    description: 'Take away register where nothing asks for the result.',
    severity: 'VERY_LOW',
    tags: ['idiom', 'experimental'],
    on: 'project',
    check: checkRegisters,
  },
]

/** Every word of the project with the number of times that it stands there, templates and other files of roles too. */
class Words {
  readonly #counts = new Map<string, number>()
  /** Names are computed somewhere, so that any may be meant. */
  readonly looksUp: boolean

  constructor({ files, root, roles }: Project) {
    const known = new Set(files.map(({ path }) => path))
    const texts = files.map(({ source }) => source.text)
    const folders = [root, ...roles].flatMap((folder) =>
      ['templates', 'files', 'library', 'filter_plugins', 'module_utils'].map((part) => join(folder, part)),
    )
    for (const path of folders.flatMap(filesIn)) if (!known.has(path)) texts.push(textAt(path))
    for (const text of texts) {
      for (const [word] of withoutComments(text).matchAll(/[A-Za-z_]\w*/g))
        this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
    }
    this.looksUp = texts.some((text) =>
      /\b(?:vars|hostvars\[[^\]]*\])\s*\[(?!['"])|lookup\(\s*['"](?:ansible\.builtin\.)?var(?:name)?s/.test(
        text,
      ),
    )
  }

  count(word: string): number {
    return this.#counts.get(word) ?? 0
  }
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, '')
}

/** Bytes; larger ones are no templates. */
const FILE_AT_MOST = 512 * 1024

function textAt(path: string): string {
  try {
    const bytes = readFileSync(path)
    return bytes.length > FILE_AT_MOST || bytes.includes(0) ? '' : bytes.toString('utf8')
  } catch {
    return ''
  }
}

function filesIn(folder: string): string[] {
  if (!isFolder(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

const words = new WeakMap<Project, Words>()

function wordsOf(project: Project): Words {
  const known = words.get(project) ?? new Words(project)
  words.set(project, known)
  return known
}

/** Names that Ansible or its modules ask for. */
const ASKED_FOR = /^(ansible_|_)/

/**
 * Variables of roles and of their plays. Those of the inventory (group_vars, host_vars) may be for roles that are not here,
 * and so may be a collection's.
 */
function* checkVariables(project: Project): Iterable<Found> {
  const known = wordsOf(project)
  if (known.looksUp) return
  const defined: { name: string; found: Found }[] = []
  const add = (name: string, place: Found['place']) =>
    defined.push({
      name,
      found: { message: `nothing asks for the variable "${name}"`, place, hint: 'take it away, or use it' },
    })
  for (const file of project.files) {
    if (isOfRole(file) && file.node?.kind === 'map')
      for (const { key, keyPlace } of file.node.entries) add(key, keyPlace)
    for (const play of playsOf(file)) {
      const vars = under(play, 'vars')
      // What a play gives roles that are elsewhere, nothing here asks for.
      if (
        vars?.kind === 'map' &&
        under(play, 'roles') === undefined &&
        !play.entries.some(({ key }) => key.endsWith('import_playbook'))
      )
        for (const { key, keyPlace } of vars.entries) add(key, keyPlace)
    }
  }
  const times = new Map<string, number>()
  for (const { name } of defined) times.set(name, (times.get(name) ?? 0) + 1)
  for (const { name, found } of defined)
    if (!ASKED_FOR.test(name) && /^\w+$/.test(name) && known.count(name) <= times.get(name)!) yield found
}

function isOfRole({ kind, role, path }: LintFile): boolean {
  return (
    kind === 'vars' &&
    role !== undefined &&
    /\/(vars|defaults)\//.test(path) &&
    !/\/(group_vars|host_vars)\//.test(path)
  )
}

function* checkHandlers(project: Project): Iterable<Found> {
  const notified = new Set<string>()
  const handlers: { names: string[]; found: Found }[] = []
  for (const file of project.files)
    for (const task of project.tasks(file)) {
      const notify = task.entries.get('notify')?.value
      for (const node of notify === undefined ? [] : notify.kind === 'list' ? notify.items : [notify]) {
        const name = textOf(node)
        // A name that is computed may be any.
        if (name?.includes('{{')) return
        if (name !== undefined) for (const one of [name, name.replace(/^.* : /, '')]) notified.add(one)
      }
      if (task.within !== 'handlers' && file.kind !== 'handlers') continue
      const nameNode = task.entries.get('name')?.value
      const name = textOf(nameNode)
      if (name === undefined || name.includes('{{') || task.isBlock) continue
      const listen = task.entries.get('listen')?.value
      const topics =
        listen === undefined
          ? []
          : (listen.kind === 'list' ? listen.items : [listen]).flatMap((node) => textOf(node) ?? [])
      handlers.push({
        names: [name, ...topics],
        found: {
          message: `nothing notifies the handler "${name}"`,
          place: nameNode!.place,
          hint: 'take it away, or notify it',
        },
      })
    }
  for (const { names, found } of handlers) if (!names.some((name) => notified.has(name))) yield found
}

function* checkRegisters(project: Project): Iterable<Found> {
  const known = wordsOf(project)
  if (known.looksUp) return
  const registers = project.files.flatMap((file) =>
    project.tasks(file).flatMap((task) => {
      const node = task.entries.get('register')?.value
      const name = textOf(node)
      // With ignore_errors Ansible-lint itself wants one.
      const isWanted =
        task.entries.has('ignore_errors') || task.entries.has('until') || task.entries.has('async')
      return node === undefined || name === undefined ? [] : [{ name, node, isWanted }]
    }),
  )
  const times = new Map<string, number>()
  for (const { name } of registers) times.set(name, (times.get(name) ?? 0) + 1)
  for (const { name, node, isWanted } of registers)
    if (!isWanted && /^[A-Za-z]\w*$/.test(name) && known.count(name) <= times.get(name)!)
      yield {
        message: `nothing asks for the result "${name}"`,
        place: node.place,
        hint: 'take register away',
      }
}
