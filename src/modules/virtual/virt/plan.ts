import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import { failure, inSteps, joined, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import type { ValueMap } from '../../../values/value.ts'
import { xmlDifferences } from '../differences.ts'
import { concludeVirsh, fromStdin, linesOf, mayCome, virsh } from '../virsh.ts'
import { elementAt, xmlOf } from '../xml.ts'
import type { declared } from './options.ts'

type Args = ArgsOf<typeof declared>

/** A guest as virsh shows it. */
export interface Guest {
  readonly state: 'running' | 'paused' | 'shutdown' | 'crashed' | 'unknown'
  readonly autostart: boolean
  readonly uuid: string
  /** Of memory, KiB. */
  readonly maxMem: number
  readonly memory: number
  readonly cpus: number
  /** Seconds. */
  readonly cpuTime: number
}

export interface State {
  /** The guest that the task is about, and undefined if it is about none; there may be none of that name. */
  readonly name: string | undefined
  readonly guest: Guest | undefined
  /** What virsh says for the command. */
  readonly said: string | undefined
  /** All guests, for the commands that list them. */
  readonly guests: readonly (readonly [string, Guest])[]
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { command } = args
  if (command === 'define') return planDefinition(args, state)
  const parts = [
    ...(args.autostart === undefined ? [] : [planAutostart(args, state, view)]),
    ...(command === 'list_vms' || args.state === undefined
      ? []
      : [planMove(args, MOVES[args.state], state, view)]),
    ...(command === undefined ? [] : [planCommand(args, state, view)]),
  ]
  return joined(parts)
}

function planAutostart({ uri, autostart }: Args, { name, guest }: State, view: ModuleContext): Plan {
  if (guest === undefined && !mayCome(guest, view)) return failure(`domain ${name} not found`)
  if (guest?.autostart === autostart) return NOTHING
  const change = { what: `autostart of ${name}`, before: guest?.autostart ?? null, after: autostart! }
  const off = autostart ? [] : ['--disable']
  return inSteps([[change, sh(virsh(uri, 'autostart', `--domain=${name}`, ...off))]])
}

/** A change of a guest's state: what it becomes, and the command of virsh for each state that it is changed from. */
interface Move {
  readonly to: string
  by(from: Guest['state']): string | undefined
}

const START: Move = { to: 'running', by: (from) => (from === 'paused' ? 'resume' : start(from)) }

function start(from: Guest['state']): string | undefined {
  return from === 'running' ? undefined : 'start'
}

const PAUSE: Move = { to: 'paused', by: (from) => (from === 'running' ? 'suspend' : undefined) }
const SHUTDOWN: Move = { to: 'shutdown', by: (from) => (from === 'shutdown' ? undefined : 'shutdown') }
const DESTROY: Move = { to: 'destroyed', by: (from) => (from === 'shutdown' ? undefined : 'destroy') }

const MOVES = { running: START, paused: PAUSE, shutdown: SHUTDOWN, destroyed: DESTROY }

const COMMANDS: Readonly<Record<string, Move>> = {
  create: { to: 'running', by: start },
  start: { to: 'running', by: start },
  pause: PAUSE,
  unpause: { to: 'running', by: (from) => (from === 'paused' ? 'resume' : undefined) },
  shutdown: SHUTDOWN,
  stop: SHUTDOWN,
  destroy: DESTROY,
  undefine: { to: 'absent', by: () => 'undefine' },
}

function planMove({ uri }: Args, { to, by }: Move, { name, guest }: State, view: ModuleContext): Plan {
  if (guest === undefined && !mayCome(guest, view)) return failure(`virtual machine ${name} not found`)
  const command = by(guest?.state ?? (to === 'running' ? 'shutdown' : 'running'))
  if (command === undefined) return NOTHING
  const change = { what: `domain ${name}`, before: guest?.state ?? null, after: to === 'absent' ? null : to }
  return { ...inSteps([[change, sh(virsh(uri, command, `--domain=${name}`))]]), result: { msg: 0 } }
}

function planCommand(args: Args, state: State, view: ModuleContext): Plan {
  const { command } = args
  const move = COMMANDS[command!]
  if (move !== undefined) return { ...planMove(args, move, state, view), result: { [command!]: 0 } }
  if (
    state.name !== undefined &&
    (command === 'status' || command === 'get_xml') &&
    state.guest === undefined
  )
    return failure(`virtual machine ${state.name} not found`)
  return { ...NOTHING, result: told(args, state) }
}

function told({ command, state }: Args, { guest, said = '', guests }: State): ValueMap {
  switch (command) {
    case 'status':
      return { status: guest!.state }
    // Without the line break at the end, which the shell has cut off.
    case 'get_xml':
      return { get_xml: `${said.trimEnd()}\n` }
    case 'list_vms':
      return {
        list_vms: guests
          .filter(([, one]) => state === undefined || one.state === state)
          .map(([name]) => name),
      }
    case 'info':
      return Object.fromEntries(guests.map(([name, one]) => [name, infoOf(one)]))
    case 'freemem':
      return { freemem: Number.parseInt(linesOf(said).get('Total') ?? '0', 10) * 1024 }
    case 'virttype':
      return { virttype: /^(\S+)/.exec(linesOf(said).get('Using API') ?? '')?.[1] ?? '' }
    default:
      return nodeOf(linesOf(said))
  }
}

function infoOf({ state, maxMem, memory, cpus, cpuTime, autostart }: Guest): ValueMap {
  return {
    state,
    maxMem: String(maxMem),
    memory: String(memory),
    nrVirtCpu: cpus,
    cpuTime: String(Math.round(cpuTime * 1e9)),
    autostart: autostart ? 1 : 0,
  }
}

function nodeOf(lines: ReadonlyMap<string, string>): ValueMap {
  const number = (name: string) => String(Number.parseInt(lines.get(name) ?? '0', 10))
  return {
    cpumodel: lines.get('CPU model') ?? '',
    phymemory: String(Math.floor(Number(number('Memory size')) / 1024)),
    cpus: number('CPU(s)'),
    cpumhz: number('CPU frequency'),
    numanodes: number('NUMA cell(s)'),
    sockets: number('CPU socket(s)'),
    cpucores: number('Core(s) per socket'),
    cputhreads: number('Thread(s) per core'),
  }
}

/** libvirt changes a guest only for a description with its UUID; to Ansible, one without leaves it as it is. */
function planDefinition(args: Args, { name, guest, said }: State): Plan {
  const wanted = xmlOf(args.xml!)
  const ignored = args.name === undefined ? [] : ["'xml' is given - ignoring 'name'"]
  const differences = said === undefined ? [] : xmlDifferences(wanted, xmlOf(said))
  const uuid = elementAt(wanted, 'uuid')?.text.toLowerCase().replaceAll('-', '')
  const isSame = guest === undefined || uuid === guest.uuid.replaceAll('-', '')
  const changes: Change[] =
    guest === undefined
      ? [{ what: `domain ${name}`, before: null, after: 'defined' }]
      : isSame
        ? differences.map((one) => ({ ...one, what: `${one.what} of ${name}` }))
        : []
  const left = isSame || differences.length === 0 ? [] : [unchanged(name!, guest.uuid, differences)]
  const definition = together(changes, {
    do: 'send',
    script: definitionScript(args.uri, name!),
    content: contentOf(Buffer.from(args.xml!)),
  })
  const autostart =
    args.autostart === undefined || (guest?.autostart ?? false) === args.autostart
      ? NOTHING
      : planAutostart(args, { name, guest, said, guests: [] }, { check: true, diff: false })
  const result: ValueMap =
    autostart.changes.length > 0
      ? { change_reason: 'autostart' }
      : guest === undefined
        ? { created: name! }
        : changes.length > 0
          ? { change_reason: 'config changed' }
          : {}
  return { ...joined([definition, autostart]), result, warnings: [...ignored, ...left] }
}

function unchanged(name: string, uuid: string, differences: readonly Change[]): string {
  const names = differences.map(({ what }) => what).join(', ')
  return `${name} differs from its description (${names}) and stays as it is: libvirt changes it only for a description with its UUID, <uuid>${uuid}</uuid>`
}

const SAME = 'the description is the same'

/** libvirt may know a description for the same that looks otherwise here. */
function definitionScript(uri: string, name: string): string {
  const dump = `${virsh(uri, 'dumpxml', '--inactive', `--domain=${name}`)} 2>/dev/null`
  return `before=$(${dump})
${fromStdin(virsh(uri, 'define', '/dev/stdin'))} >/dev/null || exit
[ "$before" != "$(${dump})" ] || echo '${SAME}'`
}

export function concludeDefinition(outcomes: readonly Outcome[]): ModuleResult {
  const concluded = concludeVirsh(outcomes)
  const isSame = outcomes.length === 1 && outcomes[0]!.stdout.trim() === SAME
  return concluded.failed === undefined && isSame ? { ...concluded, changed: false } : concluded
}
