import type { Output } from '../shell/output.ts'

/**
 * What is asked about things of one kind on a host. Batched probes of many tasks that are of the same kind are sent
 * together, and each item once: one `stat` then answers for all files that a play is about.
 */
export interface BatchedProbe<T = unknown> {
  /** Says all that `script` and `read` depend on besides the items. */
  readonly kind: string
  readonly items: readonly string[]
  /**
   * POSIX sh that reads items and never writes; exit status 0 says that they were probed. It is run in one shell with
   * other batched probes: it leaves options, the working folder and IFS as they were, and takes no variable
   * for unset.
   */
  script(items: readonly string[]): string
  /**
   * What the script's output says of each item, in their order. `unclear` for one that must be asked alone to know;
   * throws an Error with a sentence when the output makes no sense.
   */
  read(output: Output, items: readonly string[]): (T | typeof unclear)[]
  /** Nothing is won by asking for several items with one script; it may do with its shell as it likes. */
  readonly apart?: true
  /** What it says is not this host's alone, and may be another at any time: it is asked at its task's turn, each time anew. */
  readonly inTurn?: true
}

export const unclear = Symbol('unclear')

/** What a module asks of a host: batched probes, or sh of its own; an empty script asks nothing. */
export type Probe = string | readonly (BatchedProbe | string)[]

/** What a probe has found. */
export interface ProbeOutput {
  /** What there is of each item of one of the batched probes. */
  of<T>(look: BatchedProbe<T>): T[]
  /** What the probe's own sh printed. */
  readonly bytes: Buffer
  /** `bytes` as UTF-8. */
  readonly text: string
}

/** The batched probes of a probe, its own sh among them; the same object for what is nothing else. */
export function batchedProbesOf(probe: Probe): readonly BatchedProbe[] {
  const parts = typeof probe === 'string' ? [probe] : probe
  if (parts.every((part) => typeof part === 'object')) return parts as readonly BatchedProbe[]
  return parts.filter((part) => part !== '').map((part) => (typeof part === 'string' ? alone(part) : part))
}

const OWN = 'sh'

function alone(script: string): BatchedProbe<Buffer> {
  return {
    kind: OWN,
    items: [script],
    apart: true,
    script: ([only]) => only!,
    read: (output) => [output.rest()],
  }
}

/** The output of a probe that consists of these; `found` gives what was found of each item. */
export function probeOutput(
  found: (look: BatchedProbe, item: string) => unknown,
  looks: readonly BatchedProbe[],
): ProbeOutput {
  const own = looks.find(({ kind }) => kind === OWN)
  const bytes = own === undefined ? Buffer.alloc(0) : (found(own, own.items[0]!) as Buffer)
  return {
    of: <T>(look: BatchedProbe<T>) => look.items.map((item) => found(look, item) as T),
    bytes,
    get text() {
      return bytes.toString()
    },
  }
}

/**
 * A batched probe by a task's own script, behind sh that finds once what the scripts of all tasks need: `shared` makes
 * it of what each of them says it needs, which has no newline. It finds what the script prints.
 */
export function scriptProbe(
  kind: string,
  script: string,
  need: string,
  shared: (needs: readonly string[]) => string,
): BatchedProbe<string> {
  const split = (item: string) => item.indexOf('\n')
  return {
    kind,
    items: [`${need}\n${script}`],
    script: (items) =>
      [
        shared(items.map((item) => item.slice(0, split(item)))),
        ...items.flatMap((item) => [`{ ${item.slice(split(item) + 1)}\n} || exit`, "printf '\\0'"]),
      ].join('\n'),
    read: (output, items) => items.map(() => output.field()),
  }
}
