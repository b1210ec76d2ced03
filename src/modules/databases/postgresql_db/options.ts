import { type ArgsOf, options } from '../../../sdk/options.ts'
import { loginOptions, sessionOptions } from '../postgresql.ts'

export const declared = options({
  ...loginOptions,
  ...sessionOptions,
  name: { type: 'str', required: true, aliases: ['db'], help: 'The database.' },
  owner: { type: 'str', default: '', help: 'The role that owns it.' },
  template: { type: 'str', default: '', help: 'The database that a new one is a copy of.' },
  encoding: {
    type: 'str',
    default: '',
    help: 'The encoding of a new one; that of another cannot be changed.',
  },
  lc_collate: { type: 'str', default: '', help: 'How texts of a new one are sorted.' },
  lc_ctype: { type: 'str', default: '', help: 'What letters of a new one are.' },
  state: {
    type: 'str',
    choices: ['absent', 'dump', 'present', 'rename', 'restore'],
    default: 'present',
    help: 'Whether it is there; dump and restore are done each time, rename calls it as target says.',
  },
  target: {
    type: 'path',
    default: '',
    help: 'The file on the host to dump to or restore from, NAME.sql without it: .tar, .pgc and .dir are formats of pg_dump, .gz, .bz2 and .xz are compressed. The new name for rename.',
  },
  target_opts: { type: 'str', default: '', help: 'More words for pg_dump, pg_restore or psql.' },
  dump_extra_args: { type: 'str', help: 'More words for pg_dump.' },
  maintenance_db: { type: 'str', default: 'postgres', help: 'The database to log in to.' },
  conn_limit: { type: 'str', default: '', help: 'How many connections it may have; -1 for any.' },
  tablespace: { type: 'path', default: '', help: 'The tablespace that it lies in.' },
  force: { type: 'bool', default: false, help: 'Remove it though somebody is connected to it.' },
})

export type Args = ArgsOf<typeof declared>
