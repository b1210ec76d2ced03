import { jsonOf } from '../../../host/json.ts'
import { type Change, defineModule, type ModuleResult, type Outcome, type Plan } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { sh, together } from '../../../sdk/plans.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { isMap, type ValueMap } from '../../../values/value.ts'
import { complaints, concludeXl, type Domain, domainNamed, domainProblems, domainsProbe } from '../domains.ts'
import { type Difference, differencesOf } from './differences.ts'
import { askScript, createScript, destroyScript, TIMED_OUT, VANISHED, waitScript } from './scripts.ts'

const declared = options({
  name: { type: 'str', required: true, help: 'Name of the domain.' },
  state: {
    type: 'str',
    choices: ['running', 'paused', 'shutdown', 'destroyed'],
    default: 'running',
    help: 'running and paused create it if need be; shutdown asks the guest, destroyed does not.',
  },
  config: { type: 'path', help: 'Its configuration, as in xl.cfg(5); /etc/xen/NAME.cfg if not told.' },
  content: {
    type: 'str',
    help: 'What that file is going to say: compared with in its place. Under check an earlier task has not yet written it.',
  },
  template: {
    type: 'template',
    help: 'The same by the name of the template that an earlier task makes the file of.',
  },
  restart: {
    type: 'bool',
    default: true,
    help: 'Whether it is shut down and created again for a difference that takes that: all but memory and vcpus up to maxmem and maxvcpus, also a bridge; else a warning tells of it, and restart_needed.',
  },
  timeout: { type: 'int', default: 120, help: 'Seconds for the guest to shut down.' },
})

type DomainArgs = ArgsOf<typeof declared>

/** What `xl create -n` made of the configuration; undefined if there is no file. */
type Wanted = { readonly config: ValueMap; readonly warnings: readonly string[] } | undefined

interface State {
  readonly domain: Domain | undefined
  /** Undefined too where it is not asked for. */
  readonly wanted: Wanted
}

/** A domain of Xen, as xl(1) creates it from a configuration and shuts it down. */
export const xen_domain = defineModule<typeof declared, State>({
  name: 'xen_domain',
  summary:
    'Creates, pauses, shuts down and destroys domains of Xen (xl), and brings them to what their configuration says. Which bridges their interfaces are on meanwhile is for xen_vif.',
  options: declared,
  validate: ({ name, content, template, timeout }) => [
    ...domainProblems('name', name),
    ...(content !== undefined && template !== undefined
      ? ['"content" and "template" exclude each other']
      : []),
    ...(timeout !== undefined && timeout < 1 ? ['timeout: at least 1 second'] : []),
  ],
  probe: (args) => [domainsProbe, isUp(args) ? wantedScript(args) : ''],
  parse: (output, args) => ({
    domain: domainNamed(args.name, output.of(domainsProbe)[0]!),
    wanted: isUp(args) ? parseWanted(output.text, args) : undefined,
  }),
  poll: (args, { domain }) =>
    isUp(args) && domain !== undefined && domain.config === undefined
      ? {
          delay: 1,
          timeout: 30,
          for: `xl to tell the configuration of ${args.name}, which is being made or removed`,
        }
      : undefined,
  plan: (args, state, view) => (isUp(args) ? planUp(args, state, view.check) : planDown(args, state)),
  interpret: conclude,
})

function isUp({ state }: DomainArgs): boolean {
  return state === 'running' || state === 'paused'
}

function fileOf({ name, config }: DomainArgs): string {
  return config ?? `/etc/xen/${name}.cfg`
}

/** sh that has xl read the configuration, and prints what it says and makes of it, and its exit status. */
function wantedScript(args: DomainArgs): string {
  const text = args.content ?? args.template?.content.text()
  const file = quotePath(fileOf(args))
  // xl takes for a configuration only what holds a "=", and what begins with a "-" for an option.
  const given = text === undefined ? file : `/dev/null ${quote(`#=\n${text}`)}`
  const missing = text === undefined ? `if [ ! -e ${file} ]; then echo missing; else\n` : ''
  return `${missing}xl create -n ${given} 2>&1\nprintf '\\nexit %s\\n' "$?"${missing && '\nfi'}`
}

function parseWanted(printed: string, args: DomainArgs): Wanted {
  if (printed === 'missing\n') return undefined
  const [, said = '', json] = /^([\s\S]*?)^(\{[\s\S]*^\})\s+exit 0\n$/m.exec(printed) ?? []
  if (json === undefined) {
    const lines = complaints(printed.replace(/\nexit \d+\n$/, '')).map(placed)
    throw new Error(`xl does not take the configuration of ${args.name}: ${lines.join('; ')}`)
  }
  const warnings = complaints(said).map((line) => `configuration of ${args.name}: ${placed(line)}`)
  return { config: jsonOf('xl create --dryrun', json) as ValueMap, warnings }
}

/** xl counts the line before the content, and one of its own. */
function placed(line: string): string {
  return line.replace(/^\/dev\/null:(\d+)/, (_, number) => `line ${number - 2} of the content`)
}

