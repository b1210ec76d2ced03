import { workersOfUse } from './costs.ts'
import { type Measurement, median, time } from './measure.ts'
import { duration, ratio, table } from './table.ts'
import { ON_HALF, TWO_ON_HALVES, TWO_WORKERS } from './workers.ts'

type Measured = readonly Measurement[]

interface Bar {
  readonly what: string
  readonly bar: string
  /** What was measured, as it is shown, and whether it is enough; undefined where that was not part of the run. */
  measured(all: Measured): readonly [shown: string, met: boolean] | undefined
}

const SYNC = { part: 'sync', what: '7 hosts x 15 tasks', who: 'playssh' }
const FIRST = { ...SYNC, part: 'first' }
const TASKS = (count: number) => ({ part: 'tasks', what: `7 hosts x ${count} tasks`, who: 'playssh' })
const HOSTS = (count: number) => ({ part: 'hosts', what: `${count} hosts x 15 tasks`, who: 'playssh' })
const SHARED = (count: number) => ({
  part: 'workers',
  what: `${count} stub hosts x 15 tasks`,
  who: TWO_WORKERS,
})

const BARS: readonly Bar[] = [
  faster('7 hosts x 15 tasks in sync, against Ansible with pipelining', SYNC, 'ansible', 40),
  faster('the same, against Ansible with mitogen', SYNC, 'ansible+mitogen', 20),
  slower('the same, against the floor', SYNC, { ...SYNC, who: 'floor' }, 1.5),
  ...['cat', 'env cat'].map((program) => {
    const about = {
      part: 'commands',
      what: `7 hosts x 15 tasks, two of them commands: ${program}`,
      who: 'playssh',
    }
    return slower(
      `7 hosts x 15 tasks with two commands (${program}), in sync, against the floor`,
      about,
      { ...about, who: 'floor' },
      1.35,
    )
  }),
  {
    what: 'from 15 to 500 tasks in sync, round trips',
    bar: 'the same number, at most 10',
    measured(all) {
      const away = all.filter(({ part, who }) => part === 'delay' && who === 'playssh')
      const trips = away.flatMap((one) => median(all, one, ({ roundTrips }) => roundTrips) ?? [])
      if (trips.length === 0) return undefined
      return [trips.join(', '), Math.max(...trips) <= 10 && new Set(trips).size === 1]
    },
  },
  slower(
    '7 hosts x 15 tasks in sync, second run within a minute, against the floor',
    { ...SYNC, part: 'kept', who: 'playssh, second run' },
    { ...SYNC, part: 'kept', who: 'floor' },
    0.45,
  ),
  slower(
    'the first run, whose logins are kept, against one whose are not',
    { ...SYNC, part: 'kept', who: 'playssh, first run' },
    { ...SYNC, part: 'kept' },
    1.05,
  ),
  {
    what: 'the second run, 200 ms away, round trips',
    bar: 'at most 2',
    measured(all) {
      const about = { part: 'kept', what: '7 hosts x 15 tasks, 200 ms away', who: 'playssh, second run' }
      const trips = median(all, about, ({ roundTrips }) => roundTrips)
      return trips === undefined ? undefined : [String(trips), trips <= 2]
    },
  },
  slower('7 hosts x 100 tasks in sync, against 15 tasks', TASKS(100), TASKS(15), 2.5),
  {
    what: '10 of 100 tasks drifted, round trips',
    bar: 'at most 20 more than in sync',
    measured(all) {
      const trips = (part: string, what: string) =>
        median(all, { part, what, who: 'playssh' }, ({ roundTrips }) => roundTrips)
      const drifted = trips('drift', '7 hosts, 10 drifted, 50 ms away')
      const inSync = trips('delay', '7 hosts x 100 tasks, 50 ms away')
      if (drifted === undefined || inSync === undefined) return undefined
      return [`${drifted}, ${inSync} in sync`, drifted <= 20 + inSync]
    },
  },
  {
    what: 'first run on fresh hosts, 100 tasks that all change, free, 50 ms away, round trips',
    bar: 'at most 20',
    measured(all) {
      const about = { part: 'changes', what: '7 hosts x 100 tasks that change, 50 ms away', who: 'playssh' }
      const trips = median(all, about, ({ roundTrips }) => roundTrips)
      return trips === undefined ? undefined : [String(trips), trips <= 20]
    },
  },
  faster('first run on fresh hosts, 15 tasks, against Ansible with pipelining', FIRST, 'ansible', 15),
  slower(
    '1,000 hosts x 15 tasks in sync, against the floor',
    HOSTS(1000),
    { ...HOSTS(1000), who: 'floor' },
    1.2,
  ),
  {
    what: 'the same, memory of the controller',
    bar: 'under 500 MB',
    measured(all) {
      const peak = median(all, HOSTS(1000), (outcome) => outcome.peak)
      return peak === undefined ? undefined : [`${peak.toFixed(0)} MB`, peak < 500]
    },
  },
  slower('1,000 hosts, against 50', HOSTS(1000), HOSTS(50), 20),
  {
    what: '1,000 stub hosts, the processors that the server takes',
    bar: 'under a tenth of what the runner takes',
    measured(all) {
      const about = { part: 'stubs', what: '1000 stub hosts x 15 tasks', who: 'playssh' }
      const share = median(all, about, ({ cpu, servers }) => cpu && servers && servers / cpu)
      return share === undefined ? undefined : [`${(100 * share).toFixed(1)} %`, share < 0.1]
    },
  },
  {
    what: '7 hosts through a queue, against without',
    bar: 'at most 150 ms more',
    measured(all) {
      const [ours, alone] = [time(all, SHARED(7)), time(all, { ...SHARED(7), who: 'playssh' })]
      if (ours === undefined || alone === undefined) return undefined
      return [`${duration(ours - alone)} more`, ours - alone <= 150]
    },
  },
  {
    what: '1,000 hosts by two workers, against one process, all processes with half a core each',
    bar: 'at least 1.8 times the throughput',
    measured: (all) =>
      against(
        all,
        { ...SHARED(1000), who: ON_HALF },
        { ...SHARED(1000), who: TWO_ON_HALVES },
        (alone, ours) => [alone / ours, alone / ours >= 1.8],
      ),
  },
  {
    what: '1,000 hosts by two workers, bytes through Redis a host, nothing changed since the run before',
    bar: 'under 2,000',
    measured(all) {
      const bytes = median(all, SHARED(1000), ({ shared }) => shared && shared.bytes / 1000)
      return bytes === undefined ? undefined : [bytes.toFixed(0), bytes < 2000]
    },
  },
  {
    what: '10,000 hosts by two workers, memory',
    bar: 'coordinator under 400 MB, workers under 300 MB',
    measured(all) {
      const peak = median(all, SHARED(10_000), (outcome) => outcome.peak)
      const most = median(all, SHARED(10_000), ({ shared }) => shared && Math.max(...shared.peaks))
      if (peak === undefined || most === undefined) return undefined
      return [`${peak.toFixed(0)} MB, ${most.toFixed(0)} MB`, peak < 400 && most < 300]
    },
  },
  {
    what: '100,000 hosts, the most workers with which they take as many times less to 90 %, simulated, from when the inventory is read',
    bar: 'at least 50',
    measured(all) {
      const most = workersOfUse(all)
      return most === undefined ? undefined : [String(most), most >= 50]
    },
  },
  slower(
    'playssh --version, against node -e 0',
    { part: 'start', what: 'start and end', who: 'playssh --version' },
    { part: 'start', what: 'start and end', who: 'node -e 0' },
    2.5,
  ),
]

