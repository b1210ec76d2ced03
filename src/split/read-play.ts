import { basename, join, resolve } from 'node:path'
import { everyStep, type Runnable } from '../analysis/every-step.ts'
import { type Standing, searchFolders, writtenArguments } from '../engine/arguments.ts'
import type { HostState } from '../engine/host.ts'
import type { Run } from '../engine/run.ts'
import { variablesOf } from '../engine/task/controls/include-vars.ts'
import type { IncludeRole, IncludeTasks, Keyword, Meta, Play, Task } from '../playbook/ast.ts'
import { isNamedOutright } from '../playbook/included.ts'
import { roleUses } from '../playbook/playbook.ts'
import { optionNamed } from '../sdk/arguments.ts'
import { isTemplate, isTemplateNode } from '../template/template.ts'
import { Variables } from '../template/variables.ts'
import { ProblemError } from '../values/problem.ts'
import { toBoolean } from '../values/truth.ts'
import { type Node, toValue } from '../values/value.ts'
import { filesBelow, filesNamedBy } from './reading/candidates.ts'
import { PlayDefinitions } from './reading/definitions.ts'
import { type Found, TemplateReader } from './reading/templates.ts'

/** What reading a play says of how it may be carried out. */
export interface PlayReading {
  /** Why the coordinator must carry it out itself; nothing if it need not. */
  readonly alone: readonly Found[]
  /** Why its slices must keep in step; nothing if they need not. */
  readonly across: readonly Found[]
  /** Its templates ask for variables of other hosts. */
  readonly readsOtherHosts: boolean
  /** Files and folders of the controller by their whole paths that its tasks may send or read, as far as they are known. */
  readonly files: ReadonlySet<string>
  /** Variables of the controller's environment that its templates ask for. */
  readonly environment: ReadonlySet<string>
  /** It may change which hosts and groups there are. */
  readonly changesInventory: boolean
}

/** Reads a play as it stands, before it begins. `isHere`: slices are carried out on the coordinator's machine, too. */
export function readPlay(play: Play, run: Run, hosts: readonly HostState[], isHere: boolean): PlayReading {
  return new Reader(play, run, isHere).read(hosts)
}

/** Meta tasks that concern all hosts of a batch. */
const OF_ALL_HOSTS = new Set<Meta['verb']>(['clear_host_errors', 'end_batch', 'end_play'])

class Reader {
  readonly #play: Play
  readonly #run: Run
  readonly #isHere: boolean
  readonly #definitions: PlayDefinitions
  readonly #templates: TemplateReader
  readonly #alone: Found[] = []
  readonly #across: Found[] = []
  #changesInventory = false

  constructor(play: Play, run: Run, isHere: boolean) {
    this.#play = play
    this.#run = run
    this.#isHere = isHere
    this.#definitions = new PlayDefinitions(play, run)
    this.#templates = new TemplateReader(play, this.#definitions)
  }

  read(hosts: readonly HostState[]): PlayReading {
    const { steps } = everyStep(this.#play, this.#run.sources, [], (step) => this.#mayInclude(step))
    for (const step of steps) if (step.role !== undefined) this.#definitions.addRole(step.role)
    this.#readVarsFiles()
    for (const step of steps) if (step.kind === 'task') this.#includedVariables(step)
    this.#readPlay()
    for (const step of steps) this.#step(step)
    this.#readHosts(hosts)
    const across = [...this.#across, ...this.#templates.across]
    if (across.length > 0 && this.#play.strategy === 'free')
      this.#alone.push({
        ...across[0]!,
        reason: `has hosts that go on alone (strategy), and ${across[0]!.reason}`,
      })
    return {
      alone: [...this.#alone, ...this.#templates.alone],
      across,
      readsOtherHosts: this.#templates.readsOtherHosts,
      files: this.#templates.files,
      environment: this.#templates.environment,
      changesInventory: this.#changesInventory,
    }
  }

  #readPlay(): void {
    const { play } = { play: this.#play }
    const at = { role: undefined, folder: play.folder }
    const { maxFailPercentage, gatherSubset, gatherTimeout, factPath, forceHandlers } = play
    for (const node of [maxFailPercentage, gatherSubset, gatherTimeout, factPath, forceHandlers])
      this.#templates.read(node, 'template', at)
    for (const { role } of roleUses(play)) this.#definitions.addRole(role)
    if (maxFailPercentage !== undefined)
      this.#across.push({ reason: 'has max_fail_percentage', place: maxFailPercentage.place })
  }

  /** What the files may define that vars_files names. */
  #readVarsFiles(): void {
    for (const node of this.#play.varsFiles) {
      const names = node.kind === 'list' ? node.items : [node]
      for (const name of names)
        this.#defineFiles(name, [this.#play.folder], { role: undefined, folder: this.#play.folder })
    }
  }

  #includedVariables(task: Task): void {
    if (task.module.controls !== 'include_vars') return
    const args = new Map(writtenArguments(task).map(({ key, value }) => [key, value]))
    const folders = searchFolders(task, this.#play).flatMap((folder) => [join(folder, 'vars'), folder])
    const file = args.get('file') ?? args.get('_raw_params')
    if (file !== undefined && task.argsFrom.length === 0) this.#defineFiles(file, folders, task)
    else
      for (const folder of folders.filter((one) => basename(one) === 'vars'))
        for (const path of filesBelow(folder) ?? []) this.#define(join(folder, path))
    const dir = args.get('dir')
    if (dir !== undefined && isTemplate(String(toValue(dir))))
      this.#alone.push({ reason: 'reads variables from a folder whose name is computed', place: dir.place })
  }

  #defineFiles(name: Node, folders: readonly string[], at: Standing): void {
    this.#templates.read(name, 'template', at)
    const written = String(toValue(name))
    const files = isTemplate(written) ? filesNamedBy(written, folders) : [written]
    if (files === undefined)
      this.#alone.push({ reason: 'reads variables from a file whose name is computed', place: name.place })
    for (const file of files ?? []) for (const folder of folders) this.#define(resolve(folder, file))
  }

