import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { xen_vif } from '../../../src/modules/xen/xen_vif.ts'
import { printed } from '../../support/ip.ts'
import { CHECK, planOf, problemsOf, RUN, rows } from '../../support/plan.ts'
import { domains } from '../../support/xen.ts'

const bridge = (ifname: string) => ({ ifname, linkinfo: { info_kind: 'bridge' } })
const LINKS = [
  { ifname: 'lo' },
  bridge('xenbr0'),
  bridge('xenbr1'),
  { ifname: 'g1.0', master: 'xenbr0' },
  { ifname: 'vif7.1', master: 'xenbr1' },
]
const alone = LINKS.map(({ ifname, ...rest }) => (ifname === 'g1.0' ? { ifname } : { ifname, ...rest }))

/** What xenstore-ls prints of the interfaces of g1, among much else. */
const stored = (first = 'xenbr0', second = 'xenbr1') =>
  ['0', '1', '', 'x']
    .map((id) => `/local/domain/0/backend/vif/7/${id}/mac = "00:16:3e:00:00:01"`)
    .concat(
      `/local/domain/0/backend/vif/7/0/bridge = "${first}"`,
      `/local/domain/0/backend/vif/7/1/bridge = "${second}"`,
      '/local/domain/0/backend/vif/17/0/bridge = "xenbr5"',
    )
    .join('\n')
const found = (letters: string | undefined, links: readonly object[] = LINKS, store = stored()) => [
  domains(letters),
  printed(links),
  `${store}\n`,
]

const plans = suite('xen_vif: plan')

for (const [title, raw, links, store, expected] of [
  ['where it is', { bridge: 'xenbr0' }, LINKS, stored(), []],
  ['elsewhere', { bridge: 'xenbr1' }, LINKS, stored(), [['bridge of vif 0 of g1', 'xenbr0', 'xenbr1']]],
  [
    'without a vifname',
    { devid: 1, bridge: 'xenbr0' },
    LINKS,
    stored(),
    [['bridge of vif 1 of g1', 'xenbr1', 'xenbr0']],
  ],
  ['on none', { bridge: 'xenbr0' }, alone, stored(), [['bridge of vif 0 of g1', null, 'xenbr0']]],
  [
    'moved by hand',
    { bridge: 'xenbr0' },
    LINKS,
    stored('xenbr9'),
    [['bridge of vif 0 of g1 in xenstore', 'xenbr9', 'xenbr0']],
  ],
  ['of which xenstore tells nothing', { bridge: 'xenbr0' }, LINKS, '', []],
] as const) {
  plans(`just what differs is planned for an interface ${title}`, () => {
    for (const view of [RUN, CHECK]) {
      const plan = planOf(xen_vif, { domain: 'g1', ...raw }, found('-b----', links, store), view)
      assert.equal(rows(plan), expected)
    }
  })
}

for (const [raw, letters, expected] of [
  [{ bridge: 'xenbr0' }, undefined, /^the domain g1 does not run on this host: start it first/],
  [{ bridge: 'xenbr9' }, 'r-----', /^there is no bridge xenbr9 .*make it first/],
  [{ bridge: 'lo' }, 'r-----', /^lo is not a bridge$/],
  [{ bridge: 'xenbr0', devid: 2 }, 'r-----', /^the domain g1 has no interface 2: it has 0, 1$/],
] as const) {
  plans(`what cannot be is a failure: ${expected}`, () => {
    assert.match(planOf(xen_vif, { domain: 'g1', ...raw }, found(letters)).failed!, expected)
  })
}

plans('a domain whose interface has gone is a failure', () => {
  const plan = planOf(xen_vif, { domain: 'g1', bridge: 'xenbr0' }, found('r-----', LINKS.slice(0, 3)))
  assert.match(plan.failed!, /^there is no interface g1\.0 .*shutting down/)
})

plans('under check an earlier task starts the domain and makes the bridge', () => {
  const difference = (raw: object, letters?: string) =>
    rows(planOf(xen_vif, { domain: 'g1', ...raw }, found(letters), CHECK))
  assert.equal(difference({ bridge: 'xenbr0' }), [['bridge of vif 0 of g1', null, 'xenbr0']])
  assert.equal(difference({ bridge: 'new' }, 'r-----'), [['bridge of vif 0 of g1', 'xenbr0', 'new']])
})

plans('an interface is moved by ip, and xenstore follows', () => {
  const plan = planOf(xen_vif, { domain: 'g1', devid: 1, bridge: 'xenbr0' }, found('r-----'))
  assert.equal(plan.actions, [
    {
      do: 'sh',
      script:
        'ip link set dev vif7.1 master xenbr0 &&\nxenstore-write /local/domain/0/backend/vif/7/1/bridge xenbr0',
    },
  ])
})

plans('wrong arguments are refused', () => {
  assert.match(problemsOf(xen_vif, { bridge: 'b' })[0]!, /missing required arguments: domain/)
  assert.match(problemsOf(xen_vif, { domain: 'a' })[0]!, /missing required arguments: bridge/)
  assert.match(problemsOf(xen_vif, { domain: '1', bridge: 'b' })[0]!, /domain: "1" is the number/)
  assert.match(problemsOf(xen_vif, { domain: 'a', bridge: 'b c' })[0]!, /bridge: /)
  assert.match(problemsOf(xen_vif, { domain: 'a', bridge: 'b', devid: -1 })[0]!, /counted from 0/)
})

plans.run()
