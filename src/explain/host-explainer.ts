import type { HostState } from '../engine/host.ts'
import { maskedValue } from '../engine/masked.ts'
import type { PlayVariables } from '../engine/play-variables.ts'
import type { Run } from '../engine/run.ts'
import type { Play } from '../playbook/ast.ts'
import { readExtraVars } from '../playbook/extra-vars.ts'
import type { ExplainedPlace, Explanation } from '../protocol/explanation.ts'
import { locationOf } from '../protocol/location.ts'
import { namesUsed } from '../template/names.ts'
import { isFixed, render } from '../template/template.ts'
import type { Layer, Variables } from '../template/variables.ts'
import type { Node, Value } from '../values/value.ts'
import { type PlacesInTasks, placesInTasks } from './in-tasks.ts'
import { byRank, isAnsibles, namesIn, type Place, placeIn, rankOf } from './place.ts'
import { reasonFor } from './reason.ts'
import { HIDDEN, isHidden, writtenValue } from './shown.ts'

interface Surroundings {
  readonly run: Run
  readonly play: Play
  readonly scope: PlayVariables
  readonly isWithoutPlay: boolean
}

/** Maps of everything, which nobody reads. */
const ENDLESS = new Set(['hostvars', 'vars'])

/** The variables of a host in a play, and why each has its value. */
export class HostExplainer {
  readonly #around: Surroundings
  readonly #host: HostState
  /** What holds for the whole play, highest first. */
  readonly #layers: readonly Layer[]
  readonly #variables: Variables
  readonly #inTasks: PlacesInTasks

  constructor(around: Surroundings, host: HostState) {
    const { run, play, scope } = around
    this.#around = around
    this.#host = host
    const whole = { role: undefined, folder: play.folder, inherited: play.inherited }
    const layers = scope.layersFor(whole, host)
    this.#layers = layers.flatMap((layer) => eachGiven(layer, run)).reverse()
    this.#variables = scope.forStep(whole, host, true).variables
    const known = new Set(layers.flatMap(nodesIn))
    this.#inTasks = around.isWithoutPlay ? new Map() : placesInTasks(run, play, scope, host, known)
  }

  gives(name: string): boolean {
    return this.#placesOf(name).length > 0
  }

  /** Those that somebody has written somewhere, sorted. */
  names(): string[] {
    const own = this.#layers.filter(
      ({ origin }) => origin !== undefined && origin.level !== 'command line values',
    )
    return [...new Set([...own.flatMap((layer) => [...namesIn(layer)]), ...this.#writtenInTasks()])]
      .filter((name) => name !== 'ansible_facts')
      .sort()
  }

  #writtenInTasks(): string[] {
    return [...this.#inTasks]
      .filter(([, places]) => places.some(({ origin }) => origin.level !== 'host facts'))
      .map(([name]) => name)
  }

  allNames(): string[] {
    return [...this.#layers.flatMap((layer) => [...namesIn(layer)]), ...this.#inTasks.keys()]
  }

  explain(name: string): Explanation {
    const places = this.#placesOf(name)
    const always = places.filter(({ when }) => when === undefined)
    const [winner, other] = always
    const { play, isWithoutPlay } = this.#around
    return {
      variable: name,
      host: this.#host.name,
      play: isWithoutPlay ? undefined : { name: play.name, location: locationOf(play.place) },
      ...this.#valueOf(name, winner),
      places: places.map((place) => this.#explained(place, place === winner, name)),
      why: this.#why(winner, other),
      madeOf: winner?.node === undefined || isHidden(winner.node) ? [] : this.#madeOf(winner.node),
    }
  }

  #placesOf(name: string): Place[] {
    const seen = new Set<Node>()
    const always = this.#layers
      .flatMap((layer) => (isAsked(layer) ? [] : (placeIn(layer, name) ?? [])))
      .filter(({ node }) => node === undefined || (!seen.has(node) && seen.add(node)))
    return byRank([...(this.#inTasks.get(name) ?? []), ...always])
  }

  #why(winner: Place | undefined, other: Place | undefined): string {
    const { run } = this.#around
    if (winner === undefined) return 'nothing gives it before the run comes to it'
    const merges = run.request.execution.mergesMaps && other !== undefined && winner.node?.kind === 'map'
    const reason = reasonFor(winner, other, run.inventory)
    return merges ? `${reason}; maps of all places are merged (hash_behaviour is merge)` : reason
  }

  #valueOf(name: string, winner: Place | undefined) {
    if (winner === undefined || ENDLESS.has(name)) return { value: undefined, failure: undefined }
    if (winner.node !== undefined && isHidden(winner.node)) return { value: HIDDEN, failure: undefined }
    return this.#tried(() => this.#variables.get(name))
  }

  #tried(make: () => Value | undefined): { value: Value | undefined; failure: string | undefined } {
    try {
      const value = make()
      return { value: value === undefined ? undefined : maskedValue(value), failure: undefined }
    } catch (error) {
      return { value: undefined, failure: (error as Error).message }
    }
  }

  #explained(place: Place, wins: boolean, name: string): ExplainedPlace {
    const { node, value, when, origin } = place
    const written =
      node !== undefined
        ? writtenValue(node)
        : value === undefined || ENDLESS.has(name)
          ? undefined
          : this.#tried(() => value(this.#variables)).value
    return {
      level: isAnsibles(place) ? rankOf(place) : undefined,
      levelName: origin.level,
      owner: origin.owner,
      at: this.#at(place),
      written,
      value: node === undefined || isHidden(node) || isFixed(node) ? undefined : this.#rendered(node, place),
      wins,
      tasks: when?.kind === 'tasks' ? when.tasks : undefined,
      setBy: when?.kind === 'run' ? when.by : undefined,
    }
  }

  #rendered(node: Node, { step }: Place): Value | undefined {
    const { scope } = this.#around
    const variables = step === undefined ? this.#variables : scope.forStep(step, this.#host, true).variables
    return this.#tried(() => render(node, variables)).value
  }

  #at({ at, origin }: Place): ExplainedPlace['at'] {
    if (at !== undefined) return locationOf(at)
    if (origin.level !== 'host facts') return 'the run'
    return this.#around.run.facts?.shownPath(this.#host.name) ?? 'the run'
  }

  #madeOf(node: Node): Explanation['madeOf'] {
    const names = new Set(namesUsed(node, 'template').names.map(({ name }) => name))
    return [...names].flatMap((name) => {
      const place = this.#placesOf(name).find(({ when }) => when === undefined)
      if (place === undefined) return []
      return [{ name, at: this.#at(place), value: this.#valueOf(name, place).value }]
    })
  }
}

/** The variables of each -e by themselves: what they say together is what the last of them says. */
function eachGiven(layer: Layer, { request }: Run): Layer[] {
  if (layer.origin?.level !== 'extra vars') return [layer]
  return request.variables.map((one) => ({ ...layer, variables: readExtraVars([one]) }))
}

/** What vars_prompt asks for stands among what the run sets. */
function isAsked({ origin }: Layer): boolean {
  return origin?.level === 'play vars_prompt'
}

function nodesIn(layer: Layer): Node[] {
  return 'variables' in layer ? [...layer.variables.values()] : []
}
