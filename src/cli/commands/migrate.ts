import { type Migration, migrate } from '../../migrate/migrate.ts'
import { writeChanges } from '../../migrate/write.ts'
import type { Remark } from '../../migrate/yaml-file.ts'
import { unified } from '../../report/diff.ts'
import { themeFor } from '../../report/index.ts'
import { cleanLines } from '../../report/text.ts'
import { ProblemError } from '../../values/problem.ts'
import { placeName } from '../../values/source.ts'
import { shownPath } from '../../yaml/files.ts'
import { newCommand, readWords } from '../command-line.ts'
import { knownSettings } from '../settings/settings.ts'

interface MigrateFlags {
  readonly write: boolean
  readonly diff: boolean
}

const EXAMPLES = `
Without --write nothing is changed: what would be is shown as a diff, and what stays and why is told on stderr.

Examples:
  run migrate site.yml                a playbook, with the roles and files that it names
  run migrate roles/web               a role with its templates
  run migrate roles/web --write       the same, written
  run migrate roles/web > web.patch   the diff alone
`

/** `run migrate PLAYBOOK|ROLE|FILE...`: gives the exit status. Raises CommandLineEnd and ProblemError. */
export async function migrateContent(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const { write, diff } = command.opts<MigrateFlags>()
  const migration = migrate(command.args, languageOfSettings())
  if (!write || diff) process.stdout.write(diffOf(migration))
  if (write) await written(migration)
  process.stderr.write(`${cleanLines(report(migration, write)).join('\n')}\n`)
  return 0
}

function commandLine() {
  return newCommand('run migrate', 'Rewrites Jinja to Handlebars where the meaning is the same.')
    .usage('[options] <playbook|role|file>...')
    .argument('<paths...>', 'playbooks, folders of roles, YAML files, templates *.j2')
    .option('-w, --write', 'write the files', false)
    .option('-D, --diff', 'with --write, show the diff, too', false)
    .addHelpText('after', EXAMPLES)
}

function languageOfSettings(): 'handlebars' | 'jinja' | undefined {
  const { known } = knownSettings(undefined)
  const value = known.find(({ name }) => name === 'template_language')?.value
  return value === 'handlebars' || value === 'jinja' ? value : undefined
}

function diffOf({ changes }: Migration): string {
  const look = themeFor(process.stdout, process.env)
  return changes
    .flatMap(({ path, to, before, after }) => unified(shownPath(path), shownPath(to), before, after, look))
    .map((line) => `${line}\n`)
    .join('')
}

async function written({ changes }: Migration): Promise<void> {
  try {
    await writeChanges(changes)
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw new ProblemError({ message: `this cannot be written: ${(error as Error).message}` })
  }
}

function report({ changes, left, foreign, counts }: Migration, isWritten: boolean): string {
  const parts = [
    ...section('Left as it is:', left),
    ...section('Not run here:', foreign),
    `${isWritten ? 'rewritten' : 'to rewrite'}: ${counted(counts.texts, 'text')} and ${counted(counts.templates, 'template')} in ${counted(changes.length, 'file')}; left: ${left.length}`,
  ]
  const hint = isWritten || changes.length === 0 ? [] : ['nothing was written; --write does it']
  return [...parts, ...hint].join('\n')
}

function section(title: string, remarks: readonly Remark[]): string[] {
  if (remarks.length === 0) return []
  return [title, ...remarks.map(({ place, reason }) => `  ${placeName(place)}  ${reason}`), '']
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
