import { SessionPool } from '../remote/session-pool.ts'
import { type Prepared, Run } from './run.ts'

/** A run that is only looked at: it connects to nobody, asks nobody, and tells nothing. */
export function outlook(prepared: Prepared): Run {
  const stop = new AbortController().signal
  return new Run({ ...prepared, pool: new SessionPool(), stop, emit: () => {}, ask: async () => undefined })
}
