import { readdirSync, readFileSync } from 'node:fs'

/** O_CLOEXEC of open(2), as proc(5) shows it. */
const CLOSED_ON_EXEC = 0o2000000

/**
 * The descriptors above 2 that a program started by this process gets, though nobody hands them to it: whoever has started
 * this process has left them open. None but on Linux, where node closes them itself.
 */
export function inheritedDescriptors(): number[] {
  return numbersIn('/proc/self/fd').filter((descriptor) => descriptor > 2 && isInherited(descriptor))
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .map(Number)
      .sort((one, other) => one - other)
  } catch {
    return []
  }
}

function isInherited(descriptor: number): boolean {
  try {
    const [, flags] =
      /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1')) ?? []
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSED_ON_EXEC) === 0
  } catch {
    // It was that by which the folder was read.
    return false
  }
}
