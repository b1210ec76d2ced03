import { type ArgsOf, options } from '../../../sdk/options.ts'
import { splitWords } from '../../../values/words.ts'
import { vifProblems } from '../vifs.ts'

export const declared = options({
  name: { type: 'str', required: true, help: 'Name of the container.' },
  state: {
    type: 'str',
    choices: ['started', 'stopped', 'restarted', 'absent', 'frozen', 'clone', 'present'],
    synonyms: { running: 'started', paused: 'frozen', shutdown: 'stopped' },
    default: 'started',
    help: 'All but absent create it if need be; present and clone leave it running or stopped as it is. running, paused and shutdown are other words for started, frozen and stopped.',
  },
  lxc_path: { type: 'path', default: '/var/lib/lxc', help: 'The folder that containers are in.' },
  template: { type: 'str', help: 'What makes its root file system; ubuntu, or none with "rootfs".' },
  template_options: { type: 'str', help: 'Arguments of the template, as on a command line.' },
  rootfs: {
    type: 'str',
    help: 'A root file system that is there, as lxc.rootfs.path has it: a folder, an image, or overlay:LOWER:UPPER.',
  },
  config: { type: 'path', help: 'The configuration that a new container begins with.' },
  container_config: {
    type: 'list',
    help: 'Lines key=value of its configuration. A key that may stand several times gets the lines that are missing, others one value.',
  },
  memory: { type: 'int', help: 'Most memory that it may use, in MiB; a running one is changed at once.' },
  vcpus: { type: 'int', help: 'How many processors it may keep busy; a running one is changed at once.' },
  cpus: {
    type: 'str',
    help: 'Which processors of the host it may use, such as 0-1,3; a running one is changed at once.',
  },
  vif: {
    type: 'list',
    aliases: ['vifs'],
    help: 'Its interfaces, eth0 first: maps with bridge, mac and vifname. An empty list is none.',
  },
  autostart: { type: 'bool', help: 'Whether it is started when the host boots.' },
  restart: {
    type: 'bool',
    default: true,
    help: 'Whether it is restarted for a difference that takes that: all but memory, vcpus and cpus, and autostart; else a warning tells of it, and restart_needed.',
  },
  timeout: { type: 'int', default: 60, help: 'Seconds for its init to end before it is killed.' },
  backing_store: {
    type: 'str',
    choices: ['dir', 'lvm', 'loop', 'btrfs', 'overlayfs', 'zfs'],
    default: 'dir',
    help: 'What a new root file system is kept in.',
  },
  directory: { type: 'path', help: 'The folder of a new root file system.' },
  fs_size: { type: 'str', default: '5G', help: 'Size of a new file system (lvm, loop).' },
  fs_type: { type: 'str', default: 'ext4', help: 'Type of a new file system (lvm, loop).' },
  lv_name: { type: 'str', help: 'Logical volume of a new container; its name if not told.' },
  vg_name: { type: 'str', default: 'lxc', help: 'Volume group of a new container.' },
  thinpool: { type: 'str', help: 'Thin pool of a new container.' },
  zfs_root: { type: 'str', help: 'Where in ZFS a new container is.' },
  container_command: {
    type: 'str',
    help: 'A script that is run in it by bash, or sh, each time; how it ends is returned and fails nothing, as in Ansible.',
  },
  container_log: { type: 'bool', default: false, help: 'Keep a log of its making in /var/log/lxc.' },
  container_log_level: {
    type: 'str',
    choices: ['Info', 'info', 'INFO', 'Error', 'error', 'ERROR', 'Debug', 'debug', 'DEBUG'],
    default: 'INFO',
    help: 'What that log tells.',
  },
  clone_name: { type: 'str', help: 'A container that is made as a copy of it, and stays stopped.' },
  clone_snapshot: { type: 'bool', default: false, help: 'Whether the copy shares what does not change.' },
  archive: {
    type: 'bool',
    default: false,
    help: 'Pack it into archive_path, anew each time, once it has its state; with absent before it is removed. A running one is frozen meanwhile.',
  },
  archive_path: {
    type: 'path',
    help: 'The folder of the archive, which is made if need be; the archive is NAME.tar.tgz, NAME.tar.bz2 or NAME.tar there.',
  },
  archive_compression: {
    type: 'str',
    choices: ['gzip', 'bzip2', 'none'],
    default: 'gzip',
    help: 'How the archive is compressed.',
  },
})

export type Args = ArgsOf<typeof declared>

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name, clone_name, memory, vcpus, cpus, timeout, template, lxc_path } = args
  const found: string[] = []
  for (const [option, one] of Object.entries({ name, clone_name }))
    if (one !== undefined && !NAME.test(one))
      found.push(`${option}: ${JSON.stringify(one)} is not a name of a container`)
  if (name !== undefined && name === clone_name) found.push('clone_name: a container is no copy of itself')
  if (complete && args.state === 'clone' && clone_name === undefined)
    found.push('state is clone but all of the following are missing: clone_name')
  if (complete && args.archive && args.archive_path === undefined)
    found.push('archive is True but all of the following are missing: archive_path')
  for (const [option, number] of Object.entries({ memory, vcpus, timeout }))
    if (number !== undefined && number < (option === 'timeout' ? 0 : 1))
      found.push(`${option}: ${number} is too small`)
  if (cpus !== undefined && !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(cpus))
    found.push(`cpus: ${JSON.stringify(cpus)} is not a list of processors such as 0-1,3`)
  if (template?.startsWith('-')) found.push(`template: ${JSON.stringify(template)} is not a template`)
  if (lxc_path !== undefined && !/^(~|\/)/.test(lxc_path)) found.push('lxc_path: give a whole path')
  for (const [option, text] of Object.entries({ rootfs: args.rootfs, cpus }))
    if (text !== undefined && /[\n\r]/.test(text)) found.push(`${option} holds a line break`)
  for (const line of args.container_config ?? [])
    if (!/^\s*lxc\.[a-z0-9_.]+\s*=[^\n\r]*$/i.test(String(line)))
      found.push(`container_config: ${JSON.stringify(line)} is not a line lxc.KEY=VALUE`)
  try {
    splitWords(args.template_options ?? '')
  } catch (error) {
    found.push(`template_options: ${(error as Error).message}`)
  }
  return [...found, ...vifProblems('vif', args.vif)]
}
