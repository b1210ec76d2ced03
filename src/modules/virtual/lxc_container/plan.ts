import { toBytes, withText } from '../../../host/edit.ts'
import { writeFile } from '../../../host/write.ts'
import type { Action, Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { packed } from './archive.ts'
import { configured, type Difference, settingsOf } from './config.ts'
import type { Args } from './options.ts'
import {
  cloneScript,
  commandScript,
  createScript,
  freezing,
  lxc,
  startScript,
  stopScript,
  tellScript,
  unfreezing,
} from './scripts.ts'
import type { State } from './state.ts'

type Is = 'running' | 'frozen' | 'stopped'

const STATES: Readonly<Record<string, Is>> = { RUNNING: 'running', FROZEN: 'frozen', STOPPED: 'stopped' }

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { found } = state
  const is = found === undefined ? undefined : STATES[found]
  if (found !== undefined && is === undefined)
    return failure(`${args.name} is just ${found.toLowerCase()}: try again when that is over`)
  const others = writableByOthers(args, state)
  if (others !== undefined) return failure(others)
  if (args.state === 'absent') return removal(args, state, is, view)
  const steps = new Steps(args, is)
  const differing = configured(state.text, asBytes(args), state.unified)
  const live = liveDifferences(args, state)
  const left = differing.differences.filter(({ needsRestart }) => needsRestart && is !== 'stopped')
  if (is === undefined) steps.create(state.unified)
  else {
    for (const difference of differing.differences)
      steps.change(changeOf(args, difference, is, view, state, differing.text))
    if (args.restart && left.length > 0) steps.to('stopped')
    if (differing.differences.length > 0) steps.add(writing(state, differing.text))
    if (steps.is !== 'stopped') for (const one of live) steps.live(one, differing.differences)
  }
  if (args.state === 'restarted' && is !== undefined) steps.restart()
  const goal = goalOf(args, is)
  if (args.container_command !== undefined) steps.command()
  if (state.ground !== undefined) {
    const packing = packed(args, state.ground, state.uid, view)
    if (packing.failed !== undefined) return packing
    steps.to(goal)
    steps.join(packing)
  }
  if (args.clone_name !== undefined && !state.hasClone) steps.clone()
  steps.to(goal)
  if (steps.actions.length > 0 && goal !== 'stopped') steps.add(sh(tellScript(args)))
  if (is !== undefined && is !== goal)
    steps.change({ what: `container ${args.name}`, before: is, after: goal })
  const warns = !args.restart && is !== undefined && steps.is !== 'stopped' && is === steps.is ? left : []
  return {
    changes: steps.changes,
    actions: steps.actions,
    result: resultOf(args, state, goal, { restart_needed: warns.length > 0, cloned: steps.cloned }),
    warnings: warns.map(
      ({ what, before, after }) =>
        `${what} of ${args.name} is ${before ?? 'absent'}, not ${after}, until it is restarted`,
    ),
  }
}

/** The steps of a plan, and what state they leave the container in. */
class Steps {
  readonly changes: Change[] = []
  readonly actions: Action[] = []
  cloned = false
  is: Is
  readonly args: Args

  constructor(args: Args, is: Is | undefined) {
    this.args = args
    this.is = is ?? 'stopped'
  }

  change(change: Change): void {
    this.changes.push(change)
  }

  add(action: Action): void {
    this.actions.push(action)
  }

  create(unified: boolean): void {
    const { args } = this
    const file = `${quotePath(args.lxc_path)}/${args.name}/config`
    const { text } = configured('', asBytes(args), unified)
    const clear = args.vif === undefined ? '' : `sed -i '/^[[:space:]]*lxc\\.net/d' ${file} || exit\n`
    const append =
      text === '' ? '' : `\n${clear}printf %s ${quote(Buffer.from(text, 'latin1').toString())} >>${file}`
    this.change({ what: `container ${args.name}`, before: null, after: goalOf(args, undefined) })
    this.add({ do: 'exec', script: createScript(args) + append })
  }

  live({ name, value, what, before }: Live, told: readonly Difference[]): void {
    if (!told.some((one) => one.what === what))
      this.change({ what: `${what} of ${this.args.name}`, before, after: value })
    this.add(sh(`${lxc('cgroup', this.args)} ${name} ${quote(value)}`))
  }

  to(goal: Is): void {
    const { args, is } = this
    if (is === goal) return
    if (goal === 'stopped') this.add(sh(stopScript(args, is === 'frozen')))
    else if (is === 'frozen') this.add(sh(`${unfreezing(args)} || exit`))
    else if (is === 'stopped') this.add(sh(startScript(args)))
    if (goal === 'frozen') this.add(sh(`${freezing(args)} || exit`))
    this.is = goal
  }

