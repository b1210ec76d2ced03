import { Output } from '../shell/output.ts'

/** What a part of a probe has printed, and its exit status. */
export interface Section {
  readonly printed: string
  readonly code: number
}

/** Sh that runs a part of a probe, and never fails; what it prints has no NUL. */
export function section(name: string, script: string): string {
  return `printf '${name}\\0'; (${script}\n) 2>/dev/null; printf '\\0%s\\0' "$?"`
}

/** The same for a part that must succeed: the task fails with its stderr if it does not. */
export function answered(name: string, command: string): string {
  return `printf '${name}\\0'; ${command} || exit; printf '\\0%s\\0' 0`
}

/** The sections of these names that a probe has printed. Raises an Error with a sentence for anything else. */
export function readSections(bytes: Buffer, names: readonly string[]): Map<string, Section> {
  const output = new Output(bytes)
  const found = new Map<string, Section>()
  while (!output.done) {
    const [name, printed, code] = [output.field(), output.field(), output.field()]
    if (!names.includes(name)) throw new Error(`the host answered "${name}", which nobody asked for`)
    if (!/^\d+$/.test(code)) throw new Error(`the host answered "${code}" where an exit status was expected`)
    found.set(name, { printed, code: Number(code) })
  }
  return found
}
