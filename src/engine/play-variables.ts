import { readBecome, readTarget } from '../inventory/connection/target.ts'
import type { Play, Role, Step } from '../playbook/ast.ts'
import { roleUses } from '../playbook/playbook.ts'
import { varsFilesLayers } from '../playbook/vars-files.ts'
import { writtenName } from '../playbook/written-name.ts'
import type { Become, Target } from '../remote/target.ts'
import { omit, TemplateContext } from '../template/context.ts'
import type { Origin } from '../template/origin.ts'
import { isTemplate } from '../template/template.ts'
import { type Layer, type Lookups, scopeMap, Variables } from '../template/variables.ts'
import { MissingError } from '../values/missing.ts'
import { ProblemError } from '../values/problem.ts'
import { entriesOf, type Node, type Value } from '../values/value.ts'
import { searchFolders } from './arguments.ts'
import type { HostState } from './host.ts'
import { defaultsOf, type HostLayers, layer, type StepLayers, seenBy, stepLayers, varsOf } from './layers.ts'
import { type Asking, lookupsOf } from './lookups.ts'
import { factsMap, ITS_OWN, playMagic, roleMagic } from './magic-variables.ts'
import { Reach, saidOfReach } from './reach.ts'
import type { Run } from './run.ts'

/** The variables of a play's steps on its hosts, in Ansible's order of precedence. */
export class PlayVariables {
  readonly #run: Run
  readonly #play: Play
  readonly #prompted: ReadonlyMap<string, Value>
  readonly #magic: ReadonlyMap<string, (variables: Variables) => Value>
  readonly #roles: Role[]
  readonly #layersOfHost = new Map<HostState, HostLayers>()
  #layersOfStep = new WeakMap<object, StepLayers>()
  readonly #plays: readonly Layer[]
  readonly #extra: Layer
  readonly #reach = new Reach()
  readonly #layerOfRole = new Map<Role, Layer>()
  readonly #lookups: Lookups

  constructor(
    run: Run,
    play: Play,
    all: readonly HostState[],
    batch: readonly HostState[],
    prompted: ReadonlyMap<string, Value>,
  ) {
    this.#run = run
    this.#play = play
    this.#prompted = prompted
    this.#roles = roleUses(play).map(({ role }) => role)
    this.#plays = this.#playLayers()
    this.#extra = layer('extra vars', run.extraVars)
    this.#lookups = lookupsOf({ role: undefined, folder: play.folder }, play, run, false)
    this.#magic = playMagic(run, play, all, batch, (host) => this.hostVariables(host))
  }

  /** Makes a role's defaults and variables those of the whole play: include_role with public. */
  publish(role: Role): void {
    this.#roles.push(role)
    this.#layersOfStep = new WeakMap()
  }

  /** Must be called after the inventory has changed. */
  forgetHosts(): void {
    this.#layersOfHost.clear()
  }

