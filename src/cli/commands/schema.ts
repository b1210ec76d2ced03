import { modules } from '../../modules/index.ts'
import { SCHEMAS } from '../../schema/index.ts'
import { didYouMean, ProblemError } from '../../values/problem.ts'
import { argumentOf, newCommand, readWords } from '../command-line.ts'
import { describedSettings } from '../settings/described.ts'

const EXAMPLES = `
Examples:
  run schema playbook > playbook.json     and in a playbook: # yaml-language-server: $schema=playbook.json
  run schema                              what there is
`

/** `run schema [KIND]`: JSON Schemas for editors. Raises CommandLineEnd and ProblemError. */
export async function showSchema(words: readonly string[]): Promise<number> {
  const command = newCommand('run schema', 'Prints a JSON Schema, by which editors help to write files.')
    .addArgument(argumentOf('[kind]', 'of which files', Object.keys(SCHEMAS)))
    .addHelpText('after', EXAMPLES)
  const kind = readWords(command, words).args[0]
  process.stdout.write(kind === undefined ? kindList() : `${JSON.stringify(schemaOf(kind), null, 1)}\n`)
  return 0
}

function kindList(): string {
  return Object.entries(SCHEMAS)
    .map(([kind, { summary }]) => `${kind.padEnd(16)}${summary}\n`)
    .join('')
}

function schemaOf(kind: string) {
  if (Object.hasOwn(SCHEMAS, kind)) return SCHEMAS[kind]!.make({ modules, settings: describedSettings() })
  const hint = didYouMean(kind, Object.keys(SCHEMAS)) ?? `it is one of ${Object.keys(SCHEMAS).join(', ')}`
  throw new ProblemError({ message: `there is no schema "${kind}"`, hint })
}
