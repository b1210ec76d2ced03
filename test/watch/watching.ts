import { prepare } from '../../src/analysis/prepare.ts'
import { readFlags } from '../../src/cli/options.ts'
import { readRequest } from '../../src/cli/request.ts'
import { modules } from '../../src/modules/index.ts'
import type { Board, Notice } from '../../src/watch/board.ts'
import { Schedule } from '../../src/watch/schedule.ts'
import { watch } from '../../src/watch/watch.ts'
import type { Server } from '../support/server.ts'

/** What a watch in this process is given: the words of a command line, and what is done after each check. */
interface Watching {
  readonly words: readonly string[]
  readonly count: number
  readonly onChecked: (board: Board, notices: readonly Notice[]) => Promise<void> | void
  readonly apply?: boolean
}

/** Checks so often, one right after the other, in this process; gives the exit status. */
export function watchHere({ words, count, onChecked, apply = false }: Watching): Promise<number> {
  const never = new AbortController().signal
  const flags = readFlags([...(apply ? [] : ['--check']), ...words])
  return watch({
    prepare: async () => prepare(await readRequest(flags, async () => undefined), modules),
    ask: async () => undefined,
    schedule: new Schedule({ every: 1, splay: 0 }),
    ...{ count, apply, diff: false, patience: 600_000, stop: never, cut: never },
    onChecked: async (board, notices) => onChecked(board, notices),
  })
}

/** What a host's variables are to reach a server; a machine that is busy with other tests takes its time. */
export function reaching(server: Server): Record<string, unknown> {
  return {
    ansible_host: '127.0.0.1',
    ansible_port: server.port,
    ansible_ssh_private_key_file: server.keyFile,
    ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${server.knownHostsFile}`,
  }
}
