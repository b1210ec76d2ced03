/**
 * A number that Python would hold as a float although it is whole: 2.0, which prints as "2.0" and divides as 2. Any
 * other number is a plain one: whole numbers are Python's int, those with a fraction its float.
 */
export class Float extends Number {
  /** A float as this value or a plain number, whichever shows its kind. */
  static of(value: number): number | Float {
    return Number.isInteger(value) ? new Float(value) : value
  }

  /** As Python prints it (float_repr): "2.0", "1e+16", "-0.0". */
  override toString(): string {
    const value = this.valueOf()
    if (Object.is(value, -0)) return '-0.0'
    if (Math.abs(value) < 1e16) return `${value}.0`
    const [digits, exponent] = value.toExponential().split('e') as [string, string]
    return `${digits}e${exponent}`
  }

  toJSON(): number {
    return this.valueOf()
  }
}
