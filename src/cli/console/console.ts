import { userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepare } from '../../analysis/prepare.ts'
import type { Prepared } from '../../engine/run.ts'
import type { Host } from '../../inventory/group.ts'
import { type Selection, select, selectLimit } from '../../inventory/pattern.ts'
import type { OptionEntry } from '../../manual/entry.ts'
import type { Kinds } from '../../manual/kinds.ts'
import { modules } from '../../modules/index.ts'
import type { RunRequest } from '../../protocol/request.ts'
import { SessionPool } from '../../remote/session-pool.ts'
import { createReporter } from '../../report/index.ts'
import { ProblemError } from '../../values/problem.ts'
import { masked } from '../../vault/secrets.ts'
import { adHocRequest } from '../ad-hoc-request.ts'
import { kindsHere, showDocumentation } from '../commands/doc.ts'
import { run } from '../commands/playbook.ts'
import { told } from '../told.ts'
import { complete, type Known } from './completion.ts'
import { keepLines, readLines } from './history.ts'
import { type Lines, pipedLines, typedLines } from './lines.ts'
import { type ConsoleState, requestIn, SETTINGS, stateOf } from './state.ts'

export interface ConsoleOptions {
  readonly playbookDir?: string
  /** Seconds. */
  readonly taskTimeout?: number
  readonly listHosts?: boolean
}

/** How long a login may say nothing before it is made anew, in milliseconds. */
const SILENCE = 5000
/** How long hosts may take to end their sessions, in milliseconds. */
const LAST_WORDS = 5000

/** What may be typed besides modules and SETTINGS, each with what it does. */
const COMMANDS: Readonly<Record<string, string>> = {
  cd: 'the hosts, as a pattern: cd web:!web3; all of them without one',
  list: 'the hosts; list groups: the groups',
  help: 'this list; help MODULE: its arguments',
  exit: 'leaves, as Ctrl-D does',
}

/** A prompt over a pattern of hosts. */
export class Console {
  readonly #request: RunRequest
  readonly #playbookDir: string
  readonly #kinds: Kinds
  #state: ConsoleState
  #prepared: Prepared
  #hosts: readonly Host[] = []
  #status = 0
  #interrupted = false
  /** Logins stay from one task to the next. */
  readonly #pool = new SessionPool()

  private constructor(request: RunRequest, state: ConsoleState, prepared: Prepared, playbookDir: string) {
    this.#request = request
    this.#state = state
    this.#prepared = prepared
    this.#playbookDir = playbookDir
    this.#kinds = kindsHere(playbookDir)
  }

  static async open(request: RunRequest, pattern: string, own: ConsoleOptions): Promise<Console> {
    const playbookDir = own.playbookDir ?? '.'
    const nothing = adHocRequest(request, 'all', { module: 'meta', args: 'noop', playbookDir })
    const prepared = await prepare(
      { ...nothing, execution: { ...request.execution, onlyReads: true } },
      modules,
    )
    const state = { ...stateOf(request, pattern), timeout: own.taskTimeout ?? 0 }
    const made = new Console(request, state, prepared, playbookDir)
    made.#hosts = made.#hostsOf(pattern)
    return made
  }

  list(): number {
    this.#list('')
    return 0
  }

  /** Until there are no more lines. The status is that of the last task. */
  async run(): Promise<number> {
    const isTyped = process.stdin.isTTY === true
    const { history } = this.#request.output
    const file = isTyped && history !== undefined ? join(dirname(history), 'console_history') : undefined
    const lines = isTyped
      ? typedLines(file === undefined ? [] : await readLines(file), (line) => complete(line, this.#known()))
      : pipedLines(process.stdin)
    // Ctrl-C is for the task at hand: it ends no console, also not while a task is only being read.
    const heard = () => {
      this.#interrupted = true
    }
    process.on('SIGINT', heard)
    await this.#loop(lines)
    process.off('SIGINT', heard)
    await Promise.race([this.#pool.close(), sleep(LAST_WORDS, undefined, { ref: false })])
    if (file !== undefined) await keepLines(file, lines.history)
    return this.#status
  }

  async #loop(lines: Lines): Promise<void> {
    for (;;) {
      const line = await lines.next(this.#prompt())
      if (line === undefined || /^\s*(exit|quit)\s*$/.test(line)) return
      this.#interrupted = false
      this.#status = await told(() => this.#do(line.trim()))
    }
  }

  /** As in Ansible: what is no module is for the shell, and `!` says so outright. Gives the exit status. */
  async #do(line: string): Promise<number> {
    if (line === '' || line.startsWith('#')) return this.#status
    const [, first = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line)!
    if (line.startsWith('!')) return this.#task('shell', line.slice(1).trim())
    if (first === 'cd') this.#go(rest)
    else if (first === 'list') this.#list(rest)
    else if (first === 'help') return this.#help(rest)
    else if (Object.hasOwn(SETTINGS, first) && !/\s/.test(rest)) this.#set(first, rest)
    else return this.#named(first, rest, line)
    return 0
  }

  /** `name` alone says what is set. */
  #set(name: string, value: string): void {
    const setting = SETTINGS[name]!
    const next = value === '' ? this.#state : setting.set(this.#state, value)
    if (typeof next === 'string') throw problem(`${name}: ${next}`)
    if (value === '') print([`${name} ${setting.show(next)}`])
    this.#state = next
  }

  #named(first: string, rest: string, line: string): Promise<number> {
    return this.#isModule(first) ? this.#task(first, rest) : this.#task('shell', line)
  }

  #isModule(name: string): boolean {
    return this.#kinds.module.find(name).length > 0
  }

