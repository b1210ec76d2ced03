import { type ArgsOf, options } from '../../../sdk/options.ts'
import { vifProblems } from '../vifs.ts'
import { nameProblems, uriProblems, virshOptions } from '../virsh.ts'
import { diskProblems } from './disks.ts'

const EVENTS = ['destroy', 'restart', 'preserve', 'rename-restart'] as const

export const declared = options({
  name: { type: 'str', required: true, help: 'Name of the guest.' },
  state: {
    type: 'str',
    choices: ['running', 'paused', 'shutdown', 'destroyed', 'present', 'absent'],
    synonyms: { started: 'running', stopped: 'shutdown' },
    default: 'running',
    help: 'All but absent define it if need be; present leaves it running or stopped as it is, shutdown asks the guest, destroyed does not; absent stops and forgets it, and leaves its disks. started and stopped are other words for running and shutdown.',
  },
  ...virshOptions,
  type: {
    type: 'str',
    choices: ['kvm', 'qemu'],
    help: 'What runs it. A new guest gets kvm where the host has /dev/kvm, else qemu.',
  },
  arch: { type: 'str', help: 'Its architecture; that of the host for a new guest.' },
  machine: {
    type: 'str',
    help: 'Its kind of machine, such as pc or q35; what libvirt prefers for a new guest.',
  },
  firmware: { type: 'str', choices: ['bios', 'uefi'], help: 'What it boots with.' },
  memory: {
    type: 'int',
    help: 'Memory in MiB; a new guest needs it. A running one is told at once, up to maxmem.',
  },
  maxmem: {
    type: 'int',
    help: 'Most memory in MiB; it follows "memory" where both are the same and it is not told.',
  },
  vcpus: { type: 'int', help: 'Its processors; a running one is changed at once, up to maxvcpus.' },
  maxvcpus: { type: 'int', help: 'Most processors; it follows "vcpus" likewise.' },
  cpus: {
    type: 'str',
    help: 'Which processors of the host it may use, such as 0-1,3; "all" for each.',
  },
  cpu: {
    type: 'str',
    help: 'Its model: host-passthrough, host-model, maximum, or a name of one. A new guest of kvm gets host-passthrough.',
  },
  disks: {
    type: 'list',
    aliases: ['disk'],
    help: 'All its disks: maps with vdev (vda, sda, hda), target (a file or a device of the host; none for an empty drive), format (raw, qcow2), access (rw, ro), devtype (disk, cdrom), bus, cache and discard. What a running guest has in a drive (cdrom) is changed at once.',
  },
  vif: {
    type: 'list',
    aliases: ['vifs'],
    help: 'All its interfaces, in turn: maps with bridge, or network for one of libvirt, mac, model and vifname. An empty list is none. The bridge or network of a running guest is changed at once.',
  },
  boot: {
    type: 'list',
    elements: 'str',
    choices: ['hd', 'cdrom', 'network', 'fd'],
    help: 'What it boots from, one after the other.',
  },
  kernel: { type: 'str', help: 'A kernel of the host that it boots; empty for none.' },
  ramdisk: { type: 'str', help: 'The initial ramdisk of that; empty for none.' },
  cmdline: { type: 'str', help: 'The command line of that; empty for none.' },
  on_poweroff: { type: 'str', choices: EVENTS, help: 'What is done when the guest powers off.' },
  on_reboot: { type: 'str', choices: EVENTS, help: 'What is done when the guest reboots.' },
  on_crash: {
    type: 'str',
    choices: [...EVENTS, 'coredump-destroy', 'coredump-restart'],
    help: 'What is done when the guest crashes.',
  },
  vnc: { type: 'bool', help: 'Whether it has a screen that is seen by VNC.' },
  vnclisten: { type: 'str', help: 'Address of the host that this is seen at; 127.0.0.1 for a new one.' },
  vncdisplay: { type: 'int', help: 'Its number, from 0 on; a free one if not told.' },
  autostart: { type: 'bool', help: 'Whether the guest starts with its host.' },
  restart: {
    type: 'bool',
    default: true,
    help: 'Whether it is shut down and started again for a difference that takes that: all but memory and vcpus up to maxmem and maxvcpus, also a bridge and what a drive holds; else a warning tells of it, and restart_needed.',
  },
  timeout: { type: 'int', default: 120, help: 'Seconds for the guest to shut down.' },
})

export type Args = ArgsOf<typeof declared>

const WORD = /^[A-Za-z0-9][\w.+-]*$/
const CPUS = /^(all|\^?\d+(-\d+)?(,\^?\d+(-\d+)?)*)$/
const ADDRESS = /^[0-9A-Fa-f.:]+$/

export function problems(args: Partial<Args>): string[] {
  const { name, uri, memory, maxmem, vcpus, maxvcpus, timeout, vncdisplay } = args
  const found = [...nameProblems('name', name), ...uriProblems(uri)]
  for (const [option, number] of Object.entries({ memory, maxmem, vcpus, maxvcpus, timeout }))
    if (number !== undefined && number < 1) found.push(`${option}: at least 1`)
  for (const [less, more] of [
    ['memory', 'maxmem'],
    ['vcpus', 'maxvcpus'],
  ] as const)
    if ((args[less] ?? 0) > (args[more] ?? Number.POSITIVE_INFINITY))
      found.push(`${less} is more than ${more}`)
  const shapes = { arch: WORD, machine: WORD, cpu: WORD, cpus: CPUS, vnclisten: ADDRESS }
  for (const [option, shape] of Object.entries(shapes)) {
    const text = args[option as keyof typeof shapes]
    if (text !== undefined && !shape.test(text)) found.push(`${option}: ${JSON.stringify(text)} is none`)
  }
  for (const option of ['kernel', 'ramdisk'] as const)
    if (!/^(\/[^\0\n]*)?$/.test(args[option] ?? '')) found.push(`${option}: give a whole path`)
  if (args.boot?.length === 0) found.push('boot: name what it boots from')
  if (vncdisplay !== undefined && (vncdisplay < 0 || vncdisplay > 59635))
    found.push('vncdisplay: a number from 0 to 59635')
  for (const option of ['vnclisten', 'vncdisplay'] as const)
    if (args[option] !== undefined && args.vnc === false)
      found.push(`${option} and "vnc: false" exclude each other`)
  return [
    ...found,
    ...diskProblems(args.disks),
    ...vifProblems('vif', args.vif, ['bridge', 'network', 'mac', 'model', 'vifname']),
  ]
}
