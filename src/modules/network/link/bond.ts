import { type Row, text } from '../iproute2.ts'
import { readAddress } from '../prefix.ts'
import {
  type Attribute,
  type Attributes,
  attribute,
  data,
  deviceOr,
  digit,
  list,
  name,
  number,
  onOff,
  textsOf,
} from './attribute.ts'

/** Addresses that a bond asks for; ip takes them with commas, and a comma alone for none. */
function targets(word: string): Attribute {
  const canonical = (addresses: readonly string[]) => addresses.map((one) => readAddress(one) ?? one)
  const attribute = list(
    (row) => canonical(textsOf(data(row)[word])),
    (wanted) => [word, wanted.length === 0 ? ',' : wanted.join(',')],
  )
  return {
    ...attribute,
    wanted: (setting) => attribute.wanted(canonical(String(setting).split(' ')).join(' ')),
  }
}

function switched(word: string, key: string): Attribute {
  // ip prints some of them as a word, others as true and false.
  return onOff(word, (row) =>
    data(row)[key] === undefined ? null : String(data(row)[key]) === 'on' || data(row)[key] === true,
  )
}

/** What a bond is, in ip-link(8)'s words. */
export const bond: Attributes = {
  mode: name('mode'),
  active_slave: deviceOr('clear_active_slave', 'active_slave'),
  miimon: number('miimon'),
  updelay: number('updelay'),
  downdelay: number('downdelay'),
  peer_notify_delay: number('peer_notify_delay'),
  use_carrier: digit('use_carrier'),
  arp_interval: number('arp_interval'),
  arp_missed_max: number('arp_missed_max'),
  arp_validate: attribute((row: Row) => text(data(row), 'arp_validate') ?? 'none', 'arp_validate'),
  arp_all_targets: name('arp_all_targets'),
  arp_ip_target: targets('arp_ip_target'),
  ns_ip6_target: targets('ns_ip6_target'),
  // ip has no word for none.
  primary: name('primary', 'primary', { fixed: (_, after) => after === '' }),
  primary_reselect: name('primary_reselect'),
  fail_over_mac: name('fail_over_mac'),
  xmit_hash_policy: name('xmit_hash_policy'),
  resend_igmp: number('resend_igmp'),
  num_grat_arp: number('num_grat_arp', 'num_peer_notif'),
  all_slaves_active: digit('all_slaves_active'),
  min_links: number('min_links'),
  lp_interval: number('lp_interval'),
  packets_per_slave: number('packets_per_slave'),
  tlb_dynamic_lb: digit('tlb_dynamic_lb'),
  lacp_rate: name('lacp_rate', 'ad_lacp_rate'),
  lacp_active: switched('lacp_active', 'ad_lacp_active'),
  coupled_control: switched('coupled_control', 'coupled_control'),
  ad_select: name('ad_select'),
  ad_actor_sys_prio: number('ad_actor_sys_prio'),
  ad_actor_system: attribute(
    (row: Row) => text(data(row), 'ad_actor_system')?.toLowerCase() ?? '',
    'ad_actor_system',
    { wanted: (setting) => String(setting).toLowerCase() },
  ),
  ad_user_port_key: number('ad_user_port_key'),
}
