import type { Value } from '../../../values/value.ts'
import { isMap } from '../../../values/value.ts'
import { type Row, text } from '../iproute2.ts'
import {
  type Attribute,
  type Attributes,
  attribute,
  data,
  end,
  FIXED,
  inheritable,
  mark,
  name,
  negated,
  number,
  type Setting,
  tos,
} from './attribute.ts'
import { below } from './overlay.ts'

/** A GRE key as a number, "" for none: 0 is a key too. VTI has no "none", there it is 0. */
function key(word: string, none: '' | 0): Attribute {
  const read = (row: Row) => keyNumber(text(data(row), word)) ?? none
  const words = (wanted: Setting) => (wanted === '' ? [`no${word}`] : [word, String(wanted)])
  return attribute(read, word, { wanted: (setting) => keyNumber(String(setting)) ?? none, words })
}

/** A key as ip takes it, a number or a dotted quad; undefined when it is neither. */
export function keyNumber(written: string | undefined): number | undefined {
  if (written === undefined || written === '') return undefined
  if (!written.includes('.')) return Number(written)
  return written.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
}

/** 0 is "inherit": the packet inside says it. */
const ttl = attribute((row) => Number(data(row).ttl ?? 0), 'ttl', {
  wanted: (setting) => (setting === 'inherit' ? 0 : Number(setting)),
})

/** A tunnel without a remote end is of another make than one with, and cannot become one. */
const remote = end('remote', { fixed: (before, after) => before === 'any' || after === 'any' })

function encap(row: Row): Row {
  const shown = data(row).encap
  return isMap(shown) ? shown : {}
}

function encapSwitch(word: string, shown: string, unsaid: boolean): Attribute {
  return attribute((row) => (encap(row)[shown] ?? unsaid) === true, word, {
    words: (wanted) => [wanted ? word : `no${word}`],
    unsaid,
  })
}

function encapPort(word: string, shown: string): Attribute {
  return attribute((row) => Number(encap(row)[shown] ?? 0), word, {
    wanted: (port) => (port === 'auto' ? 0 : Number(port)),
    unsaid: 0,
  })
}

/** UDP around the tunnel. */
const ENCAP: Attributes = {
  encap: attribute((row) => text(encap(row), 'type') ?? 'none', 'encap', { unsaid: 'none' }),
  encap_sport: encapPort('encap-sport', 'sport'),
  encap_dport: encapPort('encap-dport', 'dport'),
  encap_csum: encapSwitch('encap-csum', 'csum', false),
  encap_csum6: encapSwitch('encap-udp6-csum', 'csum6', true),
  encap_remcsum: encapSwitch('encap-remcsum', 'remcsum', false),
}

/** ip has no word for a tunnel that is not external. */
const external = negated('external', 'external', {
  ...FIXED,
  words: (wanted) => (wanted ? ['external'] : []),
  unsaid: false,
})

/** ip forgets the UDP around a tunnel with each change of it, unless that is said again. */
function encapsulated(attributes: Attributes): Attributes {
  const again = (row: Row) => (text(encap(row), 'type') === undefined ? [] : Object.keys(ENCAP))
  return Object.fromEntries(
    Object.entries({ ...attributes, ...ENCAP, external }).map(([name, one]) => [
      name,
      { ...one, with: again },
    ]),
  )
}

const overIPv4: Attributes = {
  local: end('local'),
  remote,
  ttl,
  tos,
  link: below,
  pmtudisc: negated('pmtudisc'),
  fwmark: mark('fwmark'),
}

/** A number of the outer IPv6 header, or what is inside says it, which ip shows as a flag. */
function ofHeader(word: string): Attribute {
  return inheritable(word, (row) =>
    data(row)[`ip6_tnl_f_use_orig_${word}`] === true ? 'inherit' : Number(data(row)[word] ?? 0),
  )
}

function encapLimit(row: Row): Value {
  return data(row).ip6_tnl_f_ign_encap_limit === true ? 'none' : Number(data(row).encap_limit ?? 0)
}

const overIPv6: Attributes = {
  local: end('local'),
  remote: end('remote'),
  ttl,
  link: below,
  encaplimit: attribute(encapLimit, 'encaplimit', {
    wanted: (setting) => (setting === 'none' ? setting : Number(setting)),
  }),
  tclass: ofHeader('tclass'),
  flowlabel: ofHeader('flowlabel'),
  fwmark: attribute(
    (row) => (data(row).ip6_tnl_f_use_orig_fwmark === true ? 'inherit' : Number(data(row).fwmark ?? 0)),
    'fwmark',
    { wanted: (setting) => (setting === 'inherit' ? setting : Number(setting)) },
  ),
  allow_localremote: negated('allow-localremote', 'ip6_tnl_f_allow_local_remote', {
    unsaid: false,
  }),
}

const vti: Attributes = {
  local: end('local'),
  remote,
  link: below,
  ikey: key('ikey', 0),
  okey: key('okey', 0),
  fwmark: mark('fwmark'),
}

const OFF = { unsaid: false }

const greHeader: Attributes = {
  ikey: key('ikey', ''),
  okey: key('okey', ''),
  iseq: negated('iseq', 'iseq', OFF),
  oseq: negated('oseq', 'oseq', OFF),
  icsum: negated('icsum', 'icsum', OFF),
  ocsum: negated('ocsum', 'ocsum', OFF),
}

const erspan: Attributes = {
  erspan_ver: number('erspan_ver', 'erspan_ver', FIXED),
  erspan: number('erspan', 'erspan_index'),
  erspan_dir: name('erspan_dir'),
  erspan_hwid: number('erspan_hwid'),
}

const gretap = {
  ...overIPv4,
  ...greHeader,
  remote: end('remote'),
  ignore_df: negated('ignore-df', 'ignore_df', OFF),
}

/** Tunnels by kind, in ip-link(8)'s words. */
export const tunnels: Readonly<Record<string, Attributes>> = {
  ipip: encapsulated({ ...overIPv4, mode: name('mode', 'proto', { unsaid: 'ipip' }) }),
  sit: encapsulated({ ...overIPv4, mode: name('mode', 'proto', { unsaid: 'ip6ip' }) }),
  gre: encapsulated({ ...overIPv4, ...greHeader, ignore_df: gretap.ignore_df }),
  gretap: encapsulated(gretap),
  erspan: encapsulated({ ...gretap, ...erspan }),
  vti,
  ip6tnl: encapsulated({ ...overIPv6, mode: name('mode', 'proto') }),
  ip6gre: encapsulated({ ...overIPv6, ...greHeader }),
  ip6gretap: encapsulated({ ...overIPv6, ...greHeader }),
  ip6erspan: encapsulated({ ...overIPv6, ...greHeader, ...erspan }),
  vti6: { ...vti, remote: end('remote') },
}
