import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { package_facts } from '../../../src/modules/packages/package_facts/index.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { planOf, problemsOf, type Raw } from '../../support/plan.ts'

const test = suite('package_facts')

const APT = [
  `a\t1:1.0-1\tamd64\tnet\tinstall ok installed
b\t2\tall\tlibs\thold ok installed
c\t3\ti386\tlibs\tinstall ok installed
c\t3\tamd64\tlibs\tinstall ok unpacked
gone\t4\tamd64\tnet\tdeinstall ok config-files
never\t\t\t\tunknown ok not-installed
`,
  'amd64\n',
  `Package files:
 100 /var/lib/dpkg/status
     release a=now
 500 http://deb.debian.org/debian bookworm/main amd64 Packages
     release v=12.11,o=Debian,a=stable,n=bookworm,l=Debian,c=main,b=amd64
     origin deb.debian.org
1001 https://a.example/x y/main amd64 Packages
     release o=Some, of us,a=y,c=main
Pinned packages:
`,
  `a:
  Installed: 1:1.0-1
  Candidate: 2
  Version table:
     2 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
 *** 1:1.0-1 100
        100 /var/lib/dpkg/status
b:
  Installed: 2
  Version table:
 *** 2 1001
       1001 https://a.example/x y/main amd64 Packages
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
        100 /var/lib/dpkg/status
     1 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
c:i386:
  Version table:
 *** 3 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
`,
].join('\x01')

const PACMAN = `Name            : a
Version         : 1.0-1
Description     : x : y
Architecture    : x86_64
Provides        : p  q=2
                  r=1
Installed Size  : 1 KiB

Name            : b
Version         : 2-1
Architecture    : any
Provides        : None

`

const TABLE: [manager: string, printed: string, packages: ValueMap[]][] = [
  [
    'apt',
    APT,
    [
      { name: 'a', version: '1:1.0-1', arch: 'amd64', category: 'net', origin: '' },
      { name: 'b', version: '2', arch: 'all', category: 'libs', origin: 'Some, of us' },
      { name: 'c:i386', version: '3', arch: 'i386', category: 'libs', origin: 'Debian' },
      { name: 'c', version: '3', arch: 'amd64', category: 'libs', origin: '' },
    ],
  ],
  [
    'rpm',
    'a\t1.0\t2.el9\t(none)\tx86_64\nb\t2\t1\t1\tnoarch\ngpg-pubkey\tx\ty\t(none)\t(none)\n',
    [
      { name: 'a', version: '1.0', release: '2.el9', epoch: null, arch: 'x86_64' },
      { name: 'b', version: '2', release: '1', epoch: 1, arch: 'noarch' },
      { name: 'gpg-pubkey', version: 'x', release: 'y', epoch: null, arch: null },
    ],
  ],
  [
    'pacman',
    PACMAN,
    [
      { name: 'a', version: '1.0-1', arch: 'x86_64', provides: ['p', 'q', 'r'] },
      { name: 'b', version: '2-1', arch: 'any', provides: null },
    ],
  ],
  [
    'apk',
    'alpine-base-3.18.4-r0\nodd\n',
    [
      { name: 'alpine-base', version: '3.18.4', release: 'r0' },
      { name: 'odd', version: '', release: '' },
    ],
  ],
  [
    'portage',
    'app-shells bash 5.1_p16 r2\n',
    [{ category: 'app-shells', name: 'bash', version: '5.1_p16', ebuild_revision: 'r2' }],
  ],
  [
    'pkg',
    'a\t1.2_3,1\tFreeBSD\t1600000000\t1\tFreeBSD:13:amd64\tshells/a\t/usr/local\t0\n',
    [
      {
        ...{ name: 'a', version: '1.2', revision: '3', port_epoch: '1', origin: 'FreeBSD' },
        ...{ installed: '1600000000', automatic: true, arch: 'amd64', category: 'shells' },
        ...{ prefix: '/usr/local', vital: false },
      },
    ],
  ],
  ['pkg_info', 'intel-firmware-20210608v0 microcode\n', [{ name: 'intel-firmware', version: '20210608v0' }]],
]

const answered = (manager: string, printed: string, code = 0) => `${manager}\0${printed}\0${code}\0`

function packagesOf(raw: Raw, printed: string) {
  const { result, changes, warnings } = planOf(package_facts, raw, printed)
  assert.equal(changes, [])
  return { packages: (result!.ansible_facts as { packages: Record<string, ValueMap[]> }).packages, warnings }
}

for (const [manager, printed, packages] of TABLE) {
  test(`${manager} tells of each package what Ansible returns of it`, () => {
    const found = packagesOf({ manager }, answered(manager, printed)).packages
    assert.equal(
      found,
      Object.fromEntries(packages.map((one) => [String(one.name), [{ ...one, source: manager }]])),
    )
  })
}

test('several versions of a package are a list of them', () => {
  const printed = answered('rpm', 'kernel\t1\t1\t(none)\tx\nkernel\t2\t1\t(none)\tx\n')
  const { packages } = packagesOf({}, printed)
  assert.equal(
    packages.kernel!.map(({ version }) => version),
    ['1', '2'],
  )
})

test('of all managers the later wins, and one that fails is warned of', () => {
  const printed = answered('apk', 'a-1-r1\n') + answered('rpm', 'x', 1) + answered('pkg_info', 'a-2 x\n')
  const { packages, warnings } = packagesOf({ manager: ['apk', 'rpm', 'pkg_info'], strategy: 'all' }, printed)
  assert.equal(packages, { a: [{ name: 'a', version: '2', source: 'pkg_info' }] })
  assert.equal(warnings, [
    'Requested package manager rpm was not usable by this module: it ended with exit status 1',
  ])
})

test('a host without any of them is a failure', () => {
  const { failed = '' } = planOf(package_facts, { manager: ['apk', 'RPM'] }, '')
  assert.match(failed, /^Could not detect a supported package manager from the following list: apk, rpm; /)
})

test('a manager that nobody knows is refused', () => {
  assert.equal(problemsOf(package_facts, { manager: 'apt,none,auto' }), [
    'Unsupported package managers requested: none',
  ])
  assert.equal(problemsOf(package_facts, { manager: 'Apt' }), [])
})

test.run()
