import { toBytes, withText } from '../../../host/edit.ts'
import type { Action, Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, inSteps, joined, NOTHING, type PlannedChange, sh, together } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import { fromStdin, mayCome, virsh } from '../virsh.ts'
import { element, type XmlElement, xmlText } from '../xml.ts'
import type { Args } from './options.ts'
import type { Part } from './part.ts'
import { partsOf } from './parts.ts'
import { askScript, guest as command, destroyScript, memoryScript, undefineScript } from './scripts.ts'

export type Is = 'running' | 'paused' | 'shutdown' | 'crashed' | 'asleep'

/** A guest as virsh shows it. */
export interface Guest {
  readonly state: Is
  readonly isEnding: boolean
  readonly isActive: boolean
  /** One that is not goes when it stops. */
  readonly isPersistent: boolean
  readonly autostart: boolean
  readonly uuid: string
  readonly id: number
  /** As it starts the next time. */
  readonly described: XmlElement
  readonly running: XmlElement
}

export interface State {
  readonly guest: Guest | undefined
  readonly hasKvm: boolean
  readonly arch: string
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { guest } = state
  if (args.state === 'absent')
    return { ...(guest === undefined ? NOTHING : removal(args, guest)), result: resultOf(args) }
  if (guest !== undefined) return planThere(args, guest, view)
  if (args.memory !== undefined) return planNew(args, state, view)
  const isDown = args.state === 'shutdown' || args.state === 'destroyed'
  if (isDown && !describes(args)) return { ...NOTHING, result: resultOf(args) }
  if (!mayCome(guest, view))
    return failure(
      `there is no guest ${args.name}: to define it, say its "memory", and what else it is to have`,
    )
  const changes = [{ what: `domain ${args.name}`, before: null, after: args.state }]
  return isDown
    ? { ...NOTHING, result: resultOf(args) }
    : { ...together(changes, sh(start(args))), result: resultOf(args) }
}

/** Whether anything is said about what the guest is to have. */
function describes(args: Args): boolean {
  return partsOf(args, element('domain')).length > 0
}

/** What a new guest has besides. */
function planNew(args: Args, { hasKvm, arch: host }: State, view: ModuleContext): Plan {
  const { name, autostart, cpu, state, arch = host } = args
  const type = args.type ?? (hasKvm && arch === host ? 'kvm' : 'qemu')
  const bare = element('domain', { type }, [
    element('name', {}, [], name),
    element('os', {}, [element('type', { arch }, [], 'hvm')]),
    element('features', {}, [element('acpi'), ...(/^(i.86|x86_64)$/.test(arch) ? [element('apic')] : [])]),
    element('on_crash', {}, [], 'restart'),
    element('devices', {}, [element('serial', { type: 'pty' }), element('console', { type: 'pty' })]),
  ])
  const model = cpu ?? (type === 'kvm' ? 'host-passthrough' : undefined)
  const made = edited(bare, partsOf({ ...args, type, cpu: model }, bare))
  const change = { what: `domain ${name}`, before: null, after: state === 'present' ? 'shutdown' : state }
  const goal = state === 'running' || state === 'paused' ? [sh(start(args))] : []
  const shown = view.diff ? withText(change, '', textOf(made)) : change
  return {
    ...joined([
      inSteps([[shown, defining(args, made)]]),
      autostart ? planAutostart(args, false) : NOTHING,
      { changes: [], actions: goal },
    ]),
    result: resultOf(args),
  }
}

function edited(root: XmlElement, parts: readonly Part[]): XmlElement {
  return parts.reduce((at, { edit }) => edit(at), root)
}

function defining({ uri }: Args, root: XmlElement): Action {
  const content = contentOf(Buffer.from(xmlText(root)))
  return { do: 'send', script: `${fromStdin(virsh(uri, 'define', '/dev/stdin'))} >/dev/null`, content }
}

/** As bytes for a diff, without passwords. */
function textOf(root: XmlElement): string {
  return toBytes(xmlText(withoutSecrets(root)))
}

function withoutSecrets(root: XmlElement): XmlElement {
  const { passwd } = root.attributes
  return {
    ...root,
    attributes: { ...root.attributes, ...(passwd !== undefined && { passwd: '(hidden)' }) },
    children: root.children.map(withoutSecrets),
  }
}

function planAutostart(args: Args, before: boolean): Plan {
  const after = args.autostart!
  const change = { what: `autostart of ${args.name}`, before, after }
  return inSteps([[change, sh(command(args, 'autostart', ...(after ? [] : ['--disable'])))]])
}

function removal(args: Args, { state, isActive, isPersistent }: Guest): Plan {
  const change = { what: `domain ${args.name}`, before: state, after: null }
  const scripts = [
    ...(isActive ? [destroyScript(args)] : []),
    ...(isPersistent ? [undefineScript(args)] : []),
  ]
  return inSteps([[change, sh(scripts.join('\n'))]])
}

