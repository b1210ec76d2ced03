import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lxc_container } from '../../../src/modules/virtual/lxc_container/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, RUN, rows } from '../../support/plan.ts'

const test = suite('lxc_container: archive on hosts')

let all: Host[]
let top: string
test.before(async () => {
  all = await hosts()
  top = mkdtempSync(join(tmpdir(), 'playssh-lxc-'))
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(top, { recursive: true })
})

type Way = Pick<Host, 'session'>

const sh = (script: string) => execFileSync('sh', ['-ec', script], { encoding: 'utf8' })

const create = (folder: string, name: string, store: string) =>
  sh(`mkdir -p ${folder}; lxc-create -P ${folder} -n ${name} -t busybox -B ${store} >/dev/null 2>&1
sed -i '/^lxc\\.net/d' ${folder}/${name}/config; echo 'lxc.net.0.type = empty' >>${folder}/${name}/config`)

const told = (folder: string, name: string) => sh(`lxc-info -P ${folder} -n ${name} -H -s`).trim()

/** Packs a container: check finds before what is done. */
async function pack({ session }: Way, raw: Record<string, unknown>) {
  const given = { archive: true, timeout: 0, ...raw }
  const checked = await applyModule(session, lxc_container, given, CHECK)
  const ran = await applyModule(session, lxc_container, given, RUN)
  assert.is(ran.result.failed, undefined)
  assert.equal(rows(ran.plan), rows(checked.plan))
  return ran
}

/** Has a busybox in a container, which is up, write what its file system is packed with. */
function mark(folder: string, name: string): void {
  sh(
    `lxc-attach -P ${folder} -n ${name} -- /bin/sh -c 'mkdir -p /odd; echo of ${name} >"/odd/-n e\\$x"; ln -s /etc/passwd /odd/link; chown 123:45 /odd'`,
  )
}

/** That an archive holds a container whole. */
function holds(archive: string, name: string): void {
  const out = mkdtempSync(join(top, 'out-'))
  sh(`tar -xpf ${archive} -C ${out}`)
  assert.equal(
    readdirSync(out)
      .filter((one) => !one.startsWith('lxc_'))
      .sort(),
    ['config', 'rootfs'],
  )
  assert.is(
    sh(`cat "${out}/rootfs/odd/-n e\\$x"; readlink ${out}/rootfs/odd/link`),
    `of ${name}\n/etc/passwd\n`,
  )
  assert.is(sh(`stat -c %u:%g ${out}/rootfs/odd`), '123:45\n')
  assert.ok(existsSync(join(out, 'rootfs/bin/busybox')))
  assert.is(sh(`ls ${out}/rootfs/proc ${out}/rootfs/sys 2>/dev/null | grep -c version || :`), '0\n')
  rmSync(out, { recursive: true })
}

const half = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('.'))

for (const store of ['dir', 'loop', 'overlay', 'btrfs'] as const) {
  test(`a container is packed whole, running and stopped: ${store}`, async () => {
    const folder = join(top, store)
    mkdirSync(folder)
    if (store === 'btrfs')
      sh(`truncate -s 150M ${folder}.img; mkfs.btrfs -q ${folder}.img; mount -o loop ${folder}.img ${folder}`)
    try {
      create(folder, 'c', store)
      const run = (tool: string) => sh(`lxc-${tool} -P ${folder} -n c`)
      run('start')
      mark(folder, 'c')
      for (const host of all) {
        const into = join(folder, `to-${host.name}`, 'sub')
        const raw = { name: 'c', lxc_path: folder, archive_path: into, state: 'present' }
        const { plan, result } = await pack(host, { ...raw, archive_compression: 'none' })
        assert.equal(rows(plan), [
          [`folder ${folder}/to-${host.name}`, null, 'directory'],
          [`folder ${into}`, null, 'directory'],
          ['archive of c', null, `${into}/c.tar`],
        ])
        assert.match(JSON.stringify({ ...plan.result, ...result.result }), /"archive":"[^"]*\/c\.tar"/)
        assert.is(told(folder, 'c'), 'RUNNING')
        holds(`${into}/c.tar`, 'c')
        await pack(host, { ...raw, state: 'frozen' })
        assert.is(told(folder, 'c'), 'FROZEN')
        holds(`${into}/c.tar.tgz`, 'c')
        await pack(host, { ...raw, state: 'stopped', archive_compression: 'bzip2' })
        assert.is(told(folder, 'c'), 'STOPPED')
        holds(`${into}/c.tar.bz2`, 'c')
        assert.is(statSync(`${into}/c.tar`).mode & 0o777, 0o600)
        assert.is(statSync(into).mode & 0o777, 0o700)
        assert.equal(half(into), [])
        run('start')
      }
      const gone = { name: 'c', lxc_path: folder, archive_path: join(folder, 'last'), state: 'absent' }
      await pack(all[0]!, gone)
      assert.not.ok(existsSync(join(folder, 'c')))
      holds(join(folder, 'last/c.tar.tgz'), 'c')
    } finally {
      sh(`lxc-destroy -f -P ${folder} -n c >/dev/null 2>&1 || :`)
      if (store === 'btrfs') sh(`umount ${folder}`)
    }
  })
}

