import { dirname } from 'node:path'
import { writeWhole } from '../../local/written-file.ts'
import { isLive, themeFor } from '../../report/index.ts'
import { Screen, systemClock } from '../../report/live/screen.ts'
import { addToLog } from '../../report/log-file.ts'
import { fit } from '../../report/text.ts'
import { masked } from '../../vault/secrets.ts'
import { Board, type Notice } from '../../watch/board.ts'
import { postReport, runHook } from '../../watch/hook.ts'
import { checkLines, liveRow, noticeLines } from '../../watch/lines.ts'
import { metricsText } from '../../watch/metrics.ts'
import { serveMetrics } from '../../watch/metrics-server.ts'
import { changeReport } from '../../watch/report.ts'
import type { Schedule } from '../../watch/schedule.ts'
import type { Flags } from '../flags.ts'
import { colorOf, displayOf } from '../settings/displayed.ts'
import { readSettings } from '../settings/settings.ts'
import type { WatchFlags } from './watch-flags.ts'

interface Output {
  /** Takes the live row away while somebody is asked something. */
  suspend<T>(talk: () => Promise<T>): Promise<T>
  readonly checked: (board: Board, notices: readonly Notice[]) => Promise<void>
  close(): Promise<void>
}

/**
 * Tells what checks find: lines on stdout and in a log, with a live row below on a terminal, metrics, commands and URLs. Raises
 * ProblemError when metrics cannot be given out, or a setting is wrong.
 */
export async function createOutput(
  flags: Flags,
  own: WatchFlags,
  schedule: Schedule,
  end: AbortSignal,
): Promise<Output> {
  const { playbooks } = flags
  const { stdout, env } = process
  const settings = readSettings(playbooks[0])
  const log = settings.log_path
  const look = themeFor(stdout, env, colorOf(settings), true, displayOf(settings).colors)
  const live = isLive(stdout, env)
  let board = new Board(own.apply)
  const row = () => masked(liveRow(board, schedule.next))
  const screen = new Screen(stdout, ({ columns }) => [fit(row(), columns - 1)], systemClock)
  let logging = Promise.resolve()
  const say = (lines: readonly string[]) => {
    const told = lines.map(masked)
    if (live) screen.say(told)
    else stdout.write(told.map((line) => `${line}\n`).join(''))
    if (log !== undefined) logging = logging.then(() => written('log_path', log, addToLog(log, told)))
  }
  const text = () => metricsText(board, playbooks, own.every)
  const server = own.metricsPort && (await serveMetrics(own.metricsPort, text))
  const listens = server && `metrics: http://${hostOf(own)}:${server.port}/metrics`
  if (live) screen.open()
  if (listens) say([listens])

  const failed = new Map<string, string>()
  /** A failure that goes on is told once. */
  const tellFailure = (what: string, why: string | undefined) => {
    if (why !== undefined && failed.get(what) !== why) {
      const notice = { word: 'warning', text: `${what} failed: ${why}`, since: Date.now() } as const
      say(noticeLines(notice, Date.now(), look))
    }
    if (why === undefined) failed.delete(what)
    else failed.set(what, why)
  }
  const written = async (what: string, path: string, writing: Promise<void>) => {
    const why = await writing.then(
      () => undefined,
      ({ code, message }: NodeJS.ErrnoException) => REASONS[code ?? '']?.(path) ?? message,
    )
    tellFailure(what, why)
  }
  const tellOthers = async (notices: readonly Notice[]) => {
    if (!notices.some(({ word }) => word !== 'warning')) return
    const report = changeReport(board, notices, playbooks)
    const { onChange, notifyUrl } = own
    await Promise.all([
      onChange &&
        screen
          .suspend(() => runHook(onChange, report, end))
          .then((why) => tellFailure('the command of --on-change', why)),
      notifyUrl &&
        postReport(notifyUrl, report, end).then((why) =>
          tellFailure(`--notify-url ${notifyUrl.protocol}//${notifyUrl.host}`, why),
        ),
    ])
  }
  return {
    suspend: (talk) => screen.suspend(talk),
    checked: async (now, notices) => {
      board = now
      const isTold = notices.length > 0 || now.checks === 1 || flags.output.verbose > 0
      if (isTold) say(checkLines(now, notices, look))
      const { metricsFile } = own
      if (metricsFile !== undefined)
        await written('--metrics-file', metricsFile, writeWhole(metricsFile, [text()]))
      await tellOthers(notices)
      await logging
    },
    close: async () => {
      screen.close()
      await server?.close()
      await logging
    },
  }
}

/** Why a file cannot be written. */
const REASONS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no folder ${dirname(path)}`,
  ENOTDIR: (path) => `${dirname(path)} is no folder`,
  EACCES: (path) => `you may not write in ${dirname(path)}`,
}

function hostOf({ metricsPort }: WatchFlags): string {
  const { host } = metricsPort!
  return host.includes(':') ? `[${host}]` : host
}
