import { options } from '../../../sdk/options.ts'

export const declared = options({
  paths: {
    type: 'strings',
    required: true,
    aliases: ['name', 'path'],
    help: "The folders to be searched; ~ and $VARIABLE in them are the host's.",
  },
  patterns: {
    type: 'strings',
    default: [],
    aliases: ['pattern'],
    help: 'Shell wildcards, or regular expressions with use_regex, of names; one of them has to match.',
  },
  excludes: {
    type: 'strings',
    aliases: ['exclude'],
    help: 'Wildcards or expressions of the same kind, of names that are left out.',
  },
  use_regex: { type: 'bool', default: false, help: 'Whether patterns and excludes are regular expressions.' },
  contains: {
    type: 'str',
    help: 'A regular expression that has to match the beginning of a line of the file; only for files.',
  },
  read_whole_file: {
    type: 'bool',
    default: false,
    help: 'Whether contains is searched for in the whole file, and not at the beginning of each line.',
  },
  file_type: {
    type: 'str',
    choices: ['any', 'directory', 'file', 'link'],
    default: 'file',
    help: 'What is to be found.',
  },
  age: {
    type: 'str',
    help: 'At least so many seconds old, or at most with "-" before it; s, m, h, d or w behind it are units.',
  },
  age_stamp: {
    type: 'str',
    choices: ['atime', 'ctime', 'mtime'],
    default: 'mtime',
    help: 'The time that age is counted from.',
  },
  size: {
    type: 'str',
    help: 'At least so many bytes, or at most with "-" before it; b, k, m, g or t behind it are units.',
  },
  recurse: { type: 'bool', default: false, help: 'Whether folders below the paths are searched too.' },
  depth: { type: 'int', help: 'How many levels deep, with recurse; without it or with 0 all.' },
  hidden: { type: 'bool', default: false, help: 'Whether names that begin with a dot are found too.' },
  follow: { type: 'bool', default: false, help: 'Whether links to folders are searched too.' },
  get_checksum: { type: 'bool', default: false, help: 'Whether to return the SHA-1 of files.' },
})
