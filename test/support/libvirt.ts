import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Libvirt {
  /** Where virsh reaches it. */
  readonly uri: string
  /** Runs virsh and gives what it prints. */
  virsh(...args: string[]): string
  /** The folder of its socket, which it shares with this machine. */
  readonly folder: string
  stop(): Promise<void>
}

/** A libvirtd with QEMU, whose configuration, guests and networks are its own: nothing of it stays. */
export async function startLibvirt(): Promise<Libvirt> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-libvirt-'))
  mkdirSync(join(folder, 'etc'))
  const configuration = { unix_sock_dir: folder, auth_unix_rw: 'none', auth_unix_ro: 'none' }
  writeFileSync(join(folder, 'libvirtd.conf'), settings(configuration))
  writeFileSync(
    join(folder, 'qemu.conf'),
    `${settings({ user: 'root', group: 'root', security_driver: 'none', stdio_handler: 'file' })}cgroup_controllers = []\nremember_owner = 0\n`,
  )
  for (const [name, line] of [
    ['passwd', 'libvirt-qemu:x:64055:64055::/:/bin/false\n'],
    ['group', 'libvirt-qemu:x:64055:\n'],
  ] as const)
    writeFileSync(join(folder, 'etc', name), readFileSync(`/etc/${name}`, 'utf8') + line)
  const script = `set -e
mount --make-rprivate /
mount -t tmpfs own /mnt
mkdir /mnt/etc /mnt/work
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/work own /etc
mkdir -p /etc/libvirt
cp "$0/qemu.conf" /etc/libvirt/
cp "$0/etc/passwd" "$0/etc/group" /etc/
for own in /var/lib /var/cache /var/log /run; do mount -t tmpfs own "$own"; done
ip link set lo up
# Not exec: the first process of a namespace has to take leave of guests that have ended.
libvirtd -f "$0/libvirtd.conf" -p "$0/pid"
exit`
  const spaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc']
  const log: string[] = []
  const daemon = spawn('unshare', [...spaces, '/bin/sh', '-c', script, folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  daemon.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text))
  const ended = new Promise<void>((resolve) => daemon.once('exit', () => resolve()))
  let runs = true
  void ended.then(() => {
    runs = false
  })
  const uri = `qemu+unix:///system?socket=${folder}/libvirt-sock`
  const virsh = (...args: string[]) =>
    execFileSync('virsh', ['-q', '-c', uri, ...args], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    })
  const stop = async () => {
    daemon.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  for (;;) {
    if (!runs) {
      await stop()
      throw new Error(`libvirtd did not start: ${log.join('')}`)
    }
    if (existsSync(join(folder, 'libvirt-sock')) && answers(virsh)) break
    await sleep(50)
  }
  return { uri, virsh, folder, stop }
}

function settings(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = "${value}"\n`)
    .join('')
}

function answers(virsh: Libvirt['virsh']): boolean {
  try {
    virsh('list')
    return true
  } catch {
    return false
  }
}