function planThere(args: Args, guest: Guest, view: ModuleContext): Plan {
  const { name, state, restart, autostart } = args
  const staysUp = guest.isActive && state !== 'shutdown' && state !== 'destroyed' && guest.state !== 'crashed'
  const described = partsOf(args, guest.described)
  const hidden = described.filter(({ isHidden }) => isHidden)
  const now = staysUp ? [...partsOf(args, guest.running, true), ...hidden] : []
  const left = restart ? [] : now.filter(({ live }) => live === undefined)
  const restarts = restart && now.some(({ live }) => live === undefined)
  if (guest.isActive && (restarts || state === 'shutdown') && startsAgain(guest))
    return failure(
      `${name} starts again by itself when it is shut down (its on_poweroff is restart): only "state: destroyed" stops it`,
    )
  const made = edited(guest.described, described)
  const definition = described.length === 0 ? [] : [defining(args, made)]
  const wasPaused = guest.state === 'paused'
  const isPaused = state === 'paused' || (state === 'present' && wasPaused)
  const applied = restarts
    ? [sh(`${askScript(args, wasPaused)}\n${start(args, isPaused)}`)]
    : now.flatMap((part) => liveAction(args, part) ?? [])
  const changes = told(args, described, now, left)
  const shown =
    view.diff && changes[0] !== undefined && described.length > 0
      ? [withText(changes[0], textOf(guest.described), textOf(made)), ...changes.slice(1)]
      : changes
  const [first, ...others] = [...definition, ...applied]
  const is = restarts ? (isPaused ? 'paused' : 'running') : guest.state
  return {
    ...joined([
      first === undefined ? NOTHING : together(shown, first, ...others),
      inSteps(moves(args, guest, is)),
      autostart === undefined || autostart === guest.autostart
        ? NOTHING
        : planAutostart(args, guest.autostart),
    ]),
    result: { ...resultOf(args, guest), restart_needed: left.length > 0 },
    warnings: left.map(
      ({ what, before, after }) =>
        `${what} of ${name} is ${before ?? 'absent'}, not ${after ?? 'absent'}, until it is restarted`,
    ),
  }
}

function startsAgain({ running }: Guest): boolean {
  return running.children.some(({ name, text }) => name === 'on_poweroff' && /restart/.test(text))
}

/** Each difference once, with what is there now where the guest runs. */
function told(
  { name }: Args,
  described: readonly Part[],
  now: readonly Part[],
  left: readonly Part[],
): Change[] {
  const names = new Set([...described, ...now].map(({ what }) => what))
  return [...names].flatMap((what): Change[] => {
    const isLeft = left.some((part) => part.what === what)
    const next = described.find((part) => part.what === what)
    // What is only left for a restart is told by a warning.
    if (isLeft && next === undefined) return []
    const live = now.find((part) => part.what === what)
    const note = live !== undefined && live.live === undefined ? ' (needs a restart)' : ''
    const { before, after } = (isLeft ? next : (live ?? next))!
    return [{ what: `${what} of ${name}${note}`, before, after }]
  })
}

function liveAction(args: Args, { live }: Part): Action | undefined {
  if (live === undefined) return undefined
  if ('memory' in live) return sh(memoryScript(args, live.memory))
  if ('vcpus' in live) return sh(command(args, 'setvcpus', `--count=${live.vcpus}`, '--live'))
  const update = command(args, 'update-device', '--file=/dev/stdin', '--live')
  return {
    do: 'send',
    script: `${fromStdin(update)} >/dev/null`,
    content: contentOf(Buffer.from(xmlText(live.device))),
  }
}

function start(args: Args, isPaused = args.state === 'paused'): string {
  return command(args, 'start', ...(isPaused ? ['--paused'] : []))
}

/** What brings a guest to the wanted state, with the change that it is. */
function moves(args: Args, guest: Guest, is: Is): PlannedChange[] {
  const script = move(args, guest, is)
  if (script === undefined) return []
  return [[{ what: `domain ${args.name}`, before: guest.state as Value, after: args.state }, sh(script)]]
}

function move(args: Args, { isActive }: Guest, is: Is): string | undefined {
  switch (args.state) {
    case 'shutdown':
      if (is === 'crashed') return isActive ? destroyScript(args) : undefined
      return is === 'shutdown' ? undefined : askScript(args, is === 'paused')
    case 'destroyed':
      return isActive ? destroyScript(args) : undefined
    case 'present':
      return undefined
    default:
      return up(args, is, isActive)
  }
}

function up(args: Args, is: Is, isActive: boolean): string | undefined {
  const isPause = args.state === 'paused'
  if (is === args.state) return undefined
  if (is === 'shutdown' || is === 'crashed')
    return isActive && is === 'crashed' ? `${destroyScript(args)}\n${start(args)}` : start(args)
  const wake = is === 'asleep' ? `${command(args, 'dompmwakeup')}` : ''
  const then = isPause ? command(args, 'suspend') : is === 'paused' ? command(args, 'resume') : ''
  return [wake, then].filter((one) => one !== '').join(' &&\n')
}

function resultOf({ name, state }: Args, guest?: Guest): ValueMap {
  return {
    name,
    state,
    uuid: guest?.uuid ?? null,
    domid: guest?.isActive ? guest.id : null,
    restart_needed: false,
  }
}
