import { optionNamed } from '../sdk/arguments.ts'
import type { Module } from '../sdk/module.ts'
import { closest } from '../values/problem.ts'
import type { MapEntry, MapNode, ScalarNode } from '../values/value.ts'
import { type Fields, isNull } from '../yaml/fields.ts'
import type { Task } from './ast.ts'
import { readKeyValues } from './key-values.ts'
import type { Action, Reading } from './reading.ts'

/** The arguments of a module: a map, words (`name=value`) or free text, with what `args:` adds; or templates of maps. */
export function readModuleArguments(
  module: Module,
  action: Action,
  fields: Fields,
  reading: Reading,
): Pick<Task, 'args' | 'argsFrom'> {
  const { node: besides, from } = readArgs(fields)
  const more = besides?.entries ?? []
  const node = action.args
  const of = (entries: readonly MapEntry[], argsFrom = from): Pick<Task, 'args' | 'argsFrom'> => ({
    args: { kind: 'map', entries: [...entries, ...more], place: node?.place ?? action.place },
    argsFrom,
  })
  if (node === undefined || isNull(node)) return of([])
  if (node.kind === 'map') return of(node.entries)
  if (node.kind === 'list') {
    reading.problems.push({
      message: `${module.name} takes a map of arguments, not a list`,
      place: node.place,
    })
    return of([])
  }
  if (module.freeForm === undefined && isWholeTemplate(node)) return of([], [...from, node])
  const read = readKeyValues(module, node)
  if (typeof read === 'string') {
    reading.problems.push({ message: read, place: node.place, hint: meantOption(module, String(node.value)) })
    return of([])
  }
  return of(read)
}

/** What `args:` gives: a map, or a template that makes one. */
function readArgs(fields: Fields): { node?: MapNode | undefined; from: ScalarNode[] } {
  const node = fields.get('args')
  if (node?.kind === 'scalar' && isWholeTemplate(node)) return { from: [node] }
  return { node: fields.map('args'), from: [] }
}

/** One expression and nothing else, which may give anything. */
function isWholeTemplate(node: ScalarNode): boolean {
  return /^\s*\{\{(?:(?!\}\}).)*\}\}\s*$/s.test(String(node.value))
}

function meantOption(module: Module, text: string): string | undefined {
  const word = text.split(/[\s=:]/, 1)[0]!
  const option = optionNamed(module, word) ?? closest(word, Object.keys(module.options))
  return option === undefined
    ? `write its arguments below it: ${Object.keys(module.options).join(', ')}`
    : `write "${option}: ..." below it`
}
