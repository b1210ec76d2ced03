import { randomBytes } from 'node:crypto'
import { words } from '../shell/quote.ts'
import { splitWords } from '../values/words.ts'
import type { Become } from './target.ts'

/** The user whom the task wants to be cannot be become: a sentence, and what to try. */
export class BecomeError extends Error {
  readonly advice: string | undefined

  constructor(message: string, advice?: string) {
    super(message)
    this.name = 'BecomeError'
    this.advice = advice
  }
}

/**
 * The command line that becomes another user and runs /bin/sh, or its `script`; sudo asks for a password with `prompt`,
 * if one is known. Raises BecomeError when the flags are no words.
 */
export function becomeCommand(become: Become, prompt = '', script?: string): string {
  const inner = script === undefined ? [] : ['-c', script]
  if (become.method === 'su') return words(become.exe ?? 'su', '-s', '/bin/sh', ...inner, '--', become.user)
  const asking = become.password === undefined ? ['-n'] : ['-S', '-k', '-p', prompt]
  return words(
    become.exe ?? 'sudo',
    '-H',
    ...asking,
    ...flagsOf(become),
    '-u',
    become.user,
    '/bin/sh',
    ...inner,
  )
}

function flagsOf({ flags = '' }: Become): string[] {
  try {
    return splitWords(flags).map(({ text }) => text)
  } catch (error) {
    throw new BecomeError(`become_flags are no words for sudo: ${(error as Error).message}`)
  }
}

/** sudo's own way to give a number. */
const USER_NUMBER = /^#\d{1,10}$/
/** One beyond is "no user" to the kernel, and was root to an older sudo. */
const USER_NUMBER_AT_MOST = 4294967294
/** No name begins as an option does, or holds what ends names in /etc/passwd. */
const USER_NAME = /^(?![-#])[^\p{Cc}:/]+$/u

/** Raises BecomeError for a name that sudo or su would take for something else than a user. */
export function checkUser({ user, method }: Become): void {
  const isNumber = USER_NUMBER.test(user) && Number(user.slice(1)) <= USER_NUMBER_AT_MOST
  if (isNumber && method === 'sudo') return
  if (!isNumber && USER_NAME.test(user)) return
  throw new BecomeError(
    `${JSON.stringify(user)} is not a name of a user to become${isNumber ? ' with su' : ''}`,
    'become_user is a name as in /etc/passwd, or with sudo a number behind #',
  )
}

/** Hears when sudo or su ask for a password, and answers once. */
export class Questions {
  /** What sudo asks with; su has words of its own. */
  readonly prompt = `password-${randomBytes(9).toString('hex')}:`
  readonly #become: Become
  readonly #answer: (password: string) => void
  #asked = 0
  #heard = ''

  constructor(become: Become, answer: (password: string) => void) {
    this.#become = become
    this.#answer = answer
  }

  /** `said` is all that was said until now. Gives an error when there is no answer, or it was wrong. */
  hear(said: string): BecomeError | undefined {
    const asked = this.#timesAsked(said)
    this.#heard = said
    if (asked === this.#asked) return undefined
    this.#asked = asked
    const { password } = this.#become
    if (password === undefined) return noPassword(this.#become)
    if (asked > 1) return wrongPassword(this.#become)
    this.#answer(password)
    return undefined
  }

  /** su asks in the user's language: an unfinished line with a colon at its end. */
  #timesAsked(said: string): number {
    if (this.#become.method === 'sudo') return said.split(this.prompt).length - 1
    return said !== this.#heard && /[:：]$/.test(said) ? this.#asked + 1 : this.#asked
  }
}

/** Why sudo or su ended with `code` instead of becoming the user, from what they said. */
export function becomeRefusal(become: Become, code: number, said: string): BecomeError {
  if (/a password is required/.test(said)) return noPassword(become)
  if (/incorrect password|Sorry, try again|Authentication failure|incorrect/i.test(said)) {
    return wrongPassword(become)
  }
  const { method, user } = become
  const advice = /not found/.test(said)
    ? `install ${method} on the host, or set ansible_become_method`
    : /must have a tty/.test(said)
      ? 'take requiretty out of sudoers'
      : /not allowed|not in the sudoers/.test(said)
        ? 'allow it in sudoers'
        : undefined
  return new BecomeError(`cannot become ${user} with ${method}: ${said || `exit status ${code}`}`, advice)
}

function noPassword({ method, user }: Become): BecomeError {
  const advice = 'give it with -K (--ask-become-pass) or ansible_become_password'
  return new BecomeError(
    `${method} wants a password for becoming ${user}`,
    method === 'sudo' ? `${advice}, or allow it without one (NOPASSWD in sudoers)` : advice,
  )
}

function wrongPassword({ method, user }: Become): BecomeError {
  return new BecomeError(
    `${method} refused the password for becoming ${user}`,
    method === 'sudo'
      ? 'sudo wants the password of the user logged in as, not of the one to become'
      : `su wants the password of ${user}`,
  )
}
