import { spawn } from 'node:child_process'
import type { ChangeReport } from './report.ts'

/** How long a command or a URL may take, in ms. */
const PATIENCE = 30_000
/** From SIGTERM to SIGKILL, in ms. */
const LAST_WORDS = 2_000

/**
 * Runs a command line of sh with a report as JSON on its stdin, and what it says in short in its environment; nothing of
 * the report is part of the command. It is ended, with all that it has started, when it takes too long or `end` is
 * aborted. Gives a sentence when it has failed.
 */
export async function runHook(
  command: string,
  report: ChangeReport,
  end: AbortSignal,
  patience = PATIENCE,
): Promise<string | undefined> {
  const child = spawn('/bin/sh', ['-c', command], {
    env: { ...process.env, ...environmentOf(report) },
    // Its output is for whoever reads ours; stdout may be what programs read.
    stdio: ['pipe', 2, 2],
    // A group of its own: Ctrl-C is for us, and what it starts can be ended with it.
    detached: true,
  })
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // It has ended.
    }
  }
  const timers: NodeJS.Timeout[] = []
  let why: string | undefined
  const cut = (reason: string) => {
    why ??= reason
    signal('SIGTERM')
    timers.push(setTimeout(signal, LAST_WORDS, 'SIGKILL'))
  }
  const onEnd = () => cut('it was ended')
  timers.push(setTimeout(cut, patience, `it took more than ${patience / 1000} s, and was ended`))
  end.addEventListener('abort', onEnd)
  if (end.aborted) onEnd()
  // One that does not read is no failure.
  child.stdin?.on('error', () => {})
  child.stdin?.end(`${JSON.stringify(report)}\n`)
  try {
    const status = await new Promise<number | NodeJS.Signals>((done, failed) => {
      child.once('error', failed)
      child.once('exit', (code, by) => done(code ?? by!))
    })
    if (why !== undefined) return why
    if (status === 0) return undefined
    return typeof status === 'number' ? `exit status ${status}` : `it was ended by ${status}`
  } catch (error) {
    return (error as Error).message
  } finally {
    end.removeEventListener('abort', onEnd)
    for (const timer of timers) clearTimeout(timer)
    // Nothing that it left behind goes on.
    if (why !== undefined) signal('SIGKILL')
  }
}

function environmentOf(report: ChangeReport): Record<string, string> {
  const { time, check, playbooks, state, text, hosts, notices } = report
  const number = (word: string) => String(notices.filter((notice) => notice.word === word).length)
  return {
    PLAYSSH_TIME: time,
    PLAYSSH_CHECK: String(check),
    PLAYSSH_PLAYBOOKS: playbooks.join(' '),
    PLAYSSH_STATE: state,
    PLAYSSH_TEXT: text,
    PLAYSSH_NEW: number('new'),
    PLAYSSH_CHANGED: number('changed'),
    PLAYSSH_STILL: number('still'),
    PLAYSSH_GONE: number('gone'),
    PLAYSSH_REPAIRED: number('repaired'),
    PLAYSSH_HOSTS: String(hosts.checked),
    PLAYSSH_HOSTS_DRIFTED: String(hosts.drifted.length),
    PLAYSSH_HOSTS_FAILED: String(hosts.failed.length),
    PLAYSSH_HOSTS_UNREACHABLE: String(hosts.unreachable.length),
  }
}

/**
 * Sends a report as JSON with POST; a user and password in the URL are sent as basic authentication. Gives a sentence,
 * which does not name the URL, when it was not taken (an answer of 2xx).
 */
export async function postReport(
  url: URL,
  report: ChangeReport,
  end: AbortSignal,
  patience = PATIENCE,
): Promise<string | undefined> {
  const { username, password } = url
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const abort = new AbortController()
  const cut = () => abort.abort()
  const late = setTimeout(cut, patience)
  end.addEventListener('abort', cut)
  if (end.aborted) cut()
  try {
    const response = await fetch(bare, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(login !== ':' && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
      },
      body: JSON.stringify(report),
      // A POST that is led elsewhere becomes a GET of something else.
      redirect: 'manual',
      signal: abort.signal,
    })
    await response.body?.cancel()
    return response.ok ? undefined : `it answers ${response.status} ${response.statusText}`.trimEnd()
  } catch (error) {
    if (end.aborted) return 'it was ended'
    if (abort.signal.aborted) return `it took more than ${patience / 1000} s`
    const { message, cause } = error as Error
    return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message
  } finally {
    clearTimeout(late)
    end.removeEventListener('abort', cut)
  }
}
