import { answered, readSections } from '../../host/sections.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure } from '../../sdk/plans.ts'
import { quote } from '../../shell/quote.ts'
import {
  commandOf,
  conclude,
  flatpakProbe,
  noProgram,
  planOfSteps,
  REMOTE,
  type Step,
  useOptions,
} from './flatpaks.ts'

const declared = options({
  name: { type: 'str', required: true, help: 'The remote.' },
  flatpakrepo_url: {
    type: 'str',
    help: 'The address of its .flatpakrepo file, or the path of that file on the host; needed for a new one. What is there stays as it is.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether there is this remote.',
  },
  enabled: { type: 'bool', default: true, help: 'Whether it is used.' },
  ...useOptions,
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly hasFlatpak: boolean
  /** Undefined if it is not there. */
  readonly remote: { readonly url: string; readonly enabled: boolean } | undefined
}

/** Remotes of flatpak. Semantics: community.general.flatpak_remote. */
export const flatpak_remote = defineModule<typeof declared, State>({
  name: 'flatpak_remote',
  summary: 'Adds, removes, enables and disables remotes, from which flatpak takes apps.',
  options: declared,
  validate: problems,
  probe: (args) =>
    flatpakProbe(args, answered('remotes', 'ask remotes --show-disabled --columns=name,options,url')),
  parse: ({ bytes }, args) => parse(bytes, args),
  plan,
  interpret: (outcomes, _args, _state, done) => conclude(outcomes, done),
})

function problems({ name, flatpakrepo_url, executable }: Partial<Args>): string[] {
  const found: string[] = []
  if (name !== undefined && !REMOTE.test(name))
    found.push(`name: ${JSON.stringify(name)} is not a name of a remote`)
  if (flatpakrepo_url !== undefined && /^-|^\s*$|[\n\0]/.test(flatpakrepo_url))
    found.push(`flatpakrepo_url: ${JSON.stringify(flatpakrepo_url)} is neither an address nor a path`)
  if (executable === '') found.push('executable: it is empty')
  return found
}

function parse(bytes: Buffer, { name }: Args): State {
  const sections = readSections(bytes, ['flatpak', 'remotes'])
  const lines = (sections.get('remotes')?.printed ?? '').split('\n').map((line) => line.split('\t'))
  const line = lines.find(([one]) => one === name)
  const [, noted = '', url = ''] = line ?? []
  return {
    hasFlatpak: sections.get('flatpak')?.code === 0,
    remote: line && { url, enabled: !noted.split(',').includes('disabled') },
  }
}

function plan(args: Args, { hasFlatpak, remote }: State, view: ModuleContext): Plan {
  // Under check, an earlier task that was not carried out may be the one that installs it.
  if (!hasFlatpak && !view.check) return failure(noProgram(args))
  if (args.state === 'absent') return planOfSteps(remote === undefined ? [] : [removal(args, remote.url)])
  if (remote === undefined && args.flatpakrepo_url === undefined)
    return failure(`remote "${args.name}" is not there, and flatpakrepo_url does not say where it is`)
  const isEnabled = remote?.enabled ?? true
  return planOfSteps([
    ...(remote === undefined ? [adding(args, args.flatpakrepo_url!)] : []),
    ...(isEnabled === args.enabled ? [] : [switching(args, remote?.enabled ?? null)]),
  ])
}

function removal(args: Args, url: string): Step {
  const change = { what: `remote ${args.name}`, before: url, after: null }
  return { changes: [change], command: deletion(args) }
}

function deletion(args: Args): string {
  return commandOf(args, 'remote-delete', '--force', '--', args.name)
}

/** Flatpak keeps a remote whose keys or lists turn out wrong: it goes again, unless somebody else has added it meanwhile. */
function adding(args: Args, url: string): Step {
  const command = commandOf(args, 'remote-add', '--', args.name, url)
  const script = `there=$(${commandOf(args, 'remotes', '--show-disabled', '--columns=name')}) || exit
${command} || { code=$?
printf '%s\n' "$there" | grep -qxF -e ${quote(args.name)} || ${deletion(args)} >/dev/null 2>&1
exit "$code"; }`
  return { changes: [{ what: `remote ${args.name}`, before: null, after: url }], command, script }
}

function switching(args: Args, before: boolean | null): Step {
  const flag = args.enabled ? '--enable' : '--disable'
  return {
    changes: [{ what: `remote ${args.name} enabled`, before, after: args.enabled }],
    command: commandOf(args, 'remote-modify', flag, '--', args.name),
  }
}
