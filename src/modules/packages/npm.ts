import { files, isFolder } from '../../host/file-state.ts'
import { jsonOf } from '../../host/json.ts'
import { newFolder, noFolder } from '../../host/placement.ts'
import { readSections, section } from '../../host/sections.ts'
import {
  type Change,
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, together } from '../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../sdk/probe.ts'
import { quotePath, words } from '../../shell/quote.ts'
import { SAFE_PATH } from '../../shell/safe-path.ts'
import { isMap, type Value } from '../../values/value.ts'

const declared = options({
  name: { type: 'str', help: 'The package; without it those that package.json of path names.' },
  path: { type: 'path', help: 'The folder that has them; needed unless global.' },
  version: { type: 'str', help: 'The version of the package.' },
  global: { type: 'bool', default: false, help: 'Whether it is installed for all.' },
  executable: { type: 'path', help: 'The program npm; searched for if not given.' },
  ignore_scripts: { type: 'bool', default: false, help: 'Whether scripts of packages are not run.' },
  unsafe_perm: { type: 'bool', default: false, help: 'Whether scripts of packages are run as root.' },
  ci: {
    type: 'bool',
    default: false,
    help: 'Whether all is installed anew as package-lock.json says (npm ci), each time.',
  },
  production: { type: 'bool', default: false, help: 'Whether what only developers need is left out.' },
  registry: { type: 'str', help: 'Where packages are taken from.' },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'latest'],
    default: 'present',
    help: 'Whether they are installed; latest also updates them as far as package.json allows.',
  },
  no_optional: { type: 'bool', default: false, help: 'Whether optional packages are left out.' },
  no_bin_links: { type: 'bool', default: false, help: 'Whether programs of packages get no links.' },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly hasNpm: boolean
  readonly folder: 'there' | 'missing' | 'other'
  /** Versions of the packages that are there, and of those that are there in a wrong one; null for missing ones. */
  readonly installed: ReadonlyMap<string, string>
  readonly wrong: ReadonlyMap<string, string | null>
  /** What npm would update: from which version to which. */
  readonly outdated: ReadonlyMap<string, readonly [string, string]>
}

