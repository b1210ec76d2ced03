import type { Reached } from '../../../host/file-state.ts'
import { inFolderOf } from '../../../host/safe-path.ts'
import type { Plan } from '../../../sdk/module.ts'
import { type ScriptedChange, scripted } from '../../../sdk/plans.ts'
import type { Output } from '../../../shell/output.ts'

/** Seconds since 1970 by the host's clock and time zone; undefined keeps what is there. */
export type Time = number | 'now' | undefined

export interface Times {
  readonly access: Time
  readonly modification: Time
}

interface Asked {
  readonly access_time?: string | undefined
  readonly modification_time?: string | undefined
}

const WRITTEN = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/

/** What is wrong with the times asked for: `now`, `preserve` or YYYYMMDDhhmm.ss. */
export function timeProblems({ access_time, modification_time }: Asked): string[] {
  return Object.entries({ access_time, modification_time })
    .filter(([, time]) => time !== undefined && !['now', 'preserve'].includes(time) && !WRITTEN.test(time))
    .map(([name, time]) => `${name} "${time}" is neither now nor preserve nor a time such as 202001312359.00`)
}

/** Sh that prints a line for each time that is written out: what it is in seconds where the host is. */
export function timesProbe({ access_time, modification_time }: Asked): string {
  return [access_time, modification_time]
    .map((time) => WRITTEN.exec(time ?? ''))
    .filter((match) => match !== null)
    .map(
      ([, y, m, d, hour, minute, s = '00']) => `date -d '${y}-${m}-${d} ${hour}:${minute}:${s}' +%s || exit`,
    )
    .join('\n')
}

/** The times that `timesProbe` printed; `otherwise` is what is meant when none is asked for. */
export function readTimes(output: Output, { access_time, modification_time }: Asked, otherwise: Time): Times {
  const read = (time: string | undefined): Time => {
    if (time === undefined) return otherwise
    if (time === 'now') return 'now'
    return time === 'preserve' ? undefined : Number(output.line())
  }
  const access = read(access_time)
  return { access, modification: read(modification_time) }
}

/** Gives a file (undefined: it will be new) its times. */
export function planTimes({ path, file, via }: Reached, times: Times): Plan {
  const step = (what: string, letter: string, before: number | undefined, wanted: Time): ScriptedChange[] => {
    const isRight = wanted === undefined || wanted === before || (wanted === 'now' && file === undefined)
    if (isRight) return []
    const after = wanted === 'now' ? 'now' : shown(wanted)
    const change = { what, before: before === undefined ? null : shown(before), after }
    return [{ changes: [change], sh: `touch -ch${letter}${wanted === 'now' ? '' : ` -d @${wanted}`} "./$n"` }]
  }
  const steps = [
    ...step('access time', 'a', file?.atime, times.access),
    ...step('modification time', 'm', file?.mtime, times.modification),
  ]
  return scripted(steps, (touches) => inFolderOf(path, touches.join(' && '), via))
}

/** Some file systems keep times that no calendar reaches. */
function shown(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? 'a time beyond the calendar' : date.toISOString()
}
