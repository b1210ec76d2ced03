import { defineModule, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, type Options, options } from '../../sdk/options.ts'
import { failure, together } from '../../sdk/plans.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { aptProblems, concludeApt, planApt } from './apt/index.ts'
import { aptOptions, isPlainName } from './apt/options.ts'
import { type AptState, packagesProbe, parseApt, probeApt } from './apt/probe.ts'
import { dnfOptions, type RedHatArgs, yumOptions } from './dnf/options.ts'
import { type Manager, manage, managers, probeManager, told } from './managers.ts'

const packageOptions = options({
  ...dnfOptions,
  ...aptOptions,
  name: { ...aptOptions.name, help: 'The packages.' },
  use: {
    type: 'str',
    help: 'The package manager; found out by itself with auto. What its module does not take is an error on that host.',
    choices: ['auto', 'apt', ...managers.map(({ name }) => name)],
    default: 'auto',
  },
})

type PackageArgs = ArgsOf<typeof packageOptions>

type State = { readonly apt: AptState } | Found

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
  parse(output, args) {
    const [text] = output.of(probe(args)[0])
    const [name = '', ...lines] = text!.split('\n')
    if (name === 'apt') return { apt: parseApt(lines.join('\n')) }
    const manager = managers.find((one) => one.name === name)
    if (manager === undefined) throw new Error(`the host names no package manager: ${JSON.stringify(name)}`)
    const after = (word: string) =>
      new Set(lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1)))
    return { manager, installed: after('installed'), outdated: after('outdated') }
  },
  plan(args, state) {
    const manager = 'apt' in state ? 'apt' : state.manager.name
    const unknown = unknownTo(manager, args)
    if (unknown.length > 0)
      return failure(`Unsupported parameters for (${manager}) module: ${unknown.join(', ')}`)
    if ('apt' in state) return planApt(args, state.apt)
    const { name } = args
    if (name === undefined) return planRefresh(args, state.manager)
    const odd = name.find((one) => !isPlainName(one))
    if (odd !== undefined) return { changes: [], failed: onlyApt(odd, state.manager.name) }
    return { ...planNames({ ...args, name }, state), result: { name } }
  },
  interpret([outcome], args, state) {
    if ('apt' in state) return concludeApt(outcome!, args, state.apt)
    return conclude(outcome!, state.manager.name)
  },
})

function probe(args: PackageArgs): [BatchedProbe<string>] {
  return [packagesProbe(args, scriptOf(args))]
}

/** Asks the first package manager that is there. */
function scriptOf(args: PackageArgs): string {
  const latest = args.state === 'latest'
  const each = [
    { name: 'apt', program: 'apt-get', script: `echo apt\n${probeApt(args)}` },
    ...managers.map((manager) => ({
      name: manager.name,
      program: manager.program,
      script: probeManager(manager, args.name ?? [], latest, asDnf(args)),
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

const KNOWN: Readonly<Record<string, Options>> = { apt: aptOptions, dnf: dnfOptions, yum: yumOptions }
const PLAIN: readonly string[] = ['name', 'state', 'update_cache', 'use']
/** What dnf takes as a module of its own only. */
const NOT_HERE = ['autoremove', 'allow_downgrade', 'list', 'update_only', 'download_only', 'download_dir']

/** The arguments that say something, and that the module behind this manager does not take. */
function unknownTo(manager: string, args: PackageArgs): string[] {
  const known = KNOWN[manager]
  const all: Options = packageOptions
  const said = Object.entries(args).filter(([name, value]) => {
    const unsaid = all[name]?.default
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(unsaid) && !PLAIN.includes(name)
  })
  const names = said.map(([name]) => name)
  if (known === undefined) return names
  const takes = (name: string) =>
    Object.hasOwn(known, name) && (manager === 'apt' || !NOT_HERE.includes(name))
  return names.filter((name) => !takes(name))
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
