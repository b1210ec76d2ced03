import { readArguments } from '../../sdk/arguments.ts'
import {
  type Args,
  defineModule,
  type Module,
  type ModuleContext,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, type Options, options } from '../../sdk/options.ts'
import { failure, together } from '../../sdk/plans.ts'
import { type BatchedProbe, batchedProbesOf, probeOutput } from '../../sdk/probe.ts'
import { Output } from '../../shell/output.ts'
import { apk } from './apk/index.ts'
import { apkOptions } from './apk/options.ts'
import { apt, aptProblems, concludeApt, planApt } from './apt/index.ts'
import { aptOptions, isPlainName } from './apt/options.ts'
import { type AptState, packagesProbe, parseApt, probeApt } from './apt/probe.ts'
import { dnfOptions, type RedHatArgs, yumOptions } from './dnf/options.ts'
import { type Manager, manage, managers, probeManager, told } from './managers.ts'
import { pacman } from './pacman/index.ts'
import { pacmanOptions } from './pacman/options.ts'
import { zypper } from './zypper/index.ts'
import { zypperOptions } from './zypper/options.ts'

/** The modules that are asked, and that plan, where theirs is the host's package manager. */
const MODULES: readonly Module[] = [zypper, apk, pacman]

const packageOptions = options({
  ...zypperOptions,
  ...apkOptions,
  ...pacmanOptions,
  ...dnfOptions,
  ...aptOptions,
  name: { ...aptOptions.name, help: 'The packages.' },
  use: {
    type: 'str',
    help: 'The package manager; found out by itself with auto. What its module does not take is an error on that host.',
    choices: ['auto', 'apt', ...[...MODULES, ...managers].map(({ name }) => name)],
    default: 'auto',
  },
})

type PackageArgs = ArgsOf<typeof packageOptions>

type State = { readonly apt: AptState } | Handed | Found

/** What the module behind the host's manager has found. */
interface Handed {
  readonly module: Module
  readonly args: Args
  readonly state: unknown
}

interface Found {
  readonly manager: Manager
  readonly installed: ReadonlySet<string>
  readonly outdated: ReadonlySet<string>
}

/** For any package manager; for what only one of them can do there are modules of their own, such as apt. */
export const pkg = defineModule<typeof packageOptions, State>({
  name: 'package',
  summary: 'Installs and removes packages with whatever package manager the host has.',
  options: packageOptions,
  validate: (args) => aptProblems(args).map((problem) => problem.replace('apt: ', 'package: ')),
  probe,
  parse(output, args, view) {
    const [text] = output.of(probe(args, view)[0])
    const [name = '', ...lines] = text!.split('\n')
    if (name === 'apt') return { apt: parseApt(lines.join('\n')) }
    const module = MODULES.find((one) => one.name === name)
    if (module !== undefined) return handed(module, args, lines.join('\n'), view)
    const manager = managers.find((one) => one.name === name)
    if (manager === undefined) throw new Error(`the host names no package manager: ${JSON.stringify(name)}`)
    const after = (word: string) =>
      new Set(lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1)))
    return { manager, installed: after('installed'), outdated: after('outdated') }
  },
  plan(args, state, view) {
    const unknown = unknownTo(managerOf(state), args)
    if (unknown.length > 0)
      return failure(`Unsupported parameters for (${managerOf(state)}) module: ${unknown.join(', ')}`)
    if ('apt' in state) return planApt(args, state.apt)
    if ('module' in state) {
      const { problems } = argumentsFor(state.module, args)
      if (problems.length > 0) return failure(problems.map(({ message }) => message).join('; '))
      return state.module.plan(state.args, state.state, view)
    }
    const { name } = args
    if (name === undefined) return planRefresh(args, state.manager)
    const odd = name.find((one) => !isPlainName(one))
    if (odd !== undefined) return { changes: [], failed: onlyApt(odd, state.manager.name) }
    return { ...planNames({ ...args, name }, state), result: { name } }
  },
  footprint: {
    // What the others go by lies in files of their own.
    of: (args, state, plan, view) =>
      'apt' in state ? apt.footprint!.of(args, state.apt, plan, view) : undefined,
  },
  interpret(outcomes, args, state, plan) {
    if ('apt' in state) return concludeApt(outcomes[0]!, args, state.apt)
    if ('module' in state) return state.module.interpret!(outcomes, state.args, state.state, plan)
    return conclude(outcomes[0]!, state.manager.name)
  },
})

function managerOf(state: State): string {
  if ('apt' in state) return 'apt'
  return 'module' in state ? state.module.name : state.manager.name
}

function probe(args: PackageArgs, view: ModuleContext): [BatchedProbe<string>] {
  return [packagesProbe(args, scriptOf(args, view))]
}

/** Asks the first package manager that is there. */
function scriptOf(args: PackageArgs, view: ModuleContext): string {
  const latest = args.state === 'latest'
  const each = [
    { name: 'apt', program: 'apt-get', script: `echo apt\n${probeApt(args)}` },
    ...managers.map((manager) => ({
      name: manager.name,
      program: manager.program,
      script: probeManager(manager, args.name ?? [], latest, asDnf(args)),
    })),
    ...MODULES.map((module) => ({
      name: module.name,
      program: module.name,
      script: handedScript(module, args, view),
    })),
  ]
  const chosen = args.use === 'auto' ? each : each.filter(({ name }) => name === args.use)
  const names = chosen.map(({ program }) => program).join(', ')
  return [
    ...chosen.map(
      ({ program, script }, index) =>
        `${index === 0 ? 'if' : 'elif'} command -v ${program} >/dev/null; then\n${script}`,
    ),
    `else echo 'this host has none of these package managers: ${names}' >&2; exit 1; fi`,
  ].join('\n')
}

