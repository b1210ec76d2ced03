import type { Reached } from '../../../host/file-state.ts'
import { inFolderOf } from '../../../host/safe-path.ts'
import type { DateTime } from '../../../python/dates/datetime.ts'
import { strftime } from '../../../python/dates/strftime.ts'
import { strptime } from '../../../python/dates/strptime.ts'
import { GMT } from '../../../python/dates/zone.ts'
import type { Change, Plan } from '../../../sdk/module.ts'
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
  readonly access_time_format?: string | undefined
  readonly modification_time?: string | undefined
  readonly modification_time_format?: string | undefined
}

interface Written {
  readonly name: string
  readonly time: string
  readonly format: string
}

/** The times that are written out, and not `now` or `preserve`. */
function writtenTimes(asked: Asked): Written[] {
  const { access_time, modification_time } = asked
  const all = [
    { name: 'access_time', time: access_time, format: asked.access_time_format },
    { name: 'modification_time', time: modification_time, format: asked.modification_time_format },
  ]
  return all.filter(
    (one): one is Written =>
      one.time !== undefined && one.time !== 'now' && one.time !== 'preserve' && one.format !== undefined,
  )
}

/** What is wrong with the times asked for: `now`, `preserve` or a time in its format, YYYYMMDDhhmm.ss by default. */
export function timeProblems(asked: Asked): string[] {
  return writtenTimes(asked).flatMap(({ name, time, format }) => {
    const problem = thrown(() => strptime(time, format))
    return problem === undefined
      ? []
      : [`${name} "${time}" is neither now nor preserve nor a time in its format: ${problem}`]
  })
}

function thrown(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
}

/** Sh that prints a line for each time that is written out: what it is in seconds where the host is. */
export function timesProbe(asked: Asked): string {
  return writtenTimes(asked)
    .map(({ time, format }) => `date -d '${shownTime(strptime(time, format))}' +%s || exit`)
    .join('\n')
}

function shownTime(time: DateTime): string {
  return strftime('%Y-%m-%d %H:%M:%S', time, GMT)
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
  const change = (what: string, before: number | undefined, wanted: Time): Change[] => {
    const isRight = wanted === undefined || wanted === before || (wanted === 'now' && file === undefined)
    if (isRight) return []
    const after = wanted === 'now' ? 'now' : shown(wanted)
    return [{ what, before: before === undefined ? null : shown(before), after }]
  }
  const access = change('access time', file?.atime, times.access)
  const modification = change('modification time', file?.mtime, times.modification)
  // Whoever may write a file may set both times to now, and no others.
  const isNow = times.access === 'now' && times.modification === 'now'
  const steps = isNow
    ? touching('', 'now', [...access, ...modification])
    : [...touching('a', times.access, access), ...touching('m', times.modification, modification)]
  return scripted(steps, (touches) => inFolderOf(path, touches.join(' && '), via))
}

function touching(which: '' | 'a' | 'm', time: Time, changes: readonly Change[]): ScriptedChange[] {
  const [first, ...others] = changes
  if (first === undefined) return []
  const sh = `touch -ch${which}${time === 'now' ? '' : ` -d @${time}`} "./$n"`
  return [{ changes: [first, ...others], sh }]
}

/** Some file systems keep times that no calendar reaches. */
function shown(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? 'a time beyond the calendar' : date.toISOString()
}
