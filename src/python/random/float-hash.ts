/** Python's hash of a float: its value modulo the prime 2**61 - 1, so that equal numbers have equal hashes. */
export function hashOfFloat(value: number): bigint {
  if (Number.isNaN(value)) return 0n
  if (!Number.isFinite(value)) return value < 0 ? -314159n : 314159n
  const [numerator, power] = fraction(Math.abs(value))
  // Two is 61 times a factor of one: 2**61 = 1 modulo the prime.
  const hash = (numerator * 2n ** BigInt(((power % 61) + 61) % 61)) % PRIME
  if (value >= 0) return hash
  return hash === 1n ? -2n : -hash
}

/** A finite number as a whole one times a power of two. */
function fraction(value: number): [bigint, number] {
  let [scaled, power] = [value, 0]
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    power -= 1
  }
  return [BigInt(scaled), power]
}

const PRIME = 2n ** 61n - 1n
