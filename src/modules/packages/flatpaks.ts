import { section } from '../../host/sections.ts'
import type { Action, Change, ModuleResult, Outcome, Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { quotePath, words } from '../../shell/quote.ts'
import { withoutPasswords } from '../../values/url.ts'
import type { Value } from '../../values/value.ts'

/** With which program, and in which of its installations. */
export const useOptions = options({
  method: {
    type: 'str',
    choices: ['system', 'user'],
    default: 'system',
    help: 'Whether for all users, or for the user of the task.',
  },
  executable: {
    type: 'path',
    default: 'flatpak',
    help: 'The program, flatpak 1.2 or later.',
  },
})

type Use = ArgsOf<typeof useOptions>

/** One command of flatpak. */
export interface Step {
  readonly changes: readonly Change[]
  readonly command: string
  /** Sh that carries it out, if there is more to it. */
  readonly script?: string
}

/** What OSTree takes for the name of a remote, and no program for an option. */
export const REMOTE = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

export function noProgram({ executable }: Use): string {
  return `Executable '${executable}' was not found on the system: install the package flatpak in an earlier task`
}

/**
 * A probe that prints the section "flatpak", of status 0 if there is the program, and then runs `parts`. In these `ask`
 * asks flatpak, which prints nothing where there is no installation yet.
 */
export function flatpakProbe({ executable, method }: Use, ...parts: readonly string[]): string {
  // Flatpak makes an installation that it is asked about.
  const folder =
    method === 'user'
      ? `\${FLATPAK_USER_DIR:-\${XDG_DATA_HOME:-$HOME/.local/share}/flatpak}`
      : '$("$f" --installations | head -n 1)'
  return [
    'export LC_ALL=C.UTF-8',
    `f=$(command -v ${quotePath(executable)}) || f=`,
    section('flatpak', '[ "$f" ]'),
    '[ "$f" ] || exit 0',
    `d=${folder}`,
    `ask() { v=$1; shift; [ ! -e "$d/repo" ] || "$f" "$v" --${method} "$@"; }`,
    ...parts,
  ].join('\n')
}

/** A command of flatpak as sh. */
export function commandOf({ executable, method }: Use, verb: string, ...more: readonly string[]): string {
  return `${quotePath(executable)} ${words(verb, `--${method}`, ...more)}`
}

/** Steps as a plan, none of whose texts tells a password of an address. */
export function planOfSteps(steps: readonly Step[]): Plan {
  const commands = steps.map(({ command }) => command).join('; ')
  return {
    changes: steps.flatMap(({ changes }) => changes.map(shown)),
    actions: steps.map(
      ({ command, script = command }): Action => ({
        do: 'exec',
        script: `export LC_ALL=C.UTF-8\n${script}`,
      }),
    ),
    result: steps.length === 0 ? {} : { command: withoutPasswords(commands) },
  }
}

function shown({ what, before, after }: Change): Change {
  const hide = (side: Value) => (typeof side === 'string' ? withoutPasswords(side) : side)
  return { what: withoutPasswords(what), before: hide(before), after: hide(after) }
}

export function conclude(outcomes: readonly Outcome[], plan: Plan): ModuleResult {
  const code = outcomes.at(-1)?.code ?? 0
  const stdout = withoutPasswords(outcomes.map((one) => one.stdout).join(''))
  const stderr = withoutPasswords(outcomes.map((one) => one.stderr).join(''))
  const result = { ...plan.result, rc: code, stdout, stderr }
  if (code === 0) return { result }
  return { failed: complaintOf(stderr) || complaintOf(stdout) || `exit status ${code}`, result }
}

/** What flatpak complains of, in one line. */
export function complaintOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const errors = lines.filter((line) => /^error: /i.test(line))
  return (errors.length > 0 ? errors : lines.filter(Boolean))
    .map((line) => line.replace(/^error: /i, ''))
    .join('; ')
}
