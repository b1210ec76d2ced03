import { bitLength, type Int } from '../numbers.ts'
import { type Methods, method } from './define.ts'

export const intMethods: Methods<Int | boolean> = {
  bit_length: method('', (int: Int | boolean) => bitLength(typeof int === 'boolean' ? Number(int) : int)),
  conjugate: method('', (int: Int | boolean) => (typeof int === 'boolean' ? Number(int) : int)),
}

export const floatMethods: Methods<number> = {
  is_integer: method('', (float: number) => Number.isInteger(float)),
}
