import type { Theme } from '../report/paint.ts'
import { clean, cleanLines, fit, pad, width } from '../report/text.ts'
import type { Value } from '../values/value.ts'
import type { Entry, OptionEntry } from './entry.ts'

/** How wide it may be, in columns, and its colours. */
export interface Look {
  readonly columns: number
  readonly theme: Theme
}

/** How far in what is said of something stands. */
const INSIDE = 8

/** Everything that there is to say of an entry, for people: laid out as ansible-doc does it. */
export function formatEntry(entry: Entry, look: Look): string {
  const { paint } = look.theme
  const {
    kind,
    name,
    fullName,
    file,
    summary,
    description = [],
    usage,
    facts = {},
    freeForm,
    author = [],
  } = entry
  const from = [kind, fullName, file].filter((one) => one !== undefined).map(clean)
  const blocks = [
    [`> ${paint('bold', clean(name).toUpperCase())}    (${from.join(', ')})`],
    ...[summary, ...description].filter(Boolean).map((text) => wrapped(text, INSIDE, look)),
    ...(usage === undefined ? [] : [[`${' '.repeat(INSIDE)}${clean(usage)}`]]),
    Object.entries(facts).flatMap(([heading, words]) =>
      wrapped(`${heading}: ${words.join(', ')}`, INSIDE, look),
    ),
    ...optionBlocks(entry.options, 0, freeForm, look),
    ...(author.length === 0 ? [] : [[`${paint('bold', 'AUTHOR:')} ${clean(author.join(', '))}`]]),
    ...(entry.examples === undefined
      ? []
      : [[paint('bold', 'EXAMPLES:')], cleanLines(entry.examples.trimEnd())]),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')}\n`
}

function optionBlocks(
  options: Readonly<Record<string, OptionEntry>>,
  depth: number,
  freeForm: string | undefined,
  look: Look,
): string[][] {
  const entries = Object.entries(options)
  if (entries.length === 0) return []
  const margin = ' '.repeat(depth)
  const heading = depth === 0 ? 'OPTIONS (= is mandatory):' : 'OPTIONS:'
  return [
    [`${margin}${look.theme.paint('bold', heading)}`],
    ...entries.flatMap(([name, option]) => {
      const inside = depth === 0 ? INSIDE : depth + 4
      const told = [...option.help, ...factsOf(option), ...(name === freeForm ? ['takes the free text'] : [])]
      return [
        [
          `${margin}${option.required ? '=' : '-'} ${look.theme.paint('bold', clean(name))}`,
          ...told.flatMap((text) => wrapped(text, inside, look)),
        ],
        ...optionBlocks(option.options ?? {}, inside, undefined, look),
      ]
    }),
  ]
}

function factsOf({ aliases, choices, elements, synonyms, type, ...rest }: OptionEntry): string[] {
  return [
    ...(aliases === undefined ? [] : [`aliases: [${aliases.join(', ')}]`]),
    ...(choices === undefined ? [] : [`choices: [${choices.map(shown).join(', ')}]`]),
    ...(synonyms === undefined ? [] : [`takes too: [${synonyms.join(', ')}]`]),
    ...(rest.default === undefined ? [] : [`default: ${shown(rest.default)}`]),
    ...(elements === undefined ? [] : [`elements: ${elements}`]),
    `type: ${type}`,
  ]
}

/** A value as YAML has it in one line. */
export function shown(value: Value): string {
  return typeof value === 'string' && /^[\w./:~@%+-][^\n:#]*$/.test(value) ? value : JSON.stringify(value)
}

/** A text as lines of no more columns than there are; a word that is longer has a line of its own. */
function wrapped(text: string, margin: number, { columns }: Look): string[] {
  const room = Math.max(20, columns - margin)
  const lines: string[] = []
  for (const word of clean(text.replace(/\s+/g, ' ')).trim().split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || width(last) + 1 + width(word) > room) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map((line) => ' '.repeat(margin) + line)
}

/** A line for each: its name, and the beginning of what it is or the file that it is in. */
export function formatList(rows: readonly (readonly [string, string])[], { columns, theme }: Look): string {
  const first = Math.max(0, ...rows.map(([name]) => width(clean(name))))
  return rows
    .map(([name, text]) => {
      const room = Math.max(20, columns - first - 2)
      return `${theme.paint('bold', pad(clean(name), first))}  ${fit(clean(text), room, '...')}`.trimEnd()
    })
    .map((line) => `${line}\n`)
    .join('')
}
