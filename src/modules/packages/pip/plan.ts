import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, together } from '../../../sdk/plans.ts'
import { quotePath, words } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { splitWords } from '../../../values/words.ts'
import type { PipArgs } from './options.ts'
import { extraWords, FILE, pipFunction, type State, wanted } from './probe.ts'
import { namesIn, type Requirement, wouldInstall } from './requirements.ts'

const VERBS: Readonly<Record<PipArgs['state'], readonly string[]>> = {
  present: ['install'],
  absent: ['uninstall', '-y'],
  latest: ['install', '-U'],
  forcereinstall: ['install', '-U', '--force-reinstall'],
}

export function plan(args: PipArgs, state: State, view: ModuleContext): Plan {
  const all = wanted(args)
  if (all.length === 0 && args.requirements === undefined)
    return { ...NOTHING, warnings: ['No valid name or requirements file found.'] }
  const missing = lack(args, state)
  // Under check, an earlier task that was not carried out may be the one that installs it.
  if (missing !== undefined && !view.check) return failure(missing)
  const { virtualenv } = args
  const made: Change[] = state.hasEnvironment
    ? []
    : [{ what: virtualenv ?? '', before: null, after: 'virtual environment' }]
  const changes = [
    ...made,
    ...(args.requirements === undefined ? namedChanges(args, all, state) : fileChanges(args, state)),
  ]
  const result = resultOf(args, all)
  if (changes.length === 0) return { ...NOTHING, result: { ...result, stdout: '', stderr: '' } }
  if (state.isManaged && !extraWords(args).some((word) => ELSEWHERE.test(word)))
    return { ...failure(MANAGED), result }
  return { ...together(changes, { do: 'exec', script: scriptOf(args, state, all) }), result }
}

const MANAGED =
  'error: externally-managed-environment: the packages of this Python are those of the system; give virtualenv, or --break-system-packages in extra_args'

/** What has pip leave the packages of the system alone, or change them all the same. */
const ELSEWHERE = /^(--break-system-packages|--root|--prefix|--target|-t|--dry-run)/

function lack(args: PipArgs, { hasEnvironment, canMake, hasPip, file }: State): string | undefined {
  const { virtualenv, virtualenv_command, requirements, executable } = args
  const [maker] = virtualenv_command.split(' ')
  if (!hasEnvironment)
    return canMake
      ? undefined
      : `Failed to find required executable "${maker}" on this host: install it in an earlier task, or give virtualenv_command`
  if (!hasPip)
    return virtualenv === undefined
      ? `Unable to find any of ${executable ?? 'pip3'} to use.  pip needs to be installed.`
      : `Unable to find pip in the virtualenv, ${virtualenv}, under any of these names: pip3, pip. Make sure pip is present in the virtualenv.`
  if (requirements === undefined || file !== undefined) return undefined
  return `there is no file of requirements ${requirements} on this host; make it in an earlier task`
}

function namedChanges(args: PipArgs, all: readonly Requirement[], state: State): Change[] {
  const { installed, satisfied, would } = state
  if (args.state === 'latest' && would !== undefined) return newest(would, state)
  return all.flatMap(({ text, name, isSpecific }): Change[] => {
    const version = name === undefined ? undefined : installed.get(name)
    const before = version ?? null
    const isThere = version !== undefined && (!isSpecific || satisfied.has(text))
    if (args.state === 'absent') return version === undefined ? [] : [{ what: name!, before, after: null }]
    if (args.state === 'present')
      return isThere && !args.editable ? [] : [{ what: text, before, after: 'installed' }]
    return [{ what: text, before, after: args.state === 'latest' ? 'newest' : 'installed anew' }]
  })
}

function newest(would: string, { installed }: State): Change[] {
  return wouldInstall(would).map(([name, version]) => ({
    what: name,
    before: installed.get(name) ?? null,
    after: version,
  }))
}

function fileChanges(args: PipArgs, state: State): Change[] {
  const { installed, satisfied, file = '', would } = state
  if (args.state === 'latest' && would !== undefined) return newest(would, state)
  if (args.state === 'absent')
    return namesIn(file)
      .filter((name) => installed.has(name))
      .map((name) => ({ what: name, before: installed.get(name)!, after: null }))
  if (args.state === 'present' && satisfied.has(FILE)) return []
  return [{ what: args.requirements!, before: null, after: args.state === 'latest' ? 'newest' : 'installed' }]
}

/** The command line of pip, as Ansible returns it. */
function commandOf(args: PipArgs, all: readonly Requirement[]): string[] {
  const given = extraWords(args)
  const isEditable = args.editable && args.state !== 'absent'
  const names = all.map(({ text, name }) => (args.state === 'absent' ? (name ?? text) : text))
  const what =
    args.requirements === undefined
      ? isEditable
        ? names.flatMap((name) => ['-e', name])
        : ['--', ...names]
      : ['-r', args.requirements]
  return [...VERBS[args.state], ...given.filter((word) => !isEditable || word !== '-e'), ...what]
}

function resultOf(args: PipArgs, all: readonly Requirement[]): ValueMap {
  const { name, version, state, requirements, virtualenv } = args
  return {
    cmd: ['pip', ...commandOf(args, all).filter((word) => word !== '--')],
    name: name ?? null,
    version: version ?? null,
    state,
    requirements: requirements ?? null,
    virtualenv: virtualenv ?? null,
  }
}

/** Whether only a comparison tells that something was changed, as Ansible has it. */
function isCompared(all: readonly Requirement[], { requirements }: PipArgs): boolean {
  return requirements !== undefined || all.some(({ text }) => /^(svn|git|hg|bzr)\+/.test(text))
}

/** The script prints what pip says, and then, with a NUL before each, what is installed before and after. */
function scriptOf(args: PipArgs, state: State, all: readonly Requirement[]): string {
  const command = `pip ${words(...commandOf(args, all))}`
  const freeze = '$(pip list --format=freeze 2>/dev/null)'
  return [
    ...pipFunction(args),
    ...(state.hasEnvironment ? [] : [environmentScript(args), ...pipFunction(args)]),
    '[ "$p" ] || { echo "pip needs to be installed." >&2; exit 127; }',
    ...(isCompared(all, args)
      ? [`before=${freeze}`, `${command} || exit`, `printf '\\0%s\\0%s' "$before" "${freeze}"`]
      : [command]),
  ].join('\n')
}

function environmentScript(args: PipArgs): string {
  const { virtualenv_command, virtualenv_site_packages, virtualenv_python } = args
  const [maker = '', ...more] = splitWords(virtualenv_command).map(({ text }) => text)
  const options = [
    ...more,
    ...(virtualenv_site_packages ? ['--system-site-packages'] : []),
    ...(virtualenv_python === undefined ? [] : [`-p${virtualenv_python}`]),
  ]
  return `${quotePath(maker)} ${words(...options)} "$e" || exit`
}
