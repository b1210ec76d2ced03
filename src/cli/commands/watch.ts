import { prepare } from '../../analysis/prepare.ts'
import { modules } from '../../modules/index.ts'
import { Schedule } from '../../watch/schedule.ts'
import { watch } from '../../watch/watch.ts'
import { ask } from '../ask.ts'
import { readRequest } from '../request.ts'
import { listenToSignals } from '../signals.ts'
import { readWatchFlags, tellsOthers } from './watch-flags.ts'
import { createOutput } from './watch-output.ts'

/** `run watch PLAYBOOK...`: checks again and again, tells what differs. Raises CommandLineEnd and ProblemError. */
export async function watchHosts(words: readonly string[]): Promise<number> {
  const { flags, own } = readWatchFlags(words)
  const schedule = new Schedule(own)
  // Where somebody closes the terminal it ends, as everything does; else SIGHUP says that something is new.
  const signals = listenToSignals(process.stdin.isTTY ? undefined : () => schedule.wake())
  // Nobody reads any more, and nobody else is told: there is nothing left to do.
  if (!tellsOthers(own)) process.stdout.once('error', () => process.kill(process.pid, 'SIGTERM'))
  const output = await createOutput(flags, own, schedule, signals.stop)
  const asked = askedOnce((prompt, isPrivate) => output.suspend(() => ask(prompt, isPrivate)))
  try {
    return await watch({
      prepare: async () => prepare(await readRequest(flags, asked), modules),
      ask: asked,
      ...{ schedule, patience: own.checkTimeout },
      ...{ count: own.count, apply: own.apply, diff: flags.execution.diff, limit: flags.selection.limit },
      ...{ stop: signals.stop, cut: signals.cut },
      onChecked: output.checked,
    })
  } finally {
    await output.close()
    signals.end()
    // What could not be cut off keeps nobody waiting.
    setTimeout(() => process.exit(), LAST_WORDS).unref()
  }
}

/** In ms. */
const LAST_WORDS = 1_000

/** Nobody is asked the same twice: the answers hold for all checks. */
function askedOnce(asking: typeof ask): typeof ask {
  const answers = new Map<string, Promise<string | undefined>>()
  return (prompt, isPrivate) => {
    const answer = answers.get(prompt) ?? asking(prompt, isPrivate)
    answers.set(prompt, answer)
    return answer
  }
}
