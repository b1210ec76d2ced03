import { defineModule } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import { interfaceProblems, netnsProblems, nothing, planOfIp, rowsOf } from '../iproute2.ts'
import { concludeTc, readHandle, readId, tcProbe } from '../tc.ts'
import { INGRESS, KINDS } from './kinds.ts'
import { NETEM_NEEDS } from './netem.ts'
import { qdiscOptions } from './options.ts'
import type { Amount, Amounts } from './parameters.ts'
import { type DesiredQdisc, planQdisc, qdiscAt } from './plan.ts'

type QdiscArgs = ArgsOf<typeof qdiscOptions>

/**
 * A queueing discipline as tc(8) makes it. What netem does to packets is what was asked for and nothing else; of other
 * kinds what was not asked for stays.
 */
export const qdisc = defineModule({
  name: 'qdisc',
  summary:
    'Make, change and delete queueing disciplines: shaping, fair queues, and the troubles of netem (tc qdisc).',
  options: qdiscOptions,
  validate: (args, complete) => [
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...placeProblems(args),
    ...parameterProblems(args),
    ...(complete && args.state !== 'absent' ? missing(args) : []),
  ],
  probe: (args) => [lookOf(args)],
  parse: (output, args, view) =>
    rowsOf(output.of(lookOf(args))[0]!, nothing(view, /Cannot find device/), 'tc'),
  plan(args, rows) {
    const desired = desiredState(args)
    return planOfIp(planQdisc(desired, rows), { qdisc: qdiscAt(desired.place, rows) ?? null })
  },
  interpret: (outcomes, { kind }) => concludeTc(outcomes, kind),
})

/** Raw, for a burst and a limit are shown rounded otherwise. */
function lookOf({ dev, netns }: QdiscArgs) {
  return tcProbe(netns, ['-j', '-r'], 'qdisc', 'show', 'dev', dev)
}

function desiredState(args: QdiscArgs): DesiredQdisc {
  const { dev, kind, parent = 'root', handle, state, netns, force } = args
  return {
    ...{ dev, kind, state, netns, force },
    place: INGRESS.includes(kind ?? '') ? 'ingress' : (readId(parent) ?? parent),
    handle: handle === undefined ? undefined : readHandle(handle),
    asked: state === 'absent' ? {} : askedOf(args),
  }
}

const OWN = Object.keys(qdiscOptions).filter(
  (name) => !['dev', 'kind', 'parent', 'handle', 'state', 'netns', 'force'].includes(name),
)

/** The parameters that were given, by name. */
function given(args: Partial<QdiscArgs>): [string, unknown][] {
  return Object.entries(args).filter(([name, value]) => OWN.includes(name) && value !== undefined)
}

function askedOf(args: QdiscArgs): Amounts {
  const { parameters } = KINDS[args.kind!]!
  return Object.fromEntries(
    given(args).map(([name, value]) => [name, parameters[name]!.read(value) as Amount]),
  )
}

function placeProblems({ kind, parent, handle }: Partial<QdiscArgs>): string[] {
  const own = INGRESS.includes(kind ?? '')
  return [
    ...(parent === undefined || parent === 'root' || (readId(parent) !== undefined && !/:0*$/.test(parent))
      ? []
      : [`parent: "${parent}" is neither root nor the number of a class, such as 1:10`]),
    ...(handle === undefined || readHandle(handle) !== undefined
      ? []
      : [`handle: "${handle}" is not the number of a qdisc, such as "1:"`]),
    ...(own && parent !== undefined ? [`parent: ${kind} has a place of its own`] : []),
    ...(own && handle !== undefined ? [`handle: that of ${kind} is always ffff:`] : []),
  ]
}

function parameterProblems(args: Partial<QdiscArgs>): string[] {
  const { kind } = args
  if (kind === undefined) return []
  const { parameters } = KINDS[kind]!
  const wrong = given(args).flatMap(([name, value]) => {
    const parameter = parameters[name]
    if (parameter === undefined) return [`a qdisc of kind ${kind} has no "${name}"`]
    return parameter.read(value) === undefined ? [`${name}: "${value}" is not ${parameter.is}`] : []
  })
  const losses = ['loss', 'loss_state', 'loss_gemodel'].filter((name) => args[name as 'loss'] !== undefined)
  return [
    ...wrong,
    ...(losses.length > 1 ? [`packets are lost in one way: say one of ${losses.join(', ')}`] : []),
    ...(kind === 'tbf' && args.latency !== undefined && args.limit !== undefined
      ? ['"latency" and "limit" exclude each other']
      : []),
  ]
}

function missing(args: Partial<QdiscArgs>): string[] {
  const { kind } = args
  if (kind === undefined) return ['qdisc needs "kind", such as fq_codel or netem']
  const names = given(args).map(([name]) => name)
  const lacks = (KINDS[kind]!.needs ?? []).filter((choice) => !choice.some((name) => names.includes(name)))
  const dangling =
    kind === 'netem'
      ? names.filter((name) => !(NETEM_NEEDS[name] ?? names).some((other) => names.includes(other)))
      : []
  return [
    ...lacks.map((choice) => `a qdisc of kind ${kind} needs ${quoted(choice)}`),
    ...dangling.map((name) => `${name}: it needs ${quoted(NETEM_NEEDS[name]!)}`),
  ]
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' or ')
}
