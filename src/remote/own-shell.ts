import { quote } from '../shell/quote.ts'

/** Longer texts than 128 KiB cannot be handed over to a program (MAX_ARG_STRLEN, execve(2)), in bytes. */
const HANDED_OVER_AT_MOST = 100_000

/**
 * In a shell of its own the script's `$$` is the process that it becomes by exec, as people expect who write it into a
 * file. It is handed over in the environment: that only the user whose it is can read.
 */
export function inOwnShell(script: string): string {
  if (Buffer.byteLength(script) > HANDED_OVER_AT_MOST) return script
  return `playssh_script=${quote(script)}; export playssh_script\nexec "$0" -c 'eval "unset playssh_script\n$playssh_script"'`
}
