/** How far something on a host has come, in bytes. */
export interface Progress {
  readonly bytes: number
  /** How many it will be, where that is known. */
  readonly of?: number
}

/** Sh before a script that can tell its progress: then it does, on stderr. */
export const ASK_FOR_PROGRESS = 'playssh_progress=1\n'

/** Sh that is true in a script whose progress is asked for. */
export const IS_ASKED = `[ "\${playssh_progress-}" ]`

/** Sh that tells the progress: `bytes` and `of` are words of sh that are numbers, `of` perhaps empty. */
export function tellProgress(bytes: string, of: string): string {
  return `printf '\\001%s %s\\n' ${bytes} ${of} >&2`
}

/** No message of a program begins with it. */
const LINE = /^\x01(\d{1,15}) (\d{0,15})$/

/** The progress that a line of stderr tells, if it does. */
export function progressIn(line: string): Progress | undefined {
  const [, bytes, of] = LINE.exec(line) ?? []
  if (bytes === undefined) return undefined
  // What comes compressed is more than the server has said.
  const isKnown = of !== '' && Number(of) >= Number(bytes)
  return { bytes: Number(bytes), ...(isKnown && { of: Number(of) }) }
}

/** What a script has on stderr besides its progress. */
export function withoutProgress(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => progressIn(line) === undefined)
    .join('\n')
}
