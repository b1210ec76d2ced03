import type { Row } from '../iproute2.ts'
import { count, microseconds, rate, size } from '../tc-units.ts'
import { type Amounts, amount, type Parameter, type Parameters } from './parameters.ts'

/** A tick of the kernel's packet schedulers, in nanoseconds (PSCHED_SHIFT). */
const TICK = 64n

/** The time for which the kernel keeps a burst, in ticks (psched_ratecfg_precompute, psched_l2t_ns). */
function ticksOf(burst: number, { rate: speed, overhead = 0, linklayer }: Amounts): number {
  const { factor, shift } = multiplier(BigInt(Number(speed)))
  const bytes = burst + Number(overhead)
  const length = linklayer === 'atm' ? Math.ceil(bytes / 48) * 53 : bytes
  return Number(((BigInt(length) * factor) >> shift) / TICK)
}

function multiplier(speed: bigint): { factor: bigint; shift: bigint } {
  let scaled = 1_000_000_000n
  for (let shift = 0n; ; shift++) {
    const factor = scaled / speed
    if ((factor & (1n << 31n)) !== 0n || (scaled & (1n << 63n)) !== 0n) return { factor, shift }
    scaled <<= 1n
  }
}

/** At the rate that there is: when that changes, so does the time, and not the burst. */
function isSameBurst(burst: number, options: Row): boolean {
  const { rate: speed, overhead = 0, linklayer = 'ethernet', burst_raw } = options
  const all = { rate: Number(speed), overhead: Number(overhead), linklayer: String(linklayer) }
  return ticksOf(burst, all) === Number.parseInt(String(burst_raw), 16)
}

/** tc makes a limit of a latency. */
function isSameLatency(latency: number, all: Amounts, options: Row): boolean {
  const limit = Math.floor((Number(all.rate) * latency) / 1e6 + Number(all.burst))
  if (limit === Number(options.limit)) return true
  const isSame = Number(options.rate) === all.rate && isSameBurst(Number(all.burst), options)
  // With another rate it is another limit, though the latency be the same but for what is cut off.
  return !isSame && Math.abs(Number(options.lat) - latency) <= 2
}

const layer: Parameter = {
  read: (written) => (written === 'adsl' ? 'atm' : String(written)),
  is: 'ethernet or atm',
  show: (value) => value,
  current: ({ linklayer = 'ethernet' }) => String(linklayer),
  words: (value) => ['linklayer', String(value)],
  unsaid: () => 'ethernet',
  fixed: () => false,
}

/** A token bucket, which tc takes as a whole only. */
export const tbf: Parameters = {
  rate: amount('rate', rate, {}, { words: (value) => ['rate', `${Number(value) * 8}bit`] }),
  burst: amount('burst', size, {}, { same: (asked, _, options) => isSameBurst(Number(asked), options) }),
  latency: amount(
    'latency',
    microseconds,
    { key: 'lat' },
    { same: (asked, all, options) => isSameLatency(Number(asked), all, options) },
  ),
  limit: amount('limit', size),
  overhead: amount('overhead', count, { absent: 0 }, { unsaid: () => 0 }),
  linklayer: layer,
}
