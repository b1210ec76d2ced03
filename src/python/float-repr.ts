import { Float } from '../values/float.ts'

/** A float as Python's repr writes it: "0.1", "1e-05", "2.0", "1e+16", "inf", "nan". */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Number.isInteger(value)) return new Float(value).toString()
  if (Math.abs(value) >= 1e-4) return String(value)
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1')
}
