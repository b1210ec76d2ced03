import type { ModuleResult, Outcome } from '../../sdk/module.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { words } from '../../shell/quote.ts'
import { concludeIp, readSingle } from './iproute2.ts'

/** A command line of tc(8); with a namespace it works in that one. */
export function tc(netns: string | undefined, ...args: string[]): string {
  return words('tc', ...(netns === undefined ? [] : ['-n', netns]), ...args)
}

/** A batched probe by a read-only tc command with some flags; `rowsOf` reads what it finds. */
export function tcProbe(
  netns: string | undefined,
  flags: readonly string[],
  ...args: string[]
): BatchedProbe<string> {
  const base = tc(netns, ...flags)
  return {
    kind: base,
    items: [words(...args)],
    script: (commands) =>
      commands.map((command) => `${base} ${command} 2>&1; printf '\\nexit %s\\n' "$?"\n`).join(''),
    read: (output, commands) => commands.map(() => readSingle(output)),
  }
}

/** A number of a class or qdisc such as 1:10, as tc shows it; undefined for what is none. */
export function readId(text: string): string | undefined {
  const [, major, minor] = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(text) ?? []
  return major === undefined ? undefined : `${hex(major)}:${hex(minor!)}`
}

/** The handle of a qdisc such as 1: (the colon may be left out), as tc shows it; undefined for what is none. */
export function readHandle(text: string): string | undefined {
  const [, major] = /^([0-9a-f]{1,4}):?$/i.exec(text) ?? []
  return major === undefined || hex(major) === '0' ? undefined : `${hex(major)}:`
}

function hex(digits: string): string {
  return Number.parseInt(digits, 16).toString(16)
}

/** The failure of a tc command as a sentence; `kind` is that of the qdisc. */
export function concludeTc(outcomes: readonly Outcome[], kind: string | undefined): ModuleResult {
  return concludeIp(outcomes, [
    [
      /qdisc kind is unknown|qdisc type not supported/,
      `this kernel has no ${kind ?? 'such qdisc'}: modprobe sch_${kind ?? 'NAME'}; for a container, on the machine that it runs on`,
    ],
    [
      /Failed to find specified qdisc|Specified class not found|No such file or directory/,
      'the qdisc or class that it stands in is not there, or has another number: make it first',
    ],
    [/in use|busy/, 'others stand in it: delete them first'],
  ])
}
