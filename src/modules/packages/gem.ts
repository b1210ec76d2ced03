import { readSections, section } from '../../host/sections.ts'
import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, together } from '../../sdk/plans.ts'
import { quote, quotePath, words } from '../../shell/quote.ts'

const declared = options({
  name: { type: 'str', required: true, help: 'The gem.' },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'latest'],
    default: 'present',
    help: 'Whether it is installed, or installed in its newest version.',
  },
  version: { type: 'str', help: 'Its version.' },
  gem_source: { type: 'path', help: 'A file of the gem on the host that it is installed from.' },
  repository: { type: 'str', aliases: ['source'], help: 'Where gems are taken from.' },
  include_dependencies: { type: 'bool', default: true, help: 'Whether gems that it needs come along.' },
  user_install: {
    type: 'bool',
    default: true,
    help: "Whether it is installed in the user's home folder, or for all.",
  },
  install_dir: {
    type: 'path',
    help: 'A folder of gems that is none of the usual ones; it needs user_install false.',
  },
  bindir: { type: 'path', help: 'The folder of its programs.' },
  norc: { type: 'bool', default: true, help: 'Whether no .gemrc is read.' },
  env_shebang: { type: 'bool', default: false, help: 'Whether its programs are run by /usr/bin/env ruby.' },
  pre_release: { type: 'bool', default: false, help: 'Whether it may be one that is not finished.' },
  include_doc: { type: 'bool', default: false, help: 'Whether its documentation comes along.' },
  build_flags: { type: 'str', help: 'Arguments for its build.' },
  force: { type: 'bool', default: false, help: 'Whether what other gems need does not matter.' },
  executable: { type: 'path', help: 'The program gem; searched for if not given.' },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly hasGem: boolean
  readonly installed: readonly string[]
  /** The versions that the repository has; undefined if it was not asked. */
  readonly remote: readonly string[] | undefined
  readonly complaint: string
}

/** Installs gems of Ruby. Semantics: community.general.gem. */
export const gem = defineModule<typeof declared, State>({
  name: 'gem',
  summary: 'Installs and removes packages of Ruby with gem.',
  options: declared,
  validate: problems,
  probe,
  parse: ({ bytes }, args) => parse(bytes, args),
  plan,
  interpret,
})

function problems(args: Partial<Args>): string[] {
  const { name, version, repository, state, gem_source, user_install, install_dir } = args
  const found: string[] = []
  if (name !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name))
    found.push(`name: ${JSON.stringify(name)} is not a name of a gem`)
  if (version !== undefined && !/^[0-9A-Za-z<>=~! .,_-]*$/.test(version.replace(/^-/, '\n')))
    found.push(`version: ${JSON.stringify(version)} is not a version`)
  if (repository !== undefined && !/^[a-z]+:\/\/\S+$/i.test(repository))
    found.push(`repository: ${JSON.stringify(repository)} is not an address`)
  for (const other of ['repository', 'version'] as const)
    if (gem_source !== undefined && args[other] !== undefined)
      found.push(`parameters are mutually exclusive: gem_source|${other}`)
  if (version && state === 'latest') found.push('Cannot specify version when state=latest')
  if (gem_source && state === 'latest')
    found.push('Cannot maintain state=latest when installing from local source')
  if (user_install && install_dir) found.push('install_dir requires user_install=false')
  return found
}

/** Lines of sh that make `gem` the program, and `$norc` the option that it knows from 2.5.2 on. */
function gemFunction({ executable, install_dir, norc }: Args): string[] {
  const [program = 'gem', ...more] = (executable ?? 'gem').split(' ').filter(Boolean)
  return [
    `g=$(command -v ${quotePath(program)}) || g=`,
    `gem() { "$g" ${words(...more)} "$@"; }`,
    ...(install_dir === undefined ? [] : [`GEM_HOME=${quotePath(install_dir)}; export GEM_HOME`]),
    'export LC_ALL=C',
    norc
      ? `norc=--norc; case $(gem --version 2>/dev/null) in [01].* | 2.[0-4].* | 2.5.[01]) norc= ;; esac`
      : 'norc=',
  ]
}

