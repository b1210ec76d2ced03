import type { Value } from '../../../values/value.ts'
import { isMap } from '../../../values/value.ts'
import { type Row, text } from '../iproute2.ts'
import {
  type Attributes,
  attribute,
  data,
  end,
  FIXED,
  inheritable,
  name,
  negated,
  number,
  once,
  type Setting,
  tos,
} from './attribute.ts'

/** The device below: once given it can be another, but not none. */
export const below = name('dev', 'link', { fixed: (_, after) => after === '' })

function otherFamily(before: Value, after: Value): boolean {
  return before === 'any' || after === 'any' || String(before).includes(':') !== String(after).includes(':')
}

/** A switch that only a new link can have on. */
const ONLY_NEW = { ...FIXED, unsaid: false }

/** What Ethernet over UDP has, of either kind. */
const overUdp: Attributes = {
  id: number('id', 'id', FIXED),
  local: end('local', { fixed: otherFamily }),
  remote: end('remote', { fixed: otherFamily }),
  ttl: attribute((row) => text(data(row), 'ttl') ?? 'inherit', 'ttl', { wanted: String }),
  tos,
  df: name('df'),
  flowlabel: { ...inheritable('flowlabel', (row) => Number(data(row).label ?? 0)), unsaid: 0 },
  dstport: number('dstport', 'port', FIXED),
  external: negated('external', 'external', ONLY_NEW),
  udpcsum: negated('udpcsum', 'udp_csum', FIXED),
  udp6zerocsumtx: negated('udp6zerocsumtx', 'udp_zero_csum6_tx', FIXED),
  udp6zerocsumrx: negated('udp6zerocsumrx', 'udp_zero_csum6_rx', FIXED),
}

function portRange(row: Row): Value {
  const range = data(row).port_range
  return isMap(range) ? `${range.low}-${range.high}` : ''
}

export const vxlan: Attributes = {
  ...overUdp,
  group: attribute((row) => text(data(row), 'group') ?? text(data(row), 'group6') ?? '', 'group', {
    words: (wanted: Setting) => (wanted === '' ? [] : ['group', String(wanted)]),
    fixed: (before, after) => before === '' || after === '',
    with: () => ['link'],
  }),
  link: below,
  srcport: attribute(portRange, 'srcport', {
    words: (wanted) => ['srcport', ...String(wanted).split('-')],
    ...FIXED,
  }),
  learning: negated('learning'),
  proxy: negated('proxy', 'proxy', ONLY_NEW),
  rsc: negated('rsc', 'rsc', ONLY_NEW),
  l2miss: negated('l2miss', 'l2miss', ONLY_NEW),
  l3miss: negated('l3miss', 'l3miss', ONLY_NEW),
  ageing: number('ageing'),
  maxaddress: number('maxaddress', 'limit', { current: (row) => Number(data(row).limit ?? 0), ...FIXED }),
  remcsumtx: negated('remcsumtx', 'remcsum_tx', ONLY_NEW),
  remcsumrx: negated('remcsumrx', 'remcsum_rx', ONLY_NEW),
  // Some versions of ip do not know it.
  localbypass: negated('localbypass', 'localbypass', {
    current: (row) => data(row).localbypass ?? null,
  }),
  vnifilter: negated('vnifilter', 'vnifilter', ONLY_NEW),
  gbp: once('gbp'),
  gpe: once('gpe'),
}

export const geneve: Attributes = {
  ...overUdp,
  innerprotoinherit: once('innerprotoinherit', 'inner_proto_inherit'),
}
