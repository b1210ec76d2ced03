import { count, microseconds, percent, rate, sixDigits } from '../tc-units.ts'
import {
  type Amount,
  type Amounts,
  amount,
  flag,
  type Parameter,
  type Parameters,
  percentage,
  within,
} from './parameters.ts'

/** What is wrong with packets when nothing is said. */
const NONE = { unsaid: () => 0 }

/** A chance, and how much it depends on the chance of the packet before; tc takes them one after the other. */
function chance(word: string, correlation: string, inside = word): Parameters {
  const key = word
  return {
    [word]: share(inside, key, {
      words: (value, all) =>
        value === 0 && word === 'loss' ? [] : [word, `${value}%`, `${all[correlation]}%`],
    }),
    [correlation]: share(inside, 'correlation', { words: () => [] }),
  }
}

function share(inside: string, key: string, changes: Partial<Parameter>): Parameter {
  return amount(
    key,
    percent,
    {},
    {
      read: (written) => exact(percent.read(String(written))),
      is: `${percent.is}, with at most six digits: tc shows no more of them`,
      current: (options) => percentage(within(options, inside)?.[key] ?? 0),
      ...NONE,
      ...changes,
    },
  )
}

/** Undefined for what tc would show rounded. */
function exact(value: number | undefined): number | undefined {
  return value === undefined || sixDigits(value) !== value ? undefined : value
}

/** A delay; tc shows it in seconds, in six digits. */
function delay(key: string, words: Parameter['words']): Parameter {
  return amount(
    key,
    microseconds,
    {},
    {
      read: (written) => exact(microseconds.read(String(written))),
      is: `${microseconds.is}, with at most six digits: tc shows no more of them`,
      current: (options) => Math.round(Number(within(options, 'delay')?.[key] ?? 0) * 1e6),
      words,
      ...NONE,
    },
  )
}

/** The probabilities of a model of loss, one after the other; what is left out is as the tool has it. */
function model(
  word: string,
  inside: string,
  keys: readonly string[],
  defaults: (first: number) => number[],
): Parameter {
  return {
    read(written) {
      const parts = (Array.isArray(written) ? written : [written]).map((one) =>
        exact(percent.read(String(one))),
      )
      if (parts.length === 0 || parts.length > keys.length || parts.includes(undefined)) return undefined
      return texts([...parts, ...defaults(parts[0]!).slice(parts.length - 1)].map(Number))
    },
    is: `a list of ${keys.length} percentages at most (${keys.join(', ')}), each with at most six digits`,
    show: (value) => value,
    current(options) {
      const found = within(options, inside)
      return found === undefined ? '' : texts(keys.map((key) => percentage(found[key] ?? 0)))
    },
    words: (value) => (value === '' ? [] : ['loss', word, ...String(value).split(' ')]),
    unsaid: () => '',
    fixed: () => false,
  }
}

function texts(shares: readonly number[]): string {
  return shares.map((value) => `${sixDigits(value)}%`).join(' ')
}

function overhead(word: string, key: string): Parameter {
  return amount(word, count, { key, inside: 'rate', absent: 0 }, { words: () => [], ...NONE })
}

const ratePositions = (value: Amount, all: Amounts) => [
  'rate',
  `${Number(value) * 8}bit`,
  ...['packet_overhead', 'cell_size', 'cell_overhead'].map((name) => String(all[name])),
]

/**
 * The trouble that netem makes. The kernel keeps what a change does not mention, so all is always said, and what was
 * not asked for is none.
 */
export const netem: Parameters = {
  limit: amount('limit', count, {}, { unsaid: () => 1000 }),
  // Also without a delay: tc hands correlations on only where it has read one behind a delay or a loss.
  delay: delay('delay', (value, all) => [
    'delay',
    `${value}us`,
    `${all.jitter}us`,
    `${all.delay_correlation}%`,
  ]),
  jitter: delay('jitter', () => []),
  delay_correlation: share('delay', 'correlation', { words: () => [] }),
  ...chance('loss', 'loss_correlation', 'loss-random'),
  loss_state: model('state', 'loss-state', ['p13', 'p31', 'p32', 'p23', 'p14'], (p13) => [
    100 - p13,
    0,
    100,
    0,
  ]),
  loss_gemodel: model('gemodel', 'loss-gemodel', ['p', 'r', '1-h', '1-k'], (p) => [100 - p, 100, 0]),
  ecn: flag('ecn', false, {
    words: (value) => (value ? ['ecn'] : []),
    unsaid: () => false,
    // No word takes it away.
    fixed: (before) => before === true,
  }),
  ...chance('duplicate', 'duplicate_correlation'),
  ...chance('corrupt', 'corrupt_correlation'),
  ...chance('reorder', 'reorder_correlation'),
  gap: amount(
    'gap',
    count,
    { absent: 0 },
    {
      unsaid: ({ reorder = 0 }) => (reorder === 0 ? 0 : 1),
      words: (value) => (value === 0 ? [] : ['gap', String(value)]),
    },
  ),
  rate: amount('rate', rate, { inside: 'rate', absent: 0 }, { words: ratePositions, ...NONE }),
  packet_overhead: overhead('packet_overhead', 'packetoverhead'),
  cell_size: overhead('cell_size', 'cellsize'),
  cell_overhead: overhead('cell_overhead', 'celloverhead'),
}

/** What of netem makes no sense without another. */
export const NETEM_NEEDS: Readonly<Record<string, readonly string[]>> = {
  jitter: ['delay'],
  delay_correlation: ['jitter'],
  loss_correlation: ['loss'],
  duplicate_correlation: ['duplicate'],
  corrupt_correlation: ['corrupt'],
  reorder: ['delay'],
  reorder_correlation: ['reorder'],
  gap: ['reorder'],
  ecn: ['loss', 'loss_state', 'loss_gemodel'],
  packet_overhead: ['rate'],
  cell_size: ['rate'],
  cell_overhead: ['rate'],
}
