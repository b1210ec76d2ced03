import { defineModule } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { words } from '../../../shell/quote.ts'
import { isMap, type Value, type ValueMap } from '../../../values/value.ts'
import { concludeIp, interfaceProblems, ipOptions, netnsProblems, planOfIp } from '../iproute2.ts'
import { type Asked, type Found, planLists } from './plan.ts'
import { featureName, LISTS, type ListName, sortedLetters } from './sections.ts'

const ethtoolOptions = options({
  dev: { type: 'str', required: true, aliases: ['name'], help: 'Name of the interface.' },
  ...ipOptions,
  features: {
    type: 'map',
    aliases: ['offload', 'offloads'],
    help: 'Features (ethtool -k) and whether each is on, by their long or short names: tso, gro, rx-vlan-filter.',
  },
  ring: { type: 'map', aliases: ['rings'], help: 'Sizes of its rings: rx, rx_mini, rx_jumbo, tx.' },
  channels: { type: 'map', help: 'Numbers of its queues: rx, tx, other, combined.' },
  coalesce: {
    type: 'map',
    help: 'When it interrupts: rx_usecs, rx_frames, tx_usecs ..., and adaptive_rx and adaptive_tx, which are on or off.',
  },
  pause: { type: 'map', help: 'Pause frames: autoneg, rx and tx, each on or off.' },
  private_flags: { type: 'map', help: 'Flags that only its driver knows, and whether each is on.' },
  speed: { type: 'int', help: 'Speed in Mbit/s; with autoneg: false.' },
  duplex: { type: 'str', choices: ['half', 'full'], help: 'With autoneg: false.' },
  autoneg: { type: 'bool', help: 'Whether speed and duplex are negotiated.' },
  wol: { type: 'str', help: 'What wakes the machine, a letter each (g: a magic packet); d for nothing.' },
})

type EthtoolArgs = ArgsOf<typeof ethtoolOptions>

/** What the driver of an interface does, as ethtool(8) shows and sets it. What is left out is left alone. */
export const ethtool = defineModule({
  name: 'ethtool',
  summary: 'Set offloads, rings, queues, interrupts and the speed of network interfaces (ethtool).',
  options: ethtoolOptions,
  validate: (args, complete) => [
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...MAPS.flatMap((list) => memberProblems(list, args[list])),
    ...settingProblems(args),
    ...(complete && Object.keys(askedOf(args)).length === 0
      ? ['ethtool needs something to set: features, ring, channels, coalesce, pause, speed ...']
      : []),
  ],
  probe: probeScript,
  parse: (output) => readSections(output.text),
  plan(args, sections, view) {
    const { dev, netns } = args
    const command = (...more: string[]) => ethtoolCommand(netns, ...more)
    const found = Object.fromEntries(
      [...sections].flatMap(([name, { section }]) =>
        section === undefined ? [] : [[name, Object.fromEntries(section.values)]],
      ),
    )
    const { warnings, ...plan } = planLists(dev, askedOf(args), sections, view.check, command)
    return { ...planOfIp(plan, { ethtool: found }), warnings }
  },
  interpret: (outcomes) => concludeIp(outcomes),
})

const MAPS = ['features', 'ring', 'channels', 'coalesce', 'pause', 'private_flags'] as const
/** Lists whose members are on or off, whatever their names. */
const SWITCHES: readonly ListName[] = ['features', 'pause', 'private_flags']

function ethtoolCommand(netns: string | undefined, ...args: string[]): string {
  return words(...(netns === undefined ? [] : ['ip', 'netns', 'exec', netns]), 'ethtool', ...args)
}

function probeScript(args: EthtoolArgs): string {
  const asks = Object.keys(askedOf(args)).map((list) => {
    const { show } = LISTS[list as ListName]
    const command = ethtoolCommand(args.netns, ...(show === '' ? [] : [show]), args.dev)
    return `printf 'list ${list}\\n'; ${command} 2>&1; printf '\\nexit %s\\n' "$?"\n`
  })
  return asks.join('')
}