  #define(path: string): void {
    try {
      this.#definitions.add(variablesOf(path, this.#play, this.#run.sources.files))
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
    }
  }

  /** The names of the files that an include may mean; none, and the play stays here, when it may be any. */
  #mayInclude(step: IncludeTasks | IncludeRole): readonly string[] {
    const name = step.kind === 'include_tasks' ? step.file : step.roleName
    const folders = [
      ...(step.role === undefined ? [] : [join(step.role.path, 'tasks'), step.role.path]),
      ...[step.folder, join(this.#play.folder, 'tasks')],
    ]
    const files = step.kind === 'include_tasks' ? filesNamedBy(String(name.value), folders) : undefined
    if (files !== undefined) return files
    const what = step.kind === 'include_tasks' ? 'tasks of a file' : 'a role'
    this.#alone.push({ reason: `includes ${what} whose name is computed`, place: name.place })
    return []
  }

  #step(step: Runnable): void {
    this.#keywords(step)
    this.#templatesOf(step)
    if (step.kind === 'task') this.#task(step)
    else if (step.kind === 'meta') this.#meta(step)
    else if (step.kind === 'include_role' && !isNamedOutright(step)) this.#mayInclude(step)
  }

  #meta({ verb, place }: Meta): void {
    if (verb === 'refresh_inventory') {
      this.#changesInventory = true
      this.#alone.push({ reason: 'reads the inventory again', place })
    } else if (OF_ALL_HOSTS.has(verb)) this.#across.push({ reason: `has meta: ${verb}`, place })
  }

  #keywords(step: Runnable): void {
    const { keywords } = step.inherited
    this.#mustBePlain(step, 'run_once', 'has run_once')
    this.#mustBePlain(step, 'any_errors_fatal', 'has any_errors_fatal')
    const { throttle, delegate_to, connection } = keywords
    if (throttle !== undefined) {
      if (isTemplateNode(throttle))
        this.#alone.push({ reason: 'has a throttle that is computed', place: throttle.place })
      else this.#across.push({ reason: 'has a throttle', place: throttle.place })
    }
    if (delegate_to !== undefined && !isItself(delegate_to) && !this.#isOnController(delegate_to))
      this.#alone.push({ reason: 'has a task for another host (delegate_to)', place: delegate_to.place })
    if (
      connection !== undefined &&
      !this.#isHere &&
      (isTemplateNode(connection) || toValue(connection) === 'local')
    )
      this.#alone.push({ reason: 'has a task for this machine (connection)', place: connection.place })
  }

  /** Another process of the same machine does what is to be done on this machine. */
  #isOnController(node: Node): boolean {
    return this.#isHere && ['localhost', '127.0.0.1', '::1'].includes(String(toValue(node)))
  }

  #mustBePlain({ inherited }: Runnable, name: Keyword, reason: string): void {
    const node = inherited.keywords[name]
    if (node === undefined) return
    if (isTemplateNode(node)) this.#alone.push({ reason: `has ${name} that is computed`, place: node.place })
    else if (toBoolean(toValue(node)) !== false) this.#across.push({ reason, place: node.place })
  }

  #task(task: Task): void {
    const { module, place, actionPlace } = task
    if (task.named !== undefined)
      this.#alone.push({ reason: 'has a task whose module is computed', place: actionPlace })
    if (module.controls === 'add_host' || module.controls === 'group_by') {
      this.#changesInventory = true
      this.#alone.push({ reason: `changes the inventory (${module.controls})`, place })
    }
    if (module.controls === 'pause') {
      const isTimed = writtenArguments(task).some(({ key }) => key === 'seconds' || key === 'minutes')
      if (isTimed) this.#across.push({ reason: 'has a pause', place })
      else this.#alone.push({ reason: 'asks somebody (pause)', place })
    }
    if (module.writesHere || module.betweenMachines)
      this.#alone.push({
        reason: `has files of this machine written or sent by a program (${module.name})`,
        place,
      })
  }

  #templatesOf(step: Runnable): void {
    const { inherited, loop, role } = step
    const templates = [
      step.name,
      ...[loop?.items, loop?.label, loop?.pause, loop?.variable, loop?.indexVariable, loop?.extended],
      ...[step.retries, step.delay, ...step.notify],
      ...[...inherited.environment, ...inherited.vars, ...inherited.params, ...inherited.moduleDefaults],
      ...Object.values(inherited.keywords),
      ...(step.kind === 'task' ? [step.async, step.poll, ...step.argsFrom] : []),
      ...(step.kind === 'include_tasks' ? [step.file] : []),
      ...(step.kind === 'include_role' ? [step.roleName, ...rolesFiles(step)] : []),
    ]
    const conditions = [...inherited.when, step.until, step.changedWhen, step.failedWhen]
    for (const node of templates) this.#templates.read(node, 'template', step)
    for (const node of conditions) this.#templates.read(node, 'condition', step)
    if (loop?.lookup !== undefined) this.#templates.lookup(loop.lookup, loop.items)
    if (role !== undefined) this.#definitions.addRole(role)
    if (step.kind === 'task') this.#arguments(step)
  }

  #arguments(task: Task): void {
    for (const { key, keyPlace, value } of writtenArguments(task)) {
      this.#templates.read({ kind: 'scalar', value: key, place: keyPlace }, 'template', task)
      const type = task.module.options[optionNamed(task.module, key) ?? key]?.type
      if (type === 'template') this.#templates.readFiles(value, task)
      else
        this.#templates.read(
          value,
          type === 'conditions' || type === 'expression' ? 'condition' : 'template',
          task,
        )
      if (type === 'file' || type === 'archive' || type === 'script' || type === 'template')
        this.#localFile(value, task)
    }
  }

  /** A file that is named by its whole path, or may be, need not lie in the folders of the run. */
  #localFile(value: Node, { loop }: Task): void {
    const items = loop === undefined ? [] : [loop.items]
    const isKnown = this.#templates.paths(value, items)
    if (!isKnown) this.#alone.push({ reason: 'sends a file whose path is computed', place: value.place })
  }

  #readHosts(hosts: readonly HostState[]): void {
    if (this.#isHere) return
    const local = hosts.filter((host) => this.#isLocal(host))
    if (local.length === 0) return
    const names = local.map(({ name }) => name)
    const told = names.length > 3 ? `${names.slice(0, 3).join(', ')}, ...` : names.join(', ')
    this.#alone.push({ reason: `is for this machine (${told})`, place: this.#play.hosts.place })
  }

  #isLocal({ host }: HostState): boolean {
    const { inventory, extraVars, request } = this.#run
    const { folder } = this.#play
    const name = 'ansible_connection'
    try {
      // Nearly always nothing is said: of many hosts no other variable is read then.
      const isSaid = extraVars.has(name) || inventory.variableOf(host, folder, name) !== undefined
      if (!isSaid) return request.connection.connection === 'local'
      const layers = [...inventory.layersOf(host, folder), { name: 'extra vars', variables: extraVars }]
      return (new Variables(layers).get(name) ?? request.connection.connection) === 'local'
    } catch (error) {
      if (error instanceof ProblemError) return true
      throw error
    }
  }
}

function isItself(node: Node): boolean {
  return /^\{\{\s*inventory_hostname\s*\}\}$/.test(String(toValue(node)))
}

function rolesFiles({ from }: IncludeRole): Node[] {
  const { isUnchecked: _, ...files } = from
  return Object.values(files).filter((file) => file !== undefined)
}
