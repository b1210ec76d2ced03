import { ALSO_FOR_PROGRAMS } from '../shell/locale.ts'
import { quote } from '../shell/quote.ts'
import { WITH_SBIN } from './host-shell.ts'

/** A script that finds administrators' programs, too. */
export function withPath(script: string): string {
  return `${WITH_SBIN}; export PATH\n${script}`
}

/** A name that sh does not take for more. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Sh that sets variables for all that is started behind it. Throws an Error for what is no name of one. */
export function exports(environment: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(environment ?? {})
    .map(([name, value]) => {
      if (!VARIABLE.test(name))
        throw new Error(`${JSON.stringify(name)} is not a name of an environment variable`)
      const set = `export ${name}=${quote(value)}\n`
      return name === 'LC_ALL' ? `${set}${ALSO_FOR_PROGRAMS}\n` : set
    })
    .join('')
}
