import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  vg: { type: 'str', required: true, help: 'The volume group that it is in.' },
  lv: { type: 'str', help: 'The logical volume; needed unless a pool is meant.' },
  size: {
    type: 'str',
    help: 'Megabytes, a number with a unit, or a percentage of VG, PVS or FREE; "+" and "-" are by how much.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the volume is there.',
  },
  active: { type: 'bool', default: true, help: 'Whether the host can use it.' },
  force: { type: 'bool', default: false, help: 'Remove it, or make it smaller, whatever is lost.' },
  opts: { type: 'str', help: 'More words for lvcreate.' },
  snapshot: { type: 'str', help: 'A snapshot of the volume, which is then meant.' },
  pvs: { type: 'strings', help: 'The devices that it may be on.' },
  thinpool: {
    type: 'str',
    help: 'The pool that the volume takes its room from; without a volume the pool itself.',
  },
  shrink: { type: 'bool', default: true, help: 'Make it smaller if it is larger than size.' },
  resizefs: { type: 'bool', default: false, help: 'Resize its file system with it.' },
})

export type Args = ArgsOf<typeof declared>
