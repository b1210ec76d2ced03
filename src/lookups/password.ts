import { randomBytes, randomInt } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { refuseAhead } from './commands.ts'
import { type Lookup, type LookupContext, type Lookups, listed, type Named, textTerm } from './define.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const UPPER = LETTERS.toUpperCase()
const DIGITS = '0123456789'
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

/** Python's names for characters. */
const SETS: Readonly<Record<string, string>> = {
  ascii_letters: LETTERS + UPPER,
  ascii_lowercase: LETTERS,
  ascii_uppercase: UPPER,
  digits: DIGITS,
  hexdigits: `${DIGITS}abcdefABCDEF`,
  octdigits: '01234567',
  punctuation: PUNCTUATION,
}

const OPTIONS = {
  chars:
    'Sets of characters by their names in Python, or the characters; letters, digits and .,:-_ if nothing is said.',
  length: 'How many characters; 20 if nothing is said.',
}

const MISSING = ['encrypt', 'ident', 'seed']
const WORDS = [...Object.keys(OPTIONS), ...MISSING]
const LONGEST = 10_000

/** A password that is made up the first time, and kept in a file that only its owner reads. */
const password: Lookup = (terms, named, context) =>
  terms.map((term) => {
    const { path, options } = parsed(textTerm('password', term), named)
    for (const word of MISSING) {
      if (options.get(word) !== undefined) throw new Error(`password: "${word}" is not known here`)
    }
    return kept(path === '/dev/null' ? path : resolve(context.folder, path), options, context)
  })

function parsed(term: string, named: Named): { path: string; options: Named } {
  const given: Record<string, string> = {}
  const path = term.replace(/\s+(\w+)=("[^"]*"|'[^']*'|\S*)/g, (_, word: string, value: string) => {
    if (!WORDS.includes(word))
      throw new Error(`password does not know "${word}"; it takes ${WORDS.join(', ')}`)
    given[word] = value.replace(/^(["'])(.*)\1$/, '$2')
    return ''
  })
  return { path, options: named.with(given) }
}

function kept(path: string, options: Named, context: LookupContext): string {
  const known = path === '/dev/null' ? undefined : readKept(path)
  if (known !== undefined) return known
  refuseAhead(context)
  const made = madeUp(options)
  if (path === '/dev/null') return made
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${randomBytes(4).toString('hex')}.part`
  writeFileSync(beside, `${made}\n`, { flag: 'wx', mode: 0o600 })
  try {
    // A link is made where nothing is: of two runs that make one up, both have that of the first.
    linkSync(beside, path)
    return made
  } catch (error) {
    const other = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readKept(path) : undefined
    if (other === undefined) throw error
    return other
  } finally {
    rmSync(beside)
  }
}

/** The password in a file, without the salt that may stand behind it. */
function readKept(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
      .trimEnd()
      .replace(/ salt=\S*( ident=\S*)?$/, '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function madeUp(options: Named): string {
  const length = Number(options.text('length', '20'))
  if (!Number.isInteger(length) || length < 0 || length > LONGEST)
    throw new Error(`password: length takes a whole number up to ${LONGEST}`)
  const characters = candidates(options)
  if (characters === '') throw new Error('password: "chars" names no characters')
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('')
}

function candidates(options: Named): string {
  const given = options.get('chars')
  const names = given === undefined ? ['ascii_letters', 'digits', '.,:-_'] : listed(given).flatMap(namesIn)
  return names
    .map((name) => SETS[String(name)] ?? String(name))
    .join('')
    .replace(/["']/g, '')
}

/** Names at commas; a doubled one is a comma itself. */
function namesIn(value: unknown): string[] {
  const text = String(value)
  if (!text.includes(',')) return [text]
  return [...(text.includes(',,') ? [','] : []), ...text.replaceAll(',,', ',').split(',').filter(Boolean)]
}

export const passwordLookups: Lookups = {
  password: {
    find: password,
    terms: 'paths',
    help: 'A password that is made up the first time, and kept in a file of the controller that only its owner reads.',
    options: OPTIONS,
  },
}
