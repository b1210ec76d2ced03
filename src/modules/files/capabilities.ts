import { files } from '../../host/file-state.ts'
import { inFolderOf } from '../../host/safe-path.ts'
import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, NOTHING, sh } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { quote, quotePath } from '../../shell/quote.ts'

const declared = options({
  path: { type: 'path', required: true, aliases: ['key'], help: 'The program.' },
  capability: {
    type: 'str',
    required: true,
    aliases: ['cap'],
    help: 'The capability with its flags, such as "cap_net_bind_service+ep"; to remove it, its name is enough.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the program has the capability.',
  },
})

type Args = ArgsOf<typeof declared>

/** Flags of capabilities by their names, such as "ep". */
type Capabilities = ReadonlyMap<string, string>

interface State {
  readonly isThere: boolean
  readonly hasTools: boolean
  readonly capabilities: Capabilities
}

/** Gives programs capabilities. Semantics: community.general.capabilities. */
export const capabilities = defineModule<typeof declared, State>({
  name: 'capabilities',
  summary: 'Gives a program a capability of root, or takes it away.',
  options: declared,
  validate({ path, capability, state }, complete) {
    const found =
      path === undefined || /[^/]$/.test(path)
        ? []
        : [`path: ${JSON.stringify(path)} is not a path of a file`]
    if (capability === undefined) return found
    const read = readCapability(capability)
    if (read === undefined)
      found.push(`capability: ${JSON.stringify(capability)} is not a capability, such as cap_net_raw+ep`)
    else if (complete && state === 'present' && read.flags === undefined)
      found.push("Couldn't find operator (one of: ('=', '-', '+'))")
    return found
  },
  probe: (args) => [look(args), script(args)],
  parse,
  plan,
  interpret(outcomes: readonly Outcome[], { path, state }): ModuleResult {
    const last = outcomes.at(-1)
    if (last === undefined) return {}
    if (last.code === 0) return { result: { state, stdout: last.stdout } }
    const said = last.stderr.trim()
    const failed = `Unable to set capabilities of ${path}${said === '' ? '' : `: ${said}`}`
    return { failed, result: { stdout: last.stdout, stderr: last.stderr } }
  },
})

/** A capability as it is written; `flags` are undefined without an operator. */
function readCapability(text: string): { name: string; flags: string | undefined } | undefined {
  const [, name, operator, flags = ''] =
    /^(cap_[a-z0-9_]+|all)(?:([=+-])([eip]*))?$/.exec(text.trim().toLowerCase()) ?? []
  if (name === undefined) return undefined
  // A file has no flags that could be taken away from it but by naming those that stay.
  return { name, flags: operator === undefined ? undefined : operator === '-' ? '' : sorted(flags) }
}

function sorted(flags: string): string {
  return [...new Set(flags)].sort().join('')
}

function look({ path }: Args) {
  return files([path], { follow: true })
}

function script({ path }: Args): string {
  return `command -v getcap >/dev/null && command -v setcap >/dev/null || { echo none; exit 0; }
echo tools
p=${quotePath(path)}
[ -f "$p" ] || exit 0
x=$(getcap -v "$p") || exit
printf '%s\\n' "\${x#"$p"}"`
}

function parse(output: ProbeOutput, args: Args): State {
  const [file] = output.of(look(args))
  const [tools, ...lines] = output.text.split('\n')
  const found = new Map<string, string>()
  // Older programs put a sign of equality before all.
  const groups = lines
    .join(' ')
    .trim()
    .replace(/^=(?=\s|$)/, '')
    .split(/\s+/)
  for (const group of groups.filter(Boolean)) {
    const [, names, flags] = /^([a-z0-9_,]*)[=+]([eip]*)$/.exec(group.toLowerCase()) ?? []
    if (names === undefined || flags === undefined)
      throw new Error(`getcap of the host answered "${group}", which makes no sense`)
    for (const name of (names || 'all').split(',')) found.set(name, sorted(flags))
  }
  const type = file?.type === 'link' ? file.real?.state?.type : file?.type
  return { isThere: type === 'file', hasTools: tools === 'tools', capabilities: found }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { path } = args
  const { name, flags } = readCapability(args.capability)!
  const result = { state: args.state }
  if (!state.hasTools && !view.check)
    return {
      ...failure('Failed to find required executable "getcap"'),
      advice: 'install the package libcap2-bin, libcap or libcap-utils',
    }
  // Under check an earlier task may be the one that brings the program.
  if (!state.isThere && !view.check)
    return failure(`Unable to get capabilities of ${path}: there is no such file`)
  const old = state.capabilities.get(name)
  const isRight = args.state === 'present' ? old === flags : old === undefined
  if (isRight || (args.state === 'present' && flags === '' && old === undefined))
    return { ...NOTHING, result }
  const after = new Map(state.capabilities)
  after.delete(name)
  if (args.state === 'present' && flags !== '') after.set(name, flags!)
  const change = { what: name, before: old ?? null, after: after.get(name) ?? null }
  return {
    ...inSteps([[change, sh(setScript(path, after))]]),
    result: { ...result, msg: 'capabilities changed' },
  }
}

/** The whole set is written; the file is entered by a way on which no link of another user's is. */
function setScript(path: string, wanted: Capabilities): string {
  const all = [...wanted].map(([name, flags]) => `${name}=${flags}`).join(' ')
  const set = all === '' ? 'setcap -r "./$n"' : `setcap ${quote(all)} "./$n"`
  return inFolderOf(path, set, path)
}
