import { fileOptions, options } from '../../../sdk/options.ts'

export const declared = options({
  ...fileOptions,
  path: { type: 'strings', required: true, help: 'Files, folders and patterns on the host that are packed.' },
  dest: {
    type: 'path',
    help: 'The archive; for a single file that is only compressed, its name and what format adds to it if not given.',
  },
  format: {
    type: 'str',
    choices: ['bz2', 'gz', 'tar', 'xz', 'zip'],
    default: 'gz',
    help: 'How it is packed; all but zip are archives of tar.',
  },
  force_archive: {
    type: 'bool',
    default: false,
    help: 'Whether a single file becomes an archive too, and is not only compressed.',
  },
  exclude_path: {
    type: 'strings',
    default: [],
    help: 'Paths and patterns that are taken from those of path.',
  },
  exclusion_patterns: {
    type: 'strings',
    help: 'Patterns of names in the archive (for zip, of paths) that are not packed.',
  },
  remove: { type: 'bool', default: false, help: 'Whether what was packed is removed.' },
})
