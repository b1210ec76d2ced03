import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ModuleRun } from '../../../src/engine/task/run-module.ts'
import { xen_image } from '../../../src/modules/xen/xen_image/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule, dashHost, type Host } from '../../support/host.ts'
import { rows } from '../../support/plan.ts'
import { until } from '../../support/until.ts'

const real = suite('xen_image: a host')

let host: Host
let folder: string
const path = (...names: string[]) => join(folder, ...names)
const name = (short: string) => `${short}-${process.pid}`

/** A system that is just large enough to be installed. */
function makeTree(): void {
  for (const one of ['bin', 'etc/apt/apt.conf.d', 'usr/sbin'])
    mkdirSync(path('tree', one), { recursive: true })
  copyFileSync('/bin/ls', path('tree/bin/ls'))
  writeFileSync(path('tree/etc/shadow'), 'root:*:1::::::\n')
}

function script(short: string, text: string): string {
  writeFileSync(path(short), `#!/bin/sh\n${text}\n`)
  chmodSync(path(short), 0o755)
  return path(short)
}

const wanted = (short: string, more: object = {}) => ({
  ...{
    hostname: name(short),
    dir: path('xen'),
    config: path('etc'),
    size: '20M',
    swap: 'none',
    memory: '64M',
  },
  ...{ ip: '192.168.100.2', netmask: '255.255.255.0', dist: 'bookworm', mirror: 'http://127.0.0.1:9/debian' },
  ...{ install_method: 'copy', install_source: path('tree'), pygrub: false, modules: 'none', fs: 'ext4' },
  options: ['--hooks=0'],
  ...more,
})

const make = (short: string, more: object = {}, on = host) =>
  applyModule(on.session, xen_image, wanted(short, more))

const config = (short: string) => path('etc', `${name(short)}.cfg`)
const disk = (short: string) => path('xen/domains', name(short), 'disk.img')

/** What is there of images, mounts and loop devices of these tests, and the folders that xen-create-image made. */
function leftovers(): string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
  const loops = execFileSync('losetup', ['-nO', 'BACK-FILE', '-a'], { encoding: 'utf8' }).split('\n')
  return [
    ...(existsSync(path('xen/domains')) ? readdirSync(path('xen/domains')) : []),
    ...readdirSync(path('etc')),
    ...mounts.filter((line) => line.startsWith('/dev/loop')),
    ...loops.filter((line) => line.includes(folder)),
    ...readdirSync('/tmp').filter((one) => one.startsWith('xen_image.')),
  ]
}

function inside(short: string, command: string): string {
  return execFileSync('debugfs', ['-R', command, disk(short)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

const failure = (done: ModuleRun) => done.result.failed ?? ''

/** A role that says it is there, and goes on when it is told. */
function waitingRole(short: string): { role: string; begun: () => boolean; go: () => void } {
  const begun = path(`${short}.begun`)
  const go = path(`${short}.go`)
  const role = script(`${short}.role`, `: >${begun}; while [ ! -e ${go} ]; do sleep 0.1; done`)
  return { role, begun: () => existsSync(begun), go: () => writeFileSync(go, '') }
}

function dropLogs(): void {
  for (const log of readdirSync('/var/log/xen-tools'))
    if (log.includes(`-${process.pid}.`)) rmSync(join('/var/log/xen-tools', log))
}

real.before(async () => {
  host = await dashHost()
})
real.after(() => host.close())
real.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'playssh-xen-'))
  mkdirSync(path('etc'))
  makeTree()
})
real.after.each(() => {
  dropLogs()
  rmSync(folder, { recursive: true })
})

