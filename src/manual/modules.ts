import { readFileSync } from 'node:fs'
import { foreignModule, ownersOf } from '../playbook/foreign-module.ts'
import { COLLECTIONS, plainName } from '../playbook/module-defaults.ts'
import { type Around, libraryFiles, ownModule } from '../playbook/module-programs.ts'
import { STRUCTURAL, type Structural } from '../playbook/structural.ts'
import type { Catalogue, Module } from '../sdk/module.ts'
import { isMap, toValue } from '../values/value.ts'
import { parseYamlValue } from '../yaml/yaml.ts'
import { type Entry, type Kind, optionEntry, paragraphs, writtenOptions } from './entry.ts'
import { exampleOf } from './examples.ts'

/** The modules: those that are here, those of libraries, and by name also those of installed collections. */
export function moduleKind(modules: Catalogue, around: Around): Kind {
  return {
    names: () =>
      [
        ...new Set([...Object.keys(modules), ...Object.keys(STRUCTURAL), ...libraryFiles(around).keys()]),
      ].sort(),
    find: (name) => {
      const found = moduleNamed(name, modules, around)
      return found === undefined ? [] : [found]
    },
  }
}

function moduleNamed(name: string, modules: Catalogue, around: Around): Entry | undefined {
  const own = ownModule(name, around)
  if (own !== undefined) return moduleEntry(name, own, libraryFiles(around).get(name))
  const plain = plainName(name)
  if (Object.hasOwn(modules, plain)) return moduleEntry(plain, modules[plain]!)
  if (Object.hasOwn(STRUCTURAL, plain)) return moduleEntry(plain, STRUCTURAL[plain]!)
  const foreign = foreignModule(name, around)
  if (foreign === undefined) return undefined
  const file = foreign.program?.path
  if (file !== undefined) return documented(name, file) ?? { ...moduleEntry(name, foreign), file }
  // One that is not installed: known by its name, and no filter that a collection has.
  return ownersOf(name.slice(name.lastIndexOf('.') + 1)).length > 0 ? moduleEntry(name, foreign) : undefined
}

function moduleEntry(name: string, module: Module | Structural, file?: string): Entry {
  const { summary, options, freeForm } = module
  const fullName = file === undefined ? fullNameOf(name) : undefined
  const examples = exampleOf(name)
  return {
    kind: 'module',
    name,
    ...(fullName !== undefined && { fullName }),
    summary,
    ...(file !== undefined && { file }),
    options: Object.fromEntries(Object.entries(options).map(([key, option]) => [key, optionEntry(option)])),
    ...(freeForm !== undefined && { freeForm }),
    ...(file === undefined && examples !== undefined && { examples }),
  }
}

/** A module's name with Ansible's collection in front; undefined for one that Ansible does not have. */
export function fullNameOf(name: string): string | undefined {
  const [owner] = Object.hasOwn(STRUCTURAL, name)
    ? ['ansible.builtin']
    : ownersOf(name).filter((one) => COLLECTIONS.includes(one))
  return owner === undefined ? undefined : `${owner}.${name}`
}

/** What a module in Python says of itself, in the variables that Ansible reads; undefined for one that says nothing. */
function documented(name: string, path: string): Entry | undefined {
  const text = readFileSync(path, 'utf8')
  const said = textIn(text, 'DOCUMENTATION')
  const documentation = said === undefined ? undefined : toValue(parseYamlValue(said, path))
  if (!isMap(documentation)) return undefined
  const examples = textIn(text, 'EXAMPLES')
  return {
    kind: 'module',
    name,
    summary: paragraphs(documentation.short_description).join(' '),
    description: paragraphs(documentation.description),
    file: path,
    options: writtenOptions(documentation.options),
    ...(examples !== undefined && { examples: examples.replace(/^\n/, '') }),
    author: paragraphs(documentation.author),
  }
}

function textIn(program: string, variable: string): string | undefined {
  return new RegExp(String.raw`^${variable}\s*=\s*[rRuU]?('''|""")([\s\S]*?)\1`, 'm').exec(program)?.[2]
}