  restart(): void {
    this.change({ what: `container ${this.args.name}`, before: this.is, after: 'restarted' })
    this.to('stopped')
    this.to('running')
  }

  command(): void {
    this.to('running')
    this.change({ what: `command in ${this.args.name}`, before: null, after: this.args.container_command! })
    this.add({ do: 'exec', script: commandScript(this.args) })
  }

  join({ changes, actions = [] }: Plan): void {
    this.changes.push(...changes)
    this.actions.push(...actions)
  }

  clone(): void {
    this.to('stopped')
    this.change({ what: `container ${this.args.clone_name}`, before: null, after: 'stopped' })
    this.add({ do: 'exec', script: cloneScript(this.args) })
    this.cloned = true
  }
}

function goalOf({ state }: Args, is: Is | undefined): Is {
  if (state === 'started' || state === 'restarted') return 'running'
  if (state === 'frozen' || state === 'stopped') return state
  return is ?? 'stopped'
}

function removal(args: Args, state: State, is: Is | undefined, view: ModuleContext): Plan {
  const untouched = is === undefined ? { ...state, ground: undefined } : state
  const result = resultOf(args, untouched, undefined, { restart_needed: false, cloned: false })
  if (is === undefined) return { ...NOTHING, result }
  const steps = new Steps(args, is)
  if (state.ground !== undefined) {
    const packing = packed(args, state.ground, state.uid, view)
    if (packing.failed !== undefined) return packing
    steps.join(packing)
  }
  if (args.clone_name !== undefined && !state.hasClone) steps.clone()
  if (steps.is !== 'stopped') steps.add(sh(`${lxc('stop', args)} -k`))
  steps.change({ what: `container ${args.name}`, before: is, after: null })
  steps.add({ do: 'exec', script: `${lxc('destroy', args)} >/dev/null` })
  return { changes: steps.changes, actions: steps.actions, result: { ...result, cloned: steps.cloned } }
}

interface Live {
  readonly what: string
  readonly name: string
  readonly value: string
  readonly before: string | null
}

/** What control groups of a running container are not set to. */
function liveDifferences(args: Args, { live, unified }: State): Live[] {
  return settingsOf(args, unified).flatMap(({ what, live: name, values: [value] }) => {
    const before = name ? live.get(name) : undefined
    return before === undefined || before === value ? [] : [{ what, name: name!, value: value!, before }]
  })
}

function changeOf(
  { name, restart }: Args,
  { what, before, after, needsRestart }: Difference,
  is: Is,
  view: ModuleContext,
  state: State,
  text: string,
): Change {
  const note = needsRestart && restart && is !== 'stopped' ? ' (needs a restart)' : ''
  const change = { what: `${what} of ${name}${note}`, before, after }
  return view.diff ? withText(change, state.text, text) : change
}

function writing({ path, via, file, text }: State, after: string): Action {
  const bytes = (one: string) => contentOf(Buffer.from(one, 'latin1'))
  const { uid, gid, mode } = file!
  return writeFile({
    path,
    via,
    content: bytes(after),
    owner: uid,
    group: gid,
    mode,
    replaces: file,
    madeOf: bytes(text),
  })
}

/** What others may change in its folder would be done by root. */
function writableByOthers({ lxc_path }: Args, { folder, uid }: State): string | undefined {
  const real = folder?.real?.state ?? folder
  if (real === undefined || ((real.mode & 0o022) === 0 && (real.uid === 0 || real.uid === uid)))
    return undefined
  return `others may write to ${lxc_path}: containers in it could be theirs; take another lxc_path, or its permissions from them`
}

function asBytes(args: Args): Args {
  const lines = args.container_config?.map((line) => toBytes(String(line)))
  return { ...args, container_config: lines, rootfs: args.rootfs && toBytes(args.rootfs) }
}

function resultOf(
  { name }: Args,
  state: State,
  goal: Is | undefined,
  more: { restart_needed: boolean; cloned: boolean },
): ValueMap {
  const { pid, ips, interfaces, ground } = state
  const { cloned, restart_needed } = more
  return {
    ...{ name, state: goal ?? 'absent', restart_needed },
    lxc_container: {
      name,
      state: goal ?? 'absent',
      init_pid: pid ?? -1,
      ips,
      interfaces,
      ...(ground && { archive: ground.path }),
      ...(cloned && { clone: true }),
    },
  }
}