real(
  'an image with all hooks is made, whole, once; without pygrub, modules, or a password to be read',
  async () => {
    const all = { options: [], password: 'open sesame' }
    const done = await make('whole', all)
    assert.is(failure(done), '')
    assert.equal(done.plan.result, { disk: disk('whole'), config: config('whole') })
    const written = readFileSync(config('whole'), 'utf8')
    assert.match(written, /^kernel {6}= '\/boot\/vmlinuz/m)
    assert.not.match(written, /bootloader|^0$/m)
    assert.match(inside('whole', 'cat /etc/network/interfaces'), /address 192\.168\.100\.2/)
    assert.match(inside('whole', 'cat /etc/shadow'), /^root:\$6\$/)
    assert.not.match(inside('whole', 'ls -l /lib/modules'), /kernel/)
    assert.not.match(readFileSync(`/var/log/xen-tools/${name('whole')}.log`, 'utf8'), /sesame/)
    assert.equal(leftovers(), [name('whole'), `${name('whole')}.cfg`])
    assert.equal((await make('whole', all)).plan.changes, [])
  },
)

real(
  "somebody's configuration stays as it is: when the image is made, when it fails, when it is there",
  async () => {
    writeFileSync(config('mine'), 'mine')
    assert.match(failure(await make('mine', { install_source: path('none') })), /not the end|its end/)
    assert.is(readFileSync(config('mine'), 'utf8'), 'mine')
    assert.is(failure(await make('mine')), '')
    assert.equal((await make('mine')).plan.changes, [])
    rmSync(disk('mine'))
    const again = await make('mine')
    assert.equal(
      rows(again.plan).map(([what]) => what),
      ['image'],
    )
    assert.is(failure(again), '')
    assert.ok(existsSync(disk('mine')))
    assert.is(readFileSync(config('mine'), 'utf8'), 'mine')
  },
)

for (const [problem, more, said] of [
  ['an unknown option', { options: ['--bogus'] }, /did not come to its end\n(.*\n)*Unknown option: bogus/],
  ['a source that is not there', { install_source: '/none.tar' }, /\/none\.tar does not exist/],
  ['a kernel that is not there', { kernel: '/none' }, /'kernel' argument must be an existing file/],
  ['a disk that is too small', { size: '2M', fs: 'ext2' }, /No space left on device/],
  ['a role that is not there', { role: '/none' }, /Role script not executable : \/none/],
] as const) {
  real(`${problem} is reported, and nothing is left, nor anything touched of another`, async () => {
    execFileSync('dd', ['if=/dev/urandom', `of=${path('tree/bulk')}`, 'bs=1M', 'count=4'], {
      stdio: 'ignore',
    })
    execFileSync('tar', ['-cf', path('bulk.tar'), '-C', path('tree'), '.'])
    const other = waitingRole('other')
    const making = make('other', { role: other.role })
    await until('the other to be made', other.begun)
    const failed = await make('bad', { install_method: 'tar', install_source: path('bulk.tar'), ...more })
    assert.match(failure(failed), said)
    other.go()
    assert.is(failure(await making), '')
    assert.equal(leftovers(), [name('other'), `${name('other')}.cfg`])
  })
}

real('a host without space is noticed, though xen-create-image says that all is done', async () => {
  mkdirSync(path('xen'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4M', 'tmpfs', path('xen')])
  try {
    execFileSync('dd', ['if=/dev/urandom', `of=${path('tree/bulk')}`, 'bs=1M', 'count=8'], {
      stdio: 'ignore',
    })
    const failed = await make('full')
    assert.match(failure(failed), /is there space left|holds no file system|has errors|No space left/)
    assert.equal(leftovers(), [])
  } finally {
    execFileSync('umount', [path('xen')])
  }
})

real('a run that is told to end takes all of it away', async () => {
  const { role, begun } = waitingRole('late')
  const making = make('late', { role })
  await until('the role', begun)
  host.session.kill()
  assert.match(failure(await making), /ended \(exit status 143\)/)
  await until('the end', () => leftovers().length === 0)
})

real('what a run left that was killed is unfinished, and made anew', async () => {
  const { role, begun, go } = waitingRole('killed')
  const making = make('killed', { role }).catch(() => undefined)
  await until('the role', begun)
  const child = execFileSync('pgrep', ['-f', `^unshare .*--hostname=${name('killed')}`], {
    encoding: 'utf8',
  }).trim()
  const parent = execFileSync('ps', ['-o', 'ppid=', '-p', child], { encoding: 'utf8' }).trim()
  const first = execFileSync('pgrep', ['-P', child], { encoding: 'utf8' }).trim()
  const mountPoint = / (\/tmp\/\w{10}) /.exec(readFileSync(`/proc/${first}/mounts`, 'utf8'))![1]!
  process.kill(Number(parent), 'SIGKILL')
  await making
  await until('the mounts to go', () => !leftovers().some((one) => one.startsWith('/')))
  go()
  const again = await make('killed')
  assert.equal(
    rows(again.plan).map(([, before]) => before),
    ['unfinished', null],
  )
  assert.is(failure(again), '')
  assert.equal(
    leftovers().filter((one) => !one.startsWith('xen_image.')),
    [name('killed'), `${name('killed')}.cfg`],
  )
  rmdirSync(mountPoint)
  for (const one of leftovers())
    if (one.startsWith('xen_image.')) rmSync(join('/tmp', one), { recursive: true })
})

real('a second run waits for the first, and finds its image', async () => {
  const { role, begun, go } = waitingRole('twice')
  const first = make('twice', { role })
  await until('the role', begun)
  const other = await dashHost()
  try {
    const lines: string[] = []
    const onLine = (line: string) => lines.push(line)
    const second = applyModule(other.session, xen_image, wanted('twice', { role }), undefined, onLine)
    await until('the second run', () => lines.length > 0)
    go()
    assert.is(failure(await first), '')
    assert.match(
      (await second).outcomes[0]!.stdout,
      /^Waits for another run .*\nThe image was made meanwhile/,
    )
  } finally {
    await other.close()
  }
})

real('a disk that others mounted before is free as soon as they unmount it', async () => {
  assert.is(failure(await make('first')), '')
  mkdirSync(path('mnt'))
  execFileSync('mount', ['-o', 'loop', disk('first'), path('mnt')])
  const { role, begun, go } = waitingRole('second')
  const making = make('second', { role })
  await until('the role', begun)
  const inUse = await make('first', { state: 'absent' })
  assert.match(failure(inUse), /a disk of first-\d+ is in use:\n\/dev\/loop/)
  execFileSync('umount', [path('mnt')])
  // Other tests' namespaces may have a copy of the mount for a moment; that of the run that waits would have it for good.
  const isFree = () => execFileSync('losetup', ['-j', disk('first')], { encoding: 'utf8' }) === ''
  await until('the loop device is free', isFree)
  go()
  assert.is(failure(await making), '')
})

real.run()

const apart = suite('xen_image: absent')

let hosts: ApartHost[]
apart.before(async () => {
  hosts = await apartHosts('mkdir -p /etc/xen/auto')
})
apart.after(async () => {
  for (const one of hosts) await one.close()
})
apart.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'playssh-xen-'))
})
apart.after.each(() => rmSync(folder, { recursive: true }))

