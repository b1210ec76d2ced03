import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'

/** A user of this machine who exists for one test; making one needs root. */
export class TestUser {
  readonly name = `playssh${randomBytes(3).toString('hex')}`
  readonly password = 'correct "horse" $battery'

  constructor({ shell = '/bin/sh', home = '/tmp' } = {}) {
    execFileSync('useradd', ['--no-create-home', '--home-dir', home, '--shell', shell, this.name])
    execFileSync('chpasswd', { input: `${this.name}:${this.password}\n` })
  }

  /** Says what sudo allows: what follows the user's name in sudoers(5), or nothing. */
  allow(rule: string | undefined): void {
    if (rule === undefined) rmSync(this.#sudoers, { force: true })
    else
      writeFileSync(this.#sudoers, `Defaults:${this.name} !lecture\n${this.name} ${rule}\n`, { mode: 0o440 })
  }

  remove(): void {
    this.allow(undefined)
    // Also when a shell of theirs has not quite ended.
    execFileSync('userdel', ['--force', this.name], { stdio: 'ignore' })
  }

  get #sudoers(): string {
    return `/etc/sudoers.d/${this.name}`
  }
}
