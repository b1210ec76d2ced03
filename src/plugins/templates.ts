import type { Callable, Named } from '../filters/define.ts'
import { added } from '../filters/index.ts'
import type { Lookup } from '../lookups/define.ts'
import { addedLookups } from '../lookups/index.ts'
import { readOutside } from '../values/outside.ts'
import { ProblemError } from '../values/problem.ts'
import { shownPath } from '../yaml/files.ts'
import { commentAbove } from './comment.ts'
import { pluginsIn } from './find.ts'
import { exportsOf, mainFunction, type Plugin, sentenceOf } from './load.ts'
import { given, plain } from './plain.ts'

const known = new Set<string>()

/** Forgets what earlier runs have brought. */
export function startPlugins(): void {
  known.clear()
  for (const brought of [added.filters, added.tests, addedLookups]) brought.clear()
}

/**
 * Adds what stands in `filter_plugins/`, `test_plugins/` and `lookup_plugins/` of a playbook's or role's folder, for all
 * templates of the run, as in Ansible. Raises ProblemError for a file that cannot be loaded.
 */
export function addTemplatePlugins(folder: string): void {
  if (known.has(folder)) return
  known.add(folder)
  for (const path of pluginsIn(`${folder}/filter_plugins`).values())
    for (const [name, plugin] of functionsIn(path))
      added.filters.set(name, callable(name, 'filter', plugin, path))
  for (const path of pluginsIn(`${folder}/test_plugins`).values())
    for (const [name, plugin] of functionsIn(path))
      added.tests.set(name, callable(name, 'test', plugin, path))
  for (const [name, path] of pluginsIn(`${folder}/lookup_plugins`))
    addedLookups.set(name, {
      find: lookup(name, mainFunction(path, name), path),
      terms: 'terms',
      get help() {
        return commentAbove(path, name) ?? `The lookup of ${shownPath(path)}.`
      },
      file: path,
    })
}

/** Each exported function is one of its name. */
function functionsIn(path: string): [string, Plugin][] {
  const found = Object.entries(exportsOf(path)).filter(
    (entry): entry is [string, Plugin] => typeof entry[1] === 'function' && entry[0] !== 'default',
  )
  if (found.length > 0) return found
  throw new ProblemError({
    message: `${shownPath(path)} exports no function`,
    hint: 'each function that it exports by name can be used by that name: export function shout(value) { ... }',
  })
}

function callable(name: string, kind: 'filter' | 'test', plugin: Plugin, path: string): Callable {
  return {
    name,
    usage: '*arguments',
    get help() {
      return commentAbove(path, name) ?? `The ${kind} of ${shownPath(path)}.`
    },
    file: path,
    call: (_, value, args, named) =>
      answer(path, `the ${kind} "${name}"`, () => plugin(plain(value), ...args.map(plain), ...last(named))),
  }
}

/** Arguments that are given by name come last, as one object. */
function last(named: Named): unknown[] {
  return Object.keys(named).length === 0 ? [] : [plain(named)]
}

function lookup(name: string, plugin: Plugin, path: string): Lookup {
  return (terms, { values }, { variables, folder, isAhead }) => {
    const context = {
      folder,
      isAhead,
      variable: (wanted: string) => {
        const value = variables.get(wanted)
        return value === undefined ? undefined : plain(value)
      },
    }
    const found = answer(path, `the lookup "${name}"`, () => plugin(terms.map(plain), plain(values), context))
    return Array.isArray(found) ? found : [found]
  }
}

/** What a plugin gives may be another thing each time. */
function answer(path: string, whose: string, call: () => unknown) {
  readOutside()
  let value: unknown
  try {
    value = call()
  } catch (error) {
    throw new Error(`${whose}: ${sentenceOf(error, path)}`)
  }
  return given(value, whose)
}