  /** What can be known without a host. */
  forPlay(): TemplateContext {
    return TemplateContext.of([...this.#plays, this.#extra], this.#lookups)
  }

  /** The layers of what a step's templates see on a host, lowest first. */
  layersFor(step: Asking & Pick<Step, 'inherited'>, host: HostState): Layer[] {
    const { address, below, above, magic } = this.#ofHost(host)
    const { lowest, middle, upper, own } = this.#ofStep(step)
    return address.concat(lowest, below, this.#plays, this.#varsFiles(host), middle, above, upper, magic, own)
  }

  /** What of a step's layers is the same on every host is made once. */
  #ofStep(step: Asking & Pick<Step, 'inherited'>): StepLayers {
    let layers = this.#layersOfStep.get(step)
    if (layers === undefined) {
      layers = this.#madeOfStep(step)
      this.#layersOfStep.set(step, layers)
    }
    return layers
  }

  #madeOfStep(step: Asking & Pick<Step, 'inherited'>): StepLayers {
    const role = step.role
    const searchPath = () => searchFolders(step, this.#play)
    const lists = {
      lowest: [this.#reached(step), ...this.#roles.map(defaultsOf), ...seenBy(role).map(defaultsOf)],
      middle: [...this.#roles.map(varsOf), ...seenBy(role).map(varsOf), ...stepLayers(step)],
      upper: [
        ...step.inherited.params.map((node) => layer('role and include parameters', entriesOf(node))),
        this.#extra,
        { name: 'magic', computed: this.#magic },
        ...(role === undefined ? [] : [this.#magicOf(role)]),
      ],
      own: [
        { name: 'magic', computed: new Map([['ansible_search_path', searchPath]]) },
        ...this.#delegated(step),
      ],
    }
    const keywords = connectionKeywords.map((name) => step.inherited.keywords[name])
    const levels = [lists.lowest, this.#plays, lists.middle, lists.upper]
    // Which variables files a host has may depend on it.
    const reach = this.#play.varsFiles.length === 0 ? saidOfReach(keywords, levels) : undefined
    return { ...lists, reach }
  }

  /** What a step's templates see on a host; `isAhead` when its turn has not come, and no lookup may do anything. */
  forStep(step: Asking & Pick<Step, 'inherited'>, host: HostState, isAhead = false): TemplateContext {
    return TemplateContext.of(this.layersFor(step, host), lookupsOf(step, this.#play, this.#run, isAhead))
  }

  /** A host's variables as `hostvars` shows them: without those of plays, roles and tasks. */
  hostVariables(host: HostState): Variables {
    const { below, above, magic } = this.#ofHost(host)
    const layers = [...below, ...above, this.#extra, { name: 'magic', computed: this.#magic }, ...magic]
    return new Variables(layers, undefined, this.#lookups)
  }

  /** A step's name, its templates rendered where that can be done. */
  nameOf(step: Step, host?: HostState): string {
    const written = writtenName(step)
    // As in Ansible, a module that a template names is shown as it is written.
    const isAction = step.name === undefined && step.kind === 'task'
    if (isAction || !isTemplate(written)) return written
    const { place } = step.name ?? step
    const scope = host === undefined ? this.forPlay() : this.forStep(step, host)
    try {
      return String(scope.render({ kind: 'scalar', value: written, place }))
    } catch (error) {
      if (error instanceof ProblemError) return written
      throw error
    }
  }

  /** How a step reaches a host: its own, or the one that it is delegated to. */
  target(scope: TemplateContext, step: Step, name: string, owner: string): Target {
    const { connection } = this.#run.request
    if (name !== owner)
      return readTarget(name, this.#delegateVariables(name), connection, keywordsOf(step, scope))
    return this.#recall('target', scope, step, name, (own) =>
      readTarget(name, (variable) => own.variables.get(variable), connection, keywordsOf(step, own)),
    )
  }

  /** As whom a step is done on a host. */
  become(scope: TemplateContext, step: Step, name: string, owner: string): Become | undefined {
    const find = (own: TemplateContext) => {
      const get = (variable: string) => own.variables.get(variable)
      return readBecome(name, get, this.#run.request.connection, keywordsOf(step, own))
    }
    return name === owner ? this.#recall('become', scope, step, name, find) : find(scope)
  }

  /** What the variables of a step on a host say of how it is reached. */
  #recall<T>(
    what: string,
    scope: TemplateContext,
    step: Step,
    name: string,
    find: (scope: TemplateContext) => T,
  ): T {
    const host = this.#run.knownState(name)
    if (host === undefined) return find(scope)
    const said = this.#ofStep(step).reach
    return this.#reach.recall(what, { host, owner: this.#ofHost(host), said }, scope, find)
  }

  /** How a host is reached, for templates that ask, where no variable says it. */
  #reached({ inherited }: Pick<Step, 'inherited'>): Layer {
    const { connection, user } = this.#run.request.connection
    const { remote_user } = inherited.keywords
    const computed = new Map<string, (variables: Variables) => Value>()
    if (inherited.keywords.connection === undefined)
      computed.set('ansible_connection', () => connection ?? 'ssh')
    if (remote_user !== undefined)
      computed.set('ansible_user', (variables) => new TemplateContext(variables).render(remote_user))
    else if (user !== undefined) computed.set('ansible_user', () => user)
    return { name: 'connection', origin: REACHED, computed }
  }

  /** `ansible_delegated_vars`: the variables of the host that a step is delegated to, by its name. */
  #delegated({ inherited }: Pick<Step, 'inherited'>): Layer[] {
    const { delegate_to } = inherited.keywords
    if (delegate_to === undefined) return []
    const computed = (variables: Variables): Value => {
      const name = String(new TemplateContext(variables).render(delegate_to))
      return { [name]: scopeMap(this.hostVariables(this.#run.delegate(name)), ITS_OWN) }
    }
    return [{ name: 'magic', computed: new Map([['ansible_delegated_vars', computed]]) }]
  }

  /** What every step of a role knows of it is made once. */
  #magicOf(role: Role): Layer {
    let layer = this.#layerOfRole.get(role)
    if (layer === undefined) {
      layer = { name: 'role', values: new Map(roleMagic(role)) }
      this.#layerOfRole.set(role, layer)
    }
    return layer
  }

  #delegateVariables(name: string): (variable: string) => Value | undefined {
    const variables = this.hostVariables(this.#run.delegate(name))
    return (variable) => variables.get(variable)
  }

  #ofHost(host: HostState) {
    let layers = this.#layersOfHost.get(host)
    if (layers === undefined) {
      layers = {
        address: [
          { name: 'connection', origin: REACHED, computed: new Map([['ansible_host', () => host.name]]) },
        ],
        below: [
          ...this.#run.inventory.layersOf(host.host, this.#play.folder),
          { name: 'facts', origin: FACTS, values: host.facts },
          { name: 'facts', origin: FACTS, computed: new Map([['ansible_facts', () => factsMap(host)]]) },
        ],
        above: [
          layer('include_vars', host.included),
          {
            name: 'set_fact and register',
            origin: { level: 'set_fact and register' },
            values: host.assigned,
          },
        ],
        magic: this.#ownMagic(host),
      }
      this.#layersOfHost.set(host, layers)
    }
    return layers
  }

  #varsFiles(host: HostState): Layer[] {
    if (this.#play.varsFiles.length === 0) return []
    return varsFilesLayers(this.#play, (node) => this.#varsFile(node, host), this.#run.sources.files)
  }

  /** The path of an entry of vars_files; as in Ansible one that needs facts is passed over until there are some. */
  #varsFile(node: Node, host: HostState): Value | undefined {
    try {
      return new TemplateContext(this.hostVariables(host).derive(this.#plays)).render(node)
    } catch (error) {
      if (error instanceof MissingError && !host.facts.has('module_setup')) return undefined
      throw error
    }
  }

  #playLayers(): Layer[] {
    return [
      layer('play vars', entriesOf(this.#play.vars)),
      { name: 'vars_prompt', origin: { level: 'play vars_prompt' }, values: this.#prompted },
    ]
  }

  #ownMagic({ host }: HostState): Layer[] {
    const { inventory } = this.#run
    const computed = new Map<string, () => Value>([
      ['inventory_hostname', () => host.name],
      ['inventory_hostname_short', () => host.name.split('.')[0]!],
      ['group_names', () => inventory.groupNames(host)],
      ['inventory_dir', () => inventory.inventoryDir(host) ?? null],
      ['inventory_file', () => host.file ?? null],
    ])
    return [{ name: 'magic', computed }]
  }
}

const connectionKeywords = [
  'become',
  'become_exe',
  'become_flags',
  'become_method',
  'become_user',
  'connection',
  'port',
  'remote_user',
] as const

function keywordsOf({ inherited }: Step, scope: TemplateContext): Record<string, Value> {
  const keywords: Record<string, Value> = {}
  for (const keyword of connectionKeywords) {
    const node = inherited.keywords[keyword]
    const value = node === undefined ? omit : scope.render(node)
    if (value !== omit) keywords[keyword] = value
  }
  return keywords
}

const REACHED: Origin = { level: 'command line values' }
const FACTS: Origin = { level: 'host facts' }
