import { everyStep, type Runnable } from '../analysis/every-step.ts'
import { writtenArguments } from '../engine/arguments.ts'
import type { HostState } from '../engine/host.ts'
import type { PlayVariables } from '../engine/play-variables.ts'
import type { Run } from '../engine/run.ts'
import { variablesOf, varsFile } from '../engine/task/controls/include-vars.ts'
import type { Play } from '../playbook/ast.ts'
import { writtenName } from '../playbook/written-name.ts'
import { GATHERER } from '../sdk/module.ts'
import { isFixed, isTemplateNode } from '../template/template.ts'
import { ProblemError } from '../values/problem.ts'
import { placeName } from '../values/source.ts'
import { type MapEntry, type Node, toNode, toValue } from '../values/value.ts'
import { namesIn, type Place, placeIn } from './place.ts'

/** The places that give variables in tasks of a play, by name: what holds for some of them, and what they set. */
export type PlacesInTasks = ReadonlyMap<string, readonly Place[]>

/** `known` are the nodes that hold for the whole play. */
export function placesInTasks(
  run: Run,
  play: Play,
  scope: PlayVariables,
  host: HostState,
  known: ReadonlySet<Node>,
): PlacesInTasks {
  const found = new Map<string, Place[]>()
  const add = (name: string, place: Place) => {
    const places = found.get(name)
    if (places === undefined) found.set(name, [place])
    else places.push(place)
  }
  for (const { name, prompt, default: node } of play.varsPrompt) {
    const when = { kind: 'run', by: `what is answered to "${prompt}"` } as const
    add(name, {
      origin: { level: 'play vars_prompt' },
      at: play.place,
      when,
      ...(node && { node, at: node.place }),
    })
  }
  for (const fact of gathered(run, play))
    add(fact, { origin: { level: 'host facts' }, at: play.place, when: { kind: 'run', by: 'gather_facts' } })
  const seen = new Map<Node, string[]>()
  for (const step of everyStep(play, run.sources, []).steps) {
    const title = titleOf(step)
    for (const layer of scope.layersFor(step, host)) {
      for (const name of 'variables' in layer ? namesIn(layer) : []) {
        const place = placeIn(layer, name)!
        const { node } = place
        if (node === undefined || known.has(node)) continue
        const tasks = seen.get(node)
        if (tasks === undefined) {
          const own = [title]
          seen.set(node, own)
          add(name, { ...place, step, when: { kind: 'tasks', tasks: own } })
        } else if (!tasks.includes(title)) tasks.push(title)
      }
    }
    for (const [name, place] of loopPlaces(step, title)) add(name, place)
    for (const [name, place] of setBy(step, play, run)) add(name, place)
  }
  return found
}

function titleOf(step: Runnable): string {
  return `${placeName(step.place)} ${writtenName(step)}`
}

function gathered({ sources, request }: Run, { gatherFacts }: Play): readonly string[] {
  const says = gatherFacts?.kind === 'scalar' ? gatherFacts.value === true : request.execution.gatherFacts
  return says ? (sources.modules[GATHERER]?.gathersFacts ?? []) : []
}

function loopPlaces({ loop }: Runnable, title: string): [string, Place][] {
  if (loop === undefined) return []
  const { variable, indexVariable, items } = loop
  const origin = { level: 'the item of a loop' } as const
  const when = { kind: 'tasks' as const, tasks: [title] }
  const named = [variable, indexVariable].filter((node) => node !== undefined && !isTemplateNode(node))
  const names = named.map((node) => String(node!.value))
  return [...(variable === undefined ? ['item'] : []), ...names].map((name) => [
    name,
    { origin, at: items.place, when },
  ])
}

/** What a step sets for those behind it. */
function setBy(step: Runnable, play: Play, run: Run): [string, Place][] {
  const by = (what: string) => ({ kind: 'run' as const, by: `${what} at ${placeName(step.place)}` })
  const level = 'set_fact and register'
  const registered: [string, Place][] =
    step.register === undefined
      ? []
      : [[step.register, { origin: { level }, at: step.place, when: by('register') }]]
  if (step.kind !== 'task') return registered
  const { module } = step
  const set = module.setsVariables
    ? step.args.entries
        .filter(({ key }) => key !== 'cacheable')
        .map((entry) => setPlace(entry, step, by('set_fact')))
    : []
  const fixed = writtenArguments(step).filter(({ value }) => isFixed(value))
  const given = Object.fromEntries(fixed.map(({ key, value }) => [key, toValue(value)]))
  const facts = [...(module.returnsFacts?.(given) ?? []), ...(module.gathersFacts ?? [])]
  const returned = facts.map((name): [string, Place] => [
    name,
    { origin: { level: 'host facts' }, at: step.place, when: by(step.action) },
  ])
  return [...registered, ...set, ...returned, ...includedBy(step, play, run, by('include_vars'))]
}

function setPlace({ key, value }: MapEntry, step: Runnable, when: Place['when'] & object): [string, Place] {
  return [key, { origin: { level: 'set_fact and register' }, node: value, at: value.place, step, when }]
}

/** The variables of an include_vars whose file is named outright. */
function includedBy(
  step: Extract<Runnable, { kind: 'task' }>,
  play: Play,
  run: Run,
  when: Place['when'] & object,
): [string, Place][] {
  if (step.module.controls !== 'include_vars') return []
  const args = new Map(writtenArguments(step).map(({ key, value }) => [key, value]))
  const [file, name] = [args.get('file'), args.get('name')]
  if (file?.kind !== 'scalar' || isTemplateNode(file)) return []
  const path = varsFile(String(file.value), step, play)
  if (path === undefined) return []
  const origin = { level: 'include_vars' } as const
  try {
    const read = variablesOf(path, step, run.sources.files)
    const place = (node: Node): Place => ({ origin, node, at: node.place, when })
    if (name === undefined) return [...read].map(([key, node]) => [key, place(node)])
    const values = Object.fromEntries([...read].map(([key, node]) => [key, toValue(node)]))
    return name.kind === 'scalar' ? [[String(name.value), place(toNode(values, step.place))]] : []
  } catch (error) {
    if (error instanceof ProblemError) return []
    throw error
  }
}
