import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { concludeIp, interfaceProblems, ipOptions, netnsProblems, planOfIp, type Row } from './iproute2.ts'
import { planSlave, slaveIn, slaveLook } from './slave.ts'

const portOptions = options({
  name: { type: 'str', required: true, aliases: ['dev'], help: 'Interface that is a port of a bond.' },
  ...ipOptions,
  queue_id: {
    type: 'int',
    help: 'Queue of the bond whose packets leave by this port (skbedit of tc chooses one), 0 to 65535; 0 for none.',
  },
  prio: {
    type: 'int',
    aliases: ['priority'],
    help: 'The higher, the rather it is chosen for the active port; in the modes active-backup, balance-tlb and balance-alb.',
  },
})

const RANGES = { queue_id: [0, 2 ** 16 - 1], prio: [-(2 ** 31), 2 ** 31 - 1] } as const

/** How an interface is a port of its bond, as ip-link(8) sets it (type bond_slave). */
export const bond_port = defineModule<typeof portOptions, Row | undefined>({
  name: 'bond_port',
  summary:
    'Set how an interface is a port of its bond (ip link set type bond_slave). Which port is active is for link: active_slave of the bond.',
  options: portOptions,
  validate: (args) => [
    ...interfaceProblems('name', args.name),
    ...netnsProblems('netns', args.netns),
    ...(['queue_id', 'prio'] as const).flatMap((name) => {
      const [value, [least, most]] = [args[name], RANGES[name]]
      const isRight = value === undefined || (value >= least && value <= most)
      return isRight ? [] : [`${name}: ${value} is out of range: ${least} to ${most}`]
    }),
  ],
  probe: (args) => [slaveLook(args)],
  parse: (output, args, view) => slaveIn(output.of(slaveLook(args))[0]!, args.name, view),
  plan(args, row, { check }) {
    const { name, netns, ...settings } = args
    const wanted = { name, netns, kind: 'bond', settings, shown, words } as const
    return planOfIp(planSlave(wanted, row, check), { port: row ?? null })
  },
  interpret: (outcomes) =>
    concludeIp(outcomes, [
      [
        /not supported|Invalid argument|Operation not permitted.*mode/,
        'the bond does not take this in its mode, or this kernel is too old for it (prio: Linux 6.0)',
      ],
    ]),
})

function shown(port: Row, option: string) {
  return port[option] === undefined ? null : Number(port[option])
}

function words(option: string, value: unknown): string[] {
  return [option, String(value)]
}
