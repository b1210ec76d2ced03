import type { Args } from '../../../sdk/module.ts'
import type { ValueMap } from '../../../values/value.ts'
import { Interrupted, waitSeconds } from '../../interrupt.ts'

interface PauseArgs {
  readonly seconds?: number
  readonly minutes?: number
  readonly prompt?: string
  readonly echo: boolean
}

/**
 * Waits as a pause says, a second at least, or for somebody's answer; gives what the task returns. As in Ansible the play
 * goes on where there is nobody to ask. Raises Interrupted.
 */
export async function paused(
  args: Args,
  stop: AbortSignal,
  ask: (prompt: string, isPrivate: boolean) => Promise<string | undefined>,
): Promise<ValueMap> {
  const { seconds, minutes, prompt, echo } = args as unknown as PauseArgs
  const start = Date.now()
  const isTimed = seconds !== undefined || minutes !== undefined
  let answer: string | undefined
  if (isTimed) await waitSeconds(Math.max(1, Math.floor(seconds ?? minutes! * 60)), stop)
  else answer = await ask(questionOf(prompt, echo), !echo)
  if (stop.aborted) throw new Interrupted()
  const end = Date.now()
  const duration = (end - start) / 1000
  const warnings = ['nobody is there to be asked: the play goes on']
  return {
    ...(!isTimed && answer === undefined && { warnings }),
    changed: false,
    rc: 0,
    stdout: `Paused for ${seconds === undefined ? `${hundredths(duration / 60)} minutes` : `${hundredths(duration)} seconds`}`,
    stderr: '',
    start: local(start),
    stop: local(end),
    delta: Math.floor(duration),
    echo,
    user_input: answer ?? '',
  }
}

function questionOf(prompt = 'Press enter to continue, Ctrl+C to interrupt', echo: boolean): string {
  return `[pause]\n${prompt}${echo ? '' : ' (output is hidden)'}: `
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
