import { type ArgsOf, fileOptions, options } from '../../../sdk/options.ts'

const FORMAT = '%Y%m%d%H%M.%S'

export const declared = options({
  ...fileOptions,
  path: { type: 'path', required: true, aliases: ['dest', 'name'], help: 'What is to be managed.' },
  state: {
    type: 'str',
    choices: ['file', 'directory', 'link', 'hard', 'touch', 'absent'],
    help: 'What it is to be; by default what it is. file makes none, touch does; absent removes folders whole.',
  },
  src: { type: 'path', help: 'What a link leads to.' },
  recurse: {
    type: 'bool',
    default: false,
    help: 'Also owner, group and mode of all that is in the folder; links to other folders are not gone into.',
  },
  follow: { type: 'bool', default: true, help: 'Whether links are followed.' },
  force: { type: 'bool', default: false, help: 'Link even if src is missing, or in place of a file.' },
  access_time: { type: 'str', help: 'preserve, now, or a time of the host in access_time_format.' },
  access_time_format: {
    type: 'str',
    default: FORMAT,
    help: 'How access_time is written, as for strptime(3).',
  },
  modification_time: {
    type: 'str',
    help: 'preserve, now, or a time of the host in modification_time_format.',
  },
  modification_time_format: {
    type: 'str',
    default: FORMAT,
    help: 'How modification_time is written, as for strptime(3).',
  },
})

export type FileArgs = ArgsOf<typeof declared>
