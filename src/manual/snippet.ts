import { clean } from '../report/text.ts'
import type { Entry, OptionEntry } from './entry.ts'
import { shown } from './text.ts'

/** What can be put into a playbook and filled in. */
export function snippet(entry: Entry): string {
  const { kind, name, fullName = name, summary, options, usage } = entry
  const said = JSON.stringify(clean(summary)).slice(1, -1).replace(/\.$/, '')
  const title = /^[A-Za-z][^:#]*$/.test(said) ? said : JSON.stringify(clean(summary))
  switch (kind) {
    case 'module':
      return `- name: ${title}\n  ${fullName}:\n${optionLines(options, 6)}`
    case 'role': {
      const vars = optionLines(options, 6)
      return `- name: ${title || name}\n  ansible.builtin.import_role:\n    name: ${name}\n${vars && `  vars:\n${vars}`}`
    }
    case 'inventory':
      return `plugin: ${name}\n${optionLines(withoutPlugin(options), 0)}`
    case 'keyword':
    case 'setting':
      return `# ${clean(summary)}\n${name}:\n`
    case 'helper':
      return `${usage}\n`
    default:
      return `{{ ${usage} }}\n`
  }
}

function withoutPlugin({ plugin: _, ...others }: Entry['options']): Entry['options'] {
  return others
}

function optionLines(options: Readonly<Record<string, OptionEntry>>, margin: number): string {
  const names = Object.keys(options)
  const longest = Math.max(0, ...names.map((name) => name.length))
  return names
    .map((name) => {
      const { help, required, choices } = options[name]!
      const facts = [
        ...(required ? ['(required)'] : []),
        ...help,
        ...(choices ? [`One of ${choices.map(shown).join(', ')}.`] : []),
      ]
      return `${' '.repeat(margin)}${`${name}:`.padEnd(longest + 2)} # ${clean(facts.join(' '))}\n`
    })
    .join('')
}
