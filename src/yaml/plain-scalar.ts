import { Float } from '../values/float.ts'

/**
 * What an unquoted YAML text means to Ansible, that is to PyYAML's YAML 1.1: yes/no/on/off are booleans and a
 * leading zero is octal. Sexagesimal numbers and dates stay text. So does what a JavaScript number would print
 * otherwise than it was meant: whole numbers above 2^53.
 */
export function plainValue(text: string): string | number | boolean | null | Float {
  if (NULL.test(text)) return null
  if (BOOLEAN.test(text)) return TRUE.test(text)
  if (INTEGER.test(text)) return integer(text)
  if (FLOAT.test(text)) return float(text)
  return text
}

// From yaml/resolver.py of PyYAML.
const NULL = /^(?:~|null|Null|NULL|)$/
const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/
const TRUE = /^(?:yes|true|on)$/i
const INTEGER = /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$/
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

function integer(text: string): number | string {
  const negative = text.startsWith('-')
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '')
  const octal = /^0[0-7]+$/.test(digits)
  const size = octal ? Number.parseInt(digits, 8) : Number(digits)
  if (!Number.isSafeInteger(size)) return text
  return negative && size !== 0 ? -size : size
}

function float(text: string): number | Float | string {
  const digits = text.toLowerCase().replaceAll('_', '').replace(/^\+/, '')
  if (/[a-df-z]/.test(digits)) return digits.replace('.', '')
  return Float.of(Number(digits))
}
