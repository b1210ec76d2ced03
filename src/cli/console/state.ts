import type { RunRequest } from '../../protocol/request.ts'
import { didYouMean } from '../../values/problem.ts'

/** What holds for the tasks that are typed from now on. */
export interface ConsoleState {
  /** The hosts, as a pattern. */
  readonly pattern: string
  readonly user: string | undefined
  readonly become: boolean
  readonly becomeUser: string
  readonly becomeMethod: string
  readonly check: boolean
  readonly diff: boolean
  readonly forks: number
  readonly verbosity: number
  /** Seconds that a task may take; 0: as long as it likes. */
  readonly timeout: number
}

/** The state that a request has, for all of its hosts. */
export function stateOf({ connection, execution, output }: RunRequest, pattern: string): ConsoleState {
  return {
    pattern,
    user: connection.user,
    become: connection.become,
    becomeUser: connection.becomeUser,
    becomeMethod: connection.becomeMethod,
    check: execution.check,
    diff: execution.diff,
    forks: execution.forks,
    verbosity: output.verbosity,
    timeout: 0,
  }
}

/** A request for what is typed in a state. */
export function requestIn(request: RunRequest, state: ConsoleState): RunRequest {
  const { user, become, becomeUser, becomeMethod, check, diff, forks, verbosity } = state
  return {
    ...request,
    connection: { ...request.connection, user, become, becomeUser, becomeMethod },
    execution: { ...request.execution, check, diff, forks },
    output: { ...request.output, verbosity },
  }
}

/** A setting of the console: `name value` sets it, `name` alone says what it is. */
interface Setting {
  readonly help: string
  readonly choices?: readonly string[]
  show(state: ConsoleState): string
  /** The new state, or what is wrong with the value. */
  set(state: ConsoleState, value: string): ConsoleState | string
}

const TRUTHS: Readonly<Record<string, boolean>> = {
  yes: true,
  no: false,
  true: true,
  false: false,
  on: true,
  off: false,
  '1': true,
  '0': false,
}

function truth(key: 'become' | 'check' | 'diff', help: string): Setting {
  return {
    help,
    choices: ['yes', 'no'],
    show: (state) => (state[key] ? 'yes' : 'no'),
    set: (state, value) => {
      const is = TRUTHS[value.toLowerCase()]
      return is === undefined ? 'it takes yes or no' : { ...state, [key]: is }
    },
  }
}

function number(key: 'forks' | 'verbosity' | 'timeout', least: number, help: string): Setting {
  return {
    help,
    show: (state) => String(state[key]),
    set: (state, value) =>
      /^\d{1,6}$/.test(value) && Number(value) >= least
        ? { ...state, [key]: Number(value) }
        : `it takes a whole number from ${least} on`,
  }
}

function text(
  key: 'becomeUser' | 'becomeMethod' | 'user',
  help: string,
  choices?: readonly string[],
): Setting {
  return {
    help,
    ...(choices && { choices }),
    show: (state) => state[key] ?? '',
    set: (state, value) => {
      if (choices === undefined || choices.includes(value)) return { ...state, [key]: value }
      return [`it takes ${choices.join(' or ')}`, didYouMean(value, choices)].filter(Boolean).join('; ')
    },
  }
}

export const SETTINGS: Readonly<Record<string, Setting>> = {
  become: truth('become', 'whether another user is become on the hosts: become yes'),
  become_user: text('becomeUser', 'the user to become'),
  become_method: text('becomeMethod', 'how: sudo or su', ['sudo', 'su']),
  remote_user: text('user', 'the user to log in as'),
  check: truth('check', 'whether it is only said what would change'),
  diff: truth('diff', 'whether what changes is shown, before and after'),
  forks: number('forks', 1, 'hosts worked on at the same time'),
  timeout: number('timeout', 0, 'seconds that a task may take; 0 is no limit'),
  verbosity: number('verbosity', 0, 'how much is said, as with -v to -vvvv'),
}
