import { fullNameOf } from '../manual/modules.ts'
import {
  inheritedKeywords,
  KEYWORDS,
  type KeywordHelp,
  keywordsIn,
  LOOP_CONTROL,
  type Place,
  PROMPT,
} from '../playbook/keywords.ts'
import { STRUCTURAL, type Structural } from '../playbook/structural.ts'
import { passedOver } from '../sdk/arguments.ts'
import type { Catalogue, Module } from '../sdk/module.ts'
import type { Options } from '../sdk/options.ts'
import { either, type JsonSchema, type Properties, reference, type SchemaObject } from './json-schema.ts'
import { optionSchema } from './values.ts'

/** Names with a collection in front: of modules that are not known here. */
const QUALIFIED = String.raw`^[A-Za-z_]\w*\.[A-Za-z_]\w*\.\w`

/** A list of tasks and blocks. */
export const tasks: SchemaObject = { type: ['array', 'null'], items: reference('step') }

/** Keywords whose values are playbook too; the others take what options take. */
const GRAMMAR: Readonly<Partial<Record<KeywordHelp['type'], SchemaObject>>> = {
  controls: { type: ['object', 'null'], ...closed(optionsSchema(LOOP_CONTROL)) },
  prompts: {
    type: ['array', 'object', 'null'],
    items: { type: 'object', ...closed(optionsSchema(PROMPT)), required: ['name'] },
  },
  roles: { type: ['array', 'null'], items: reference('role') },
  tasks,
}

/** What stands in a list of tasks, in definitions that refer to each other. */
export function taskDefinitions(modules: Catalogue): Properties {
  const actions = { ...STRUCTURAL, ...modules }
  const named = Object.fromEntries(
    Object.keys(actions).flatMap((name) =>
      [name, fullNameOf(name) ?? []].flat().map((one) => [one, reference(`module.${name}`)]),
    ),
  )
  return {
    step: {
      type: 'object',
      ...either({ type: 'object', required: ['block'] }, reference('block'), reference('task')),
    },
    block: closed(keywordProperties('block')),
    task: taskSchema(named),
    // What else an entry of `roles` says are variables of the role.
    role: { type: ['string', 'object'], properties: keywordProperties('role') },
    defaults: {
      description: KEYWORDS.module_defaults.help,
      type: ['object', 'array', 'string', 'null'],
      properties: named,
      items: { type: 'object', properties: named },
    },
    ...Object.fromEntries(
      Object.entries(actions).map(([name, module]) => [`module.${name}`, argumentsSchema(module)]),
    ),
  }
}

/**
 * A task with a module that is known, or has a collection in front, says nothing but keywords besides. One without may
 * have a module of a library.
 */
function taskSchema(named: Properties): SchemaObject {
  const properties = { ...keywordProperties('handler'), ...named }
  const known = {
    anyOf: [{ enum: [...Object.keys(named), 'action', 'local_action'] }, { pattern: QUALIFIED }],
  }
  return {
    properties,
    ...either({ propertyNames: { not: known } }, true, {
      properties: Object.fromEntries(Object.keys(properties).map((name) => [name, true])),
      patternProperties: { '^with_': true, [QUALIFIED]: true },
      additionalProperties: false,
    }),
  }
}

/** The keywords that can stand there, each with what it takes. */
export function keywordProperties(place: Place): Properties {
  return Object.fromEntries(keywordsIn(place).map((name) => [name, keywordSchema(name)]))
}

function keywordSchema(name: string): JsonSchema {
  if (name === 'module_defaults') return reference('defaults')
  const { type, help, ...rest } = (KEYWORDS as Readonly<Record<string, KeywordHelp>>)[name]!
  const grammar = GRAMMAR[type]
  if (grammar !== undefined) return { description: help, ...grammar }
  return optionSchema({ ...rest, help, type: type as never })
}

/** The arguments of a module: a map, or a text. Defaults and `args` may bring them too, so none is required here. */
function argumentsSchema(module: Module | Structural): SchemaObject {
  const { summary, options, openEnded } = module
  const apply: Properties =
    !('plan' in module) && 'apply' in options
      ? { apply: { type: ['object', 'null'], ...closed(inherited()) } }
      : {}
  const others = 'plan' in module ? passedOver(module) : []
  const properties = { ...optionsSchema(options), ...apply }
  return {
    description: summary,
    ...(module.name === 'meta' && optionSchema(options.free_form!)),
    type: ['object', 'string', 'null'],
    properties,
    // Taken, and not proposed.
    ...(others.length > 0 && { patternProperties: { [`^(${others.join('|')})$`]: true } }),
    ...(!openEnded && { additionalProperties: false }),
  }
}

function inherited(): Properties {
  return Object.fromEntries(inheritedKeywords.map((name) => [name, keywordSchema(name)]))
}

function optionsSchema(options: Options): Properties {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, option]) => [
      [name, optionSchema(option)] as const,
      ...(option.aliases ?? []).map(
        (alias) =>
          [alias, optionSchema({ ...option, help: `Another name of ${name}: ${option.help}` })] as const,
      ),
    ]),
  )
}

/** A map with these and nothing else. */
export function closed(properties: Properties): SchemaObject {
  return { properties, additionalProperties: false }
}
