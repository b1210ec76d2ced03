import { Crowded, HungUp, Unreachable } from '../channel.ts'
import { Exhausted } from '../exhausted.ts'
import type { ErrorWords } from './words.ts'

/** The process that keeps the logins has ended, or does not answer any more. */
export class KeeperLost extends Unreachable {
  constructor() {
    super(
      'the process that keeps the logins has ended',
      'what was running there may have been done or not; the next task logs in anew',
    )
  }
}

const KINDS = { Unreachable, HungUp, Crowded, Exhausted } as const

/** An error as words for another process. */
export function wordsOfError(error: Error): ErrorWords {
  if (!(error instanceof Unreachable)) return { kind: 'Error', message: error.message }
  const kinds = ['HungUp', 'Crowded', 'Exhausted'] as const
  const kind = kinds.find((name) => error instanceof KINDS[name]) ?? 'Unreachable'
  return { kind, message: error.message, advice: error.advice }
}

/** The error that another process has put into words. */
export function errorOfWords({ kind, message, advice }: ErrorWords): Error {
  return kind === 'Error' ? new Error(message) : new KINDS[kind](message, advice)
}
