import { options } from '../../../sdk/options.ts'
import { ipOptions } from '../iproute2.ts'
import { KINDS } from './kinds.ts'
import { bondOptions, bridgeOptions, tunnelOptions, vlanOptions } from './options-of-kinds.ts'

/** The arguments of the link module. */
export const linkOptions = options({
  name: { type: 'str', required: true, help: 'Name of the interface.' },
  type: {
    type: 'str',
    choices: Object.keys(KINDS),
    help: 'Kind of interface to make; needed only where it may have to be made. How a team works is set by teamd.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'up', 'down'],
    default: 'present',
    help: 'present says nothing of up or down.',
  },
  ...ipOptions,
  force: {
    type: 'bool',
    default: false,
    help: 'Delete the link and make it again, where that is the only way; its addresses and routes go with it.',
  },
  exclusive: {
    type: 'bool',
    default: false,
    help: 'Delete another tunnel with the same ends: the kernel allows one, whatever its name.',
  },

  mtu: { type: 'int', help: 'Largest packet, in bytes.' },
  txqueuelen: { type: 'int', help: 'Length of the transmit queue, in packets; 0 for none.' },
  address: { type: 'str', help: 'Ethernet (MAC) address.' },
  alias: { type: 'str', help: 'A description; "" removes it.' },
  master: {
    type: 'str',
    help: 'Bridge, bond, team or VRF that the link is a port of; "" or nomaster for none. A bond takes it down for a moment.',
  },
  replug: {
    type: 'bool',
    default: false,
    help: 'When its master has changed, take the link down for a moment: the machine at the other end of a veth loses its carrier, as one whose cable is put elsewhere, and forgets its neighbors.',
  },
  arp: { type: 'bool', help: 'Whether the link uses ARP.' },
  multicast: { type: 'bool', help: 'Whether the link carries multicast.' },
  allmulticast: { type: 'bool', help: 'Whether all multicast is received.' },
  promisc: { type: 'bool', help: 'Whether everything on the wire is received.' },

  mode: {
    type: 'str',
    help: 'bond, macvlan, macvtap, ipvlan, ipvtap, ipip, sit, ip6tnl: its mode, in the words of ip-link(8).',
  },
  link: {
    type: 'str',
    aliases: ['dev'],
    help: 'The device below: of a vlan, macvlan, ipvlan, vxlan or tunnel.',
  },
  peer: { type: 'str', help: 'veth: name of the other end.' },
  peer_netns: { type: 'str', help: 'veth: network namespace that the other end is made in.' },
  id: { type: 'int', help: 'vlan, vxlan and geneve: its number.' },
  protocol: { type: 'str', choices: ['802.1Q', '802.1ad'], help: 'vlan: the kind of tag.' },
  flag: {
    type: 'str',
    help: 'macvlan and macvtap: nopromisc, nodst, or null for none; ipvlan and ipvtap: bridge, private or vepa.',
  },
  macaddr: { type: 'strings', help: 'macvlan of mode source: all addresses that it takes frames from.' },
  bcqueuelen: { type: 'int', help: 'macvlan and macvtap: how many broadcasts may wait.' },
  bclim: { type: 'int', help: 'macvlan and macvtap: listeners from which on broadcasts wait.' },
  group: { type: 'str', help: 'vxlan: multicast group; tun and tap: group that may use it.' },
  user: { type: 'str', help: 'tun and tap: user who may use it.' },
  table: { type: 'int', help: 'vrf: number of its routing table.' },
  if_id: { type: 'int', help: 'xfrm: number that policies and states of IPsec have for it.' },
  ...vlanOptions,
  ...tunnelOptions,
  ...bridgeOptions,
  ...bondOptions,
})
