import type { ModuleContext, Outcome } from '../../sdk/module.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { WITH_LOGIN_LOCALE } from '../../shell/locale.ts'
import type { Output } from '../../shell/output.ts'
import { quote } from '../../shell/quote.ts'
import type { When } from './looks.ts'

/** What a command that only looks has come to, and when: in ms, of this machine's clock. */
export interface Looked extends Outcome {
  readonly at: number
}

/** What else may keep a command from being run, or say how. */
interface Terms {
  readonly creates?: string | undefined
  readonly removes?: string | undefined
  readonly stdin?: string | undefined
}

/** Whether a command that only looks can be run by its task's probe. */
export function isProbed({ creates, removes, stdin }: Terms, view: ModuleContext): boolean {
  return (creates ?? removes ?? stdin) === undefined && !view.check && view.async !== true
}

/** A script that only looks, and when it may be run. */
export interface LookScript {
  readonly script: string
  readonly when: When
}

/** Runs a script that only looks, as a program of the user's own. */
export function lookProbe({ script, when }: LookScript): BatchedProbe<Looked> {
  return {
    kind: 'command',
    items: [script],
    apart: true,
    ...(when === 'in turn' && { inTurn: true }),
    script: ([only]) => capturing(only!),
    read: (output) => [readLooked(output)],
  }
}

// Hundredths of a second, and no process is started for them; other systems than Linux have none.
const uptime = (name: string) => `{ read -r ${name} _ </proc/uptime; } 2>/dev/null || ${name}=0`

/** Its stdout, then in fields that hold no NUL: its stderr, and its exit status and times. */
function capturing(script: string): string {
  return `exec 3>&1
${uptime('b')}
e=$( (${WITH_LOGIN_LOCALE}
eval ${quote(script)}) 2>&1 >&3 3>&- </dev/null
c=$?
printf x
exit $c)
c=$?
${uptime('u')}
printf '\\0%s\\0%s %s %s' "\${e%x}" "$c" "$b" "$u"`
}

function readLooked(output: Output): Looked {
  const bytes = output.rest()
  const last = bytes.lastIndexOf(0)
  const before = last > 0 ? bytes.lastIndexOf(0, last - 1) : -1
  if (before === -1) throw new Error('the host does not say what the command has come to')
  const [code, began, ended] = bytes
    .subarray(last + 1)
    .toString()
    .split(' ')
    .map(Number) as [number, number, number]
  return {
    code,
    stdout: bytes.subarray(0, before).toString(),
    stderr: bytes.subarray(before + 1, last).toString(),
    seconds: Math.max(0, Math.round((ended - began) * 100) / 100),
    at: Date.now(),
  }
}
