/** Seconds of a unit, by its letter: sshd_config(5), TIME FORMATS. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** A span of time as ssh writes it, in seconds: 90, 60s, 1h30m; "no" is none. undefined for anything else. */
export function toPeriod(text: string): number | undefined {
  const word = text.trim().toLowerCase()
  if (word === 'no' || word === 'false') return 0
  if (!/^(\d{1,9}[smhdw]?)+$/.test(word)) return undefined
  const parts = [...word.matchAll(/(\d+)([smhdw]?)/g)]
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit || 's']!, 0)
}
