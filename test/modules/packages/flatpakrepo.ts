import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Exported {
  readonly kind?: 'app' | 'runtime'
  readonly id: string
  readonly branch?: string
  /** `ID/ARCH/BRANCH` of what an app needs. */
  readonly runtime?: string
  /** What tells one commit from another. */
  readonly content: string
}

/** The name that flatpak has for this machine's processor. */
export const ARCH = execFileSync('flatpak', ['--default-arch'], { encoding: 'utf8' }).trim()

/** Puts apps and runtimes into a repository, which it makes if there is none. */
export function exportTo(repo: string, exported: readonly Exported[]): void {
  for (const { kind = 'app', id, branch = 'stable', runtime, content } of exported) {
    const build = mkdtempSync(`${repo}-build-`)
    for (const folder of ['files', 'export', 'usr']) mkdirSync(join(build, folder))
    writeFileSync(join(build, 'files', 'content'), content)
    writeFileSync(join(build, 'usr', 'content'), content)
    const group = kind === 'app' ? `[Application]\nruntime=${runtime}\nsdk=${runtime}` : '[Runtime]'
    writeFileSync(join(build, 'metadata'), `${group}\nname=${id}\n`)
    const flags = kind === 'app' ? [] : ['--runtime']
    run('build-export', '--disable-sandbox', '--no-update-summary', ...flags, repo, build, branch)
    rmSync(build, { recursive: true })
  }
  run('build-update-repo', repo)
}

function run(...words: string[]): void {
  execFileSync('flatpak', words, { stdio: ['ignore', 'ignore', 'pipe'] })
}
