import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mount } from '../../../src/modules/system/mount/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('mount: on hosts')
const ODD = '/srv/-odd \'x" $y~/in'

test.before(async (context) => {
  context.hosts = await apartHosts('mount -t tmpfs none /srv; echo "# first" >/etc/fstab')
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** Runs it under check and then truly, which must be the same; gives what is mounted below /srv, and fstab. */
async function applied({ session, run }: ApartHost, raw: Raw, isAgain = false) {
  const before = run('cat /proc/self/mountinfo /etc/fstab; ls -lR /srv')
  const checked = await applyModule(session, mount, raw, CHECK)
  assert.is(run('cat /proc/self/mountinfo /etc/fstab; ls -lR /srv'), before, 'check changes nothing')
  const { plan, result } = await applyModule(session, mount, raw)
  assert.equal([result.failed, plan.changes], [undefined, checked.plan.changes])
  assert.ok(plan.changes.length > 0, JSON.stringify(raw))
  if (!isAgain) assert.equal((await applyModule(session, mount, raw)).plan.changes, [], JSON.stringify(raw))
  return {
    mounts: run('grep " /srv/" /proc/self/mountinfo || :').trim().split('\n').filter(Boolean),
    fstab: run('cat /etc/fstab'),
    backup: result.result?.backup_file,
  }
}

test('a file system is mounted, changed, taken off and forgotten', async ({ hosts }) => {
  for (const host of hosts) {
    const raw = { path: ODD, src: 'playssh', fstype: 'tmpfs' }
    const entry = 'playssh /srv/-odd\\040\'x"\\040$y~/in tmpfs'
    const first = await applied(host, { ...raw, opts: 'size=64k', state: 'mounted' })
    assert.match(first.mounts[0] ?? '', /tmpfs playssh rw.*size=64k/)
    assert.is(first.fstab, `# first\n${entry} size=64k 0 0\n`)
    const second = await applied(host, { ...raw, opts: 'ro,size=64k', state: 'mounted', backup: true })
    assert.match(second.mounts[0] ?? '', / ro,\S+ (\S+ )*- tmpfs playssh/)
    assert.is(host.run(`cat '${String(second.backup)}'`), first.fstab)
    assert.equal((await applied(host, { path: ODD, state: 'unmounted' })).mounts, [])
    await applied(host, { ...raw, opts: 'ro,size=64k', state: 'mounted' })
    const gone = await applied(host, { path: ODD, state: 'absent' })
    assert.equal([gone.mounts, gone.fstab], [[], '# first\n'])
    assert.is(host.run('ls /srv/-odd*'), '')
    host.run('rm -r /srv/-odd* /etc/fstab.*')
  }
})

test('a folder is bound elsewhere once, and again when it is another one', async ({ hosts }) => {
  for (const host of hosts) {
    host.run('mkdir /srv/a /srv/b; ln -s b /srv/link')
    const bind = (src: string) => ({
      path: '/srv/bound',
      src,
      fstype: 'none',
      opts: 'bind',
      state: 'mounted',
    })
    assert.match((await applied(host, bind('/srv/a'))).mounts.join(), / \/a \/srv\/bound /)
    await applied(host, { path: '/srv/bound', state: 'unmounted' })
    assert.match((await applied(host, bind('/srv/link'))).mounts.join(), / \/b \/srv\/bound /)
    await applied(host, { path: '/srv/bound', state: 'absent' })
    host.run('rm -r /srv/a /srv/b /srv/link')
  }
})

test('what is not to stay is mounted and remounted without fstab', async ({ hosts }) => {
  for (const host of hosts) {
    const raw = { path: '/srv/now', src: 'playssh', fstype: 'tmpfs', state: 'ephemeral' }
    assert.is((await applied(host, raw, true)).fstab, '# first\n')
    assert.match((await applied(host, { ...raw, opts: 'ro' }, true)).mounts.join(), / ro,/)
    const other = await applyModule(host.session, mount, { ...raw, src: 'other' })
    assert.match(other.plan.failed ?? '', /^Ephemeral mount point is already mounted with a different source/)
    const again = { path: '/srv/now', state: 'remounted', opts: 'rw' }
    assert.match((await applied(host, again, true)).mounts.join(), / rw,/)
    await applied(host, { path: '/srv/now', state: 'unmounted' })
    host.run('rmdir /srv/now')
  }
})

test('what cannot be mounted leaves no folder and no entry', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    const raw = { path: '/srv/x/y/z', src: '/dev/playssh_none', fstype: 'ext4', state: 'mounted' }
    const { result } = await applyModule(session, mount, raw)
    assert.match(result.failed ?? '', /^Error mounting \/srv\/x\/y\/z: .*mount/)
    assert.equal([run('ls /srv'), run('cat /etc/fstab')], ['', '# first\n'])
    run('mkdir -p /srv/full/of; echo "a /srv/full tmpfs ro 0 0" >>/etc/fstab')
    const full = await applyModule(session, mount, { path: '/srv/full', state: 'absent' })
    assert.is(full.plan.failed, 'Error rmdir /srv/full: Directory not empty')
    run('rm -r /srv/full; echo "# first" >/etc/fstab')
  }
})

test('another file of what is to be mounted is made with its folder', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    const raw = { path: '/srv/x', src: '/dev/x', fstype: 'ext4', state: 'present', fstab: '/srv/etc/fstab' }
    assert.is((await applyModule(session, mount, raw)).plan.changes.length, 1)
    assert.equal((await applyModule(session, mount, raw)).plan.changes, [])
    assert.is(run('cat /srv/etc/fstab; rm -r /srv/etc'), '/dev/x /srv/x ext4 defaults 0 0\n')
  }
})

test.run()
