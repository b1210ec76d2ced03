import { matching } from '../values/matching.ts'
import { pythonRegExp } from '../values/regexp.ts'
import type { Value } from '../values/value.ts'
import { type Lookup, type LookupContext, type Lookups, type Named, textTerm } from './define.ts'
import { fileNamed, textOf } from './files.ts'

/** The words of a term that are `name=value` as arguments, and what is left. */
function inlined(term: Value, lookup: string, named: Named): { key: string; options: Named } {
  const words: readonly string[] = textTerm(lookup, term).match(WORD) ?? []
  const given = words.flatMap((word): [string, Value][] => {
    const at = word.indexOf('=')
    return at > 0 ? [[word.slice(0, at), meant(word.slice(at + 1))]] : []
  })
  const key = words.filter((word) => word.indexOf('=') <= 0).join(' ')
  if (key === '') throw new Error(`Search key is required but was not found: ${lookup} needs one`)
  const odd = given.find(([name]) => !OPTIONS.includes(name))
  if (odd !== undefined) throw new Error(`${odd[0]} is not a valid option of ${lookup}`)
  return { key, options: named.with(Object.fromEntries(given)) }
}

/** Blanks within quotes are a part of a word. */
const WORD = /(?:"[^"]*"|'[^']*'|\S)+/g

/** A value without its quotes; a tab may be written as one. */
function meant(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2').replaceAll('\\t', '\t')
}

/** What a term may say of where and how it is looked for. */
const OPTIONS = [
  'file',
  'delimiter',
  'col',
  'default',
  'encoding',
  'section',
  'type',
  're',
  'case_sensitive',
  'allow_no_value',
]

/** A field of the first row of a CSV file whose first field is the term. */
const csvfile: Lookup = (terms, named, context) =>
  terms.flatMap((term) => {
    const { key, options } = inlined(term, 'csvfile', named)
    const path = fileNamed(options.text('file', 'ansible.csv'), 'files', context)
    const delimiter = options.text('delimiter', 'TAB')
    const row = rowsOf(textOf(path), delimiter === 'TAB' || delimiter === '\\t' ? '\t' : delimiter).find(
      ([first]) => first === key,
    )
    const column = Number(options.text('col', '1'))
    const found = row === undefined ? options.get('default') : row.at(column)
    if (row !== undefined && found === undefined)
      throw new Error(`csvfile: the row of "${key}" has no column ${column}`)
    return found === undefined ? [] : [found].flat()
  })

/** The fields of each row; those in quotes may hold delimiters, line ends and doubled quotes. */
function rowsOf(text: string, delimiter: string): string[][] {
  const rows: string[][] = [[]]
  let field = ''
  let quoted = false
  const end = () => {
    rows.at(-1)!.push(field)
    field = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (quoted) {
      if (character !== '"') field += character
      else if (text[at + 1] === '"') {
        field += '"'
        at += 1
      } else quoted = false
    } else if (character === '"' && field === '') quoted = true
    else if (character === delimiter) end()
    else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') at += 1
      end()
      rows.push([])
    } else field += character
  }
  end()
  return rows
}

/** Values of an INI file, or of Java properties. */
const ini: Lookup = (terms, named, context) =>
  terms.flatMap((term) => {
    const isInline = typeof term === 'string' && /[= ]/.test(term.trim())
    const { key, options } = isInline
      ? inlined(term, 'ini', named)
      : { key: textTerm('ini', term), options: named }
    return valuesIn(key, options, context)
  })

function valuesIn(key: string, options: Named, context: LookupContext): Value[] {
  const name = options.text('file', 'ansible.ini')
  const text = textOf(fileNamed(name, 'files', context))
  const isProperties = options.text('type', 'ini') === 'properties'
  const keepsCase = options.flag('case_sensitive', false)
  const sections = sectionsOf(isProperties ? `[java_properties]\n${text}` : text, keepsCase)
  const section = isProperties ? 'java_properties' : options.text('section', 'global')
  const found = sections.get(section)
  if (found === undefined) throw new Error(`there is no section "${section}" in ${name}`)
  const entries = new Map([...(sections.get('DEFAULT') ?? []), ...found])
  if (options.flag('re', false)) {
    const expression = pythonRegExp(key, 'y')
    const isMatch = (text: string) => {
      expression.lastIndex = 0
      return matching({ expression, written: key, text }, () => expression.test(text))
    }
    return [...entries].filter(([one]) => isMatch(one)).map(([, value]) => value)
  }
  const value = entries.get(keepsCase ? key : key.toLowerCase())
  return [value ?? options.get('default') ?? ''].flat()
}

function sectionsOf(text: string, keepsCase: boolean): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  let last: string | undefined
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;].*)?$/.test(line)) continue
    const header = /^\[(.+)\]\s*$/.exec(line)
    if (header !== null) {
      section = sections.get(header[1]!) ?? new Map()
      sections.set(header[1]!, section)
      last = undefined
      continue
    }
    if (section === undefined) throw new Error(`"${line.trim()}" stands before the first section`)
    if (/^\s/.test(line) && last !== undefined) {
      section.set(last, `${section.get(last)}\n${line.trim()}`)
      continue
    }
    const [, name, value] = /^\s*(.*?)\s*(?:[=:]\s*(.*?)\s*)?$/.exec(line)!
    last = keepsCase ? name! : name!.toLowerCase()
    section.set(last, value ?? '')
  }
  return sections
}

export const tableLookups: Lookups = {
  csvfile: {
    find: csvfile,
    terms: 'keys',
    help: 'A column of the row that begins with the key, of a file of rows.',
    options: {
      col: 'The number of the column, from 0 on; 1 if nothing is said.',
      default: 'What is given when no row begins with the key.',
      delimiter: 'What stands between columns; TAB if nothing is said.',
      file: 'The file; ansible.csv if nothing is said.',
    },
  },
  ini: {
    find: ini,
    terms: 'keys',
    help: 'The value of a key in a file of sections.',
    options: {
      case_sensitive: 'Capitals and small letters of keys differ.',
      default: 'What is given when the key is not there.',
      file: 'The file; ansible.ini if nothing is said.',
      re: 'The key is a regular expression; the values of all that match are given.',
      section: 'The section; global if nothing is said.',
      type: 'ini, or properties for a file without sections.',
    },
  },
}
