import type { Catalogue } from '../../sdk/module.ts'
import { address } from './address/index.ts'
import { bond_port } from './bond_port.ts'
import { bridge_fdb } from './bridge_fdb.ts'
import { bridge_port } from './bridge_port.ts'
import { bridge_vlan } from './bridge_vlan.ts'
import { ethtool } from './ethtool/index.ts'
import { firewalld } from './firewalld/index.ts'
import { get_url } from './get_url/index.ts'
import { interfaces_file } from './interfaces_file/index.ts'
import { ip_batch } from './ip_batch.ts'
import { iptables } from './iptables/index.ts'
import { link } from './link/index.ts'
import { mobility_facts } from './mobility_facts.ts'
import { mpls_route } from './mpls_route.ts'
import { neighbor } from './neighbor.ts'
import { netns } from './netns.ts'
import { network_config } from './network_config/index.ts'
import { nexthop } from './nexthop/index.ts'
import { nftables } from './nftables/index.ts'
import { nmcli } from './nmcli/index.ts'
import { qdisc } from './qdisc/index.ts'
import { route } from './route/index.ts'
import { rule } from './rule/index.ts'
import { tc_class } from './tc_class.ts'
import { topology } from './topology/index.ts'
import { ufw } from './ufw/index.ts'
import { uri } from './uri/index.ts'
import { wireguard } from './wireguard/index.ts'

export const network: Catalogue = {
  address,
  ethtool,
  firewalld,
  bond_port,
  bridge_fdb,
  bridge_port,
  bridge_vlan,
  get_url,
  interfaces_file,
  ip_batch,
  iptables,
  link,
  mobility_facts,
  mpls_route,
  neighbor,
  netns,
  ip_netns: netns,
  network_config,
  nexthop,
  qdisc,
  nftables,
  nmcli,
  route,
  rule,
  tc_class,
  topology,
  ufw,
  uri,
  wireguard,
}
