/** What a program on a host came to. */
export interface Outcome {
  /** Exit status; 128 + n for signal n. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Seconds. */
  readonly seconds: number
}

/** Exit status of an action that found something else than what was probed, and did nothing (EX_TEMPFAIL, sysexits.h). */
export const CHANGED_MEANWHILE = 75
