// Writes docs/modules.md, docs/helpers.md and docs/settings.md from what modules, helpers and settings declare: `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Setting } from '../src/cli/settings/setting.ts'
import { SETTINGS } from '../src/cli/settings/table.ts'
import { modules } from '../src/modules/index.ts'
import type { Module } from '../src/sdk/module.ts'
import type { Option } from '../src/sdk/options.ts'
import { helperThemes } from '../src/template/helpers/index.ts'

export const modulesFile = fileURLToPath(new URL('../docs/modules.md', import.meta.url))
export const helpersFile = fileURLToPath(new URL('../docs/helpers.md', import.meta.url))
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
  return `## ${name}\n\n${module.summary}\n${table}\n\`\`\`yaml\n${example(name)}\`\`\`\n`
}

/** The example of a module without what is given first; test/modules/examples.host.test.ts applies it. */
function example(name: string): string {
  const text = readFileSync(new URL(`../docs/examples/${name}.yml`, import.meta.url), 'utf8')
  const tasks = text.split(/\n(?=- name: )/)
  return tasks.filter((task) => !task.startsWith('- name: Given')).join('\n')
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
  const rows = Object.entries(SETTINGS).map(([name, setting]: [string, Setting<unknown>]) => {
    const { cfg, env, help, type, otherwise = '' } = setting
    const cells = [names([name]), names(cfg), names(env), cell(type.name), cell(help), cell(otherwise)]
    return `| ${cells.join(' | ')} |`
  })
  const intro = `How they are found, and which of them wins, says [playbooks.md](playbooks.md#settings).`
  const head =
    '| playssh.yml | ansible.cfg | environment | takes | meaning | else |\n|---|---|---|---|---|---|'
  return `# Settings\n\n${intro}\n\n${head}\n${rows.join('\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(modulesFile, modulesText())
  writeFileSync(helpersFile, helpersText())
  writeFileSync(settingsFile, settingsText())
}
