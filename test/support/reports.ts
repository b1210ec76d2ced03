import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import type { Event } from '../../src/protocol/event.ts'
import { openReports } from '../../src/report/documents/files.ts'
import { REPORT_KINDS } from '../../src/report/documents/kinds.ts'
import { createReporter, type Reporter } from '../../src/report/index.ts'

/** Keeps what is written to it; a terminal of 120 columns or none. */
class Output extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns = 120
  readonly rows = 40

  constructor(isTTY: boolean) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk
    done()
  }
}

/** Every report there is, at once; `texts` are what they wrote, by their names, when the run has finished. */
export class EveryReport {
  readonly #folder = mkdtempSync(join(tmpdir(), 'reports-'))
  readonly #outputs = new Map<string, Output>()
  readonly #reporters: Reporter[] = []
  readonly #events: Event[] = []

  constructor() {
    for (const isTTY of [false, true]) {
      for (const verbosity of [0, 1, 3]) {
        for (const diff of [false, true]) {
          const name = `${isTTY ? 'terminal' : 'plain'} ${verbosity} ${diff ? 'diff' : ''}`
          this.#add(name, { isTTY, verbosity, diff })
        }
      }
    }
    for (const format of ['json', 'jsonl', 'minimal', 'oneline', 'dense'] as const)
      this.#add(format, { format })
    this.#add('times', { added: ['profile_tasks', 'timer'] })
    this.#add('trace', { profile: true, trace: join(this.#folder, 'trace') })
  }

  readonly listener = (event: Event): void => {
    this.#events.push(event)
    for (const { listener } of this.#reporters) listener(event)
  }

  async texts(): Promise<Map<string, string>> {
    for (const reporter of this.#reporters) await reporter.finish()
    const texts = new Map([...this.#outputs].map(([name, { text }]) => [name, text]))
    const files = REPORT_KINDS.map((kind) => `report.${kind}`)
    const reports = await openReports(
      files.map((name) => join(this.#folder, name)),
      () => new Date(0),
    )
    for (const event of this.#events) reports.listener(event)
    await reports.finish()
    for (const name of [...files, 'trace']) texts.set(name, readFileSync(join(this.#folder, name), 'utf8'))
    rmSync(this.#folder, { recursive: true })
    return texts
  }

  #add(name: string, { isTTY = false, verbosity = 0, diff = false, ...more }: Wanted): void {
    const output = new Output(isTTY)
    this.#outputs.set(name, output)
    this.#reporters.push(
      createReporter({
        format: 'default',
        stdout: output as unknown as WriteStream,
        stderr: output,
        env: { LANG: 'C.UTF-8' },
        verbosity,
        check: false,
        diff,
        ...more,
      }),
    )
  }
}

interface Wanted extends Partial<Omit<Parameters<typeof createReporter>[0], 'stdout' | 'stderr' | 'env'>> {
  readonly isTTY?: boolean
}
