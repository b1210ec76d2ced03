// Writes into the pages of docs/commands what their commands print: `npm run transcripts`. test/cli/transcripts compares.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('..', import.meta.url))
const folder = join(project, 'docs/commands')

/** Names of the pages that show commands. */
export const pages = readdirSync(folder).filter((name) => name.endsWith('.md'))

export function pageText(page: string): string {
  return readFileSync(join(folder, page), 'utf8')
}

/** A page whose commands have been given once more, one after the other, in a copy of docs/commands/example. */
export function pageNow(page: string): string {
  const here = mkdtempSync(join(tmpdir(), 'example-'))
  try {
    cpSync(join(folder, 'example'), here, { recursive: true })
    return pageText(page).replace(/^```console\n([\s\S]*?)^```$/gm, (_, block: string) => {
      const commands = block.split('\n').filter((line) => line.startsWith('$ '))
      return `\`\`\`console\n${commands.map((line) => `${line}\n${printed(line.slice(2), here)}`).join('')}\`\`\``
    })
  } finally {
    rmSync(here, { recursive: true })
  }
}

/** Settings that whoever writes the pages may have, or the tests. */
const NOT_MINE = {
  EDITOR: '',
  VISUAL: '',
  PAGER: '',
  PLAYSSH_PERSIST: undefined,
  PLAYSSH_YAML_CACHE: undefined,
}

/** What a command of a shell prints, on both outputs in their order. */
function printed(command: string, cwd: string): string {
  const path = `${project}:${process.env.PATH}`
  const env = {
    ...process.env,
    PATH: path,
    HOME: cwd,
    NO_COLOR: '1',
    LC_ALL: 'C.UTF-8',
    XDG_STATE_HOME: '',
    XDG_RUNTIME_DIR: cwd,
    ...NOT_MINE,
  }
  const { stdout } = spawnSync('/bin/sh', ['-c', `exec 2>&1\n${command}`], { cwd, env, encoding: 'utf8' })
  return stdout
    .replaceAll(cwd, '~')
    .replace(/\b\d+(\.\d+)? s\b/g, '0.1 s')
    .replace(/("(?:after|before)": ")[\da-f]{40}/g, '$1e5fac0b16f6ab36e3e2a8a1dd4a3b5f0c8b0d6e7')
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d\b/g, '2026-01-31 12:00')
    .replace(/(2026-01-31 12:00):\d\d\b/g, '$1:00')
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const page of pages) writeFileSync(join(folder, page), pageNow(page))
