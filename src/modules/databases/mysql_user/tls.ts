import type { ValueMap } from '../../../values/value.ts'
import { literal } from '../mysql.ts'

/** SSL, X509 or NONE, or what a certificate must say. */
export type Tls = string | Readonly<Record<string, string>>

const SPECIFIED = ['SUBJECT', 'ISSUER', 'CIPHER']

/** What `tls_requires` means. */
export function requiredTls(given: ValueMap | undefined): Tls | undefined {
  const entries = Object.entries(given ?? {}).map(
    ([key, value]) => [key.toUpperCase(), String(value)] as const,
  )
  if (entries.length === 0) return undefined
  const specified = entries.filter(([key]) => SPECIFIED.includes(key))
  if (specified.length > 0) return Object.fromEntries(specified)
  return entries.some(([key]) => key === 'X509') ? 'X509' : 'SSL'
}

export function tlsProblems(given: ValueMap | undefined): string[] {
  return Object.keys(given ?? {})
    .filter((key) => ![...SPECIFIED, 'SSL', 'X509'].includes(key.toUpperCase()))
    .map((key) => `tls_requires: ${JSON.stringify(key)} is none of SSL, X509, SUBJECT, ISSUER, CIPHER`)
}

/** The end of a statement that requires it. */
export function requiring(tls: Tls | undefined): string {
  if (tls === undefined) return ''
  if (typeof tls === 'string') return ` REQUIRE ${tls}`
  return ` REQUIRE ${Object.entries(tls)
    .map(([key, text]) => `${key} ${literal(text)}`)
    .join(' AND ')}`
}
