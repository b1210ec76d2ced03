import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a user goes for in a folder of theirs; attacker.js says how. */
export type Strategy = 'appearing' | 'target' | 'parent' | 'stage' | 'tree'

/** A local user who attacks what root does in the user's folder, in a process of their own. */
export interface Attacker {
  /** Comes back when the attack goes on, or has come to rest. */
  turnTo(strategy: Strategy | 'rest'): Promise<void>
  stop(): Promise<void>
}

/** Paths of the user's folder, of a file and of a folder that are root's. */
export interface Prey {
  readonly uid: number
  readonly folder: string
  readonly secret: string
  readonly vault: string
}

export function startAttacker({ uid, folder, secret, vault }: Prey): Attacker {
  const script = fileURLToPath(new URL('attacker.js', import.meta.url))
  const child = spawn(process.execPath, [script, String(uid), folder, secret, vault], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const answers = createInterface({ input: child.stdout })
  return {
    async turnTo(strategy) {
      const answered = once(answers, 'line')
      child.stdin.write(`${strategy}\n`)
      await answered
    },
    async stop() {
      child.stdin.end()
      await gone
    },
  }
}
