import type { Catalogue } from '../../sdk/module.ts'
import { address } from './address/index.ts'
import { bridge_fdb } from './bridge_fdb.ts'
import { bridge_port } from './bridge_port.ts'
import { bridge_vlan } from './bridge_vlan.ts'
import { get_url } from './get_url/index.ts'
import { interfaces_file } from './interfaces_file/index.ts'
import { iptables } from './iptables/index.ts'
import { link } from './link/index.ts'
import { mobility_facts } from './mobility_facts.ts'
import { neighbor } from './neighbor.ts'
import { route } from './route/index.ts'
import { rule } from './rule/index.ts'
import { ufw } from './ufw/index.ts'
import { uri } from './uri/index.ts'

export const network: Catalogue = {
  address,
  bridge_fdb,
  bridge_port,
  bridge_vlan,
  get_url,
  interfaces_file,
  iptables,
  link,
  mobility_facts,
  neighbor,
  route,
  rule,
  ufw,
  uri,
}
