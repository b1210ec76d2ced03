import { readFileSync } from 'node:fs'

/** What each shell runs to complete the words behind `run`. */
export const SCRIPTS: Readonly<Record<string, () => string>> = {
  bash: () => readFileSync(new URL('run.bash', import.meta.url), 'utf8'),
  zsh: () => readFileSync(new URL('run.zsh', import.meta.url), 'utf8'),
  fish: () => readFileSync(new URL('run.fish', import.meta.url), 'utf8'),
}
