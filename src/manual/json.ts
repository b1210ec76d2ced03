import type { Entry, OptionEntry } from './entry.ts'

/** What there is to say as ansible-doc --json has it, by name. */
export function entriesDocument(entries: readonly Entry[]): Record<string, unknown> {
  const names = [...new Set(entries.map(({ name }) => name))]
  return Object.fromEntries(
    names.map((name) => [name, documentOf(entries.filter((entry) => entry.name === name))]),
  )
}

function documentOf(entries: readonly Entry[]): unknown {
  const entry = entries[0]!
  switch (entry.kind) {
    case 'role':
      return roleDocument(entry, entries)
    case 'keyword':
      return {
        ...Object.fromEntries(
          Object.entries(entry.facts ?? {}).map(([heading, words]) => [
            heading.replaceAll(' ', '_'),
            heading === 'type' ? words.join(' ') : words,
          ]),
        ),
        description: entry.summary,
        ...optionsIf(entry),
      }
    case 'setting':
      return { description: entry.summary, ...entry.facts }
    default:
      return pluginDocument(entry)
  }
}

function pluginDocument(entry: Entry): unknown {
  const { kind, name, fullName, summary, description, file, usage, examples, author } = entry
  return {
    doc: {
      [kind === 'module' ? 'module' : 'name']: name,
      ...(fullName !== undefined && { collection: fullName.slice(0, -name.length - 1) }),
      short_description: summary,
      description: description ?? [summary],
      ...(author !== undefined && author.length > 0 && { author }),
      ...(file !== undefined && { filename: file }),
      ...(usage !== undefined && { usage }),
      options: optionsOf(entry.options),
    },
    examples: examples ?? null,
    metadata: null,
    return: null,
  }
}

function roleDocument({ file }: Entry, entries: readonly Entry[]): unknown {
  const points = entries.map(({ facts, summary, description, author, options }) => [
    facts?.['entry point']?.[0],
    { short_description: summary, description, author, options: optionsOf(options) },
  ])
  return { collection: '', path: file, entry_points: Object.fromEntries(points) }
}

function optionsIf({ options }: Entry): object {
  return Object.keys(options).length === 0 ? {} : { options: optionsOf(options) }
}

function optionsOf(options: Readonly<Record<string, OptionEntry>>): unknown {
  return Object.fromEntries(
    Object.entries(options).map(([name, { help, options: within, ...rest }]) => [
      name,
      { description: help, ...rest, ...(within && { suboptions: optionsOf(within) }) },
    ]),
  )
}
