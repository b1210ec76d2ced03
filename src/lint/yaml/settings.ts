import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Problem, ProblemError } from '../../values/problem.ts'
import { Source } from '../../values/source.ts'
import { isMap, toValue, type Value, type ValueMap } from '../../values/value.ts'
import { readWritten } from '../../yaml/files.ts'
import { parseYaml } from '../../yaml/yaml.ts'

/** The options of a rule about YAML; undefined: it is not used. */
export type YamlSettings = Readonly<Record<string, ValueMap | undefined>>

/** Yamllint's defaults with Ansible-lint's changes. */
const DEFAULTS: Readonly<Record<string, ValueMap>> = {
  braces: {
    'min-spaces-inside': 0,
    'max-spaces-inside': 1,
    'min-spaces-inside-empty': -1,
    'max-spaces-inside-empty': -1,
  },
  brackets: {
    'min-spaces-inside': 0,
    'max-spaces-inside': 0,
    'min-spaces-inside-empty': -1,
    'max-spaces-inside-empty': -1,
  },
  colons: { 'max-spaces-before': 0, 'max-spaces-after': 1 },
  commas: { 'max-spaces-before': 0, 'min-spaces-after': 1, 'max-spaces-after': 1 },
  comments: { 'require-starting-space': true, 'ignore-shebangs': true, 'min-spaces-from-content': 1 },
  'document-start': { present: true },
  'empty-lines': { max: 2, 'max-start': 0, 'max-end': 0 },
  hyphens: { 'max-spaces-after': 1 },
  indentation: { spaces: 'consistent', 'indent-sequences': true },
  'key-duplicates': {},
  'line-length': { max: 160, 'allow-non-breakable-words': true },
  'new-line-at-end-of-file': {},
  'new-lines': { type: 'unix' },
  'octal-values': { 'forbid-implicit-octal': true, 'forbid-explicit-octal': true },
  'trailing-spaces': {},
  truthy: { 'allowed-values': ['true', 'false'], 'check-keys': true },
}

const OFF = ['document-start']

const FILES = ['.yamllint', '.yamllint.yaml', '.yamllint.yml']

/** What holds in a project: its .yamllint over the defaults. Raises ProblemError for one that cannot be read. */
export function yamlSettings(root: string): YamlSettings {
  const settings: Record<string, ValueMap | undefined> = { ...DEFAULTS }
  for (const name of OFF) settings[name] = undefined
  const path = FILES.map((name) => join(root, name)).find((file) => existsSync(file))
  for (const [name, said] of Object.entries(path === undefined ? {} : rulesIn(path))) {
    if (!Object.hasOwn(DEFAULTS, name)) continue
    if (said === 'disable' || said === false) settings[name] = undefined
    else settings[name] = { ...DEFAULTS[name]!, ...settings[name], ...(isMap(said) ? said : {}) }
  }
  return settings
}

function rulesIn(path: string): ValueMap {
  const source = readWritten(path)
  if (!(source instanceof Source)) throw new ProblemError(source)
  const { node, problems } = parseYaml(source)
  if (problems.length > 0) throw new ProblemError(problems as Problem[])
  const value: Value = node === undefined ? null : toValue(node)
  const rules = isMap(value) ? value.rules : undefined
  return isMap(rules) ? rules : {}
}
