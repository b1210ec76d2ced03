import { defineModule } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import {
  answer,
  concludeVirsh,
  fieldsOf,
  linesOf,
  nameProblems,
  uriProblems,
  virsh,
  virshEach,
  virshLook,
  xmlProblems,
} from '../virsh.ts'
import { elementAt, type XmlElement, xmlOf } from '../xml.ts'
import { declared, GUEST_COMMANDS } from './options.ts'
import { concludeDefinition, type Guest, plan, type State } from './plan.ts'

type Args = ArgsOf<typeof declared>

/** Guests of libvirt, by virsh(1). Semantics: community.libvirt.virt. */
export const virt = defineModule<typeof declared, State>({
  name: 'virt',
  summary: 'Defines, starts and stops guests of libvirt, and tells of them.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret: (outcomes, args) =>
    args.command === 'define' ? concludeDefinition(outcomes) : concludeVirsh(outcomes),
})

function problems({ name, state, command, autostart, uri, xml }: Partial<Args>, complete: boolean): string[] {
  const found = [
    ...nameProblems('name', name),
    ...uriProblems(uri),
    ...xmlProblems(xml, 'domain'),
    ...(state !== undefined && command !== undefined && command !== 'list_vms'
      ? ['"state" and "command" exclude each other, unless that is list_vms']
      : []),
    ...(command === 'define' ? definitionProblems(xml) : []),
  ]
  if (!complete) return found
  if (command === 'define') return [...found, ...(xml === undefined ? ['define requires xml argument'] : [])]
  if (state === undefined && command === undefined && autostart === undefined)
    return [...found, 'expected state or command parameter to be specified']
  if (name !== undefined) return found
  if (autostart !== undefined) return [...found, 'autostart requires 1 argument: name']
  if (state !== undefined && command === undefined)
    return [...found, 'state change requires a guest specified']
  return isAboutGuest(command) ? [...found, `${command} requires 1 argument: guest`] : found
}

function definitionProblems(xml: string | undefined): string[] {
  const root = rootOf(xml)
  if (root === undefined) return []
  const name = nameIn(root)
  return name === undefined ? ["Could not find domain 'name' in xml"] : nameProblems('xml', name)
}

/** Undefined for what is no XML, which is told by itself. */
function rootOf(xml: string | undefined): XmlElement | undefined {
  try {
    return xml === undefined ? undefined : xmlOf(xml)
  } catch {
    return undefined
  }
}

function nameIn(root: XmlElement): string | undefined {
  return elementAt(root, 'name')?.text || undefined
}

function isAboutGuest(command: Args['command']): boolean {
  return GUEST_COMMANDS.some((one) => one === command)
}

/** The guest that a task is about; with define, its description says which. */
function guestOf({ name, command, xml }: Args): string | undefined {
  return command === 'define' ? nameIn(xmlOf(xml!)) : name
}

function probe(args: Args): string {
  const { command, uri } = args
  const guest = guestOf(args)
  const about = guest === undefined ? [] : [['dominfo', `--domain=${guest}`]]
  const more = {
    define: [['dumpxml', '--inactive', `--domain=${guest}`]],
    get_xml: [['dumpxml', `--domain=${guest}`]],
    freemem: [['freecell']],
    nodeinfo: [['nodeinfo']],
    virttype: [['version']],
  }
  const look = virshLook(uri, ...about, ...(more[command as keyof typeof more] ?? []))
  return isListing(args)
    ? `${look}\n${virshEach(uri, ['list', '--all', '--name'], `${virsh(uri, 'dominfo')} --domain="$name"`)}`
    : look
}

function isListing({ command }: Args): boolean {
  return command === 'info' || command === 'list_vms'
}

function parse({ text }: { readonly text: string }, args: Args): State {
  const name = guestOf(args)
  const fields = fieldsOf(text)
  const about = name === undefined ? undefined : answer(fields.shift() ?? '')
  const guest = about === undefined ? undefined : guestIn(about)
  if (!isListing(args))
    return { name, guest, said: fields.length === 0 ? undefined : answer(fields[0]!), guests: [] }
  const guests = fields.flatMap((one, index) => {
    const shown = index % 2 === 1 ? answer(one) : undefined
    return shown === undefined ? [] : [[fields[index - 1]!, guestIn(shown)] as const]
  })
  return { name, guest, said: undefined, guests }
}

const STATES: Readonly<Record<string, Guest['state']>> = {
  ...{ running: 'running', idle: 'running', 'no state': 'running', paused: 'paused', crashed: 'crashed' },
  ...{ 'shut off': 'shutdown', 'in shutdown': 'shutdown' },
}

function guestIn(about: string): Guest {
  const lines = linesOf(about)
  const number = (name: string) => Number.parseFloat(lines.get(name) ?? '0')
  return {
    state: STATES[lines.get('State') ?? ''] ?? 'unknown',
    autostart: lines.get('Autostart') === 'enable',
    uuid: lines.get('UUID') ?? '',
    maxMem: number('Max memory'),
    memory: number('Used memory'),
    cpus: number('CPU(s)'),
    cpuTime: number('CPU time'),
  }
}
