import { defineModule } from '../../../sdk/module.ts'
import { concludeIp } from '../iproute2.ts'
import { wireguardOptions, wireguardProblems } from './options.ts'
import { planWireguard } from './plan.ts'
import { parseWireguard, probeWireguard, type WireguardState } from './state.ts'

/** What wg(8) shows and sets of an interface of WireGuard; the interface itself is link's. */
export const wireguard = defineModule<typeof wireguardOptions, WireguardState>({
  name: 'wireguard',
  summary:
    'Sets the keys, the port and the peers of interfaces of WireGuard (wg). What is left out is left alone.',
  options: wireguardOptions,
  validate: wireguardProblems,
  probe: probeWireguard,
  parse: ({ text }) => parseWireguard(text),
  plan: planWireguard,
  interpret: (outcomes) => concludeIp(outcomes),
})
