import { count, microseconds, rate, size } from '../tc-units.ts'
import { netem } from './netem.ts'
import { amount, codelTime, flag, type Parameter, type Parameters, packets } from './parameters.ts'
import { tbf } from './tbf.ts'

export interface Kind {
  readonly parameters: Parameters
  /** It cannot be made or changed without these; one of each list. */
  readonly needs?: readonly (readonly string[])[]
  /** A change makes all of it anew, so that what is to stay must be said again. */
  readonly whole?: true
  /** It has classes or filters, which go with it. */
  readonly holds?: true
}

const FIXED = { fixed: () => true }

const codel: Parameters = {
  limit: packets('limit'),
  target: codelTime('target'),
  interval: codelTime('interval'),
  ce_threshold: codelTime('ce_threshold'),
  ecn: flag('ecn', false),
}

/** A list of numbers, which tc shows as one. */
const priomap: Parameter = {
  read(written) {
    const bands = Array.isArray(written) ? written.map(String) : String(written).split(/[\s,]+/)
    return bands.length === 16 && bands.every((band) => /^\d{1,2}$/.test(band)) ? bands.join(' ') : undefined
  },
  is: 'a list of 16 bands, one for each priority',
  show: (value) => value,
  current: ({ priomap: bands }) => (Array.isArray(bands) ? bands.join(' ') : undefined),
  words: (value) => ['priomap', ...String(value).split(' ')],
  fixed: () => false,
}

/** The class of packets that no filter puts anywhere; tc reads and shows it in hexadecimal. */
const defaultClass: Parameter = {
  read(written) {
    const [, digits] = /^(?:0x)?([0-9a-f]{1,4})$/i.exec(String(written)) ?? []
    return digits === undefined ? undefined : Number.parseInt(digits, 16)
  },
  is: 'the number of a class behind the colon, in hexadecimal as everywhere in tc: 30',
  show: (value) => Number(value).toString(16),
  current: (options) =>
    options.default === undefined ? undefined : Number.parseInt(String(options.default), 16),
  words: (value) => ['default', Number(value).toString(16)],
  ...FIXED,
}

const fixedCount = (word: string): Parameter => amount(word, count, {}, FIXED)

/** The kinds of qdisc by tc's names, with what of them can be told from what tc shows. */
export const KINDS: Readonly<Record<string, Kind>> = {
  noqueue: { parameters: {} },
  pfifo: { parameters: { limit: packets('limit') } },
  bfifo: { parameters: { limit: amount('limit', size) } },
  pfifo_fast: { parameters: {} },
  netem: { parameters: netem },
  tbf: { parameters: tbf, needs: [['rate'], ['burst'], ['latency', 'limit']] },
  htb: {
    parameters: { default: defaultClass, r2q: fixedCount('r2q'), direct_qlen: fixedCount('direct_qlen') },
    holds: true,
  },
  prio: { parameters: { bands: packets('bands'), priomap }, whole: true, holds: true },
  sfq: {
    parameters: {
      limit: packets('limit'),
      quantum: amount('quantum', size),
      perturb: amount('perturb', count, { absent: 0 }),
    },
    whole: true,
  },
  codel: { parameters: codel },
  fq_codel: {
    parameters: {
      ...codel,
      flows: fixedCount('flows'),
      quantum: amount('quantum', size, {}, { words: (value) => ['quantum', String(value)] }),
      memory_limit: amount('memory_limit', size),
      drop_batch: amount('drop_batch', count),
    },
  },
  fq: {
    parameters: {
      limit: packets('limit'),
      flow_limit: packets('flow_limit'),
      buckets: packets('buckets'),
      quantum: amount('quantum', size, {}, { words: (value) => ['quantum', String(value)] }),
      initial_quantum: amount(
        'initial_quantum',
        size,
        {},
        { words: (value) => ['initial_quantum', String(value)] },
      ),
      maxrate: amount('maxrate', rate),
      low_rate_threshold: amount('low_rate_threshold', rate, { absent: 0 }),
      ce_threshold: amount('ce_threshold', microseconds),
      pacing: flag('pacing', true),
      horizon: amount('horizon', microseconds),
    },
  },
  ingress: { parameters: {}, holds: true },
  clsact: { parameters: {}, holds: true },
}

/** Kinds that stand where packets come in, apart from root and classes. */
export const INGRESS: readonly string[] = ['ingress', 'clsact']
