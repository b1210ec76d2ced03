import { type FileState, files } from '../../../host/file-state.ts'
import { defineModule, type ModuleContext, type Plan } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { failure, inSteps, type PlannedChange, sh } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { quote, words } from '../../../shell/quote.ts'
import type { Value } from '../../../values/value.ts'
import { type Alternative, type Group, readGroup, type Subcommand } from './display.ts'

const declared = options({
  name: { type: 'str', required: true, help: 'The general name, such as "editor".' },
  path: { type: 'path', required: true, help: 'The program that it may be, from the root on.' },
  link: {
    type: 'path',
    help: 'Where it is found under its general name; needed for a name that the host does not know.',
  },
  priority: {
    type: 'int',
    help: 'How much it is preferred when nobody has chosen; 50 for one that is not known yet.',
  },
  state: {
    type: 'str',
    choices: ['present', 'selected', 'auto', 'absent'],
    default: 'selected',
    help: 'Whether it is one of those that there are, the one that is chosen, one of which the best is taken, or none.',
  },
  subcommands: {
    type: 'list',
    aliases: ['slaves'],
    help: 'What goes with it: maps of name, path and link.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** The host has update-alternatives. */
  readonly hasTool: boolean
  /** Undefined for a name that the host does not know. */
  readonly group: Group | undefined
  readonly program: FileState | undefined
}

/** Chooses which program goes under a general name. Semantics: community.general.alternatives. */
export const alternatives = defineModule<typeof declared, State>({
  name: 'alternatives',
  summary: 'Chooses which program goes under a general name.',
  options: declared,
  validate: problems,
  probe: (args) => [look(args), displayScript(args)],
  parse,
  plan,
})

function problems({ name, path, link, subcommands }: Partial<Args>): string[] {
  const found: string[] = []
  if (name !== undefined && !isName(name))
    found.push(`name: ${JSON.stringify(name)} is not a name of alternatives`)
  for (const [option, text] of Object.entries({ path, link })) {
    if (text !== undefined && !isPath(text))
      found.push(`${option}: ${JSON.stringify(text)} is not a whole path`)
  }
  try {
    readSubcommands(subcommands)
  } catch (error) {
    found.push((error as Error).message)
  }
  return found
}

function isName(text: string): boolean {
  return /^[^\s/-][^\s/]*$/.test(text)
}

function isPath(text: string): boolean {
  return /^\/[^\n]*$/.test(text)
}

function readSubcommands(given: readonly Value[] | undefined): Subcommand[] | undefined {
  return given?.map((one) => {
    const { name, path, link, ...others } = Object(one) as Record<string, Value>
    const [unknown] = Object.keys(others)
    if (unknown !== undefined) throw new Error(`subcommands: "${unknown}" means nothing there`)
    if (typeof name !== 'string' || typeof path !== 'string' || typeof link !== 'string')
      throw new Error('subcommands: each needs "name", "path" and "link"')
    if (!isName(name)) throw new Error(`subcommands: ${JSON.stringify(name)} is not a name of alternatives`)
    for (const text of [path, link])
      if (!isPath(text)) throw new Error(`subcommands: ${JSON.stringify(text)} is not a whole path`)
    return { name, path, link }
  })
}

function look({ path }: Args) {
  return files([path], { follow: true })
}

function displayScript({ name }: Args): string {
  return `command -v update-alternatives >/dev/null || { echo none; exit 0; }
echo tool
LC_ALL=C update-alternatives --display ${quote(name)} 2>/dev/null || :`
}

function parse(output: ProbeOutput, args: Args): State {
  const [itself] = output.of(look(args))
  const [tool, ...lines] = output.text.split('\n')
  const links = new Map((readSubcommands(args.subcommands) ?? []).map(({ name, link }) => [name, link]))
  const text = lines.join('\n')
  return {
    hasTool: tool === 'tool',
    group: text.trim() === '' ? undefined : readGroup(text, links),
    program: itself?.type === 'link' ? itself.real?.state : itself,
  }
}

function plan(args: Args, { hasTool, group, program }: State, view: ModuleContext): Plan {
  const { name, path, state } = args
  if (!hasTool && !view.check) {
    return {
      ...failure('Failed to find required executable "update-alternatives"'),
      advice: 'install the package that has it: dpkg, or chkconfig or alternatives',
    }
  }
  const steps: PlannedChange[] = []
  const said: string[] = []
  const step = (
    what: string,
    before: string | null,
    after: string | null,
    message: string,
    script: string,
  ) => {
    said.push(message)
    steps.push([{ what, before, after }, sh(script)])
  }
  const known = group?.alternatives.get(path)
  if (state === 'absent') {
    if (known !== undefined) {
      const script = `update-alternatives --remove ${words(name, path)}`
      step(`alternative ${path}`, shown(known), null, `Remove alternative '${path}' from '${name}'.`, script)
    }
    return { ...inSteps(steps), result: { msg: said.join(' ') } }
  }
  const wanted = wantedOf(args, known)
  if (known === undefined || !isSame(known, wanted)) {
    // Under check an earlier task may be the one that brings the program, or the name.
    if (program === undefined && !view.check) return failure(`Specified path ${path} does not exist`)
    const link = args.link ?? group?.link
    if (link === undefined && !view.check)
      return failure('Needed to install the alternative, but unable to do so as we are missing the link')
    const message = `Install alternative '${path}' for '${name}'.`
    step(`alternative ${path}`, shown(known), shown(wanted), message, installScript(args, link ?? '', wanted))
  }
  if (state === 'selected' && group?.current !== path) {
    const message = `Set alternative '${path}' for '${name}'.`
    step(name, group?.current ?? null, path, message, `update-alternatives --set ${words(name, path)}`)
  }
  if (state === 'auto' && group?.mode === 'manual') {
    const message = `Set alternative to auto for '${name}'.`
    step(`mode of ${name}`, 'manual', 'auto', message, `update-alternatives --auto ${quote(name)}`)
  }
  return { ...inSteps(steps), result: { msg: said.join(' ') } }
}

function wantedOf({ priority, subcommands }: Args, known: Alternative | undefined): Alternative {
  return {
    priority: priority ?? known?.priority ?? 50,
    subcommands: readSubcommands(subcommands) ?? known?.subcommands ?? [],
  }
}

function isSame(one: Alternative, other: Alternative): boolean {
  const told = ({ subcommands }: Alternative) =>
    subcommands.map((sub) => JSON.stringify([sub.name, sub.path, sub.link])).sort()
  return one.priority === other.priority && told(one).join() === told(other).join()
}

function installScript({ name, path }: Args, link: string, { priority, subcommands }: Alternative): string {
  const others = subcommands.flatMap((sub) => ['--slave', sub.link, sub.name, sub.path])
  return `update-alternatives --install ${words(link, name, path, String(priority), ...others)}`
}

function shown(alternative: Alternative | undefined): string | null {
  if (alternative === undefined) return null
  const { priority, subcommands } = alternative
  return [
    `priority ${priority}`,
    ...subcommands.map(({ name, path, link }) => `${name}: ${link} -> ${path}`),
  ].join('\n')
}
