import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { address } from '../../../src/modules/network/address/index.ts'
import { link } from '../../../src/modules/network/link/index.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('address: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  for (const host of context.hosts) {
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', state: 'up' }, ['link v0'])
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

const addresses = (host: NetnsHost, family: '-4' | '-6') =>
  [...host.ip(family, '-o', 'address', 'show', 'dev', 'v0', 'scope', 'global').matchAll(/inet6? (\S+)/g)].map(
    ([, shown]) => shown,
  )

real('IPv4 addresses come to be as wanted, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    const a = (raw: object, changed: string[]) => settles(host, address, { dev: 'v0', ...raw }, changed)
    await a({ address: '10.0.0.1/24' }, ['address 10.0.0.1/24'])
    await a({ address: '10.0.0.2/24', broadcast: '+', label: 'v0:2' }, ['address 10.0.0.2/24'])
    await a({ address: '10.0.0.1/24', broadcast: '+', noprefixroute: true, label: 'v0:1' }, [
      ...['broadcast', 'label', 'noprefixroute'].map((name) => `address 10.0.0.1/24 ${name}`),
    ])
    assert.equal(addresses(host, '-4').sort(), ['10.0.0.1/24', '10.0.0.2/24'])
    await a({ address: '10.0.0.1/24', valid_lft: 500 }, ['address 10.0.0.1/24 valid_lft'])
    await a({ address: '10.0.0.1/24', preferred_lft: 0 }, ['address 10.0.0.1/24 preferred_lft'])
    await a({ address: '10.0.0.1/24', valid_lft: 'forever', preferred_lft: 'forever' }, [
      'address 10.0.0.1/24 valid_lft',
      'address 10.0.0.1/24 preferred_lft',
    ])
    await a({ address: '10.0.0.3/24', exclusive: true }, [
      ...['10.0.0.3/24', '10.0.0.1/24', '10.0.0.2/24'].map((gone) => `address ${gone}`),
    ])
    assert.equal(addresses(host, '-4'), ['10.0.0.3/24'])
    await a({ address: '10.0.0.3', state: 'absent' }, ['address 10.0.0.3/24'])
    assert.equal(addresses(host, '-4'), [])
  }
})

real('what the kernel tells apart by length or peer are two addresses', async ({ hosts }) => {
  for (const host of hosts) {
    const a = (raw: object, changed: string[]) => settles(host, address, { dev: 'v0', ...raw }, changed)
    const all = [
      { address: '10.2.0.1/24' },
      { address: '10.2.0.1/32' },
      { address: '10.2.0.1/25' },
      { address: '10.2.0.2', peer: '10.3.0.2' },
      { address: '10.2.0.2', peer: '10.3.0.3' },
      { address: '10.2.0.2', peer: '' },
    ]
    const name = (one: { address: string }) => `address ${one.address.replace('/32', '')}`
    for (const one of all) await a(one, [name(one)])
    for (const one of all) await a(one, [])
    for (const [at, one] of all.entries()) {
      await a({ ...one, state: 'absent' }, [name(one)])
      for (const other of all.slice(at + 1)) await a(other, [])
    }
    assert.equal(addresses(host, '-4'), [])
  }
})

real('an address that is refused leaves the old one', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, address, { dev: 'v0', address: '10.0.0.1/24' }, ['address 10.0.0.1/24'])
    const impossible = { dev: 'v0', address: '10.0.0.1/24', peer: '', scope: 'nonsense' }
    assert.match((await failureOf(host, address, impossible))!, /scope/)
    assert.equal(addresses(host, '-4'), ['10.0.0.1/24'])
    await settles(host, address, { dev: 'v0', address: '10.0.0.1', state: 'absent' }, ['address 10.0.0.1/24'])
  }
})

real('an address of the same network as one that goes stays', async ({ hosts }) => {
  for (const host of hosts) {
    const a = (raw: object, changed: string[]) => settles(host, address, { dev: 'v0', ...raw }, changed)
    for (const last of [1, 2, 3]) await a({ address: `10.0.0.${last}/24` }, [`address 10.0.0.${last}/24`])
    await a({ address: '10.0.0.1/24', state: 'absent' }, ['address 10.0.0.1/24'])
    assert.equal(addresses(host, '-4').sort(), ['10.0.0.2/24', '10.0.0.3/24'])
    for (const last of [2, 3]) {
      await a({ address: `10.0.0.${last}/24`, state: 'absent' }, [`address 10.0.0.${last}/24`])
    }
  }
})

real('IPv6 addresses come to be as wanted, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    const a = (raw: object, changed: string[]) => settles(host, address, { dev: 'v0', ...raw }, changed)
    await a({ address: 'fd00:0::0001/64' }, ['address fd00::1/64'])
    await a({ address: 'fd00::1/48', preferred_lft: 0 }, [
      'address fd00::1/64',
      'address fd00::1/64 preferred_lft',
    ])
    await a({ address: 'fd00::1/48', preferred_lft: 'forever', noprefixroute: true }, [
      'address fd00::1/48 noprefixroute',
      'address fd00::1/48 preferred_lft',
    ])
    await a({ address: 'fd00::2/64', exclusive: true }, ['address fd00::2/64', 'address fd00::1/48'])
    assert.equal(addresses(host, '-6'), ['fd00::2/64'])
    await a({ address: 'fd00::2', state: 'absent' }, ['address fd00::2/64'])
  }
})

real('a device that is not there', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, address, { dev: 'v9', address: '10.0.0.1/24', state: 'absent' }, [])
    assert.match(
      (await failureOf(host, address, { dev: 'v9', address: '10.0.0.1/24' }))!,
      /Cannot find device "v9"/,
    )
  }
})

real.run()