function probe(args: Args): string {
  const named = quote(`^${args.name.replaceAll('.', '\\.')}$`)
  const from = args.repository === undefined ? '' : ` --source ${quote(args.repository)}`
  return [
    ...gemFunction(args),
    section('gem', '[ "$g" ]'),
    '[ "$g" ] || exit 0',
    section('local', `gem list $norc --local --all ${named}`),
    ...(args.state === 'latest' ? [section('remote', `gem list $norc --remote${from} ${named} 2>&1`)] : []),
  ].join('\n')
}

function parse(bytes: Buffer, { name }: Args): State {
  const sections = readSections(bytes, ['gem', 'local', 'remote'])
  const [local, remote] = [sections.get('local'), sections.get('remote')]
  const isAnswer = remote?.code === 0
  return {
    hasGem: sections.get('gem')?.code === 0,
    installed: versionsOf(name, local?.printed ?? ''),
    remote: isAnswer ? versionsOf(name, remote.printed) : undefined,
    complaint: isAnswer ? '' : (remote?.printed ?? '').trim(),
  }
}

/** "name (2.0, default: 1.0 ruby java)". */
function versionsOf(name: string, printed: string): string[] {
  return printed.split('\n').flatMap((line) => {
    const [, one, versions = ''] = /^(\S+) \((.+)\)$/.exec(line.trim()) ?? []
    return one === name
      ? versions.split(', ').map((text) => text.replace(/^default: /, '').split(' ')[0]!)
      : []
  })
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { name, executable = 'gem' } = args
  // Under check, an earlier task that was not carried out may be the one that installs it.
  if (!state.hasGem && !view.check)
    return failure(
      `Failed to find required executable "${executable}" on this host: install ruby in an earlier task`,
    )
  if (args.state === 'latest' && state.hasGem && state.remote === undefined)
    return failure(state.complaint || 'gem cannot be asked for the newest version')
  const version = args.version ?? state.remote?.[0]
  const { installed } = state
  const isThere = version ? installed.includes(version) : installed.length > 0
  const result = { name, state: args.state, ...(version && { version }) }
  if (isThere === (args.state !== 'absent')) return { ...NOTHING, result }
  const before = installed.join(', ') || null
  const left = version ? installed.filter((one) => one !== version).join(', ') || null : null
  const after = args.state === 'absent' ? left : (version ?? 'installed')
  const command = args.state === 'absent' ? uninstalling(args) : installing(args, version)
  const script = [...gemFunction(args), command].join('\n')
  return { ...together([{ what: name, before, after }], { do: 'exec', script }), result }
}

function uninstalling({ name, version, install_dir, bindir, force }: Args): string {
  const paths = [...pathFlag('--install-dir', install_dir), ...pathFlag('--bindir', bindir)]
  const which = version ? words('--version', version) : '--all'
  return ['gem uninstall $norc', ...paths, which, '--executables', force ? '--force' : '', quote(name)]
    .filter(Boolean)
    .join(' ')
}

function installing(args: Args, version: string | undefined): string {
  const { name, repository, gem_source, install_dir, bindir, build_flags } = args
  return [
    'gem install $norc',
    ...(version ? [words('--version', version)] : []),
    ...(repository === undefined ? [] : [words('--source', repository)]),
    ...(args.include_dependencies ? [] : ['--ignore-dependencies']),
    args.user_install ? '--user-install' : '--no-user-install',
    ...pathFlag('--install-dir', install_dir),
    ...pathFlag('--bindir', bindir),
    ...(args.pre_release ? ['--pre'] : []),
    ...(args.include_doc ? [] : [NO_DOCUMENTS]),
    ...(args.env_shebang ? ['--env-shebang'] : []),
    ...(args.force ? ['--force'] : []),
    gem_source === undefined ? quote(name) : quotePath(gem_source),
    ...(build_flags === undefined ? [] : [`-- ${quote(build_flags)}`]),
  ].join(' ')
}

// Before 2.0 it was called otherwise.
const NO_DOCUMENTS =
  '$(case $(gem --version) in [01].*) echo --no-rdoc --no-ri ;; *) echo --no-document ;; esac)'

function pathFlag(flag: string, path: string | undefined): string[] {
  return path === undefined ? [] : [`${flag} ${quotePath(path)}`]
}

function interpret([outcome]: Outcome[]): ModuleResult {
  const { code, stdout, stderr } = outcome!
  if (code === 0) return {}
  return {
    failed: stderr.trim() || stdout.trim() || `exit status ${code}`,
    result: { rc: code, stdout, stderr },
  }
}
