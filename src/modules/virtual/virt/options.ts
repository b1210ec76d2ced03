import { options } from '../../../sdk/options.ts'
import { virshOptions } from '../virsh.ts'

/** Commands about one guest. */
export const GUEST_COMMANDS = [
  ...['create', 'define', 'destroy', 'get_xml', 'pause', 'shutdown', 'start', 'status', 'stop'],
  ...['undefine', 'unpause'],
] as const

export const declared = options({
  name: {
    type: 'str',
    aliases: ['guest'],
    help: 'Name of the guest; needed unless the command is one about the host, or define.',
  },
  state: {
    type: 'str',
    choices: ['destroyed', 'paused', 'running', 'shutdown'],
    help: 'running starts or resumes it; shutdown asks it and does not wait, destroyed does not ask. With list_vms, which guests are listed.',
  },
  command: {
    type: 'str',
    choices: [...GUEST_COMMANDS, 'freemem', 'info', 'list_vms', 'nodeinfo', 'virttype'],
    help: 'What to do once. It says whether it changed something, and does nothing where that is done already; stop is shutdown.',
  },
  autostart: { type: 'bool', help: 'Whether the guest starts with its host.' },
  ...virshOptions,
  xml: {
    type: 'str',
    help: 'Its description for define, as text. A guest that is there is changed only if this has its <uuid>, as in libvirt.',
  },
})
