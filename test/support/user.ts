import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'

/**
 * For flock(1), around all that alters or copies this machine's accounts: files of tests run side by side, useradd does
 * not wait for another, and cp fails at what goes meanwhile.
 */
export const ACCOUNTS_LOCK = '/run/lock/playssh-tests'

/** Keeps others from altering accounts until the function that it gives is called. */
export async function holdAccounts(): Promise<() => Promise<void>> {
  const holder = spawn('flock', [ACCOUNTS_LOCK, '/bin/sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(holder, 'exit')
  await Promise.race([once(holder.stdout, 'data'), ended])
  return async () => {
    holder.stdin.end()
    await ended
  }
}

// Far from the ids that useradd gives otherwise: a shell of theirs may live on behind a test, and an id that a process has
// cannot be changed or removed.
const RANGE = ['-K', 'UID_MIN=20000', '-K', 'UID_MAX=29999']

/** A user of this machine who exists for one test; making one needs root. */
export class TestUser {
  readonly name = `playssh${randomBytes(3).toString('hex')}`
  readonly password = 'correct "horse" $battery'

  constructor({ shell = '/bin/sh', home = '/tmp' } = {}) {
    locked(['useradd', ...RANGE, '--no-create-home', '--home-dir', home, '--shell', shell, this.name])
    locked(['chpasswd'], `${this.name}:${this.password}\n`)
  }

  /** Says what sudo allows: what follows the user's name in sudoers(5), or nothing. */
  allow(rule: string | undefined): void {
    if (rule === undefined) locked(['rm', '-f', this.#sudoers])
    else
      locked(
        ['/bin/sh', '-c', 'umask 337; cat >"$0"', this.#sudoers],
        `Defaults:${this.name} !lecture\n${this.name} ${rule}\n`,
      )
  }

  remove(): void {
    this.allow(undefined)
    // Also when a shell of theirs has not quite ended.
    locked(['userdel', '--force', this.name])
  }

  get #sudoers(): string {
    return `/etc/sudoers.d/${this.name}`
  }
}

function locked(command: readonly string[], input = ''): void {
  execFileSync('flock', [ACCOUNTS_LOCK, ...command], { input, stdio: ['pipe', 'ignore', 'pipe'] })
}
