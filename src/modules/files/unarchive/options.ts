import { fileOptions, options } from '../../../sdk/options.ts'

export const declared = options({
  ...fileOptions,
  src: {
    type: 'archive',
    required: true,
    help: 'Archive on this machine; with remote_src, on the host, or a URL from which the host fetches it.',
  },
  dest: {
    type: 'path',
    required: true,
    help: 'The folder on the host in which it is unpacked; it must be there.',
  },
  remote_src: { type: 'bool', help: 'Whether src is on the host already.' },
  copy: { type: 'bool', help: 'The old way to say that src is on this machine.' },
  creates: { type: 'path', help: 'When there is this file on the host, nothing is done.' },
  list_files: {
    type: 'bool',
    default: false,
    help: 'Whether the names in the archive are returned as "files".',
  },
  exclude: { type: 'strings', default: [], help: 'Names and patterns of what is not unpacked.' },
  include: { type: 'strings', default: [], help: 'Names of what is unpacked; all if none is given.' },
  extra_opts: { type: 'strings', default: [], help: 'More options for tar or unzip on the host.' },
  keep_newer: {
    type: 'bool',
    default: false,
    help: 'Whether files that are newer than those of the archive stay.',
  },
  decrypt: {
    type: 'bool',
    default: true,
    help: 'Whether an archive that is encrypted with ansible-vault is decrypted.',
  },
  validate_certs: { type: 'bool', default: true, help: 'Whether the certificate of a URL is checked.' },
  io_buffer_size: { type: 'int', default: 65536, help: 'Accepted for the sake of playbooks.' },
})
