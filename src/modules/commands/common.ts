import { pathPattern } from '../../host/paths.ts'
import type { Action, ModuleContext, ModuleResult, Outcome, Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import type { BatchedProbe, ProbeOutput } from '../../sdk/probe.ts'
import { quote, quotePath } from '../../shell/quote.ts'
import { linesOf } from '../../values/lines.ts'
import type { ValueMap } from '../../values/value.ts'
import { isProbed, type Looked, type LookScript, lookProbe } from './looked.ts'

/** What `command` and `shell` have in common. */
export const commandOptions = options({
  cmd: { type: 'str', help: 'The command; also the free text after the module name.' },
  chdir: { type: 'path', help: 'The folder to run it in.' },
  creates: { type: 'path', help: 'A file or pattern: when there is one, the command is not run.' },
  removes: { type: 'path', help: 'A file or pattern: when there is none, the command is not run.' },
  stdin: { type: 'str', bytes: true, help: 'What the command reads from its stdin.' },
  stdin_add_newline: { type: 'bool', help: 'Whether stdin gets a last newline.', default: true },
  strip_empty_ends: {
    type: 'bool',
    help: 'Whether newlines at the end of the output are cut.',
    default: true,
  },
})

/** What a command has come to, and when it ended if that was before now, in ms. */
export type Ended = Outcome & { readonly at?: number }

type CommandArgs = Omit<ArgsOf<typeof commandOptions>, 'cmd'>

/** Which of `creates` and `removes` there is on the host, and what a command that only looks has come to. */
export interface Found {
  readonly creates: boolean
  readonly removes: boolean
  readonly looked?: Looked
}

/** Probes for `creates` and `removes`, from within `chdir`; empty when no answer matters. */
export function probeFound({ chdir, creates, removes }: CommandArgs): BatchedProbe<boolean>[] {
  const items = [creates, removes].filter((pattern) => pattern !== undefined)
  return items.length === 0 ? [] : [thereProbe(chdir, items)]
}

/** The same, or what the command comes to, if it only looks. */
export function probeCommand(
  args: CommandArgs,
  look: LookScript | undefined,
  view: ModuleContext,
): BatchedProbe[] {
  return look !== undefined && isProbed(args, view) ? [lookProbe(look)] : probeFound(args)
}

/** Whether there is something that a pattern means. */
function thereProbe(chdir: string | undefined, items: readonly string[]): BatchedProbe<boolean> {
  const asked = (pattern: string) => `set -- ${pathPattern(pattern)}
if [ -e "$1" ] || [ -L "$1" ]; then echo y; else echo n; fi`
  return {
    kind: `there ${chdir ?? ''}`,
    items,
    ...(chdir !== undefined && { apart: true }),
    script: (some) => [...(chdir === undefined ? [] : [enter(chdir)]), ...some.map(asked)].join('\n'),
    read: (output, some) => some.map(() => output.line() === 'y'),
  }
}

export function parseFound(output: ProbeOutput, args: CommandArgs): Found {
  const { creates, removes } = args
  const found = probeFound(args).flatMap((look) => output.of(look))
  return {
    creates: creates !== undefined && found[0] === true,
    removes: removes !== undefined && found.at(-1) === true,
  }
}

export function parseCommand(
  output: ProbeOutput,
  args: CommandArgs,
  look: LookScript | undefined,
  view: ModuleContext,
): Found {
  const found = parseFound(output, args)
  if (look === undefined || !isProbed(args, view)) return found
  return { ...found, looked: output.of(lookProbe(look))[0]! }
}

const WOULD_RUN = 'Command would have run if not in check mode'

/** Runs a command unless `creates` or `removes` say no; `cmd` is what the task returns as such. */
export function planCommand(
  { creates, removes }: CommandArgs,
  found: Found,
  view: ModuleContext,
  cmd: string | string[],
  action: Exclude<Action, { do: 'talk' }>,
): Plan {
  const because =
    creates !== undefined && found.creates
      ? ([creates, 'exists'] as const)
      : removes !== undefined && !found.removes
        ? ([removes, 'does not exist'] as const)
        : undefined
  if (because !== undefined) {
    const [path, is] = because
    const msg = `${view.check ? 'Would' : 'Did'} not run command since '${path}' ${is}`
    const stdout = `skipped, since ${path} ${is}`
    return {
      changes: [],
      result: { cmd, rc: 0, msg, stdout, stderr: '', stdout_lines: [stdout], stderr_lines: [] },
    }
  }
  if (view.check && creates === undefined && removes === undefined) {
    return { changes: [], skipped: WOULD_RUN, result: { cmd, rc: 0 } }
  }
  const after = typeof cmd === 'string' ? cmd : cmd.join(' ')
  const result: ValueMap = view.check ? { cmd, rc: 0, msg: WOULD_RUN } : { cmd }
  const plan = { ...runs(after, action), result }
  return found.looked === undefined
    ? plan
    : { ...plan, actions: [], ran: { script: action.script, seconds: found.looked.seconds } }
}

/** The plan to run a command, which is told as `told`. */
export function runs(told: string, action: Action): Plan {
  return { changes: [{ what: 'command', before: null, after: told }], actions: [action], withoutDiff: true }
}

/** Runs a line of sh, in the folder `chdir`; without a stdin of its own it has an empty one. */
export function execute(line: string, { chdir, stdin, stdin_add_newline }: CommandArgs) {
  const script = chdir === undefined ? line : `${enter(chdir)}\n${line}`
  return {
    do: 'exec' as const,
    script,
    ...(stdin !== undefined && { stdin: stdin_add_newline ? `${stdin}\n` : stdin }),
  }
}

/** Goes to the folder `chdir`, and to where links lead, or says that it cannot. */
export function enter(chdir: string): string {
  return `cd -P ${quotePath(chdir)} 2>/dev/null || { printf '%s\\n' ${quote(noChdir(chdir))} >&2; exit 1; }`
}

/** Ansible's words for a folder that cannot be gone to. */
function noChdir(chdir: string): string {
  return `Unable to change directory before execution: ${chdir}`
}

/** The failure of a command that is none. */
export function noCommand(advice: string): Plan {
  return { changes: [], failed: 'no command given', advice, result: { rc: 256 } }
}

/**
 * What a command's end means: Ansible's return values, and a failure unless its exit status is 0. `chdir` is the folder
 * that it was run in, if it says one.
 */
export function concludeCommand(outcome: Ended, strip = true, chdir?: string): ModuleResult {
  const text = (output: string) => (strip ? output.replace(/[\r\n]+$/, '') : output)
  const stdout = text(outcome.stdout)
  const stderr = text(outcome.stderr)
  const end = outcome.at ?? Date.now()
  const result = {
    rc: outcome.code,
    stdout,
    stderr,
    stdout_lines: linesOf(stdout),
    stderr_lines: linesOf(stderr),
    start: timestamp(end - outcome.seconds * 1000),
    end: timestamp(end),
    delta: duration(outcome.seconds),
  }
  if (outcome.code === 0) return { result, changed: true }
  if (chdir !== undefined && outcome.code === 1 && stderr.trim() === noChdir(chdir))
    return { result, changed: false, failed: noChdir(chdir) }
  return { result, changed: true, failed: 'non-zero return code' }
}

/** The same for those that return an empty `msg` when all went well. */
export function concluded(outcome: Ended, strip: boolean, chdir: string | undefined): ModuleResult {
  const conclusion = concludeCommand(outcome, strip, chdir)
  return { ...conclusion, result: { msg: '', ...conclusion.result } }
}

// Local time with microseconds, the form that Ansible gives.
function timestamp(milliseconds: number): string {
  const at = new Date(milliseconds)
  const local = new Date(milliseconds - at.getTimezoneOffset() * 60_000)
  const fraction = String(Math.floor((milliseconds % 1000) * 1000)).padStart(6, '0')
  return `${local.toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`
}

function duration(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (number: number) => String(number).padStart(2, '0')
  const fraction = String(Math.floor((seconds - whole) * 1e6)).padStart(6, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${fraction}`
}
