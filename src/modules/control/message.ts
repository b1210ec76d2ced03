import type { Value } from '../../values/value.ts'

/** A message of any kind as it is told: a list of texts a line each, other lists and maps as JSON. */
export function toldAs(message: Value): string {
  if (typeof message === 'string') return message
  const isLines = Array.isArray(message) && message.every((line) => typeof line === 'string')
  return isLines ? message.join('\n') : JSON.stringify(message)
}
