import { options } from '../../../sdk/options.ts'
import { ipOptions } from '../iproute2.ts'
import { KINDS } from './kinds.ts'

/** The arguments of the qdisc module. Amounts are written as for tc. */
export const qdiscOptions = options({
  dev: { type: 'str', required: true, help: 'Interface that it is on.' },
  kind: {
    type: 'str',
    choices: Object.keys(KINDS),
    aliases: ['type'],
    help: 'Kind of qdisc; needed for present. For absent, one of another kind is left alone.',
  },
  parent: {
    type: 'str',
    help: 'Where it stands: root, or the class that it is for, such as 1:10; root if not told. An ingress or clsact has a place of its own.',
  },
  handle: {
    type: 'str',
    help: 'Its number, by which classes name it: "1:". The kernel picks one if not told.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent. What the kernel itself puts there counts as none.',
  },
  ...ipOptions,
  force: {
    type: 'bool',
    default: false,
    help: 'Replace a qdisc that has classes or filters, where that is the only way; they go with it.',
  },

  limit: { type: 'str', help: 'Length of the queue: in packets, and in bytes (32kb) for bfifo and tbf.' },
  rate: { type: 'str', help: 'tbf, netem: rate (10mbit).' },
  burst: { type: 'str', aliases: ['buffer', 'maxburst'], help: 'tbf: size of the bucket (32kb).' },
  latency: { type: 'str', help: 'tbf: how long a packet may wait at most (50ms); or "limit".' },
  overhead: { type: 'int', help: 'tbf: bytes that each packet has besides.' },
  linklayer: {
    type: 'str',
    choices: ['ethernet', 'atm', 'adsl'],
    help: 'tbf: what the link makes of packets.',
  },

  delay: { type: 'str', help: 'netem: how long each packet waits (100ms).' },
  jitter: { type: 'str', help: 'netem: by how much the delay varies (10ms).' },
  delay_correlation: { type: 'str', help: 'netem: how much a delay depends on the one before (25%).' },
  loss: { type: 'str', help: 'netem: packets that are lost (0.1%).' },
  loss_correlation: { type: 'str', help: 'netem: how much a loss depends on the one before.' },
  loss_state: {
    type: 'strings',
    help: 'netem: loss by a Markov chain: p13, and perhaps p31, p32, p23, p14.',
  },
  loss_gemodel: {
    type: 'strings',
    help: 'netem: loss by the model of Gilbert and Elliott: p, and perhaps r, 1-h, 1-k.',
  },
  duplicate: { type: 'str', help: 'netem: packets that come twice.' },
  duplicate_correlation: { type: 'str', help: 'netem: how much that depends on the packet before.' },
  corrupt: { type: 'str', help: 'netem: packets in which one bit is wrong.' },
  corrupt_correlation: { type: 'str', help: 'netem: how much that depends on the packet before.' },
  reorder: { type: 'str', help: 'netem: packets that are not delayed, and so overtake others.' },
  reorder_correlation: { type: 'str', help: 'netem: how much that depends on the packet before.' },
  gap: { type: 'int', help: 'netem: only every so many packets can overtake; 1 if not told.' },
  packet_overhead: { type: 'int', help: 'netem: bytes that each packet has besides, for the rate.' },
  cell_size: { type: 'int', help: 'netem: bytes of the cells that packets are cut into, for the rate.' },
  cell_overhead: { type: 'int', help: 'netem: bytes that each cell has besides.' },
  ecn: { type: 'bool', help: 'netem, codel, fq_codel: mark packets instead of dropping them.' },

  default: { type: 'str', help: 'htb: class of packets that no filter knows, in hexadecimal (30).' },
  r2q: { type: 'int', help: 'htb: what rates are divided by for the quantum of classes.' },
  direct_qlen: { type: 'int', help: 'htb: packets that wait without a class.' },
  bands: { type: 'int', help: 'prio: number of bands.' },
  priomap: { type: 'list', help: 'prio: the band of each of the 16 priorities.' },
  perturb: { type: 'int', help: 'sfq: seconds after which packets are sorted anew.' },
  quantum: { type: 'str', help: 'sfq, fq, fq_codel: bytes that a flow may send in turn.' },
  initial_quantum: { type: 'str', help: 'fq: bytes that a new flow may send at once.' },
  target: { type: 'str', help: 'codel, fq_codel: how long packets may wait (5ms).' },
  interval: { type: 'str', help: 'codel, fq_codel: for how long that is watched (100ms).' },
  ce_threshold: { type: 'str', help: 'codel, fq_codel, fq: wait from which packets are marked.' },
  flows: { type: 'int', help: 'fq_codel: number of flows that are told apart.' },
  memory_limit: { type: 'str', help: 'fq_codel: memory for packets (32mb).' },
  drop_batch: { type: 'int', help: 'fq_codel: packets that are dropped at once when it is full.' },
  flow_limit: { type: 'int', help: 'fq: packets of one flow.' },
  buckets: { type: 'int', help: 'fq: size of the table of flows, a power of 2.' },
  maxrate: { type: 'str', help: 'fq: rate of each flow at most.' },
  low_rate_threshold: { type: 'str', help: 'fq: rate below which a flow is not smoothed.' },
  pacing: { type: 'bool', help: 'fq: keep to the pace that sockets set.' },
  horizon: { type: 'str', help: 'fq: how far in the future packets may be sent (10s).' },
})