/** Those of the arguments that say something and that the module takes, as it takes them. */
function argumentsFor(module: Module, args: PackageArgs) {
  const known = saidIn(args).filter(([name]) => Object.hasOwn(module.options, name))
  return readArguments(module, Object.fromEntries(known))
}

/** The module's own probe; on its own, for it sets what other scripts do not expect. */
function handedScript(module: Module, args: PackageArgs, view: ModuleContext): string {
  const read = argumentsFor(module, args)
  const script = read.problems.length > 0 ? ':' : module.probe!(read.args, view)
  return `echo ${module.name}\n(\n${script}\n)`
}

function handed(module: Module, args: PackageArgs, text: string, view: ModuleContext): Handed {
  const read = argumentsFor(module, args)
  if (read.problems.length > 0) return { module, args: read.args, state: undefined }
  const own = module.probe!(read.args, view)
  const [look] = batchedProbesOf(own)
  const [found] = look!.read(new Output(Buffer.from(text)), look!.items)
  return {
    module,
    args: read.args,
    state: module.parse!(
      probeOutput(() => found, [look!]),
      read.args,
      view,
    ),
  }
}

/** The arguments as the module dnf takes them. */
function asDnf(args: PackageArgs): RedHatArgs {
  const state = args.state === 'absent' || args.state === 'latest' ? args.state : 'present'
  // The lists are fetched by a command of their own.
  return {
    ...args,
    name: args.name ?? [],
    state,
    update_cache: false,
    cacheonly: args.cacheonly && !args.update_cache,
  }
}

const KNOWN: Readonly<Record<string, Options>> = {
  apt: aptOptions,
  dnf: dnfOptions,
  yum: yumOptions,
  ...Object.fromEntries(MODULES.map((module) => [module.name, module.options])),
}
const PLAIN: readonly string[] = ['name', 'state', 'update_cache', 'use']
/** What dnf takes as a module of its own only. */
const NOT_HERE = ['autoremove', 'allow_downgrade', 'list', 'update_only', 'download_only', 'download_dir']

/** The arguments that say something. */
function saidIn(args: PackageArgs): [name: string, value: unknown][] {
  const all: Options = packageOptions
  return Object.entries(args).filter(
    ([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(all[name]?.default),
  )
}

/** The arguments that say something, and that the module behind this manager does not take. */
function unknownTo(manager: string, args: PackageArgs): string[] {
  const known = KNOWN[manager] ?? {}
  const isOfDnf = manager === 'dnf' || manager === 'yum'
  const takes = (name: string) => Object.hasOwn(known, name) && !(isOfDnf && NOT_HERE.includes(name))
  return saidIn(args)
    .map(([name]) => name)
    .filter((name) => !PLAIN.includes(name) && !takes(name))
}

function onlyApt(name: string, manager: string): string {
  return `${JSON.stringify(name)}: versions, architectures and patterns are understood where apt manages packages, and here ${manager} does; give a plain name`
}

/** What is done with packages, in this order; and how that shows. */
const VERBS = {
  install: { before: null, after: 'installed' },
  upgrade: { before: 'installed', after: 'newer' },
  remove: { before: 'installed', after: null },
} as const

type Verb = keyof typeof VERBS

function planRefresh(args: PackageArgs, manager: Manager): Plan {
  const { name, refresh } = manager
  if (!args.update_cache) return failure(`there is nothing to do; give ${name} names of packages`)
  const change = { what: 'package lists', before: null, after: 'fetched' }
  return together([change], { do: 'exec', script: manage(manager, [refresh], asDnf(args)) })
}

function planNames(
  args: PackageArgs & { readonly name: readonly string[] },
  { manager, installed, outdated }: Found,
): Plan {
  const { name: names, state, update_cache } = args
  const away = state === 'absent'
  const verbOf = (name: string): Verb | undefined => {
    if (away) return installed.has(name) ? 'remove' : undefined
    if (!installed.has(name)) return 'install'
    return state === 'latest' && outdated.has(name) ? 'upgrade' : undefined
  }
  const due = [...new Set(names)].flatMap((name) => {
    const verb = verbOf(name)
    return verb === undefined ? [] : [{ name, verb }]
  })
  const lines = (Object.keys(VERBS) as Verb[]).flatMap((verb) => {
    const some = due.filter((one) => one.verb === verb).map(({ name }) => name)
    return some.length === 0 ? [] : [told(manager[verb], some)]
  })
  const refresh = update_cache && !away ? [`${manager.refresh} || exit`] : []
  return together(
    due.map(({ name, verb }) => ({ what: name, ...VERBS[verb] })),
    { do: 'exec', script: manage(manager, [...refresh, ...lines], asDnf(args)) },
  )
}

function conclude({ code, stdout, stderr }: Outcome, manager: string) {
  const result = { rc: code, stdout, stderr }
  if (code === 0) return { result }
  return { result, failed: `${manager} failed: ${stderr.trim() || stdout.trim() || `exit status ${code}`}` }
}
