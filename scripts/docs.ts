// Writes docs/modules.md, docs/helpers.md, docs/settings.md and the table in docs/commands/lint.md from what modules, helpers,
// settings and rules declare: `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describedSettings } from '../src/cli/settings/described.ts'
import { ruleList } from '../src/lint/listing.ts'
import type { Rule } from '../src/lint/rule.ts'
import { exampleOf } from '../src/manual/examples.ts'
import { modules } from '../src/modules/index.ts'
import type { Module } from '../src/sdk/module.ts'
import type { Option } from '../src/sdk/options.ts'
import { helperThemes } from '../src/template/helpers/index.ts'

export const modulesFile = fileURLToPath(new URL('../docs/modules.md', import.meta.url))
export const helpersFile = fileURLToPath(new URL('../docs/helpers.md', import.meta.url))
export const lintFile = fileURLToPath(new URL('../docs/commands/lint.md', import.meta.url))
export const settingsFile = fileURLToPath(new URL('../docs/settings.md', import.meta.url))

export function modulesText(): string {
  const names = Object.keys(modules).sort()
  const contents = names.map((name) => `[${name}](#${name})`).join(' · ')
  const sections = names.map((name) => section(name, modules[name]!))
  const intro = `Arguments mean what they mean in Ansible where it has the module. Besides these there are \`meta\`,
\`include_tasks\`, \`import_tasks\`, \`include_role\`, \`import_role\` and \`import_playbook\`. Every module that changes
something says under \`--check\` exactly what it would change.`
  return `# Modules\n\n${intro}\n\n${contents}\n\n${sections.join('\n')}`
}

function section(name: string, module: Module): string {
  const rows = Object.entries(module.options).map(([option, declared]) => row(option, declared, module))
  const table = rows.length === 0 ? '' : `\n| argument | | |\n|---|---|---|\n${rows.join('\n')}\n`
  return `## ${name}\n\n${module.summary}\n${table}\n\`\`\`yaml\n${exampleOf(name)}\`\`\`\n`
}

function row(name: string, option: Option, { freeForm }: Module): string {
  const facts = [
    option.choices?.join(', ') ?? option.type,
    ...(option.required ? ['required'] : []),
    ...(option.default === undefined ? [] : [`default ${JSON.stringify(option.default)}`]),
    ...(freeForm === name ? ['the free text'] : []),
    ...(option.synonyms === undefined ? [] : [`takes ${Object.keys(option.synonyms).join(', ')} too`]),
    ...(option.aliases === undefined ? [] : [`also ${option.aliases.join(', ')}`]),
  ]
  return `| \`${name}\` | ${facts.map(cell).join('; ')} | ${cell(option.help)} |`
}

export function helpersText(): string {
  const sections = Object.entries(helperThemes).map(([theme, helpers]) => {
    const rows = helpers.map(
      ({ name, usage, help }) => `| \`${cell(`${name} ${usage}`.trim())}\` | ${cell(help)} |`,
    )
    return `## ${theme[0]!.toUpperCase()}${theme.slice(1)}\n\n| | |\n|---|---|\n${rows.join('\n')}\n`
  })
  return `# Helpers\n\nWhat expressions in templates and conditions can call.\n\n${sections.join('\n')}`
}

export function settingsText(): string {
  const names = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ')
  const rows = Object.values(describedSettings()).map(
    ({ name, cfg, env, help, type, default: otherwise = '' }) => {
      const cells = [names([name]), names(cfg), names(env), cell(type), cell(help), cell(otherwise)]
      return `| ${cells.join(' | ')} |`
    },
  )
  const intro = `How they are found, and which of them wins, says [playbooks.md](playbooks.md#settings).`
  const head =
    '| playssh.yml | ansible.cfg | environment | takes | meaning | else |\n|---|---|---|---|---|---|'
  return `# Settings\n\n${intro}\n\n${head}\n${rows.join('\n')}\n`
}

const RULES_BEGIN = '<!-- rules: npm run docs -->\n'

/** The page with its table as it is to be. */
export function lintText(page = readFileSync(lintFile, 'utf8')): string {
  const [before] = page.split(RULES_BEGIN)
  const head = '| rule | what is to be done | severity | profile | tags | --fix |\n|---|---|---|---|---|---|'
  return `${before}${RULES_BEGIN}\n${head}\n${ruleList().flatMap(ruleRows).join('\n')}\n`
}

function ruleRows({
  id,
  description,
  severity,
  profile,
  partProfiles = {},
  parts = {},
  tags,
  fixes,
}: Rule): string[] {
  const row = (name: string, said: string, lowest: string, others: readonly string[]) =>
    `| ${[`\`${name}\``, cell(said), ...others.slice(0, 1), lowest, ...others.slice(1)].join(' | ')} |`
  const rest = [severity.toLowerCase().replace('_', ' '), tags.join(', '), fixes ? 'yes' : '']
  const ofParts = Object.entries(parts).map(([part, said]) =>
    row(`${id}[${part}]`, said, partProfiles[part] ?? profile ?? '', ['', '', '']),
  )
  return [row(id, description, profile ?? '', rest), ...ofParts]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(modulesFile, modulesText())
  writeFileSync(helpersFile, helpersText())
  writeFileSync(settingsFile, settingsText())
  writeFileSync(lintFile, lintText())
}
