import { contains, equals } from '../../../../python/equality.ts'
import { str } from '../../../../python/text.ts'
import { isTruthy } from '../../../../python/truth.ts'
import { isMap, type Value, type ValueMap } from '../../../../values/value.ts'
import { classOf, converted } from './types.ts'

/** The options of an argument spec by name: `type`, `required`, `choices`, `elements`, `options`, ... */
export type Specs = Readonly<Record<string, ValueMap>>

/** What is checked at one level: the arguments given, and the names of the options around it. */
interface Level {
  readonly specs: Specs
  readonly given: ValueMap
  readonly within: readonly string[]
}

/** What was found so far. */
interface Found {
  readonly errors: string[]
  /** Arguments that no option takes, each with those that there are instead. */
  readonly unknown: Map<string, string>
}

/** What is wrong with arguments by an argument spec, in Ansible's words and order. */
export function argumentErrors(specs: Specs, args: ValueMap): string[] {
  const found: Found = { errors: [], unknown: new Map() }
  const level: Level = { specs, given: { ...args }, within: [] }
  checkOwn(level, found)
  checkSubOptions(level, found)
  const last = [...found.unknown.values()].at(-1)
  if (last !== undefined) {
    const names = [...found.unknown.keys()].sort().join(', ')
    found.errors.push(`${names}. Supported parameters include: ${last}.`)
  }
  return found.errors
}

function checkOwn(level: Level, found: Found, rules: ValueMap = {}): void {
  const { specs, given } = level
  takeAliases(level, found)
  findUnknown(level, found)
  const problem = (message: string) => found.errors.push(placed(message, level))
  for (const group of groupsOf(rules.mutually_exclusive)) {
    const there = group.filter((name) => Object.hasOwn(given, name))
    if (there.length > 1) problem(`parameters are mutually exclusive: ${group.join('|')}`)
  }
  for (const [name, { default: otherwise }] of Object.entries(specs))
    if (!Object.hasOwn(given, name) && isSaid(otherwise)) given[name] = otherwise
  const missing = Object.keys(specs).filter(
    (name) => isTruthy(specs[name]!.required) && !Object.hasOwn(given, name),
  )
  if (missing.length > 0) problem(`missing required arguments: ${missing.sort().join(', ')}`)
  for (const [name, spec] of Object.entries(specs)) checkType(name, spec, level, found)
  for (const [name, spec] of Object.entries(specs)) checkChoices(name, spec, level, found)
  checkTogether(rules, given, problem)
}

function takeAliases({ specs, given }: Level, { errors }: Found): void {
  for (const [name, { aliases, default: otherwise, required }] of Object.entries(specs)) {
    if (isSaid(otherwise) && isTruthy(required)) {
      errors.push(`internal error: required and default are mutually exclusive for ${name}`)
      return
    }
    for (const alias of listOf(aliases))
      if (Object.hasOwn(given, String(alias))) given[name] = given[String(alias)]!
  }
}

function findUnknown({ specs, given, within }: Level, { unknown }: Found): void {
  const aliases = Object.values(specs).flatMap((spec) => listOf(spec.aliases).map(String))
  const names = new Set([...Object.keys(specs), ...aliases])
  const supported = Object.keys(specs).sort().join(', ')
  const also = aliases.length === 0 ? '' : ` (${aliases.sort().join(', ')})`
  for (const name of Object.keys(given))
    if (!names.has(name)) unknown.set([...within, name].join('.'), `${supported}${also}`)
}

function checkType(name: string, spec: ValueMap, { given, within }: Level, { errors }: Found): void {
  const value = given[name]
  if (value === undefined || value === null) return
  const type = String(spec.type ?? 'str')
  const path = within.join(' -> ')
  try {
    given[name] = converted(value, type)
  } catch (error) {
    const where = path === '' ? '' : ` found in '${path}'.`
    const why = (error as Error).message
    errors.push(
      `argument '${name}' is of type ${classOf(value)}${where} and we were unable to convert to ${type}: ${why}`,
    )
    return
  }
  const items = given[name]!
  if (!isSaid(spec.elements) || !Array.isArray(items)) return
  const wanted = String(spec.elements)
  given[name] = items.flatMap((item) => {
    try {
      return [converted(item, wanted)]
    } catch (error) {
      const where = path === '' ? '' : ` found in '${path}'`
      const why = (error as Error).message
      errors.push(
        `Elements value for option '${name}'${where} is of type ${classOf(item)} and we were unable to convert to ${wanted}: ${why}`,
      )
      return []
    }
  })
}