test('a container that cannot be packed runs on, is not removed, and no half archive is left', async () => {
  const folder = join(top, 'full')
  const small = join(top, 'small')
  create(folder, 'c', 'dir')
  sh(`lxc-start -P ${folder} -n c; mkdir ${small}; mount -t tmpfs -o size=100k tmpfs ${small}`)
  try {
    writeFileSync(join(small, 'c.tar'), 'old')
    for (const { session } of all) {
      for (const archive_compression of ['none', 'gzip']) {
        const raw = { name: 'c', lxc_path: folder, archive: true, archive_path: small, archive_compression }
        const { result } = await applyModule(session, lxc_container, { ...raw, state: 'absent' })
        assert.match(result.failed!, /write|Wrote only|No space left/, JSON.stringify(result))
        assert.is(told(folder, 'c'), 'RUNNING')
        assert.equal(readdirSync(small), ['c.tar'])
        assert.is(sh(`cat ${small}/c.tar`), 'old')
      }
      // What lies in what is packed is found by its real path, too.
      sh(`ln -sfn ${folder}/c ${top}/link`)
      const within = { name: 'c', lxc_path: folder, archive: true, archive_path: join(top, 'link') }
      assert.match((await applyModule(session, lxc_container, within)).result.failed!, /which is packed/)
      assert.is(told(folder, 'c'), 'RUNNING')
    }
  } finally {
    sh(`umount ${small}; lxc-destroy -f -P ${folder} -n c >/dev/null`)
  }
})

// Volumes need the kernel's device mapper, which not every machine has: these stand in for LVM's programs, with loop
// devices for volumes. They and tar write down what state the container is in.
const STATE = 'echo "$(basename "$0") $(lxc-info -P $FOLDER -n c -H -s)" >>$FOLDER/log'
const LVM: Record<string, string> = {
  lvs: `
for v; do :; done
case $v in
  /dev/*/c) echo "  $GROUP;c;67108864;67108864;" ;;
  *) [ -L /dev/$v ] ;;
esac`,
  lvcreate: `${STATE}
[ "$1 $2 $3 $4 $6" = "-l 100%ORIGIN -s -n $GROUP/c" ] || exit 3
[ ! -e $FOLDER/fails ] || { echo 'no snapshot today' >&2; exit 5; }
sync
cp $FOLDER/image $FOLDER/snapshot && ln -s "$(/usr/sbin/losetup -f --show $FOLDER/snapshot)" /dev/$GROUP/$5`,
  lvremove: `${STATE}
[ "$1" = -f ] && /usr/sbin/losetup -d "$(readlink /dev/$2)" && rm /dev/$2 $FOLDER/snapshot`,
}

test('a container on a volume of LVM is frozen only until that has a snapshot, which is packed', async () => {
  const group = `playssh${process.pid}`
  const apart: ApartHost[] = await apartHosts()
  mkdirSync(`/dev/${group}`)
  try {
    for (const host of apart) {
      const folder = join(top, `lvm-${host.name}`)
      for (const [program, text] of Object.entries({
        ...LVM,
        tar: `${STATE}\nexec ${host.name === 'busybox' ? 'busybox tar' : '/usr/bin/tar'} "$@"`,
      })) {
        rmSync(join(host.bin, program), { force: true })
        writeFileSync(join(host.bin, program), `#!/bin/sh\nFOLDER=${folder} GROUP=${group}\n${text}\n`, {
          mode: 0o755,
        })
      }
      create(folder, 'c', 'dir')
      const device = sh(`cd ${folder}; truncate -s 64M image; mkfs.ext4 -q -d c/rootfs image
rm -r c/rootfs; sed -i 's,^lxc.rootfs.path.*,lxc.rootfs.path = lvm:/dev/${group}/c,' c/config
d=$(losetup -f --show image); ln -s $d /dev/${group}/c; echo $d`).trim()
      const raw = { name: 'c', lxc_path: folder, archive_path: top, archive_compression: 'none' }
      const log = () => sh(`cat ${folder}/log; rm ${folder}/log`).trim().split('\n')
      try {
        host.run(`lxc-start -P ${folder} -n c`)
        mark(folder, 'c')
        await pack(host, raw)
        assert.equal(log(), ['lvcreate FROZEN', 'tar RUNNING', 'tar RUNNING', 'lvremove RUNNING'])
        holds(join(top, 'c.tar'), 'c')
        writeFileSync(join(folder, 'fails'), '')
        const { result } = await applyModule(host.session, lxc_container, { ...raw, archive: true })
        assert.match(result.failed!, /no snapshot today/)
        assert.is(told(folder, 'c'), 'RUNNING')
        assert.equal(readdirSync(`/dev/${group}`), ['c'])
        sh(`: >${folder}/snapshot; ln -s /dev/null /dev/${group}/c_lxc_snapshot`)
        const checked = await applyModule(host.session, lxc_container, { ...raw, archive: true }, CHECK)
        assert.match(checked.plan.failed!, /c_lxc_snapshot is there already/)
      } finally {
        sh(`lxc-stop -k -P ${folder} -n c; losetup -d ${device}; rm -f /dev/${group}/*`)
      }
    }
  } finally {
    for (const host of apart) await host.close()
    rmSync(`/dev/${group}`, { recursive: true })
  }
})

test.run()
