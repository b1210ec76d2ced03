import { extname, join } from 'node:path'
import type { Level, Origin } from '../template/origin.ts'
import { closest, type Problem, ProblemError } from '../values/problem.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import type { Node } from '../values/value.ts'
import { isFile, isFolder, readWritten, shownPath } from '../yaml/files.ts'
import { parseYamlFile } from '../yaml/kept/trees.ts'
import { opened } from '../yaml/vaulted.ts'
import { namesIn } from './folder.ts'
import type { Layer } from './layer.ts'
import { variableNameProblem } from './names.ts'

const EXTENSIONS = ['.yml', '.yaml', '.json']
const KINDS = { group_vars: 'group', host_vars: 'host' }
type Kind = keyof typeof KINDS

const NONE: readonly Layer[] = []

/** What lies in a folder of variables, and the groups or hosts whose variables that may be. */
interface Listed {
  readonly entries: ReadonlySet<string>
  readonly names: ReadonlySet<string>
}

/** The folders group_vars and host_vars in one place; each file is read once, when it is first needed. */
export class VariableFolder {
  readonly path: string
  /** "the inventory" or "the playbook": what the folders lie beside. */
  readonly #beside: 'the inventory' | 'the playbook'
  readonly #listed = new Map<Kind, Listed>()
  readonly #layers = new Map<string, readonly Layer[]>()
  /** Why files stay encrypted: a mistake only for hosts that are worked on. */
  readonly #locked = new Map<string, Problem[]>()
  #problems: Problem[] = []
  #warnings: Problem[] = []

  constructor(path: string, beside: 'the inventory' | 'the playbook') {
    this.path = path
    this.#beside = beside
  }

  /** Whether a group or host may have variables here, or nobody has heard what is wrong. */
  has(kind: Kind, name: string): boolean {
    return this.#list(kind).names.has(name) || this.#problems.length > 0
  }

