import fc, { type Arbitrary } from 'fast-check'
import type { suite } from 'uvu'
import type { Problem } from '../../src/values/problem.ts'

/*
 * Properties of the runner's own parsers. In `npm test` each is tried for a second or two; FUZZ_SECONDS=3600 tries each
 * for an hour. A failure prints its seed and path: FUZZ_SEED=... FUZZ_PATH=... tries that one again.
 *
 *   FUZZ_SECONDS=600 npm run fuzz
 */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 1.5)
const SEED = process.env.FUZZ_SEED
/** Of processor time that one example may take, in seconds: the least that hostile input takes is minutes. */
const PATIENCE = 5

/** A test that tries a property on as many examples as there is time for. */
export function property<T>(
  test: ReturnType<typeof suite>,
  name: string,
  examples: Arbitrary<T>,
  holds: (example: T) => void | Promise<void>,
): void {
  test(name, async () => {
    let tried = 0
    const timed = async (example: T) => {
      tried += 1
      const before = process.cpuUsage()
      await holds(example)
      const { user, system } = process.cpuUsage(before)
      const seconds = (user + system) / 1e6
      if (seconds > PATIENCE) throw new Error(`took ${seconds.toFixed(1)} s`)
    }
    await fc.assert(fc.asyncProperty(examples, timed), {
      numRuns: Number.POSITIVE_INFINITY,
      interruptAfterTimeLimit: SECONDS * 1000,
      markInterruptAsFailure: false,
      includeErrorInReport: true,
      ...(SEED !== undefined && { seed: Number(SEED), path: process.env.FUZZ_PATH ?? '' }),
    })
    if (tried === 0) throw new Error('no example was tried')
    if (process.env.FUZZ_SECONDS !== undefined) console.log(`\n${name}: ${tried} examples`)
  })
}

/** Runs something that may raise the errors that are meant for the user, and no others. */
export function mayFail<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (isForUsers(error)) return undefined
    throw error
  }
}

/** What V8 itself raises is a mistake of ours. */
function isForUsers(error: unknown): boolean {
  const own = [TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError]
  return error instanceof Error && !own.some((kind) => error instanceof kind) && error.message !== ''
}

/** Every problem says something, and its place lies in its source. */
export function checkProblems(problems: readonly Problem[]): void {
  for (const { message, place } of problems) {
    if (message === '' || /call stack|undefined is not|Cannot read/.test(message)) throw new Error(message)
    if (place === undefined) continue
    const { start, end, source } = place
    if (!(start >= 0 && start <= end && start <= source.text.length)) {
      throw new Error(`"${message}" from ${start} to ${end} of ${source.text.length}`)
    }
  }
}

/**
 * Texts that are made to hurt: of the words that mean something to a parser, of any characters, of examples that are
 * valid but for a cut or a repetition, and of one piece again and again, up to some ten thousand characters.
 */
export function hostile(words: readonly string[], valid: readonly string[] = ['']): Arbitrary<string> {
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...words) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('\n', ' ', '\t', '\r\n', '\0', '\ufeff', '\u2028', '\ud800', '😀', 'é'),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
  )
  const some = fc.array(word, { maxLength: 40 }).map((parts) => parts.join(''))
  const few = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''))
  const pumped = fc
    .tuple(some, few, fc.integer({ min: 1, max: 3000 }), some)
    .map(([before, piece, times, after]) => before + piece.repeat(times) + after)
  const bent = fc
    .tuple(fc.constantFrom(...valid), fc.nat(), fc.nat(), few)
    .map(([text, from, length, put]) => {
      const at = from % (text.length + 1)
      return text.slice(0, at) + put + text.slice(at + (length % 8))
    })
  const any = fc.string({ unit: 'binary', maxLength: 60 })
  return fc.oneof(
    { weight: 4, arbitrary: some },
    { weight: 2, arbitrary: pumped },
    { weight: 3, arbitrary: bent },
    { weight: 1, arbitrary: any },
  )
}

/** Bytes that a hostile host might answer instead of these. */
export function hostileBytes(words: readonly string[], valid: readonly string[]): Arbitrary<Buffer> {
  return fc.oneof(
    { weight: 4, arbitrary: hostile(words, valid).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  )
}
