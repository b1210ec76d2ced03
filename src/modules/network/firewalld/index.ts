import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../../sdk/module.ts'
import { failure, inSteps, NOTHING, type PlannedChange, sh } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { words } from '../../../shell/quote.ts'
import { type Args, declared, problems } from './options.ts'
import { type Wish, wishOf } from './wish.ts'

/** What firewall-cmd answered: its exit status, and what it printed. */
interface Answer {
  readonly code: number
  readonly text: string
}

interface State {
  /** Whether firewalld runs; undefined on a host that has none. */
  readonly isRunning: boolean | undefined
  readonly permanent: Answer | undefined
  readonly immediate: Answer | undefined
  readonly defaultZone: string
}

/** Keeps zones of firewalld. Semantics: ansible.posix.firewalld. */
export const firewalld = defineModule<typeof declared, State>({
  name: 'firewalld',
  summary: 'Keeps what zones of firewalld let in, forward or block, now and after a reload.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

/** Where it is to be so. What is not permanent is immediate. */
function placesOf({ permanent, immediate }: Args) {
  const isPermanent = permanent === true
  return { isPermanent, isImmediate: immediate || !isPermanent }
}

/** The exit status of firewall-cmd where firewalld does not run. */
const NOT_RUNNING = 252

function probe(args: Args): string {
  const wish = wishOf(args)
  if (wish === undefined) return ''
  const { isPermanent, isImmediate } = placesOf(args)
  const query = words(...wish.query)
  return `LC_ALL=C; export LC_ALL
command -v firewall-cmd >/dev/null || { printf 'missing\\0'; exit 0; }
mode=running p= i= z=
ask() { x=$("$@" 2>&1 </dev/null); c=$?; [ $c -ne ${NOT_RUNNING} ] || mode=offline; }
${isPermanent ? `ask firewall-cmd --permanent ${query}\n[ $mode = running ] || ask firewall-offline-cmd ${query}\np="$c $x"` : ''}
${isImmediate ? `[ $mode = offline ] || { ask firewall-cmd ${query}; i="$c $x"; }` : ''}
${tellsZone(args) ? 'if [ $mode = running ]; then z=$(firewall-cmd --get-default-zone); else z=$(firewall-offline-cmd --get-default-zone); fi' : ''}
printf '%s\\0%s\\0%s\\0%s\\0' "$mode" "$p" "$i" "$z"`
}

/** What the task says names the zone, though the task does not. */
function tellsZone({ zone, source, masquerade, forward }: Args): boolean {
  return zone === undefined && (source ?? masquerade ?? forward) !== undefined
}

function parse(output: ProbeOutput, args: Args): State {
  const nothing = { permanent: undefined, immediate: undefined, defaultZone: '' }
  if (wishOf(args) === undefined) return { isRunning: true, ...nothing }
  const own = new Output(output.bytes)
  const mode = own.field()
  if (mode === 'missing') return { isRunning: undefined, ...nothing }
  return {
    isRunning: mode === 'running',
    permanent: answerIn(own.field()),
    immediate: answerIn(own.field()),
    defaultZone: own.field().trim(),
  }
}

function answerIn(text: string): Answer | undefined {
  if (text === '') return undefined
  const [, code, said = ''] = /^(\d+) ([\s\S]*)$/.exec(text) ?? []
  if (code === undefined) throw new Error(`firewall-cmd answered something else: ${JSON.stringify(text)}`)
  return { code: Number(code), text: said.trim() }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const wish = wishOf(args)
  if (wish === undefined) return { ...NOTHING, result: { msg: '' } }
  const { isPermanent, isImmediate } = placesOf(args)
  if (state.isRunning === undefined) {
    if (!view.check)
      return {
        ...failure('Failed to find required executable "firewall-cmd"'),
        advice: 'install the package firewalld',
      }
    // Under check an earlier task may be the one that brings it.
    return wish.isWanted
      ? planned(args, wish, { ...state, isRunning: true })
      : { ...NOTHING, result: { msg: '' } }
  }
  if (isImmediate && !state.isRunning && !view.check)
    return {
      ...failure(
        'firewall is not currently running, unable to perform immediate actions without a running firewall daemon',
      ),
      advice: 'start firewalld in an earlier task, or say permanent: true and not immediate',
    }
  const answers = [isPermanent ? state.permanent : undefined, isImmediate ? state.immediate : undefined]
  for (const answer of answers) {
    const wrong = answer === undefined ? undefined : refusal(wish, answer, view)
    if (wrong !== undefined) return failure(wrong)
  }
  return planned(args, wish, state)
}

/** Why firewalld does not take the question, if so. */
function refusal(wish: Wish, { code, text }: Answer, view: ModuleContext): string | undefined {
  if (code === 0 || (code === 1 && /^no$/m.test(text))) return undefined
  // What is not known is not there; and a zone or service may be one that an earlier task makes.
  if (/INVALID_(SERVICE|ICMPTYPE)/.test(text) && (!wish.isWanted || view.check)) return undefined
  if (/INVALID_ZONE/.test(text) && view.check) return undefined
  return complaint(text)
}

function complaint(text: string): string {
  const said = text.replace(/^Error: /m, '').trim()
  const more = said.includes('INVALID_SERVICE')
    ? ' Services are defined by port/tcp relationship and named as they are in /etc/services (on most systems)'
    : ''
  return `ERROR: Exception caught: ${said}${more}`
}

function planned(args: Args, wish: Wish, state: State): Plan {
  const { isPermanent, isImmediate } = placesOf(args)
  const zone = args.zone ?? state.defaultZone
  const steps: PlannedChange[] = []
  if (isPermanent && isThere(wish, state.permanent) !== wish.isWanted) {
    const program = state.isRunning ? ['firewall-cmd', '--permanent'] : ['firewall-offline-cmd']
    steps.push(step(wish, args, 'permanent ', program, state.permanent))
  }
  if (isImmediate && isThere(wish, state.immediate) !== wish.isWanted) {
    const time = wish.mayExpire && wish.isWanted && args.timeout > 0 ? [`--timeout=${args.timeout}`] : []
    steps.push(step(wish, args, '', ['firewall-cmd', ...time], state.immediate))
  }
  const how =
    isPermanent && isImmediate
      ? 'Permanent and Non-Permanent(immediate) operation'
      : isPermanent
        ? 'Permanent operation'
        : 'Non-permanent operation'
  const msg = [
    how,
    ...(steps.length > 0 ? [wish.told(zone)] : []),
    ...(state.isRunning ? [] : ['(offline operation: only on-disk configs were altered)']),
  ]
  return { ...inSteps(steps), result: { msg: msg.join(', ') }, warnings: wish.warnings }
}

function isThere({ find }: Wish, answer: Answer | undefined): boolean {
  return answer?.code === 0 && (find === undefined || find(answer.text))
}

function step(
  wish: Wish,
  { zone }: Args,
  place: string,
  program: readonly string[],
  answer: Answer | undefined,
): PlannedChange {
  const { isWanted, after } = wish
  const where = zone === undefined ? '' : wish.what === 'zone' ? ` ${zone}` : ` of zone ${zone}`
  const what = `${place}${wish.what}${where}`
  const [off, on] = ['disabled', 'enabled']
  const change =
    after === undefined
      ? { what, before: isWanted ? off : on, after: isWanted ? on : off }
      : { what, before: answer?.code === 0 ? answer.text : null, after }
  return [change, sh(`LC_ALL=C ${words(...program, ...(isWanted ? wish.add : wish.remove))} </dev/null`)]
}

function interpret(outcomes: readonly Outcome[]): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  return { failed: complaint(last.stderr.trim() || last.stdout.trim()), result: { rc: last.code } }
}
