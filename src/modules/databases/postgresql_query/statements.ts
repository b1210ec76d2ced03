/** What a text of SQL is, as far as it must be known before it is sent. */
export interface Statement {
  readonly text: string
  /** The word that it begins with, in capitals. */
  readonly verb: string
  /** Its names and signs, without comments and texts. */
  readonly bare: string
}

/** Comments, texts and quoted names; what is in them means nothing. */
const OPAQUE =
  /--[^\n]*|\/\*|[eE]'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y

/** Statements with semicolons between them. */
export function statementsOf(sql: string): Statement[] {
  const found: Statement[] = []
  let [start, bare] = [0, '']
  const finish = (end: number) => {
    const verb = /^[\s(]*([A-Za-z]+)/.exec(bare)?.[1]
    if (bare.trim() !== '')
      found.push({ text: sql.slice(start, end), verb: (verb ?? '').toUpperCase(), bare })
  }
  for (let at = 0; at < sql.length; ) {
    const end = endOfOpaque(sql, at)
    if (end !== undefined) {
      bare += sql[at] === '"' ? sql.slice(at, end) : sql.startsWith('--', at) || sql[at] === '/' ? ' ' : "''"
      at = end
    } else {
      if (sql[at] === ';') {
        finish(at)
        ;[start, bare] = [at + 1, '']
      } else bare += sql[at]
      at += 1
    }
  }
  finish(sql.length)
  return found
}

/** Where something ends that begins here and means nothing; undefined if nothing of the kind begins here. */
function endOfOpaque(sql: string, at: number): number | undefined {
  // An E or a dollar within a name begins nothing.
  if (at > 0 && /[\w$\u0080-\uffff]/.test(sql[at - 1]!) && /[eE$]/.test(sql[at]!)) return undefined
  OPAQUE.lastIndex = at
  const opening = OPAQUE.exec(sql)?.[0]
  if (opening === undefined) return undefined
  if (opening === '/*') return endOfComment(sql, at)
  if (!opening.startsWith('$')) return at + opening.length
  const close = sql.indexOf(opening, at + opening.length)
  return close === -1 ? sql.length : close + opening.length
}

/** Comments hold comments. */
function endOfComment(sql: string, at: number): number {
  const sign = /\/\*|\*\//g
  sign.lastIndex = at
  let depth = 0
  for (let found = sign.exec(sql); found !== null; found = sign.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return found.index + 2
  }
  return sql.length
}

const PREPARED = new Set(['SELECT', 'VALUES', 'TABLE', 'WITH', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** A statement whose result has columns of types that the server tells before it is carried out. */
export function isPrepared({ verb, bare }: Statement): boolean {
  // SELECT ... INTO makes a table, and cannot be prepared.
  return (
    PREPARED.has(verb) &&
    !(['SELECT', 'WITH'].includes(verb) && /\binto\b/i.test(bare) && !/\binsert\b/i.test(bare))
  )
}

/** A statement that only reads, unless a function that it calls does not. */
export function isReading({ verb, bare }: Statement): boolean {
  if (verb === 'SHOW') return true
  if (verb === 'EXPLAIN') return !/\banaly[sz]e\b/i.test(bare)
  return ['SELECT', 'VALUES', 'TABLE', 'WITH'].includes(verb)
}

/** The names of functions that a statement calls, at least. */
export function calledIn({ bare }: Statement): string[] {
  const names = [...bare.matchAll(/(?:"((?:""|[^"])*)"|([\p{L}_][\p{L}\p{N}_$]*))\s*\(/gu)]
  return names.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!.toLowerCase())
}
