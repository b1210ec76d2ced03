import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../src/history/database.ts'
import { askHistory } from '../../src/history/history.ts'
import { listed } from '../../src/history/shown.ts'
import { keepRun, spooledRun, spoolNames } from '../../src/history/spool.ts'
import type { TaskResult } from '../../src/protocol/event.ts'
import { change, changed, Story } from '../report/events.ts'

export const mode = changed([change('mode', '0644', '0600')], { dest: '/etc/motd' })

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'history-'))
}

/** Keeps a run of one task with these results by host. */
export async function kept(folder: string, results: Readonly<Record<string, TaskResult>>, from = '/here') {
  const recording = keepRun(folder, { folder: from })
  const story = new Story(recording.listener, Object.keys(results)).play()
  story.task('motd', 'copy', results)
  story.end()
  await recording.finish()
  return story
}

/** What is asked, and which sentences somebody heard meanwhile. */
export async function asked<T>(folder: string, query: (past: Database) => T) {
  const warnings: string[] = []
  const answer = await askHistory(folder, (sentence) => warnings.push(sentence), query)
  return { answer, warnings }
}

/** Numbers of the runs that are listed. */
export async function numbers(folder: string): Promise<number[]> {
  return (await asked(folder, listed)).answer.map((line) => Number.parseInt(line, 10))
}

/** The runs in files of their own. */
export async function spooled(folder: string) {
  const names = await spoolNames(folder)
  return Promise.all(names.map(async (name) => (await spooledRun(readFileSync(join(folder, name))))!))
}