function checkChoices(name: string, { choices }: ValueMap, level: Level, { errors }: Found): void {
  const value = level.given[name]
  if (value === undefined || !Array.isArray(choices)) return
  const known = choices.map(str).join(', ')
  if (Array.isArray(value)) {
    const strange = value.filter((item) => !contains(choices, item))
    if (strange.length === 0) return
    const message = `value of ${name} must be one or more of: ${known}. Got no match for: ${strange.map(str).join(', ')}`
    errors.push(placed(message, level))
  } else if (!contains(choices, value) && !meansChoice(value, choices))
    errors.push(placed(`value of ${name} must be one of: ${known}, got: ${str(value)}`, level))
}

/** YAML reads some words as true and false: one that alone may be meant is meant. */
function meansChoice(value: Value, choices: readonly Value[]): boolean {
  const words = value === 'True' ? YES : value === 'False' ? NO : []
  return words.filter((word) => contains(choices, word)).length === 1
}

const YES: readonly Value[] = ['y', 'yes', 'on', '1', 'true', 't', 1]
const NO: readonly Value[] = ['n', 'no', 'off', '0', 'false', 'f', 0]

function checkTogether(rules: ValueMap, given: ValueMap, problem: (message: string) => void): void {
  const isThere = (name: string) => Object.hasOwn(given, name)
  const isSet = (name: string) => isThere(name) && given[name] !== null
  for (const group of groupsOf(rules.required_together))
    if (group.some(isThere) && !group.every(isThere))
      problem(`parameters are required together: ${group.join(', ')}`)
  for (const group of groupsOf(rules.required_one_of))
    if (!group.some(isThere)) problem(`one of the following is required: ${group.join(', ')}`)
  for (const rule of listOf(rules.required_if)) {
    const [name, value = null, needed, isAny] = listOf(rule)
    if (!isThere(String(name)) || !equals(given[String(name)], value)) continue
    const names = listOf(needed).map(String)
    const missing = names.filter((one) => !isThere(one))
    if (missing.length === 0 || (isTruthy(isAny) && missing.length < names.length)) continue
    const how = isTruthy(isAny) ? 'any' : 'all'
    problem(`${name} is ${str(value)} but ${how} of the following are missing: ${missing.join(', ')}`)
  }
  for (const [name, needed] of Object.entries(isMap(rules.required_by) ? rules.required_by : {})) {
    const missing = [needed]
      .flat()
      .map(String)
      .filter((one) => !isSet(one))
    if (isSet(name) && missing.length > 0)
      problem(`missing parameter(s) required by '${name}': ${missing.join(', ')}`)
  }
}

function checkSubOptions(level: Level, found: Found): void {
  for (const [name, spec] of Object.entries(level.specs)) {
    const isMapped = spec.type === 'dict' || (spec.type === 'list' && spec.elements === 'dict')
    if (!isMapped || !isMap(spec.options)) continue
    const value = level.given[name] ?? (isTruthy(spec.apply_defaults) ? {} : undefined)
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) {
      if (!isMap(item)) {
        found.errors.push(`value of '${name}' must be of type dict or list of dicts`)
        continue
      }
      const below: Level = {
        specs: specsOf(spec.options),
        given: { ...item },
        within: [...level.within, name],
      }
      checkOwn(below, found, spec)
      checkSubOptions(below, found)
    }
  }
}

/** The options that a value describes; what is no map describes a text. */
export function specsOf(value: ValueMap): Specs {
  return Object.fromEntries(Object.entries(value).map(([name, spec]) => [name, isMap(spec) ? spec : {}]))
}

function placed(message: string, { within }: Level): string {
  return within.length === 0 ? message : `${message} found in ${within.join(' -> ')}`
}

function isSaid(value: Value | undefined): value is NonNullable<Value> {
  return value !== undefined && value !== null
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : []
}

function groupsOf(value: Value | undefined): string[][] {
  return listOf(value).map((group) => listOf(group).map(String))
}