/** Installs packages of Node.js. Semantics: community.general.npm. */
export const npm = defineModule<typeof declared, State>({
  name: 'npm',
  summary: 'Installs and removes packages of Node.js with npm, for a folder or for all.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function problems(
  { name, path, version, registry, state, ...args }: Partial<Args>,
  complete: boolean,
): string[] {
  const found: string[] = []
  if (name !== undefined && !/^[A-Za-z0-9@._/~][^\s]*$/.test(name))
    found.push(`name: ${JSON.stringify(name)} is not a package`)
  if (version !== undefined && !/^[A-Za-z0-9.^~<>=*|+_][^\n]*$/.test(version))
    found.push(`version: ${JSON.stringify(version)} is not a version`)
  if (registry !== undefined && !/^[a-z]+:\/\/\S+$/i.test(registry))
    found.push(`registry: ${JSON.stringify(registry)} is not an address`)
  if (!complete) return found
  if (path === undefined && !args.global) found.push('path must be specified when not using global')
  if (state === 'absent' && name === undefined)
    found.push('uninstalling a package is only available for named packages')
  if (version !== undefined && name === undefined) found.push('version is of a package, and none is named')
  return found
}

/** The package with its version, as npm has it. */
function specOf({ name = '', version, state }: Args): string {
  return version !== undefined && state !== 'absent' ? `${name}@${version}` : name
}

/** Sh that makes `npm` the program, and has it write no log and look for nothing newer of itself. */
function npmFunction({ executable }: Args): string {
  const [program = 'npm', ...more] = (executable ?? 'npm').split(' ').filter(Boolean)
  return `export npm_config_logs_max=0 npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
program=$(command -v ${quotePath(program)}) || program=
npm() { "$program" ${words(...more)} "$@"; }`
}

function flagsOf(args: Args, verb: string, spec: string, more: readonly string[] = []): string {
  const flags = [
    ...(args.global ? ['--global'] : []),
    ...(args.production && /^(install|update|ci)$/.test(verb) ? ['--production'] : []),
    ...(args.ignore_scripts ? ['--ignore-scripts'] : []),
    ...(args.unsafe_perm ? ['--unsafe-perm'] : []),
    ...(args.registry === undefined ? [] : ['--registry', args.registry]),
    ...(args.no_optional ? ['--no-optional'] : []),
    ...(args.no_bin_links ? ['--no-bin-links'] : []),
    ...more,
    ...(spec === '' ? [] : ['--', spec]),
  ]
  return words(verb, ...flags)
}

function folderLook({ path }: Args) {
  return files(path === undefined ? [] : [path], { follow: true })
}

function probe(args: Args): Probe {
  const { path } = args
  const outdated = flagsOf(args, 'outdated', args.name ?? '', ['--json'])
  const script = [
    npmFunction(args),
    section('npm', '[ "$program" ]'),
    '[ "$program" ] || exit 0',
    ...(path === undefined
      ? []
      : [`[ -d ${quotePath(path)} ] || exit 0`, `cd -- ${quotePath(path)} || exit`]),
    ...(args.ci ? [] : [section('list', `npm list --json --long${args.global ? ' --global' : ''}`)]),
    ...(args.state === 'latest' && !args.ci ? [section('outdated', `npm ${outdated}`)] : []),
  ].join('\n')
  return [folderLook(args), script]
}

function parse(output: ProbeOutput, args: Args): State {
  const sections = readSections(output.bytes, ['npm', 'list', 'outdated'])
  const [folder] = output.of(folderLook(args))
  const installed = new Map<string, string>()
  const wrong = new Map<string, string | null>()
  for (const [name, one] of entriesOf(sections.get('list')?.printed, 'dependencies')) {
    const version = textIn(one, 'version')
    if (isMap(one) && (one.missing || one.invalid)) wrong.set(name, version || null)
    else installed.set(name, version)
  }
  const outdated = new Map<string, readonly [string, string]>()
  for (const [name, one] of entriesOf(sections.get('outdated')?.printed)) {
    const [current, wanted] = [textIn(one, 'current'), textIn(one, 'wanted')]
    // What is only newer than package.json allows is not updated.
    if (current !== '' && current !== wanted) outdated.set(name, [current, wanted])
  }
  return {
    hasNpm: sections.get('npm')?.code === 0,
    folder:
      args.path === undefined || isFolder(folder) ? 'there' : folder === undefined ? 'missing' : 'other',
    installed,
    wrong,
    outdated,
  }
}

/** The packages in what npm has printed; it prints nothing for none. */
function entriesOf(printed: string | undefined, key?: string): [string, Value][] {
  if (printed === undefined || printed.trim() === '') return []
  const value = jsonOf('npm', printed)
  const all = key === undefined || !isMap(value) ? value : (value[key] ?? {})
  if (!isMap(all)) throw new Error('npm on the host printed no map of packages')
  return Object.entries(all)
}

function textIn(value: Value, key: string): string {
  const one = isMap(value) ? value[key] : undefined
  return typeof one === 'string' ? one : ''
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { path, name } = args
  const missing = `Failed to find required executable "${args.executable ?? 'npm'}" on this host: install npm in an earlier task`
  // Under check, an earlier task that was not carried out may be the one that installs it.
  if (!state.hasNpm && !view.check) return failure(missing)
  if (state.folder === 'other') return failure(`path ${path} is not a directory`)
  if (state.folder === 'missing' && name === undefined && !view.check)
    return failure(noFolder(path!, undefined))
  const made = state.folder === 'missing' && args.state !== 'absent' ? [newFolder(path!)] : []
  const steps = stepsOf(args, state)
  if (steps.length === 0) return NOTHING
  const script = [
    npmFunction(args),
    ...(path === undefined
      ? []
      : ['mask=$(umask)', SAFE_PATH, `enter_made ${quotePath(`${path}/.`)}`, 'umask "$mask"']),
    ...steps.map(({ command }) => `npm ${command} || exit`),
  ].join('\n')
  return together([...made, ...steps.flatMap(({ changes }) => changes)], { do: 'exec', script })
}

interface Step {
  readonly changes: readonly Change[]
  readonly command: string
}

function stepsOf(args: Args, state: State): Step[] {
  const spec = specOf(args)
  if (args.ci) {
    const change = { what: args.path ?? 'packages', before: null, after: 'as package-lock.json says' }
    return [{ changes: [change], command: flagsOf(args, 'ci', '') }]
  }
  if (args.state === 'absent') {
    const version = state.installed.get(args.name!)
    if (version === undefined) return []
    return [
      {
        changes: [{ what: args.name!, before: version, after: null }],
        command: flagsOf(args, 'uninstall', spec),
      },
    ]
  }
  const lacking = lackingOf(args, state)
  const updates = args.state === 'latest' ? [...state.outdated] : []
  const newer = updates.map(([what, [before, after]]) => ({ what, before, after }))
  return [
    ...(lacking.length === 0 ? [] : [{ changes: lacking, command: flagsOf(args, 'install', spec) }]),
    ...(newer.length === 0 ? [] : [{ changes: newer, command: flagsOf(args, 'update', args.name ?? '') }]),
  ]
}

function lackingOf(args: Args, { installed, wrong }: State): Change[] {
  const changes = [...wrong].map(([what, before]): Change => ({ what, before, after: 'installed' }))
  const { name, version } = args
  if (name === undefined || wrong.has(name)) return changes
  const now = installed.get(name)
  const known = [...installed].map(([one, its]) => `${one}@${its}`)
  const isThere = version === undefined ? now !== undefined || known.includes(name) : now === version
  return isThere ? changes : [...changes, { what: name, before: now ?? null, after: version ?? 'installed' }]
}

function interpret([outcome]: Outcome[]): ModuleResult {
  const { code, stdout, stderr } = outcome!
  if (code === 0) return {}
  return {
    failed: stderr.trim() || stdout.trim() || `exit status ${code}`,
    result: { rc: code, stdout, stderr },
  }
}
