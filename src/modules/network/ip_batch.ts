import { readArguments } from '../../sdk/arguments.ts'
import {
  type Action,
  type Args,
  type Change,
  defineModule,
  type Module,
  type ModuleContext,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { sh } from '../../sdk/plans.ts'
import { isMap, type Value } from '../../values/value.ts'
import { address } from './address/index.ts'
import { concludeIp } from './iproute2.ts'
import { link } from './link/index.ts'
import { neighbor } from './neighbor.ts'
import { route } from './route/index.ts'
import { rule } from './rule/index.ts'

const MODULES: Readonly<Record<string, Module>> = { link, address, route, rule, neighbor }
const NAMES = Object.keys(MODULES).join(', ')

const declared = options({
  steps: {
    type: 'list',
    required: true,
    help: `What is to be, in this order: maps of one key, which is a module (${NAMES}), and its arguments.`,
  },
})

type BatchArgs = ArgsOf<typeof declared>

/** One of the steps: what one of the modules is asked for, or what is wrong with it. */
interface Step {
  readonly module: Module
  readonly args: Args
}

/** A step, and the state that its module has found. */
interface Found extends Step {
  readonly state: unknown
}

/**
 * Links, addresses, routes, rules and neighbors that change together: one look, and then one message with as few processes
 * as can be. Steps are planned by what there is before the first of them.
 */
export const ip_batch = defineModule<typeof declared, readonly Found[]>({
  name: 'ip_batch',
  summary:
    'Changes links, addresses, routes, rules and neighbors together, by one message, so that they are in between for as short as can be.',
  options: declared,
  validate: ({ steps = [] }) => steps.flatMap((step, index) => problemsOf(step, `steps[${index}]`)),
  probe(args, view) {
    const parts = stepsOf(args).flatMap(({ module, args }) => module.probe!(args, view))
    const scripts = new Set(parts.filter((part) => typeof part === 'string'))
    return [...parts.filter((part) => typeof part !== 'string'), [...scripts].join('')]
  },
  parse: (output, args, view) =>
    stepsOf(args).map((step) => ({ ...step, state: step.module.parse!(output, step.args, view) })),
  plan(_, found, view) {
    const plans = found.map((step) => planOf(step, view))
    const failed = plans.find((plan) => plan.failed !== undefined)?.failed
    const scripts = plans.flatMap(({ actions = [] }) => actions.flatMap(commandsOf))
    return {
      changes: plans.flatMap(({ changes }) => changes),
      ...(scripts.length > 0 && { actions: [sh(batchesOf(scripts))] }),
      result: {
        steps: plans.map(({ changes, result = {} }) => ({ ...result, changed: changes.length > 0 })),
      },
      ...(failed !== undefined && { failed }),
    }
  },
  interpret: (outcomes) =>
    concludeIp(
      outcomes.map((one) => ({ ...one, stderr: one.stderr.replace(/^Command failed -:\d+\n/gm, '') })),
    ),
})

function problemsOf(step: Value, place: string): string[] {
  const [name, ...others] = isMap(step) ? Object.keys(step) : []
  const module =
    name !== undefined && others.length === 0 && Object.hasOwn(MODULES, name) ? MODULES[name] : undefined
  if (module === undefined) return [`${place} is not a map of one key, which is one of ${NAMES}`]
  const given = (step as Record<string, Value>)[name!]
  if (!isMap(given)) return [`${place}: ${name} takes a map of arguments`]
  return readArguments(module, given).problems.map(
    ({ message, hint }) => `${place}: ${name}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  )
}

function stepsOf({ steps }: BatchArgs): Step[] {
  return steps.filter(isMap).map((step) => {
    const [[name, given] = []] = Object.entries(step)
    const module = MODULES[name!]!
    return { module, args: readArguments(module, given as Record<string, Value>).args }
  })
}

function planOf({ module, args, state }: Found, view: ModuleContext): Plan {
  const plan = module.plan(args, state, view)
  // What a link says of its changes, it says of itself.
  const named = ({ what, ...sides }: Change) => ({
    what: module === link && !what.startsWith('link ') ? `link ${args.name} ${what}` : what,
    ...sides,
  })
  return { ...plan, changes: plan.changes.map(named) }
}

/** As `script` of ./iproute2.ts has put them together. */
function commandsOf(action: Action): string[] {
  if (action.do !== 'sh') throw new Error(`a step of ip_batch cannot ${action.do}`)
  return action.script.split(' &&\n')
}

/** A command about objects of which ip keeps nothing in mind from one command of a batch to the next. */
const PLAIN = /^(ip(?: -n [\w.-]+)?(?: -[46])?) ((?:route|rule|neighbour) [\w./:@,+ -]+)$/

/** A program that is run, and what it reads. */
interface Command {
  readonly program: string
  readonly lines: string[]
}

/** Commands that are each run only if those before it did their work; those for ip that follow each other are one process. */
function batchesOf(commands: readonly string[]): string {
  const runs: Command[] = []
  for (const command of commands) {
    const [, program = command, words] = PLAIN.exec(command) ?? []
    const last = runs.at(-1)
    if (words !== undefined && last?.program === program && last.lines.length > 0) last.lines.push(words)
    else runs.push({ program, lines: words === undefined ? [] : [words] })
  }
  const text = ({ program, lines }: Command, and: string) =>
    lines.length > 1
      ? `${program} -batch - <<'END'${and}\n${lines.join('\n')}\nEND`
      : `${[program, ...lines].join(' ')}${and}`
  return runs.map((run, index) => text(run, index === runs.length - 1 ? '' : ' &&')).join('\n')
}
