import { spawnSync } from 'node:child_process'
import { quote } from '../../src/shell/quote.ts'

/**
 * Runs a command on a copy of this machine that goes with it: what it writes, mounts and sets, and its processes, network
 * and host name, are its own. Gives its stdout; throws what it said when it fails.
 */
export function inOwnRoot(command: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const script = [
    'set -e',
    'mount --make-rprivate /',
    'own=$(mktemp -d)',
    'mount -t tmpfs own "$own"; mkdir "$own/new" "$own/work" "$own/root"',
    'mount -t overlay own -o "lowerdir=/,upperdir=$own/new,workdir=$own/work" "$own/root"',
    'mount -t proc own "$own/root/proc"; mount -t sysfs own "$own/root/sys"; mount --rbind /dev "$own/root/dev"',
    '[ ! -d /sys/fs/cgroup ] || mount --rbind /sys/fs/cgroup "$own/root/sys/fs/cgroup"',
    'mount -t tmpfs own "$own/root/run"; mkdir -p "$own/root/run/sshd" "$own/root/run/lock"',
    'ip link set lo up',
    `exec chroot "$own/root" /bin/sh -c ${quote(`cd ${quote(process.cwd())} && exec ${command.map(quote).join(' ')}`)}`,
  ].join('\n')
  const spaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child']
  const { stdout, stderr, status } = spawnSync('unshare', [...spaces, '/bin/sh', '-c', script], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 300_000,
  })
  if (status !== 0) {
    const failed = [...stdout.matchAll(/^\s*"(?:msg|stderr)": (".+")/gm)].map(([, said]) => said)
    throw new Error([`${command.join(' ')} ended with ${status}`, ...failed, stderr].join('\n'))
  }
  return stdout
}
