import type { Args } from '../../../sdk/module.ts'
import type { ValueMap } from '../../../values/value.ts'
import { waitSeconds } from '../../interrupt.ts'

/** Waits as a pause says, a second at least; gives what the task returns. Raises Interrupted. */
export async function paused(args: Args, stop: AbortSignal): Promise<ValueMap> {
  const { seconds, minutes, echo } = args as { seconds?: number; minutes?: number; echo: boolean }
  const start = Date.now()
  await waitSeconds(Math.max(1, Math.floor(seconds ?? (minutes ?? 0) * 60)), stop)
  const end = Date.now()
  const duration = (end - start) / 1000
  return {
    changed: false,
    rc: 0,
    stdout: `Paused for ${minutes === undefined ? `${hundredths(duration)} seconds` : `${hundredths(duration / 60)} minutes`}`,
    stderr: '',
    start: local(start),
    stop: local(end),
    delta: Math.floor(duration),
    echo,
    user_input: '',
  }
}

/** With two decimals at most, and one at least. */
function hundredths(number: number): string {
  return number.toFixed(2).replace(/0$/, '')
}

/** Local time, in ms since 1970, as Python prints it. */
function local(milliseconds: number): string {
  const at = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000)
  return `${at.toISOString().slice(0, 23).replace('T', ' ')}000`
}
