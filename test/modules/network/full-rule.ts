/** The arguments of a rule that says all it can. */
export const FULL_WANTED = {
  ...{ priority: 101, not: true, from: '10.0.0.0/24', to: '10.2.0.0/16', iif: 'eth0', oif: 'eth1' },
  ...{ fwmark: '1/255', tos: 16, table: 254 },
}
