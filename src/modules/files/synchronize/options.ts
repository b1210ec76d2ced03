import { type ArgsOf, options } from '../../../sdk/options.ts'

const AS_ARCHIVE = 'as archive says, if it is not given'
const BEYOND =
  'for a task that is delegated to another host; elsewhere rsync goes over the session that is there'

export const declared = options({
  src: {
    type: 'str',
    required: true,
    help: 'What is synchronized; with a "/" at its end, what is in the folder.',
  },
  dest: { type: 'str', required: true, help: 'Where it is to be.' },
  mode: {
    type: 'str',
    choices: ['pull', 'push'],
    default: 'push',
    help: 'Whether src is on the host (pull), or dest (push); the other is on this machine, or where the task is delegated to.',
  },
  archive: {
    type: 'bool',
    default: true,
    help: 'Whether folders are entered, and links, permissions, times, owners, groups and devices are kept.',
  },
  checksum: {
    type: 'bool',
    default: false,
    help: 'Whether files are compared by what they hold, and not by time and size.',
  },
  compress: { type: 'bool', default: true, help: 'Whether what is sent is compressed.' },
  existing_only: { type: 'bool', default: false, help: 'Whether files that are not at dest are left out.' },
  delete: {
    type: 'bool',
    default: false,
    help: 'Whether what is not in src is deleted from dest, once all is sent.',
  },
  dirs: { type: 'bool', default: false, help: 'Whether folders are made without what is in them.' },
  recursive: { type: 'bool', help: `Whether folders are entered; ${AS_ARCHIVE}.` },
  links: { type: 'bool', help: `Whether links stay links; ${AS_ARCHIVE}.` },
  copy_links: { type: 'bool', default: false, help: 'Whether what a link leads to is copied in its place.' },
  perms: { type: 'bool', help: `Whether permissions are kept; ${AS_ARCHIVE}.` },
  times: { type: 'bool', help: `Whether times are kept; ${AS_ARCHIVE}.` },
  owner: { type: 'bool', help: `Whether owners are kept; ${AS_ARCHIVE}.` },
  group: { type: 'bool', help: `Whether groups are kept; ${AS_ARCHIVE}.` },
  rsync_opts: { type: 'strings', default: [], help: 'More options of rsync, such as "--exclude=.git".' },
  rsync_path: { type: 'str', help: 'Command line that starts rsync on the host.' },
  rsync_timeout: {
    type: 'int',
    default: 0,
    help: 'Seconds without any data after which rsync gives up; 0 for none.',
  },
  partial: {
    type: 'bool',
    default: false,
    help: 'Whether a file that came in part is kept, so that the rest is soon there.',
  },
  delay_updates: {
    type: 'bool',
    default: true,
    help: 'Whether new files take their places together at the end.',
  },
  link_dest: {
    type: 'strings',
    help: 'Folders beside dest: a file that is the same there becomes a hard link to it.',
  },
  dest_port: { type: 'int', help: `Port of the SSH server, ${BEYOND}.` },
  private_key: { type: 'path', help: `Key for the login, ${BEYOND}.` },
  set_remote_user: {
    type: 'bool',
    default: true,
    help: `Whether the login is as the host's user, ${BEYOND}.`,
  },
  use_ssh_args: {
    type: 'bool',
    default: false,
    help: `Whether ssh is given the host's arguments, ${BEYOND}.`,
  },
  ssh_connection_multiplexing: {
    type: 'bool',
    default: false,
    help: `Whether ssh may use a connection that it has, ${BEYOND}.`,
  },
  verify_host: { type: 'bool', default: false, help: `Whether the host's key is checked, ${BEYOND}.` },
})

export type Args = ArgsOf<typeof declared>

const isUrl = (path: string | undefined) => path?.startsWith('rsync://') === true

export function problems({ src, dest, rsync_timeout }: Partial<Args>): string[] {
  const found: string[] = []
  if (isUrl(src) && isUrl(dest)) found.push('either src or dest must be a localhost')
  for (const [name, path] of Object.entries({ src, dest })) if (path === '') found.push(`${name} is empty`)
  if (rsync_timeout !== undefined && rsync_timeout < 0) found.push('rsync_timeout is a number of seconds')
  return found
}
