import { chmod, stat } from 'node:fs/promises'
import { writeWhole } from '../local/written-file.ts'
import type { Catalogue } from '../sdk/module.ts'
import { ProblemError } from '../values/problem.ts'
import type { LintConfig } from './config.ts'
import type { Edit } from './finding.ts'
import type { LintFile } from './lint-file.ts'
import type { Project } from './project.ts'
import type { Finding } from './rule.ts'
import { lint } from './run.ts'

/** What putting right may bring about something else to put right, so often at most. */
const ROUNDS_AT_MOST = 20

/** A project after what can be put right is, nothing of it written yet. */
export interface Fixed {
  readonly project: Project
  /** What is left. */
  readonly findings: readonly Finding[]
  /** The files whose text is another one. */
  readonly changed: readonly LintFile[]
}

/** Puts right what rules can, by replacing stretches of the texts, until nothing more is to be done. */
export function fixed(project: Project, config: LintConfig, modules: Catalogue): Fixed {
  const original = new Map(project.files.map((file) => [file.path, file.source.text]))
  let now = project
  let findings = lint(now, config, modules)
  const given = new Set<string>()
  for (let round = 0; round < ROUNDS_AT_MOST; round += 1) {
    const changes = new Map<LintFile, LintFile>()
    for (const file of now.files) {
      const edits = editsOf(findings.filter(({ place }) => place.source === file.source))
      const changed = edits.length === 0 ? undefined : file.with(edited(file.source.text, edits))
      if (changed === undefined || changed.source.text === file.source.text) continue
      // Whatever a rule has overlooked: a file that was read is read afterwards too.
      if (changed.problems.length > file.problems.length || given.has(`${file.path}\0${changed.source.text}`))
        continue
      given.add(`${file.path}\0${file.source.text}`)
      changes.set(file, changed)
    }
    if (changes.size === 0) break
    now = now.with(changes)
    findings = lint(now, config, modules)
  }
  const changed = now.files.filter((file) => file.source.text !== original.get(file.path))
  return { project: now, findings, changed }
}

/** The edits that can be made together: all those of a finding or none, and none that touches another. */
function editsOf(findings: readonly Finding[]): Edit[] {
  const taken: Edit[] = []
  for (const { edits = [] } of findings)
    if (edits.every((edit) => !taken.some((other) => touches(edit, other)))) taken.push(...edits)
  return taken.sort((a, b) => a.place.start - b.place.start)
}

function touches({ place: a }: Edit, { place: b }: Edit): boolean {
  return a.start <= b.end && b.start <= a.end
}

function edited(text: string, edits: readonly Edit[]): string {
  let made = ''
  let at = 0
  for (const { place, text: better } of edits) {
    made += text.slice(at, place.start) + better
    at = place.end
  }
  return made + text.slice(at)
}

/** Writes the files, each the old one or the new one at any moment. Raises ProblemError. */
export async function writeFixed(files: readonly LintFile[]): Promise<void> {
  for (const { path, source, written } of files) {
    try {
      const stats = await stat(path)
      if (!stats.isFile()) throw new Error('it is no file')
      await writeWhole(path, [`${written.hasMark ? '\ufeff' : ''}${source.text}`])
      await chmod(path, stats.mode & 0o7777)
    } catch (error) {
      throw new ProblemError({ message: `${written.path} cannot be written: ${(error as Error).message}` })
    }
  }
}
