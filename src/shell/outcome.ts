/** What a program on a host came to. */
export interface Outcome {
  /** Exit status; 128 + n for signal n. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Seconds. */
  readonly seconds: number
}
