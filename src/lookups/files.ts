import { basename, dirname, join } from 'node:path'
import { fileOptionsIn } from '../template/file-options.ts'
import { existsSync, readdirSync } from '../values/controller-files.ts'
import { globToRegExp } from '../values/glob.ts'
import { Source } from '../values/source.ts'
import { isMap, type Value } from '../values/value.ts'
import { isFile, readSource } from '../yaml/files.ts'
import {
  type Lookup,
  type LookupContext,
  type Lookups,
  listed,
  Named,
  type Subfolder,
  textTerm,
} from './define.ts'

/** A file of the controller's. Throws an Error with a sentence. */
export function fileNamed(name: string, subfolder: Subfolder, context: LookupContext): string {
  const paths = context.paths(name, subfolder)
  const found = paths.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(`No such file or directory: "${name}"; looked at ${paths.join(', ')}`)
}

/** The text of a file of the controller's. Throws an Error with a sentence. */
export function textOf(path: string): string {
  const source = readSource(path)
  if (source instanceof Source) return source.text
  throw new Error(source.message)
}

const file: Lookup = (terms, named, context) =>
  terms.map((term) => {
    const text = textOf(fileNamed(textTerm('file', term), 'files', context))
    const begun = named.flag('lstrip', false) ? text.trimStart() : text
    return named.flag('rstrip', true) ? begun.trimEnd() : begun
  })

const unvault: Lookup = (terms, _named, context) =>
  terms.map((term) => textOf(fileNamed(textTerm('unvault', term), 'files', context)))

const template: Lookup = (terms, named, context) =>
  terms.map((term) => {
    const vars = named.get('template_vars')
    const path = fileNamed(textTerm('template', term), 'templates', context)
    return context.renderFile(
      path,
      isMap(vars) ? vars : {},
      named.flag('convert_data', true),
      fileOptionsIn(named.values),
    )
  })

/** The files that match, of the first folder that has some. */
const fileglob: Lookup = (terms, _named, context) =>
  terms.flatMap((term) => {
    const pattern = textTerm('fileglob', term)
    const name = basename(pattern)
    const folders =
      name === pattern
        ? context.paths('x', 'files').map(dirname)
        : context
            .paths(dirname(pattern), 'files')
            .filter((path) => existsSync(path))
            .slice(0, 1)
    for (const folder of folders) {
      const found = matchesIn(folder, name)
      if (found.length > 0) return found
    }
    return []
  })

function matchesIn(folder: string, pattern: string): string[] {
  const matches = globToRegExp(pattern)
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  return names
    .filter((name) => (pattern.startsWith('.') || !name.startsWith('.')) && matches.test(name))
    .map((name) => join(folder, name))
    .filter(isFile)
}

/** Names to look for, in their order, and whether it is no error that none is there. */
interface Search {
  readonly names: readonly string[]
  readonly skip: boolean
}

const first_found: Lookup = (terms, named, context) => {
  const { names, skip } = searchOf(terms, named)
  for (const name of names) {
    const found =
      name === '' ? undefined : context.paths(name, context.subfolder).find((path) => existsSync(path))
    if (found !== undefined) return [found]
  }
  if (skip) return []
  throw new Error(`no file was found: ${names.join(', ')}; "skip: true" makes that no error`)
}

/** As in Ansible, `files` without `paths` takes the place of all before it, and the last `skip` counts. */
function searchOf(terms: readonly Value[], named: Named): Search {
  let names: string[] = []
  let skip = false
  for (const term of terms) {
    if (Array.isArray(term)) {
      const inner = searchOf(term, named)
      names = [...names, ...inner.names]
      skip = inner.skip
      continue
    }
    if (typeof term !== 'string' && !isMap(term))
      throw new Error(`first_found takes names, maps or lists of them, this is ${JSON.stringify(term)}`)
    const options = isMap(term) ? new Named(term) : named
    const files = parts(options.get('files'), /[,;]/)
    const paths = parts(options.get('paths'), /[,:;]/)
    skip = options.flag('skip', false)
    if (paths.length > 0) names.push(...paths.flatMap((path) => files.map((name) => join(path, name))))
    else if (files.length > 0) names = files
    else if (typeof term === 'string') names.push(term)
  }
  return { names, skip }
}

function parts(value: Value | undefined, at: RegExp): string[] {
  return value === undefined ? [] : listed(value).flatMap((one) => String(one).split(at))
}

export const fileLookups: Lookups = {
  file: {
    find: file,
    terms: 'files',
    help: 'The text of files of the controller.',
    options: {
      lstrip: 'Blanks at the beginning are left out; false if nothing is said.',
      rstrip: 'Blanks at the end are left out; true if nothing is said.',
    },
  },
  unvault: {
    find: unvault,
    terms: 'files',
    help: 'The text of files that are encrypted by ansible-vault, or are not.',
  },
  template: {
    find: template,
    terms: 'files',
    help: 'What templates become.',
    options: {
      convert_data: 'What looks like a list, a map or a boolean becomes one; true if nothing is said.',
      template_vars: 'A map of variables that win over others.',
      lstrip_blocks: 'Blanks before a block at the beginning of its line are left out.',
      trim_blocks: 'The end of line behind a block is left out.',
      newline_sequence: 'How lines end.',
    },
  },
  fileglob: {
    find: fileglob,
    terms: 'patterns',
    help: 'Paths of the files that match, of the first folder that has some.',
  },
  first_found: {
    find: first_found,
    terms: 'files',
    help: 'The path of the first file that is there.',
    options: {
      files: 'Names of files, in a list or between commas.',
      paths: 'Folders in which each is looked for.',
      skip: 'It is no error that none is there.',
    },
  },
}
