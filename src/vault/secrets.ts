const MASK = '********'
/** Characters from which on a secret is hidden inside of words too. */
const SHORT = 4

/** What must not be shown, by its first characters. */
const byBeginning = new Map<string, Set<string>>()
const words = new Set<string>()
let wordsPattern: RegExp | undefined
let kept = 0

/**
 * Keeps a decrypted text from being shown: as it is, in each of its lines, and as JSON, Python, sh and URLs write it.
 * Less than four characters are hidden only where they are a word of their own.
 */
export function keepSecret(text: string): void {
  const whole = text.trim()
  for (const part of new Set([whole, ...whole.split(/[\r\n]+/).map((line) => line.trim())])) {
    if (part.length >= SHORT) for (const written of writtenForms(part)) add(written)
  }
  if (whole.length === 0 || whole.length >= SHORT || words.has(whole)) return
  words.add(whole)
  wordsPattern = undefined
}

/**
 * Keeps what a decrypted file says from being shown, between its templates too. Words of less than four characters, which
 * every file has, are no secrets.
 */
export function keepSecretPart(text: string): void {
  for (const part of [text, ...text.split(TEMPLATE)]) if (part.trim().length >= SHORT) keepSecret(part)
}

const TEMPLATE = /\{\{[^{}]*\}\}|\{%[^{}]*%\}/

/** All that is kept from being shown, in each of its forms: for a process that is to keep it, too. */
export function keptForms(): string[] {
  return [...[...byBeginning.values()].flatMap((forms) => [...forms]), ...words]
}

/** Keeps what `keptForms` has given in another process. */
export function keepForms(forms: readonly string[]): void {
  for (const form of forms) {
    if (form.length >= SHORT) add(form)
    else if (!words.has(form)) {
      words.add(form)
      wordsPattern = undefined
    }
  }
}

/** Whether there is anything that must not be shown. */
export function hasSecrets(): boolean {
  return byBeginning.size > 0 || words.size > 0
}

/** How many forms of secrets there are to hide: more, when there is something new. */
export function secretsKept(): number {
  return kept + words.size
}

/** A text that may be shown: every secret in it is `********`. */
export function masked(text: string): string {
  if (!hasSecrets()) return text
  wordsPattern ??= patternOf(words)
  return withoutLong(text).replace(wordsPattern, MASK)
}

function writtenForms(text: string): Set<string> {
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return new Set([
    text,
    json,
    ascii,
    json.replaceAll('\\"', '"'),
    text.replaceAll("'", "'\\''"),
    encodeURIComponent(Buffer.from(text).toString()),
  ])
}

function add(text: string): void {
  const beginning = text.slice(0, SHORT)
  const known = byBeginning.get(beginning)
  if (known?.has(text)) return
  kept += 1
  if (known === undefined) byBeginning.set(beginning, new Set([text]))
  else known.add(text)
}

function withoutLong(text: string): string {
  let told = ''
  let from = 0
  for (let at = 0; at <= text.length - SHORT; at += 1) {
    const length = longestAt(text, at)
    if (length === 0) continue
    told += text.slice(from, at) + MASK
    from = at + length
    at = from - 1
  }
  return from === 0 ? text : told + text.slice(from)
}

/** How long the longest secret is that stands there; 0 when there is none. */
function longestAt(text: string, at: number): number {
  let length = 0
  for (const secret of byBeginning.get(text.slice(at, at + SHORT)) ?? [])
    if (secret.length > length && text.startsWith(secret, at)) length = secret.length
  return length
}

function patternOf(secrets: ReadonlySet<string>): RegExp {
  const either = [...secrets].map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')
  return new RegExp(either === '' ? '(?!)' : `(?<![\\p{L}\\p{N}_])(?:${either})(?![\\p{L}\\p{N}_])`, 'gu')
}