function readSections(output: string): ReadonlyMap<string, Found> {
  const lists = output.matchAll(/^list (\w+)\n([\s\S]*?)\nexit (\d+)\n/gm)
  return new Map(
    [...lists].map(([, list, printed, code]): [string, Found] => {
      if (/not found$/m.test(printed!) && !printed!.includes(':\t'))
        throw new Error('this host has no ethtool: install ethtool on it')
      const isWhole = code === '0' || (list === 'settings' && /^Settings for /m.test(printed!))
      const section = isWhole ? LISTS[list as ListName].read(printed!) : undefined
      return [list!, { section, said: printed!.trim() }]
    }),
  )
}

/** What is asked for in each list, in ethtool's words; lists without are left out. */
function askedOf(args: Partial<EthtoolArgs>): Asked {
  const asked: Asked = {
    ...Object.fromEntries(MAPS.map((list) => [list, membersOf(list, args[list])])),
    settings: [
      ['speed', args.speed === undefined ? undefined : String(args.speed)],
      ['duplex', args.duplex],
      ['autoneg', args.autoneg === undefined ? undefined : onOff(args.autoneg)],
      ['wol', args.wol === undefined ? undefined : sortedLetters(args.wol)],
    ].filter((one): one is [string, string] => one[1] !== undefined),
  }
  // In the order in which they are set: with another number of queues, a device makes its rings anew.
  return Object.fromEntries(
    (Object.keys(LISTS) as ListName[]).flatMap((list) => {
      const members = asked[list]
      return members === undefined || members.length === 0 ? [] : [[list, members]]
    }),
  )
}

function membersOf(list: ListName, members: ValueMap | undefined): [string, string][] {
  return Object.entries(members ?? {}).map(([name, value]) => [
    list === 'features' ? featureName(name) : list === 'private_flags' ? name : name.replaceAll('-', '_'),
    isSwitch(list, name) ? (switchOf(value) ?? '') : String(value),
  ])
}

function isSwitch(list: ListName, name: string): boolean {
  return SWITCHES.includes(list) || (list === 'coalesce' && /^(adaptive|cqe.mode)[-_]/.test(name))
}

function switchOf(value: Value): string | undefined {
  if (typeof value === 'boolean') return onOff(value)
  const text = String(value).toLowerCase()
  if (['on', 'yes', 'true'].includes(text)) return 'on'
  return ['off', 'no', 'false'].includes(text) ? 'off' : undefined
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off'
}

const KNOWN: Readonly<Partial<Record<ListName, readonly string[]>>> = {
  ring: ['rx', 'rx_mini', 'rx_jumbo', 'tx'],
  channels: ['rx', 'tx', 'other', 'combined'],
  pause: ['autoneg', 'rx', 'tx'],
}

function memberProblems(list: (typeof MAPS)[number], members: ValueMap | undefined): string[] {
  if (members === undefined || !isMap(members)) return []
  return Object.entries(members).flatMap(([name, value]) => {
    const known = KNOWN[list]
    if (known !== undefined && !known.includes(name.replaceAll('-', '_')))
      return [`${list}: "${name}" is none of ${known.join(', ')}`]
    const isName = list === 'private_flags' ? /^[^\s:-][^:\n]*$/ : /^[a-z0-9][\w.-]*$/i
    if (!isName.test(name)) return [`${list}: "${name}" is not a name that ethtool knows`]
    if (isSwitch(list, name))
      return switchOf(value) === undefined
        ? [`${list}: ${name}: ${JSON.stringify(value)} is neither on nor off`]
        : []
    return /^\d{1,10}$/.test(String(value))
      ? []
      : [`${list}: ${name}: ${JSON.stringify(value)} is not a number`]
  })
}

function settingProblems({ speed, duplex, autoneg, wol }: Partial<EthtoolArgs>): string[] {
  return [
    ...(speed !== undefined && (speed < 1 || speed > 10_000_000) ? [`speed: ${speed} is out of range`] : []),
    ...(wol !== undefined && !/^[pumbagsfd]+$/.test(wol)
      ? [`wol: "${wol}" is no letters of p, u, m, b, a, g, s, f, d`]
      : []),
    ...(wol !== undefined && /d/.test(wol) && wol !== 'd'
      ? ['wol: d is nothing, and goes with no other letter']
      : []),
    ...(autoneg === true && (speed !== undefined || duplex !== undefined)
      ? ['what is negotiated cannot be set: leave out speed and duplex, or say autoneg: false']
      : []),
  ]
}