  /** The variables of each of these groups or hosts that has any. Raises ProblemError when a file is wrong or locked. */
  layersOf(kind: Kind, names: readonly string[]): Layer[] {
    const layers = names.flatMap((name) => this.#ownLayers(kind, name))
    const locked = names.flatMap((name) => this.#locked.get(`${kind}/${name}`) ?? [])
    const problems = [...this.#problems.splice(0), ...locked]
    if (problems.length > 0) throw new ProblemError(problems)
    return layers
  }

  /** Whether none of the files that were read is locked, and none was wrong of which nobody has heard. */
  get isOpen(): boolean {
    return this.#problems.length + this.#locked.size === 0
  }

  /** Reads the files of all these groups or hosts, and says what is wrong that has not been said yet. */
  readAll(kind: Kind, names: Iterable<string>): { problems: Problem[]; warnings: Problem[] } {
    const first = !this.#listed.has(kind)
    if (this.#list(kind).entries.size > 0) {
      const known = new Set(names)
      for (const name of known) this.#ownLayers(kind, name)
      if (first) this.#warnOfStrangers(kind, known)
    }
    return { problems: this.#problems.splice(0), warnings: this.#warnings.splice(0) }
  }

  /** One for each file. */
  #ownLayers(kind: Kind, name: string): readonly Layer[] {
    if (!this.#list(kind).names.has(name)) return NONE
    const key = `${kind}/${name}`
    let layers = this.#layers.get(key)
    if (layers === undefined) {
      const locked: Problem[] = []
      const said = { name: `${key} beside ${this.#beside}`, origin: this.#originOf(kind, name) }
      layers = this.#filesOf(kind, name)
        .map((file) => ({ ...said, variables: this.#readFile(file, kind, locked) }))
        .filter(({ variables }) => variables.size > 0)
      if (locked.length > 0) this.#locked.set(key, locked)
      this.#layers.set(key, layers)
    }
    return layers
  }

  #originOf(kind: Kind, name: string): Origin {
    const place = this.#beside === 'the inventory' ? 'inventory' : 'playbook'
    const what = kind === 'group_vars' && name === 'all' ? 'group_vars/all' : (`${kind}/*` as const)
    const level: Level = `${place} ${what}`
    return { level, owner: name, folder: this.path }
  }

  /** NAME (a file or folder), else NAME.yml, NAME.yaml or NAME.json: the first of them that is there. */
  #filesOf(kind: Kind, name: string): string[] {
    const { entries } = this.#list(kind)
    const [first, ...others] = ['', ...EXTENSIONS]
      .map((extension) => name + extension)
      .filter((entry) => entries.has(entry))
    if (first === undefined) return []
    const path = join(this.path, kind, first)
    for (const other of others) {
      this.#warnings.push({
        message: `${shownPath(join(this.path, kind, other))} is not read, because ${shownPath(path)} is there too`,
        hint: `make ${name} a folder and put both into it`,
      })
    }
    return isFolder(path) ? filesIn(path, this.#problems) : [path]
  }

  #list(kind: Kind): Listed {
    let listed = this.#listed.get(kind)
    if (listed === undefined) {
      const entries = this.#namesIn(join(this.path, kind))
      const names = entries.flatMap((entry) => [entry, ...withoutExtension(entry)])
      listed = { entries: new Set(entries), names: new Set(names) }
      this.#listed.set(kind, listed)
    }
    return listed
  }

  #namesIn(path: string): string[] {
    if (isFolder(path)) return namesIn(path, this.#problems)
    if (isFile(path)) this.#problems.push({ message: `${shownPath(path)} is a file, a folder is expected` })
    return []
  }

  #readFile(path: string, kind: Kind, locked: Problem[]): Map<string, Node> {
    const written = readWritten(path)
    const source = written instanceof Source ? opened(written) : written
    const variables = new Map<string, Node>()
    if (source instanceof Source) this.#readSource(path, source, kind, variables)
    else (written instanceof Source ? locked : this.#problems).push(source)
    return variables
  }

  #readSource(path: string, source: Source, kind: Kind, variables: Map<string, Node>): void {
    const { node, problems } = parseYamlFile(path, source)
    this.#problems.push(...problems)
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) return
    if (node.kind !== 'map') {
      const message = `${source.path} must hold a map of variables, but it holds a ${node.kind === 'list' ? 'list' : 'text'}`
      this.#problems.push({ message, place: node.place, hint: 'write each variable as "name: value"' })
      return
    }
    for (const { key, keyPlace, value } of node.entries) {
      const problem = variableNameProblem(key)
      const list = problem?.fatal === true ? this.#problems : this.#warnings
      if (problem !== undefined) list.push({ message: problem.message, hint: problem.hint, place: keyPlace })
      if (key === 'ansible_group_priority') this.#warnings.push(priorityOutside(kind, keyPlace))
      variables.set(key, value)
    }
  }

  /** Files for a group or host that is not there are no mistake, unless a name without a file is very close. */
  #warnOfStrangers(kind: Kind, known: ReadonlySet<string>): void {
    const named = (entry: string) => (known.has(entry) ? entry : entry.replace(/\.(ya?ml|json)$/, ''))
    const present = new Set([...this.#list(kind).entries].map(named))
    const without = [...known].filter((name) => !present.has(name))
    for (const name of present) {
      const meant = known.has(name) || /^\.|~$/.test(name) ? undefined : closest(name, without)
      if (meant === undefined) continue
      const path = shownPath(join(this.path, kind, name))
      const message = `${path} is not used: no ${KINDS[kind]} is called "${name}"`
      this.#warnings.push({ message, hint: `did you mean "${meant}"?` })
    }
  }
}

function withoutExtension(entry: string): string[] {
  return EXTENSIONS.filter((extension) => entry.endsWith(extension)).map((end) => entry.slice(0, -end.length))
}

/** The variable files in a folder and the folders in it, in the order of their names. */
function filesIn(folder: string, problems: Problem[]): string[] {
  const names = namesIn(folder, problems).filter((name) => !name.startsWith('.') && !name.endsWith('~'))
  return names.flatMap((name) => {
    const path = join(folder, name)
    const extension = extname(name)
    if (isFolder(path)) return extension === '' ? filesIn(path, problems) : []
    return extension === '' || EXTENSIONS.includes(extension) ? [path] : []
  })
}

function priorityOutside(kind: Kind, place: SourceSpan): Problem {
  return {
    message: `ansible_group_priority has no effect in ${kind}`,
    place,
    hint: 'set it in the inventory file',
  }
}
