/** How tc writes amounts of a kind, read into one unit. */
export interface Unit {
  /** The amount that a text means; undefined for what is none. */
  read(text: string): number | undefined
  show(amount: number): string | number
  readonly is: string
}

type Scale = Readonly<Record<string, number>>

function scaled(text: string, scale: Scale): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?|\.\d+)([a-z]*%?)$/i.exec(text.trim()) ?? []
  const factor = scale[suffix.toLowerCase()]
  if (digits === undefined || factor === undefined) return undefined
  const amount = Number(digits) * factor
  // 0.1 * 3 and the like: what is meant has few digits.
  return Number(amount.toPrecision(15))
}

function names(scale: Scale): Scale {
  return Object.fromEntries(
    Object.entries(scale).flatMap(([name, factor]) =>
      ['', 'ec', 'ecs'].map((more) => [`${name}${more}`, factor]),
    ),
  )
}

function largest(amount: number, scale: readonly (readonly [string, number])[]): string {
  const [name, factor] = scale.find(([, each]) => amount >= each && amount % each === 0) ?? scale.at(-1)!
  return `${amount / factor}${name}`
}

// Without a unit, a time is one of several units to the versions of tc.
const MICROSECONDS = names({ us: 1, ms: 1e3, s: 1e6 })

/** In microseconds: some versions of tc know nothing smaller. */
export const microseconds: Unit = {
  read: (text) => whole(scaled(text, MICROSECONDS)),
  show: (amount) =>
    largest(amount, [
      ['s', 1e6],
      ['ms', 1e3],
      ['us', 1],
    ]),
  is: 'a time in whole microseconds, with its unit: 100ms, 20us, 1.5s',
}

const BITS: Scale = {
  '': 1,
  bit: 1,
  kbit: 1e3,
  mbit: 1e6,
  gbit: 1e9,
  tbit: 1e12,
  kibit: 2 ** 10,
  mibit: 2 ** 20,
  gibit: 2 ** 30,
  tibit: 2 ** 40,
  bps: 8,
  kbps: 8e3,
  mbps: 8e6,
  gbps: 8e9,
  tbps: 8e12,
  kibps: 8 * 2 ** 10,
  mibps: 8 * 2 ** 20,
  gibps: 8 * 2 ** 30,
  tibps: 8 * 2 ** 40,
}

/** In bytes a second. */
export const rate: Unit = {
  read(text) {
    const bits = scaled(text, BITS)
    return bits === undefined ? undefined : Math.floor(bits / 8)
  },
  show: (amount) =>
    largest(amount * 8, [
      ['gbit', 1e9],
      ['mbit', 1e6],
      ['kbit', 1e3],
      ['bit', 1],
    ]),
  is: 'a rate: 10mbit, 512kbit, or 125kbps for bytes a second',
}

const BYTES: Scale = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
  kbit: 2 ** 7,
  mbit: 2 ** 17,
  gbit: 2 ** 27,
}

/** In bytes. */
export const size: Unit = {
  read(text) {
    const bytes = scaled(text, BYTES)
    return bytes === undefined ? undefined : Math.floor(bytes)
  },
  show: (amount) =>
    largest(amount, [
      ['mb', 2 ** 20],
      ['kb', 2 ** 10],
      ['b', 1],
    ]),
  is: 'a size in bytes: 1500, 32kb, 1mb',
}

/** tc shows six digits of it. */
export const percent: Unit = {
  read(text) {
    const amount = scaled(text, { '': 1, '%': 1 })
    return amount === undefined || amount > 100 ? undefined : amount
  },
  show: (amount) => `${amount}%`,
  is: 'a percentage from 0 to 100: 1.5%',
}

export const count: Unit = {
  read: (text) => (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 ? Number(text) : undefined),
  show: (amount) => amount,
  is: 'a number',
}

function whole(amount: number | undefined): number | undefined {
  return Number.isInteger(amount) ? amount : undefined
}

/** What tc prints of a number that is not whole: six digits. */
export function sixDigits(amount: number): number {
  return Number(amount.toPrecision(6))
}