function planUp(args: DomainArgs, { domain, wanted }: State, check: boolean): Plan {
  const { name, state, timeout } = args
  if (wanted === undefined && !check)
    return failure(
      `there is no ${fileOf(args)}: write it first, for example with the module template, or name another with "config"`,
    )
  const other = nameIn(wanted)
  if (other !== undefined && other !== name)
    return failure(`${fileOf(args)} is the configuration of "${other}", not of "${name}"`)
  const warnings = wanted?.warnings ?? []
  const create = createScript(fileOf(args), name, state === 'paused')
  if (domain === undefined || !isAlive(domain)) {
    const changes = [{ what: `domain ${name}`, before: domain?.state ?? null, after: state }]
    const script = domain === undefined ? create : lines(waitScript(domain.id), create)
    return { ...together(changes, sh(script)), result: resultOf(args, domain), warnings }
  }
  if (domain.config === undefined)
    return failure(`xl does not tell how ${name} is configured: it is just being made or removed`)
  const { applied, left } = sorted(args, domain, wanted)
  const steps = [...applied.map((difference) => liveStep(domain, difference)), ...pauseSteps(args, domain)]
  const [changes, commands] = [steps.map(([change]) => change), steps.map(([, command]) => command)]
  const restarts = commands.includes(undefined)
  if (restarts && startsAgain(domain)) return failure(restartsByItself(domain))
  const script = restarts
    ? lines(askScript(domain, timeout), waitScript(domain.id), create)
    : commands.join(' &&\n')
  return {
    ...together(changes, sh(script)),
    result: { ...resultOf(args, domain), restart_needed: left.length > 0 },
    warnings: [...warnings, ...left.map((difference) => warningOf(name, difference))],
  }
}

function planDown(args: DomainArgs, { domain }: State): Plan {
  const { name, state, timeout } = args
  if (domain === undefined || (state === 'shutdown' && !isAlive(domain)))
    return { changes: [], result: resultOf(args, domain) }
  if (state === 'shutdown' && startsAgain(domain)) return failure(restartsByItself(domain))
  const changes = [{ what: `domain ${name}`, before: domain.state, after: state }]
  const script = state === 'destroyed' ? destroyScript(domain.id) : askScript(domain, timeout)
  return { ...together(changes, sh(script)), result: resultOf(args, domain) }
}

function isAlive({ state }: Domain): boolean {
  return state === 'running' || state === 'paused'
}

function nameIn(wanted: Wanted): string | undefined {
  const about = wanted?.config.c_info ?? null
  return isMap(about) ? String(about.name) : undefined
}

/** The differences of a domain that are applied, and those that are only reported. */
function sorted(
  { restart }: DomainArgs,
  domain: Domain,
  wanted: Wanted,
): { applied: Difference[]; left: Difference[] } {
  const all = wanted === undefined ? [] : differencesOf(wanted.config, domain.config ?? {})
  const isApplied = ({ live }: Difference) => restart || live !== undefined
  return { applied: all.filter(isApplied), left: all.filter((difference) => !isApplied(difference)) }
}

/** Whether the toolstack starts it again after a shutdown. */
function startsAgain({ config }: Domain): boolean {
  return /restart/.test(String(config?.on_poweroff))
}

function restartsByItself({ name, config }: Domain): string {
  return `${name} starts again by itself when it is shut down (its on_poweroff is ${config!.on_poweroff}): only "state: destroyed" stops it`
}

/** A change of a domain that is up, and the xl command that makes it; undefined: only a restart does. */
type LiveStep = readonly [Change, string | undefined]

function liveStep({ name, id }: Domain, { what, before, after, live }: Difference): LiveStep {
  const restarts = live === undefined ? ' (needs a restart)' : ''
  return [{ what: `${what} of ${name}${restarts}`, before, after }, live && `xl ${live(id).join(' ')}`]
}

function warningOf(name: string, { what, before, after }: Difference): string {
  const [now, then] = [before, after].map((value) =>
    value === null ? 'absent' : typeof value === 'object' ? JSON.stringify(value) : String(value),
  )
  return `${what} of ${name} is ${now}, not ${then}, until it is restarted`
}

function pauseSteps({ name, state }: DomainArgs, domain: Domain): LiveStep[] {
  if (domain.state === state) return []
  const change = { what: `domain ${name}`, before: domain.state, after: state }
  return [[change, `xl ${state === 'paused' ? 'pause' : 'unpause'} ${domain.id}`]]
}

function resultOf({ name, state }: DomainArgs, domain: Domain | undefined): ValueMap {
  return {
    name,
    state,
    domid: domain !== undefined && isAlive(domain) ? domain.id : null,
    restart_needed: false,
  }
}

function lines(...scripts: string[]): string {
  return scripts.join('\n')
}

function conclude(
  outcomes: readonly Outcome[],
  { name, timeout }: DomainArgs,
  { domain }: State,
): ModuleResult {
  const { code, stderr } = outcomes.at(-1)!
  if (code === TIMED_OUT)
    return {
      failed: `${name} has not shut down within ${timeout} s: give it a longer "timeout", or stop it without asking it with "state: destroyed"`,
    }
  if (code === VANISHED)
    return {
      failed: `${name} was created and was gone a second later: it has crashed or powered off; see /var/log/xen/xl-${name}.log, and its console with xl create -c`,
      result: { stderr },
    }
  const { failed, ...rest } = concludeXl(outcomes)
  const isDown = domain !== undefined && isAlive(domain) && /^Parsing config/m.test(stderr)
  return isDown && failed !== undefined
    ? { ...rest, failed: `${failed}; ${name} was shut down for its restart and does not run now` }
    : { ...rest, ...(failed !== undefined && { failed }) }
}

function failure(failed: string): Plan {
  return { changes: [], failed }
}
