import { isVault } from '../../vault/envelope.ts'
import type { Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'
import type { Rule, RuleContext } from '../rule.ts'
import { silenced } from '../yaml/directives.ts'
import { duplicates } from '../yaml/duplicates.ts'
import { indentation } from '../yaml/indentation.ts'
import { LINE_CHECKS } from '../yaml/lines.ts'
import { type YamlSettings, yamlSettings } from '../yaml/settings.ts'
import { TOKEN_CHECKS } from '../yaml/tokens.ts'

export const yaml: Rule = {
  id: 'yaml',
  description: 'Write YAML as yamllint wants it; a .yamllint of the project is honoured.',
  severity: 'VERY_LOW',
  tags: ['formatting', 'yaml'],
  profile: 'basic',
  parts: {
    braces: 'Write at most one blank inside braces.',
    brackets: 'Write no blanks inside brackets.',
    colons: 'Write no blank before a colon and one after it.',
    commas: 'Write no blank before a comma and one after it.',
    comments: 'Write a blank before a comment and one at its beginning.',
    'document-start': 'Begin documents with "---" (only if .yamllint asks for it).',
    'empty-lines': 'Leave at most two lines empty, none at the beginning and the end.',
    hyphens: 'Write one blank after a hyphen.',
    indentation: 'Let each level stand equally far to the right, lists below their keys too.',
    'key-duplicates': 'Give each key once.',
    'line-length': 'Write lines of at most 160 characters.',
    'new-line-at-end-of-file': 'End the last line.',
    'new-lines': 'End lines with LF.',
    'octal-values': 'Write octal numbers in quotes.',
    'trailing-spaces': 'Write no blanks at the end of a line.',
    truthy: 'Write true and false.',
  },
  fixes: true,
  on: 'file',
  check,
}

const CHECKS: Readonly<
  Record<string, (file: LintFile, settings: NonNullable<YamlSettings[string]>) => Iterable<Found>>
> = {
  ...LINE_CHECKS,
  ...TOKEN_CHECKS,
  indentation,
  'key-duplicates': duplicates,
}

const known = new WeakMap<RuleContext, YamlSettings>()

function* check(file: LintFile, context: RuleContext): Iterable<Found> {
  // What is broken is told as such, and encrypted files are no YAML.
  if (file.problems.length > 0 || isVault(file.source.text)) return
  const settings = known.get(context) ?? yamlSettings(context.project.root)
  known.set(context, settings)
  const isSilent = silenced(file.source)
  for (const [part, run] of Object.entries(CHECKS)) {
    const own = settings[part]
    if (own === undefined) continue
    for (const found of run(file, own))
      if (!isSilent(part, file.source.position(found.place.start).line)) yield found
  }
}
