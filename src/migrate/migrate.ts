import { basename, dirname, join } from 'node:path'
import { type Problem, ProblemError } from '../values/problem.ts'
import { Source, type SourceSpan, type TemplateLanguage } from '../values/source.ts'
import { isFile, languageIn, pinLanguage, readWritten, startLanguages } from '../yaml/files.ts'
import { parseYaml } from '../yaml/yaml.ts'
import { filesBelow, lookedThrough, projectOf } from './content.ts'
import { Definitions } from './definitions.ts'
import { pythonPlugins } from './python-plugins.ts'
import { type Looked, type Reference, referencesTo } from './references.ts'
import { either } from './shape.ts'
import { type Target, targetsOf } from './targets.ts'
import { rewriteTemplateFile } from './template-file.ts'
import { type Remark, rewriteYaml } from './yaml-file.ts'
import { define, holdsTasks, templateTasksIn, textsIn } from './yaml-texts.ts'

/** What becomes of a file. */
export interface FileChange {
  readonly path: string
  /** Another path, when it gets another name. */
  readonly to: string
  readonly before: string
  readonly after: string
}

export interface Migration {
  readonly changes: readonly FileChange[]
  /** What stays as it is in the files, in their order. */
  readonly left: readonly Remark[]
  /** Plugins in Python, which are not run. */
  readonly foreign: readonly Remark[]
  readonly counts: {
    /** Texts in YAML files and templates that have become Handlebars. */
    readonly texts: number
    readonly templates: number
  }
}

/**
 * What becomes of playbooks, roles and files (paths) when their Jinja is written in Handlebars where that means the same.
 * `language` is that of the settings, if they say one. Writes nothing. Raises ProblemError for what is not there or cannot be read.
 */
export function migrate(paths: readonly string[], language?: TemplateLanguage): Migration {
  const targets = targetsOf(paths)
  startLanguages(language)
  const looked = lookThrough(targets)
  const definitions = definitionsIn(looked)
  const files = looked.map((file) => ({ ...file, tasks: templateTasksIn(file.node, definitions) }))
  const left: Remark[] = pinned(looked, targets.yaml)
  const changes: FileChange[] = []
  const references: Reference[] = []
  const mayChange = (path: string) => targets.yaml.includes(path)
  let templates = 0
  for (const path of targets.templates) {
    const change = templateChange(path, files, definitions, mayChange)
    if ('reason' in change) left.push(change)
    else {
      changes.push(change.file)
      references.push(...change.references)
      templates += 1
    }
  }
  let texts = 0
  for (const file of files.filter(({ path }) => mayChange(path))) {
    const renamed = references.filter((reference) => reference.file.path === file.path)
    const found = file.source.language === 'jinja' ? [] : textsIn(file.node, definitions)
    const done = rewriteYaml(file.source, found, renamed)
    left.push(...done.left)
    texts += done.count
    const { text: before } = file.source
    if (done.text !== before) changes.push({ path: file.path, to: file.path, before, after: done.text })
  }
  const foreign = pythonPlugins(
    targets.folders.flatMap((folder) => filesBelow(folder, (path) => path.endsWith('.py'))),
  )
  return { changes, left: inOrder(left), foreign, counts: { texts, templates } }
}

const META = /\/meta\/main\.ya?ml$/

/** Notes which roles say the language of their texts, and gives those that say Jinja. */
function pinned(files: readonly Looked[], wanted: readonly string[]): Remark[] {
  const found: Remark[] = []
  for (const { path, node } of files.filter((file) => META.test(file.path))) {
    const said =
      node?.kind === 'map' ? node.entries.find(({ key }) => key === 'template_language') : undefined
    const language = said?.value.kind === 'scalar' ? said.value.value : undefined
    if (language !== 'jinja' && language !== 'handlebars') continue
    const role = dirname(dirname(path))
    pinLanguage(role, language)
    if (language === 'jinja' && wanted.some((file) => file.startsWith(role)))
      found.push({ place: said!.value.place, reason: 'the role says that its texts are Jinja, so they stay' })
  }
  for (const { path, source } of files) source.language = languageIn(path)
  return found
}

/** The files of the projects around the targets. Raises ProblemError for one of the targets that is wrong. */
function lookThrough(targets: Target): Looked[] {
  const projects = new Set([...targets.yaml, ...targets.templates].map(projectOf))
  const paths = new Set([
    ...targets.yaml,
    ...[...projects].flatMap((folder) => filesBelow(folder, lookedThrough)),
  ])
  const problems: Problem[] = []
  const found = [...paths].flatMap((path) => {
    const source = readWritten(path)
    const isWanted = targets.yaml.includes(path)
    if (!(source instanceof Source)) {
      if (isWanted) problems.push(source)
      return []
    }
    const isYaml = /\.ya?ml$/.test(path)
    if (!isYaml || source.text.startsWith('$ANSIBLE_VAULT'))
      return [{ path, source, node: undefined, tasks: [] }]
    const parsed = parseYaml(source)
    if (parsed.problems.length > 0 && isWanted) problems.push(...parsed.problems)
    return [{ path, source, node: parsed.problems.length > 0 ? undefined : parsed.node, tasks: [] }]
  })
  if (problems.length > 0) throw new ProblemError(problems)
  return found
}

function definitionsIn(files: readonly Looked[]): Definitions {
  const definitions = new Definitions()
  for (const { path, node } of files) {
    if (holdsTasks(node)) define(node, definitions)
    else if (/\/(?:defaults|vars|group_vars|host_vars)\//.test(path)) {
      const isSure = /\/(?:defaults|vars)\/(?:main|all)\b|\/group_vars\/all\b/.test(path)
      definitions.addAll(node, isSure)
    }
  }
  return definitions
}

function templateChange(
  path: string,
  files: readonly Looked[],
  definitions: Definitions,
  mayChange: (path: string) => boolean,
): { readonly file: FileChange; readonly references: readonly Reference[] } | Remark {
  const source = readWritten(path)
  if (!(source instanceof Source)) throw new ProblemError(source)
  const top: SourceSpan = { source, start: 0, end: 1 }
  if (languageIn(path) === 'jinja') return { place: top, reason: 'its language is said to be Jinja' }
  const found = referencesTo(path, files, mayChange)
  if ('reason' in found)
    return { place: found.place ?? top, reason: `${nameIn(found.place, path)}${found.reason}` }
  const to = join(dirname(path), basename(path).replace(/\.j2$/, '.hbs'))
  if (isFile(to)) return { place: top, reason: `${basename(to)} lies beside it already` }
  const shapeOf = (name: string) => either(found.references.map((reference) => reference.shapeOf(name)))
  const made = rewriteTemplateFile(source, (name) => definitionsFirst(name, definitions, shapeOf))
  if ('left' in made) return made.left
  return { file: { path, to, before: source.text, after: made.text }, references: found.references }
}

function definitionsFirst(
  name: string,
  definitions: Definitions,
  ofTasks: (name: string) => ReturnType<Definitions['shapeOf']>,
) {
  const known = ofTasks(name)
  return known.kinds === undefined && known.fields.size === 0 ? definitions.shapeOf(name) : known
}

/** Of a remark that stands elsewhere: which template it is about. */
function nameIn(place: SourceSpan | undefined, path: string): string {
  return place === undefined ? '' : `${basename(path)} keeps its name: `
}

function inOrder(remarks: readonly Remark[]): Remark[] {
  return [...remarks].sort(
    (one, other) =>
      (one.place.source.path < other.place.source.path
        ? -1
        : one.place.source.path > other.place.source.path
          ? 1
          : 0) || one.place.start - other.place.start,
  )
}
