import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { argumentsOf } from '../../../src/modules/xen/xen_image/build.ts'
import { xen_image } from '../../../src/modules/xen/xen_image/index.ts'
import type { XenImageArgs } from '../../../src/modules/xen/xen_image/options.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const HAGENT = { hostname: 'hagent', dir: '/srv/xen', size: '512M', dist: 'bookworm', ip: '192.168.100.2' }
const DISK = '/srv/xen/domains/hagent/disk.img'
const CONFIG = '/etc/xen/hagent.cfg'

const plans = suite('xen_image: plan')

for (const [raw, found, expected] of [
  [
    {},
    '',
    [
      ['image', null, `${DISK}, 512M, bookworm`],
      ['configuration', null, CONFIG],
    ],
  ],
  [{}, 'config', [['image', null, `${DISK}, 512M, bookworm`]]],
  [{}, 'disk\nunfinished\nconfig', [['image', 'unfinished', `${DISK}, 512M, bookworm`]]],
  [{}, 'disk\nconfig', []],
  // A disk that is whole is never made anew for want of a configuration.
  [{}, 'disk', []],
  [{ swap: '64M' }, 'disk\nswap\nconfig', []],
  [{ state: 'absent' }, '', []],
  [
    { state: 'absent' },
    'disk\nconfig\nauto /etc/xen/auto/10-hagent.cfg',
    [
      ['image', DISK, null],
      ['configuration', CONFIG, null],
      ['autostart', '/etc/xen/auto/10-hagent.cfg', null],
    ],
  ],
  [{ state: 'absent' }, 'unfinished', [['image', 'unfinished', null]]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(found)}`, () => {
    assert.equal(rows(planOf(xen_image, { ...HAGENT, ...raw }, `${found}\n`)), expected)
    assert.equal(rows(planOf(xen_image, { ...HAGENT, ...raw }, `${found}\n`, CHECK)), expected)
  })
}

for (const [raw, found, said] of [
  [{ state: 'absent' }, 'disk\nrunning', /the domain hagent runs on this image; destroy it first/],
  [{}, 'config\nrunning', /the domain hagent runs, but its image is not there/],
  [{}, 'disk\nunfinished\nrunning', /its image is unfinished/],
  [{ swap: '64M' }, 'disk\nconfig', /swap\.img: make it with mkswap/],
  [{ dir: undefined, lvm: 'vg0' }, 'groupless', /there is no volume group vg0/],
] as const) {
  plans(`refuses ${JSON.stringify(raw)} when there is ${JSON.stringify(found)}`, () => {
    assert.match(planOf(xen_image, { ...HAGENT, ...raw }, `${found}\n`).failed!, said)
  })
}

for (const [raw, said] of [
  [{ hostname: '../x' }, 'hostname: "../x" is not a host name: letters, digits, hyphens, and dots between'],
  [{ size: '4' }, 'size: "4" is not a size; write 512M or 4G'],
  [{ size: '900k' }, 'size: "900k" is not a size; write 512M or 4G'],
  [{ memory: '0.5G' }, 'memory: "0.5G" is not a size; write 512M or 4G'],
  [{ swap: 'no' }, 'swap: "no" is not a size; write 512M or 4G'],
  [{ ip: '300.1.1.1' }, 'ip: "300.1.1.1" is not an IPv4 address'],
  [{ netmask: '24' }, 'netmask: "24" is not an IPv4 address'],
  [{ dir: 'xen' }, 'dir must be an absolute path, from /'],
  [{ vcpus: 0 }, 'vcpus: 0 is too few'],
  [
    { install_source: '/a b', install_method: 'tar' },
    /^install_source: "\/a b" holds what xen-create-image would/,
  ],
  [{ role: ['a', 'b;c'] }, /^role: "b;c" holds/],
  [{ install_method: 'tar' }, 'install_method tar needs install_source'],
  [{ lvm: 'vg0' }, 'dir and lvm exclude each other'],
  [{ dir: undefined }, 'xen_image needs dir or lvm: where the disks are'],
  [{ ip: undefined }, 'xen_image needs ip, or dhcp: true'],
  [{ dhcp: true }, 'dhcp and ip exclude each other'],
  [{ password: 'a#b' }, /^password must not be empty, hold #/],
  [{ options: ['--image=full', '--nopygrub'] }, 'options: "--nopygrub" is not for xen_image'],
  [{ options: '--force' }, 'options: "--force" is not for xen_image'],
  [{ mac: '00:16' }, /^mac: "00:16" is not an Ethernet address/],
] as const) {
  plans(`${JSON.stringify(raw)} is refused with one sentence`, () => {
    const [first, ...more] = problemsOf(xen_image, { ...HAGENT, ...raw })
    if (typeof said === 'string') assert.is(first, said)
    else assert.match(first!, said)
    assert.equal(more, [])
  })
}

plans('xen-create-image gets the options that the arguments mean', () => {
  const told = (raw: object) =>
    argumentsOf(readArguments(xen_image, { ...HAGENT, ...raw }).args as unknown as XenImageArgs)
  const always = ['--keep', '--extension=.cfg', '--hostname=hagent', '--dir=/srv/xen', '--size=512M']
  assert.equal(told({}), [...always, '--dist=bookworm', '--ip=192.168.100.2', '--nohosts'])
  const more = {
    swap: 'none',
    modules: 'none',
    pygrub: false,
    nohosts: false,
    cache: false,
    options: '--image=full',
  }
  assert.equal(told(more), [
    ...always,
    '--dist=bookworm',
    '--noswap',
    '--ip=192.168.100.2',
    '--cache=no',
    '--image=full',
  ])
  assert.ok(!told({ password: 'sesame' }).join().includes('sesame'))
})

plans.run()