apart('takes what belongs to the image, and nothing else; not while the domain runs', async () => {
  const [{ session, run, bin }] = hosts as [ApartHost]
  const raw = { hostname: 'gone', dir: folder, state: 'absent' }
  const absent = () => applyModule(session, xen_image, raw)
  for (const one of ['gone', 'gone2']) {
    mkdirSync(path('domains', one), { recursive: true })
    writeFileSync(path('domains', one, 'disk.img'), '')
    run(`: >/etc/xen/${one}.cfg; ln -s ../${one}.cfg /etc/xen/auto/10-${one}`)
  }
  // There is no Xen here: this stands in for one that says that the domain runs.
  writeFileSync(join(bin, 'xl'), '#!/bin/sh\n[ "$1 $2" = "list gone" ]\n')
  chmodSync(join(bin, 'xl'), 0o755)
  assert.match((await absent()).plan.failed!, /the domain gone runs/)
  rmSync(join(bin, 'xl'))
  assert.is(rows((await absent()).plan).length, 3)
  assert.equal(readdirSync(path('domains')), ['gone2'])
  assert.is(run('ls /etc/xen /etc/xen/auto'), '/etc/xen:\nauto\ngone2.cfg\n\n/etc/xen/auto:\n10-gone2\n')
  assert.equal((await absent()).plan.changes, [])
})

// Volumes need the kernel's device mapper, which not every machine has: these stand in for LVM's programs, with loop
// devices for volumes.
const LVM = {
  lvcreate: `
[ "$1 $3 $5" = "--yes -L -n" ] || exit 3
mkdir -p /dev/$2 && truncate -s "$4" $STORE/$6 && ln -s "$(losetup -f --show $STORE/$6)" /dev/$2/$6`,
  lvremove: `
for v; do case $v in -*) ;; *) losetup -d "$(readlink /dev/$v)" && rm /dev/$v $STORE/\${v#*/} ;; esac; done`,
  lvs: `
for v; do :; done
case $v in
  */*) [ -L /dev/$v ] || exit 5; ! grep -q "^$(readlink /dev/$v) " /proc/mounts || echo "  /dev/$v open" ;;
  *) [ -d /dev/$v ] && ls /dev/$v ;;
esac`,
}

apart('disks that are volumes: made, failed, left unfinished, taken away', async () => {
  const [{ session, bin }] = hosts as [ApartHost]
  const group = `playssh${process.pid}`
  mkdirSync(path('store'))
  mkdirSync(`/dev/${group}`)
  mkdirSync(path('etc'))
  makeTree()
  for (const [program, text] of Object.entries(LVM)) {
    writeFileSync(join(bin, program), `#!/bin/sh\nSTORE=${path('store')}\n${text}\n`)
    chmodSync(join(bin, program), 0o755)
  }
  const volumes = (more: object) =>
    applyModule(session, xen_image, wanted('volume', { dir: undefined, lvm: group, swap: '8M', ...more }))
  try {
    assert.match(failure(await volumes({ kernel: '/none' })), /must be an existing file/)
    assert.match(failure(await volumes({ install_source: path('none') })), /did not come to its end/)
    assert.equal(readdirSync(`/dev/${group}`), [])
    const made = await volumes({})
    assert.is(failure(made), '')
    assert.is(made.plan.result!.disk, `/dev/${group}/${name('volume')}-disk`)
    assert.equal(readdirSync(`/dev/${group}`), [`${name('volume')}-disk`, `${name('volume')}-swap`])
    assert.match(
      readFileSync(config('volume'), 'utf8'),
      new RegExp(`'phy:/dev/${group}/${name('volume')}-disk,xvda2,w'`),
    )
    assert.equal((await volumes({})).plan.changes, [])
    writeFileSync(`/var/lib/xen-tools/${group}-${name('volume')}.unfinished`, '')
    const again = await volumes({})
    assert.equal(
      rows(again.plan).map(([, before]) => before),
      ['unfinished'],
    )
    assert.is(failure(again), '')
    assert.is(failure(await volumes({ state: 'absent' })), '')
    assert.equal([...readdirSync(`/dev/${group}`), ...leftovers()], [])
  } finally {
    for (const program of Object.keys(LVM)) rmSync(join(bin, program))
    rmSync(`/dev/${group}`, { recursive: true })
    dropLogs()
  }
})

apart.run()
