import type { MapNode, Node } from '../../values/value.ts'
import { toValue } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { argument, type LintTask, TASK_LISTS, textOf, under } from '../tasks.ts'
import { isTrue } from '../texts.ts'

const PROMPTING = {
  id: 'no-prompting',
  description: 'Ask nobody during a run: pipelines have nobody to answer.',
  severity: 'VERY_LOW',
  tags: ['opt-in'],
} as const

const RUN_ONCE = {
  id: 'run-once',
  description: 'Do not use run_once together with the strategy free.',
  severity: 'MEDIUM',
  tags: ['idiom'],
  parts: {
    play: 'Look whether a play with strategy free uses run_once.',
    task: 'Look whether its play has strategy free.',
  },
} as const

export const safety: readonly Rule[] = [
  {
    id: 'no-log-password',
    description: 'Hide the results of tasks that loop over passwords with no_log.',
    severity: 'LOW',
    tags: ['opt-in', 'security', 'experimental'],
    on: 'task',
    check: checkPassword,
  },
  {
    id: 'ignore-errors',
    description: 'Say with failed_when which errors are none, in place of ignore_errors.',
    severity: 'LOW',
    tags: ['unpredictability'],
    profile: 'shared',
    on: 'task',
    check: checkIgnored,
  },
  {
    id: 'partial-become',
    description: 'Say become beside become_user.',
    severity: 'VERY_HIGH',
    tags: ['unpredictability'],
    profile: 'basic',
    on: 'play',
    check: checkBecome,
  },
  { ...PROMPTING, on: 'task', check: checkPause },
  { ...PROMPTING, on: 'play', check: checkPrompts },
  { ...RUN_ONCE, on: 'play', check: checkFree },
  { ...RUN_ONCE, on: 'task', check: checkOnce },
]

function* checkPassword({ action, entries }: LintTask): Iterable<Found> {
  if (action === undefined) return
  const name = [...action.args.keys()].find((key) => key.includes('password'))
  const isOnlyLock =
    action.short === 'user' && Boolean(argument(action, 'password_lock')) && !action.args.has('password')
  const loops = [...entries.keys()].some((key) => key === 'loop' || key.startsWith('with_'))
  const noLog = entries.get('no_log')?.value
  const isHidden =
    noLog !== undefined && (isTrue(toValue(noLog)) || /^\{\{.*\}\}$/s.test(String(toValue(noLog))))
  if (name === undefined || isOnlyLock || !loops || isHidden) return
  yield {
    message: `each item that is shown may tell "${name}"`,
    place: action.args.get(name)!.place,
    hint: 'add no_log: true',
  }
}

function* checkIgnored({ entries }: LintTask): Iterable<Found> {
  const entry = entries.get('ignore_errors')
  if (entry === undefined || entries.has('register')) return
  const value = toValue(entry.value)
  if (!value || /^\{\{ *ansible_check_mode *\}\}$/.test(String(value))) return
  yield {
    message: 'whatever fails here passes unseen',
    place: entry.keyPlace,
    hint: 'say which failures are none with failed_when, or register the result',
  }
}

const HOLDERS = [...TASK_LISTS, 'block', 'rescue', 'always'] as const

/** A map with the maps of its tasks. */
function insideOf(node: MapNode): MapNode[] {
  return HOLDERS.flatMap((key) => {
    const list = under(node, key)
    return list?.kind === 'list' ? list.items.filter((item): item is MapNode => item.kind === 'map') : []
  })
}

function has(node: MapNode, key: string): boolean {
  return under(node, key) !== undefined
}

function isAnywhere(node: MapNode, key: string): boolean {
  return has(node, key) || insideOf(node).some((inner) => isAnywhere(inner, key))
}

/** The become_user that no become goes with, above it or beside it; one that is above counts for all below. */
function lonely(node: MapNode, above: MapNode | undefined): MapNode | undefined {
  if (has(node, 'become')) return undefined
  const inside = insideOf(node)
  const firstIn = (outer: MapNode | undefined) => {
    for (const inner of inside) {
      const found = lonely(inner, outer)
      if (found !== undefined) return found
    }
    return undefined
  }
  const own = has(node, 'become_user') ? node : above
  if (has(node, 'become_user') && isAnywhere(node, 'become')) return firstIn(undefined)
  if (!isAnywhere(node, 'become_user')) return above
  return inside.length === 0 ? own : firstIn(own)
}

function* checkBecome(play: MapNode): Iterable<Found> {
  const found = lonely(play, undefined)
  const entry = found?.entries.find(({ key }) => key === 'become_user')
  if (entry !== undefined)
    yield {
      message: 'become_user without become changes no user',
      place: entry.keyPlace,
      hint: 'add become: true',
    }
}

function* checkPause({ action }: LintTask): Iterable<Found> {
  if (action?.short === 'pause' && !action.args.has('seconds') && !action.args.has('minutes'))
    yield {
      message: 'this waits for somebody at the terminal',
      place: action.place,
      hint: 'say seconds or minutes',
    }
}

function* checkPrompts(play: MapNode): Iterable<Found> {
  const prompts: Node | undefined = under(play, 'vars_prompt')
  if (prompts?.kind === 'list' && prompts.items.length > 0)
    yield {
      message: 'this play asks for variables',
      place: prompts.items[0]!.place,
      hint: 'give them in files, or with -e',
    }
}

function* checkFree(play: MapNode): Iterable<Found> {
  const strategy = under(play, 'strategy')
  if (textOf(strategy) === 'free')
    yield {
      part: 'play',
      message: 'with the strategy free, run_once may mean several hosts',
      place: strategy!.place,
    }
}

function* checkOnce({ entries, file }: LintTask): Iterable<Found> {
  const entry = entries.get('run_once')
  if (file.kind === 'playbook' && entry !== undefined && toValue(entry.value))
    yield {
      part: 'task',
      message: 'with the strategy free, run_once may mean several hosts',
      place: entry.keyPlace,
      hint: 'see that the play has another strategy',
    }
}
