import { defineModule, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { together } from '../../sdk/plans.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { aptProblems, concludeApt, planApt } from './apt/index.ts'
import { aptOptions, isPlainName } from './apt/options.ts'
import { type AptState, packagesProbe, parseApt, probeApt } from './apt/probe.ts'
import { type Manager, manage, managers, probeManager } from './managers.ts'

const packageOptions = options({
  ...aptOptions,
  name: { ...aptOptions.name, help: 'The packages.' },
  use: {
    type: 'str',
    help: 'The package manager; found out by itself with auto. Only apt minds more than name, state and update_cache.',
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
  // What dnf and its kin take.
  accepts: [
    ...['allowerasing', 'bugfix', 'conf_file', 'disable_excludes', 'disable_gpg_check', 'disable_plugin'],
    ...['disablerepo', 'download_dir', 'download_only', 'enable_plugin', 'enablerepo', 'exclude'],
    ...['install_weak_deps', 'installroot', 'nobest', 'releasever', 'security', 'skip_broken', 'sslverify'],
    ...['update_only', 'validate_certs'],
  ],
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
      script: probeManager(manager, args.name ?? [], latest),
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

function planRefresh({ update_cache }: PackageArgs, { name, refresh }: Manager): Plan {
  if (!update_cache) return { changes: [], failed: `there is nothing to do; give ${name} names of packages` }
  const change = { what: 'package lists', before: null, after: 'fetched' }
  return together([change], { do: 'exec', script: refresh })
}

function planNames(
  { name: names, state, update_cache }: PackageArgs & { readonly name: readonly string[] },
  { manager, installed, outdated }: Found,
): Plan {
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
    return some.length === 0 ? [] : [manage(manager[verb], some)]
  })
  const refresh = update_cache && !away ? [`${manager.refresh} || exit`] : []
  return together(
    due.map(({ name, verb }) => ({ what: name, ...VERBS[verb] })),
    { do: 'exec', script: [...refresh, ...lines].join('\n') },
  )
}

function conclude({ code, stdout, stderr }: Outcome, manager: string) {
  const result = { rc: code, stdout, stderr }
  if (code === 0) return { result }
  return { result, failed: `${manager} failed: ${stderr.trim() || stdout.trim() || `exit status ${code}`}` }
}
