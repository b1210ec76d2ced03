import type { Session } from '../remote/session.ts'
import type { ShellOutput } from '../remote/shell.ts'
import type { HostState } from './host.ts'

/** A look at a host that some step will want: reading only, and the same answer for the same text. */
export interface Question {
  readonly session: Session
  readonly script: string
  readonly environment?: Readonly<Record<string, string>> | undefined
}

/** How many questions go ahead of a host's turn at most; the answers have to be kept. */
const MOST = 1000
/** As many go behind a change: what follows a change is likely to change something too, and is then asked again. */
const BEHIND_A_CHANGE = 2

/**
 * Probing ahead: questions of steps whose turn has not come go to the host together with that of the step whose
 * turn it is, so that a host where nothing changes costs one round trip however many steps there are. An answer is
 * used only if the step, when its turn comes, asks the very same question, and if nothing has been changed since in
 * the scope: the whole batch under linear (from the next step on), the host alone under free.
 */
export class Ahead {
  readonly #isShared: boolean
  readonly #hosts = new Map<HostState, Answers>()
  #isStale = false

  /** `isShared`: a change on one host makes the answers of all stale. */
  constructor(isShared: boolean) {
    this.#isShared = isShared
  }

  /** Asks a question, and behind it those of the steps to come, unless its answer is known. */
  async prepare(host: HostState, question: Question, toCome: AsyncIterable<Question>): Promise<void> {
    const answers = this.#of(host)
    if (answers.knows(question)) return
    answers.ask(question)
    let room = answers.takeWindow()
    for await (const next of toCome) {
      if (room <= 0) return
      if (answers.ask(next)) room -= 1
    }
  }

  answer(host: HostState, question: Question): Promise<ShellOutput> {
    return this.#of(host).answer(question)
  }

  /** Something is about to be changed on a host, or time to pass there: what was asked before counts no more. */
  forget(host: HostState): void {
    this.#hosts.get(host)?.forget()
    this.#isStale = true
  }

  /** A step has ended on all hosts: from here on the answers of all are as old as the last change. */
  stepEnded(): void {
    if (this.#isStale && this.#isShared) for (const answers of this.#hosts.values()) answers.forget()
    this.#isStale = false
  }

  #of(host: HostState): Answers {
    let answers = this.#hosts.get(host)
    if (answers === undefined) {
      answers = new Answers()
      this.#hosts.set(host, answers)
    }
    return answers
  }
}

/** One host's answers; questions are told apart by identity on the host, environment and text. */
class Answers {
  readonly #known = new Map<Session, Map<string, Promise<ShellOutput>>>()
  #window = MOST

  knows({ session, ...question }: Question): boolean {
    return this.#known.get(session)?.has(keyOf(question)) ?? false
  }

  /** Sends a question, unless it was sent before: then false. */
  ask(question: Question): boolean {
    const { session, script, environment } = question
    if (this.knows(question)) return false
    const answer = session.sh(script, environment)
    // Whoever needs it meets the error; an answer that nobody needs is none.
    answer.catch(() => {})
    const known = this.#known.get(session) ?? new Map()
    known.set(keyOf(question), answer)
    this.#known.set(session, known)
    return true
  }

  answer(question: Question): Promise<ShellOutput> {
    this.ask(question)
    return this.#known.get(question.session)!.get(keyOf(question))!
  }

  /** How many questions may go along now; the next time twice as many. */
  takeWindow(): number {
    const window = this.#window
    this.#window = Math.min(window * 2, MOST)
    return window
  }

  forget(): void {
    this.#known.clear()
    this.#window = BEHIND_A_CHANGE
  }
}

function keyOf({ script, environment }: Omit<Question, 'session'>): string {
  return environment === undefined ? script : `${JSON.stringify(environment)}\n${script}`
}
