import { fileOptions, options } from '../../../sdk/options.ts'

export const declared = options({
  path: { type: 'path', required: true, aliases: ['dest'], help: 'The file of settings.' },
  section: {
    type: 'str',
    bytes: true,
    help: 'The section, without brackets; without one the settings above the first section are meant.',
  },
  section_has_values: {
    type: 'list',
    help: 'Of several sections with this name, the one with these settings: maps of option and value or values.',
  },
  option: {
    type: 'str',
    bytes: true,
    help: 'The setting; without it the whole section is meant.',
  },
  value: { type: 'str', bytes: true, help: 'What the setting is to be; the same as values with one value.' },
  values: {
    type: 'strings',
    bytes: true,
    help: 'What the setting is to be, for one that has several lines.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the setting, or the section, is to be in the file.',
  },
  exclusive: {
    type: 'bool',
    default: true,
    help: 'The setting has no other lines than these; if it is false, other lines of it stay.',
  },
  no_extra_spaces: { type: 'bool', default: false, help: 'Write no spaces around the "=".' },
  ignore_spaces: {
    type: 'bool',
    default: false,
    help: 'Leave a line as it is that differs only by spaces around the "=".',
  },
  allow_no_value: { type: 'bool', default: false, help: 'The setting may be a name alone, without "=".' },
  modify_inactive_option: {
    type: 'bool',
    default: true,
    help: 'A setting that is commented out is replaced; if it is false, it stays and a new line is written.',
  },
  create: {
    type: 'bool',
    default: true,
    help: 'Make the file, and its folder, if it is not there; if it is false, that is a failure.',
  },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file as it was.' },
  follow: {
    type: 'bool',
    default: false,
    help: 'Write the file that a link leads to; if it is false, the link gives way to a file.',
  },
  ...fileOptions,
})
