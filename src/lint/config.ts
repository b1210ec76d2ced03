import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Problem, ProblemError } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import { type MapNode, type Node, toValue } from '../values/value.ts'
import { Fields } from '../yaml/fields.ts'
import { readWritten } from '../yaml/files.ts'
import { parseYaml } from '../yaml/yaml.ts'
import { PROFILES, type ProfileName } from './profiles.ts'
import { renamed } from './renamed.ts'

/** What is to be looked for: what a configuration says with what the command line adds. */
export interface LintConfig {
  readonly profile: ProfileName | undefined
  /** Rules, parts of rules or tags that are left out. */
  readonly skip: readonly string[]
  /** Those that are only warned of. */
  readonly warn: readonly string[]
  /** Rules that are used only if they are named. */
  readonly enable: readonly string[]
  /** Only rules with one of these ids or tags; empty: all. */
  readonly only: readonly string[]
  /** Paths and patterns from the project's folder. */
  readonly exclude: readonly string[]
  readonly mockModules: readonly string[]
  readonly mockRoles: readonly string[]
  readonly loopVarPrefix: string | undefined
  readonly varNamingPattern: string | undefined
  /** What names of tasks in files besides main.yml begin with; `{stem}` is the file's name. */
  readonly taskNamePrefix: string
  /** Warnings count as errors. */
  readonly strict: boolean
  readonly quiet: boolean
  readonly parseable: boolean
  readonly sarifFile: string | undefined
}

/** What is only warned of where nobody says anything. */
const WARNED = ['experimental', 'jinja[spacing]']

const NOTHING: LintConfig = {
  profile: undefined,
  skip: [],
  warn: WARNED,
  enable: [],
  only: [],
  // Workflows of GitHub are no content of Ansible's.
  exclude: ['.cache', '.git', '.github', '.hg', '.svn', '.tox'],
  mockModules: [],
  mockRoles: [],
  loopVarPrefix: undefined,
  varNamingPattern: undefined,
  taskNamePrefix: '{stem} | ',
  strict: false,
  quiet: false,
  parseable: false,
  sarifFile: undefined,
}

const FILES = [
  '.ansible-lint',
  '.ansible-lint.yml',
  '.ansible-lint.yaml',
  '.config/ansible-lint.yml',
  '.config/ansible-lint.yaml',
]

/** Keys of Ansible-lint's that ask for nothing here. */
const IGNORED = `display_relative_path extra_vars kinds max_block_depth max_tasks mock_filters offline
only_builtins_allow_collections only_builtins_allow_modules progressive project_dir rules rulesdir skip_action_validation
supported_ansible_also use_default_rules verbosity write_list`.split(/\s+/)

const KNOWN = [
  ...IGNORED,
  ...`enable_list exclude_paths loop_var_prefix mock_modules mock_roles parseable profile quiet sarif_file skip_list strict
  tags task_name_prefix var_naming_pattern warn_list`.split(/\s+/),
]

/** The path of the configuration in a folder; undefined if there is none. */
export function configIn(folder: string): string | undefined {
  return FILES.map((name) => join(folder, name)).find((path) => existsSync(path))
}

/** What a file (absolute path) says; without one, what holds where nobody says anything. Raises ProblemError. */
export function readConfig(path: string | undefined): LintConfig {
  if (path === undefined || path === '/dev/null') return NOTHING
  const source = readWritten(path)
  if (!(source instanceof Source)) throw new ProblemError(source)
  const { node, problems } = parseYaml(source)
  const found: Problem[] = [...problems]
  if (node !== undefined && node.kind !== 'map')
    found.push({ message: 'a configuration is a map such as "skip_list: [yaml]"', place: node.place })
  if (found.length > 0) throw new ProblemError(found)
  return node === undefined ? NOTHING : configOf(node as MapNode)
}

function configOf(node: MapNode): LintConfig {
  const problems: Problem[] = []
  const fields = new Fields(node, problems)
  fields.rejectUnknown('configuration', KNOWN)
  const rules = (key: string) => names(fields, key).map(renamed)
  const isTrue = (key: string) => fields.scalar(key)?.value === true
  const config: LintConfig = {
    profile: profileIn(fields.get('profile'), problems),
    skip: rules('skip_list'),
    warn: fields.has('warn_list') ? rules('warn_list') : WARNED,
    enable: rules('enable_list'),
    only: rules('tags'),
    exclude: fields.has('exclude_paths') ? names(fields, 'exclude_paths') : NOTHING.exclude,
    mockModules: names(fields, 'mock_modules'),
    mockRoles: names(fields, 'mock_roles'),
    loopVarPrefix: pattern('loop_var_prefix', fields, problems),
    varNamingPattern: pattern('var_naming_pattern', fields, problems),
    taskNamePrefix: fields.text('task_name_prefix') ?? NOTHING.taskNamePrefix,
    strict: isTrue('strict'),
    quiet: isTrue('quiet'),
    parseable: isTrue('parseable'),
    sarifFile: fields.text('sarif_file'),
  }
  if (problems.length > 0) throw new ProblemError(problems)
  return config
}

function names(fields: Fields, key: string): string[] {
  return fields.list(key).flatMap((node) =>
    String(toValue(node))
      .split(',')
      .map((word) => word.trim()),
  )
}

function profileIn(node: Node | undefined, problems: Problem[]): ProfileName | undefined {
  const name = node === undefined ? null : toValue(node)
  if (node === undefined || name === null) return undefined
  if (PROFILES.includes(name as ProfileName)) return name as ProfileName
  problems.push({
    message: `unknown profile "${name}"`,
    place: node.place,
    hint: `it is ${PROFILES.join(', ')}`,
  })
  return undefined
}

function pattern(key: string, fields: Fields, problems: Problem[]): string | undefined {
  const text = fields.text(key)
  if (text === undefined) return undefined
  try {
    new RegExp(text.replaceAll('{role}', 'role'))
    return text
  } catch {
    problems.push({ message: `${key} is no regular expression`, place: fields.get(key)!.place })
    return undefined
  }
}

/** What the command line adds to a configuration. */
export interface LintFlags {
  readonly profile?: ProfileName | undefined
  readonly skip: readonly string[]
  readonly warn: readonly string[]
  readonly enable: readonly string[]
  readonly only: readonly string[]
  readonly exclude: readonly string[]
  readonly strict: boolean
}

/** A configuration with what the command line adds; lists grow, and `-w` alone takes the place of what is warned of else. */
export function withLintFlags(config: LintConfig, flags: LintFlags): LintConfig {
  const more = (list: readonly string[], added: readonly string[]) => [...list, ...added.map(renamed)]
  const warn = flags.warn.length > 0 && config.warn === WARNED ? [] : config.warn
  return {
    ...config,
    profile: flags.profile ?? config.profile,
    skip: more(config.skip, flags.skip),
    warn: more(warn, flags.warn),
    enable: more(config.enable, flags.enable),
    only: more(config.only, flags.only),
    exclude: [...config.exclude, ...flags.exclude],
    strict: config.strict || flags.strict,
  }
}
