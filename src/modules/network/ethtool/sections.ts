/** What ethtool shows of an interface in one of its lists. */
export interface Section {
  /** Values by the names under which they are asked for; undefined where the device has none. */
  readonly values: ReadonlyMap<string, string>
  /** The largest that each can be, where ethtool says so. */
  readonly most: ReadonlyMap<string, number>
  /** Features that cannot change. */
  readonly fixed: ReadonlySet<string>
  /** What was asked of features that are otherwise all the same. */
  readonly requested: ReadonlyMap<string, string>
}

/** A list: how to ask for it, read it, and set what is in it. */
export interface List {
  /** What its members are called in a sentence. */
  readonly is: string
  readonly show: string
  readonly set: string
  readonly read: (text: string) => Section
  /** The name of a member in ethtool's words, for setting it. */
  readonly word: (name: string) => string
}

const dashes = (name: string) => name.replaceAll('_', '-')

function section(values: Iterable<readonly [string, string]>, more: Partial<Section> = {}): Section {
  return {
    values: new Map([...values].filter(([, value]) => !/^n\/a$/i.test(value))),
    most: new Map(),
    fixed: new Set(),
    requested: new Map(),
    ...more,
  }
}

/** Lines `name: value` with their names as they are asked for: RX Mini is rx_mini. */
function pairs(text: string): [string, string][] {
  const lines = text.matchAll(/^[ \t]*([^:\n]+?)[ \t]*:[ \t]*(.*?)[ \t]*$/gm)
  return [...lines].map(([, name, value]) => [name!.toLowerCase().replaceAll(/[ -]+/g, '_'), value!])
}

/** Features keep their names, in which "_" and "-" are two things. */
function features(text: string): Section {
  const lines = [...text.matchAll(/^[ \t]*([\w.-]+): (on|off)(?: \[(fixed|requested (on|off))\])?.*$/gm)]
  const pick = (test: (line: RegExpExecArray) => boolean) => lines.filter(test)
  return section(
    lines.map(([, name, value]) => [name!, value!] as const),
    {
      fixed: new Set(pick(([, , , note]) => note === 'fixed').map(([, name]) => name!)),
      requested: new Map(
        pick(([, , , , wish]) => wish !== undefined).map(([, name, , , wish]) => [name!, wish!] as const),
      ),
    },
  )
}

/** Maximums stand before what is set. */
function withMaximums(text: string): Section {
  const [most = '', now = ''] = text.split(/^Current hardware settings:.*$/m)
  const numbers = pairs(most).filter(([, value]) => /^\d+$/.test(value))
  return section(pairs(now), { most: new Map(numbers.map(([name, value]) => [name, Number(value)])) })
}

/** "Adaptive RX: off  TX: off" are two in one line. */
function coalesce(text: string): Section {
  const both = (words: string, name: string) => {
    const [, rx, tx] = new RegExp(`^${words} RX: (\\S+)[ \\t]+TX: (\\S+)`, 'm').exec(text) ?? []
    return rx === undefined
      ? []
      : ([
          [`${name}rx`, rx],
          [`${name}tx`, tx!],
        ] as const)
  }
  return section([
    ...pairs(text).filter(([name]) => !/_rx$/.test(name)),
    ...both('Adaptive', 'adaptive_'),
    ...both('CQE mode', 'cqe_mode_'),
  ])
}

function pause(text: string): Section {
  const names: Readonly<Record<string, string>> = { autonegotiate: 'autoneg', rx: 'rx', tx: 'tx' }
  return section(
    pairs(text).flatMap(([name, value]) => (names[name] === undefined ? [] : [[names[name], value]])),
  )
}

function privateFlags(text: string): Section {
  const lines = text.matchAll(/^(\S[^:\n]*?)[ \t]*: (on|off)$/gm)
  return section([...lines].map(([, name, value]) => [name!, value!] as const))
}

function settings(text: string): Section {
  const found = new Map(pairs(text))
  const letters = found.get('wake_on')
  return section(
    [
      ['speed', found.get('speed')?.replace(/Mb\/s$/, '')],
      ['duplex', found.get('duplex')?.toLowerCase()],
      ['autoneg', found.get('auto_negotiation')],
      ['wol', letters === undefined ? undefined : sortedLetters(letters)],
    ].flatMap(([name, value]) => (value === undefined ? [] : [[name!, value] as const])),
  )
}

/** "pumbg" and "gbmup" wake on the same. */
export function sortedLetters(letters: string): string {
  return [...new Set(letters)].sort().join('')
}

const plain = (name: string) => name

/** The lists by the names of their options; that of single settings is `settings`. */
export const LISTS = {
  channels: { is: 'channels', show: '-l', set: '-L', read: withMaximums, word: dashes },
  ring: { is: 'ring sizes', show: '-g', set: '-G', read: withMaximums, word: dashes },
  coalesce: { is: 'coalescing parameters', show: '-c', set: '-C', read: coalesce, word: dashes },
  pause: { is: 'pause parameters', show: '-a', set: '-A', read: pause, word: dashes },
  settings: { is: 'settings of a link', show: '', set: '-s', read: settings, word: plain },
  features: { is: 'features', show: '-k', set: '-K', read: features, word: plain },
  private_flags: {
    is: 'private flags',
    show: '--show-priv-flags',
    set: '--set-priv-flags',
    read: privateFlags,
    word: plain,
  },
} as const satisfies Record<string, List>

export type ListName = keyof typeof LISTS

const SHORT: Readonly<Record<string, string>> = {
  rx: 'rx-checksumming',
  tx: 'tx-checksumming',
  sg: 'scatter-gather',
  tso: 'tcp-segmentation-offload',
  ufo: 'udp-fragmentation-offload',
  gso: 'generic-segmentation-offload',
  gro: 'generic-receive-offload',
  lro: 'large-receive-offload',
  rxvlan: 'rx-vlan-offload',
  txvlan: 'tx-vlan-offload',
  ntuple: 'ntuple-filters',
  rxhash: 'receive-hashing',
}

/** The name under which ethtool shows a feature. */
export function featureName(name: string): string {
  return SHORT[name] ?? name
}
