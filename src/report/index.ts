import type { WriteStream } from 'node:tty'
import type { Event, Listener } from '../protocol/event.ts'
import type { AddedFormat, Display, ShownFormat } from '../protocol/request.ts'
import { additionsOf } from './added.ts'
import { createAnswers } from './answers.ts'
import { styleCodes } from './colors.ts'
import { createDense } from './dense.ts'
import { jsonDocument, jsonLines } from './documents/json.ts'
import { createRecorder } from './documents/record.ts'
import { createProgress } from './live/progress.ts'
import { LogFile } from './log-file.ts'
import { createTheme, showsUnicode, type Theme } from './paint.ts'
import { createPlain, detailLine, detailStyle } from './plain.ts'
import { profileTable } from './profile/profile.ts'
import { Timeline } from './profile/timeline.ts'
import type { RenderOptions } from './result.ts'
import { warningWords } from './warning.ts'

export { formatProblem, formatProblems, formatWarning } from './diagnostic.ts'
export { formatListing } from './list.ts'

export interface ReporterOptions {
  readonly format: ShownFormat
  /** What is done besides. */
  readonly added?: readonly AddedFormat[]
  readonly stdout: WriteStream
  /** For what must not stand among the json document; without it, that is not shown there. */
  readonly stderr?: { write(text: string): unknown }
  readonly env: Readonly<Record<string, string | undefined>>
  /** The number of -v. */
  readonly verbosity: number
  readonly check: boolean
  readonly diff: boolean
  /** Colours or none, whatever stdout and env say. */
  readonly color?: boolean
  /** What is shown of results, and how; everything, in YAML, if nothing is said. */
  readonly display?: Partial<Display>
  /** The file to which the report is added, each line with its time. */
  readonly log?: string | undefined
  /** Show at the end where the time went. */
  readonly profile?: boolean
  /** Where the picture of that goes. */
  readonly trace?: string | undefined
}

export interface Reporter {
  readonly listener: Listener
  /** Takes live rows away while somebody is asked something on the same terminal. */
  suspend<T>(talk: () => Promise<T>): Promise<T>
  /**
   * Resolves when all has been written; to be called at the end, also of a run that failed. Rejects with a
   * ProblemError when a report's file cannot be written.
   */
  finish(): Promise<void>
}

/** The report for where the output goes: live on a terminal, plain lines elsewhere, or one json document. */
export function createReporter(options: ReporterOptions): Reporter {
  const write = writer(options.stdout)
  const shown = withAdditions(withDetails(createShown(options, write), options, write), options, write)
  return withoutDeprecations(withProfile(withLog(shown, options), options, write), options)
}

/** Not everybody can do something about them. */
function withoutDeprecations(shown: Reporter, { display }: ReporterOptions): Reporter {
  if (display?.deprecations !== false) return shown
  return {
    ...shown,
    listener: (event) => {
      if (event.type !== 'warning' || !event.isDeprecation) shown.listener(event)
    },
  }
}

/** What is shown behind the document of a format for programs goes elsewhere. */
function isForPrograms({ format }: ReporterOptions): boolean {
  return format === 'json' || format === 'jsonl'
}

/** The default format shows details among its lines; beside those of others they stand as they come. */
function withDetails(shown: Reporter, options: ReporterOptions, write: Writer): Reporter {
  const { format, verbosity, stderr } = options
  if (format === 'default' || verbosity === 0) return shown
  const look = lookOf(options)
  return {
    ...shown,
    listener: (event) => {
      if (event.type === 'detail' && verbosity >= event.level) {
        const line = `${look.paint(detailStyle(event), detailLine(event))}\n`
        if (isForPrograms(options)) stderr?.write(line)
        else write.text(line)
      }
      shown.listener(event)
    },
  }
}

function withAdditions(shown: Reporter, options: ReporterOptions, write: Writer): Reporter {
  const { added = [], env, stderr } = options
  if (added.length === 0) return shown
  const all = additionsOf(added, env)
  return {
    suspend: shown.suspend,
    listener: (event) => {
      shown.listener(event)
      for (const { listener } of all) listener(event)
    },
    finish: async () => {
      await shown.finish()
      const lines = all.flatMap((addition) => addition.lines()).map((line) => `${line}\n`)
      if (isForPrograms(options)) stderr?.write(lines.join(''))
      else write.text(lines.join(''))
      await write.drained()
    },
  }
}

/**
 * The same report, and files besides, each of the kind that its ending names. Raises ProblemError, before anything has
 * run, where one cannot be written.
 */
export async function withReports(
  shown: Reporter,
  paths: readonly string[],
  now?: () => Date,
): Promise<Reporter> {
  if (paths.length === 0) return shown
  const { openReports } = await import('./documents/files.ts')
  const reports = await openReports(paths, now)
  return {
    suspend: shown.suspend,
    listener: (event) => {
      shown.listener(event)
      reports.listener(event)
    },
    finish: async () => {
      try {
        await shown.finish()
      } finally {
        await reports.finish()
      }
    },
  }
}

