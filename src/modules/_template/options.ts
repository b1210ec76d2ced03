import { options } from '../../sdk/options.ts'

// Names, aliases and defaults are Ansible's where it has the module: playbooks that exist go on meaning what they mean.
export const declared = options({
  path: { type: 'path', required: true, aliases: ['dest'], help: 'The file of settings.' },
  name: { type: 'str', required: true, aliases: ['key'], help: 'What the setting is called.' },
  value: {
    type: 'str',
    // It goes into a file and never to a program, so it may hold any character.
    bytes: true,
    help: 'What it is to be; needed unless state is absent.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the file has the setting.',
  },
})