/** The bars that this run has measured something of, and whether they are met. */
export function bars(all: Measured): string {
  const rows = BARS.flatMap(({ what, bar, measured }) => {
    const found = measured(all)
    return found === undefined ? [] : [[what, bar, found[0], found[1] ? 'yes' : 'no']]
  })
  return rows.length === 0 ? '' : table(['what', 'bar', 'measured', 'met'], rows)
}

type About = Partial<Measurement>

function faster(what: string, ours: About, than: string, times: number): Bar {
  return {
    what,
    bar: `at least ${times} times faster`,
    measured: (all) =>
      against(all, ours, { ...ours, who: than }, (our, their) => [their / our, their / our >= times]),
  }
}

function slower(what: string, ours: About, than: About, times: number): Bar {
  return {
    what,
    bar: `at most ${times} times the time`,
    measured: (all) => against(all, ours, than, (our, their) => [our / their, our / their <= times]),
  }
}

function against(
  all: Measured,
  ours: About,
  theirs: About,
  compare: (our: number, their: number) => [times: number, met: boolean],
): [string, boolean] | undefined {
  const our = time(all, ours)
  const their = time(all, theirs)
  if (our === undefined || their === undefined) return undefined
  const [times, met] = compare(our, their)
  return [`${ratio(times)} times (${duration(our)}, ${duration(their)})`, met]
}