  async #task(module: string, args: string): Promise<number> {
    const { pattern, timeout, check, diff, verbosity } = this.#state
    const task = {
      module,
      args: args === '' ? undefined : args,
      taskTimeout: timeout === 0 ? undefined : timeout,
      playbookDir: this.#playbookDir,
    }
    const prepared = await prepare(
      adHocRequest(requestIn(this.#request, this.#state), pattern, task),
      modules,
    )
    await this.#pool.dropSilent(SILENCE)
    if (this.#interrupted) throw problem('interrupted before anything was run')
    const { stdout, stderr, env } = process
    const format = 'minimal' as const
    const { display } = this.#request.output
    const reporter = createReporter({ format, display, stdout, stderr, env, verbosity, check, diff })
    return run(prepared, reporter, [], { pool: this.#pool })
  }

  #go(pattern: string): void {
    const to = pattern === '' || pattern === '*' || pattern === '/' ? 'all' : pattern
    this.#hosts = this.#hostsOf(to)
    this.#state = { ...this.#state, pattern: to }
  }

  /** The hosts that a pattern means within the limit. */
  #hostsOf(pattern: string): Host[] {
    const { inventory } = this.#prepared
    const { folder, selection } = this.#request
    const all = selected(select(inventory, pattern))
    const { limit } = selection
    const within = limit === undefined ? all : selected(selectLimit(inventory, limit, folder))
    const hosts = all.filter((host) => within.includes(host))
    if (hosts.length === 0) throw problem(`"${pattern}" means no host`)
    return hosts
  }

  #list(what: string): void {
    if (what !== '' && what !== 'groups') throw problem(`list ${what}: it is list, or list groups`)
    const groups = () => [...this.#prepared.inventory.groups.keys()]
    print(what === 'groups' ? groups() : this.#hosts.map(({ name }) => name))
  }

  async #help(name: string): Promise<number> {
    if (name !== '') return showDocumentation(['-t', 'module', '--playbook-dir', this.#playbookDir, name])
    print(this.#commandHelp())
    return 0
  }

  #commandHelp(): string[] {
    const settings = Object.entries(SETTINGS).map(([setting, { help }]) => [setting, help] as const)
    const all = [...Object.entries(COMMANDS), ...settings, ['!', 'a line for the shell: !ls /'] as const]
    return [
      'A module with its arguments, or a line for the shell; and:',
      ...all.map(([command, help]) => `  ${command.padEnd(14)} ${help}`),
    ]
  }

  #prompt(): string {
    const { pattern, user, become, becomeUser, forks, check } = this.#state
    const who = become ? becomeUser : (user ?? userInfo().username)
    return `${who}@${pattern} (${this.#hosts.length})[f:${forks}]${check ? '[check]' : ''}${who === 'root' ? '#' : '$'} `
  }

  #optionsOf(module: string): Record<string, string[]> {
    const [entry] = this.#kinds.module.find(module)
    return Object.fromEntries(
      Object.entries(entry?.options ?? {}).map(([name, option]) => [name, choicesOf(option)]),
    )
  }

  #variables(): string[] {
    const folder = resolve(this.#playbookDir)
    return this.#hosts.flatMap((host) =>
      this.#prepared.inventory.layersOf(host, folder).flatMap((layer) => [...layer.variables.keys()]),
    )
  }

  #known(): Known {
    const { inventory } = this.#prepared
    return {
      modules: this.#kinds.module.names(),
      optionsOf: (module) => this.#optionsOf(module),
      patterns: [...inventory.groups.keys(), ...inventory.hosts.keys()],
      variables: () => this.#variables(),
      commands: {
        ...Object.fromEntries(Object.entries(SETTINGS).map(([name, { choices = [] }]) => [name, choices])),
        ...{ list: ['groups'], cd: [], help: [], exit: [] },
      },
    }
  }
}

function selected({ hosts, problems, unknown }: Selection): Host[] {
  const wrong = [...problems, ...unknown]
  if (wrong.length > 0) throw new ProblemError(wrong)
  return hosts
}

/** What an option may be, as far as that is a few words. */
function choicesOf({ type, choices = [] }: OptionEntry): string[] {
  return type === 'bool' ? ['true', 'false'] : choices.map(String)
}

function print(lines: readonly string[]): void {
  process.stdout.write(masked(lines.map((line) => `${line}\n`).join('')))
}

function problem(message: string): ProblemError {
  return new ProblemError({ message })
}
