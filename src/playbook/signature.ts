/** A text that is the same for equal values, whole numbers of any size among them. */
export function signatureOf(value: unknown): string {
  return JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? `${one}n` : one))
}