function withLog(shown: Reporter, { log, verbosity, diff, display = {} }: ReporterOptions): Reporter {
  if (log === undefined) return shown

  const file = new LogFile(log)
  const look = createTheme({ color: false, unicode: true })
  const plain = createPlain({
    telling: { look, verbosity, diff, changes: true, skipped: true, ...display },
    write: (text) => file.write(text),
  })
  return {
    suspend: shown.suspend,
    listener: (event) => {
      shown.listener(event)
      plain(event)
    },
    finish: async () => {
      await shown.finish()
      await file.end()
    },
  }
}

function withProfile(shown: Reporter, options: ReporterOptions, write: Writer): Reporter {
  const { profile, trace, stderr } = options
  if (!profile && trace === undefined) return shown

  const timeline = new Timeline(() => performance.now() / 1000)
  return {
    suspend: shown.suspend,
    listener: (event) => {
      timeline.note(event)
      shown.listener(event)
    },
    finish: async () => {
      await shown.finish()
      timeline.close()
      if (!timeline.isComplete) return
      if (profile) {
        const idle = performance.nodeTiming.idleTime / 1000
        const table = `\n${profileTable(timeline, idle, lookOf(options)).join('\n')}\n`
        if (isForPrograms(options)) stderr?.write(table)
        else write.text(table)
        await write.drained()
      }
      if (trace === undefined) return
      const { writeTrace } = await import('./documents/files.ts')
      await writeTrace(trace, timeline)
    },
  }
}

function createShown(options: ReporterOptions, write: Writer): Reporter {
  const { format, stdout, env, verbosity, check, diff, display = {} } = options
  const straight = {
    suspend: <T>(talk: () => Promise<T>): Promise<T> => talk(),
    finish: () => write.drained(),
  }
  if (format === 'json' || format === 'jsonl')
    return { listener: documentListener(write.text, options), ...straight }

  const live = isLive(stdout, env)
  const look = lookOf(options)
  if (format === 'minimal' || format === 'oneline') {
    const warn = (text: string) => options.stderr?.write(text)
    const oneLine = format === 'oneline'
    const { listener, finish } = createAnswers({ look, write: write.text, warn, oneLine, diff, check })
    return { ...straight, listener, finish: () => finish().then(straight.finish) }
  }
  const changes = format !== 'dense' && (live || check)
  const telling: RenderOptions = { look, verbosity, diff, changes, skipped: true, ...display }
  if (!live) {
    const listener =
      format === 'dense'
        ? createDense(telling, write.text)
        : createPlain({ telling, write: write.text, ...toStderr(options, write) })
    return { listener, ...straight }
  }

  const progress = createProgress(stdout, telling)
  return {
    listener: progress.listener,
    suspend: progress.suspend,
    finish: async () => {
      await progress.finish()
      await write.drained()
    },
  }
}

/** Where lines of what failed go, if not where all others go. */
function toStderr({ display, stderr }: ReporterOptions, write: Writer) {
  if (!display?.failedToStderr || stderr === undefined) return {}
  const writeFailed = (text: string) => {
    // Both may be the same terminal or file.
    void write.drained()
    stderr.write(text)
  }
  return { writeFailed }
}

function lookOf(options: ReporterOptions): Theme {
  const { stdout, env, color, display } = options
  return themeFor(stdout, env, color, !isForPrograms(options), display?.colors)
}

/** Colours and characters for where the output goes. */
export function themeFor(
  stdout: WriteStream,
  env: ReporterOptions['env'],
  color?: boolean,
  mayBeLive = true,
  colors: Display['colors'] = {},
): Theme {
  const live = mayBeLive && isLive(stdout, env)
  return createTheme({ color: color ?? live, unicode: live && showsUnicode(env), own: styleCodes(colors) })
}

/** Whether rows may be painted anew in place. */
export function isLive(stdout: WriteStream, env: ReporterOptions['env']): boolean {
  return stdout.isTTY === true && !env.CI && !env.NO_COLOR && env.TERM !== 'dumb'
}

/** Writes what programs read; what somebody should know goes to stderr. */
function documentListener(write: (text: string) => void, { format, stderr }: ReporterOptions): Listener {
  const now = () => new Date()
  const tell =
    format === 'json' ? createRecorder((run) => write(jsonDocument(run)), now) : jsonLines(write, now)
  return (event: Event): void => {
    if (event.type === 'warning') {
      const { marked, place } = warningWords(event)
      stderr?.write(`${marked}${place}\n`)
    }
    tell(event)
  }
}

interface Writer {
  text(text: string): void
  drained(): Promise<void>
}

/** Writes at once what was said in one turn, and until nobody reads any more (`| head`): the run itself goes on then. */
function writer(stdout: WriteStream): Writer {
  let gone = false
  let said = ''
  stdout.on('error', () => {
    gone = true
  })
  const flush = () => {
    if (!gone && said !== '') stdout.write(said)
    said = ''
  }
  return {
    text: (text) => {
      if (said === '') setImmediate(flush)
      said += text
    },
    drained: () => {
      flush()
      return new Promise((resolve) => (gone ? resolve() : stdout.write('', () => resolve())))
    },
  }
}
