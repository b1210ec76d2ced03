import { type ArgsOf, options } from '../../../sdk/options.ts'
import { loginOptions } from '../mysql.ts'

export const declared = options({
  ...loginOptions,
  name: {
    type: 'strings',
    required: true,
    aliases: ['db'],
    help: 'The databases; "all" for a dump or an import of all.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'dump', 'import', 'present'],
    default: 'present',
    help: 'Whether they are there; dump and import are done each time.',
  },
  encoding: { type: 'str', default: '', help: 'The character set of new ones, of a dump, or of an import.' },
  collation: { type: 'str', default: '', help: 'How texts of new ones are sorted.' },
  target: {
    type: 'path',
    help: 'The file on the host to dump to or import from; .gz, .bz2 and .xz are compressed.',
  },
  single_transaction: { type: 'bool', default: false, help: 'Dump in one transaction.' },
  quick: { type: 'bool', default: true, help: 'Dump large tables row by row.' },
  ignore_tables: { type: 'strings', default: [], help: 'Tables that are not dumped, as database.table.' },
  hex_blob: { type: 'bool', default: false, help: 'Dump binary columns as hexadecimal.' },
  force: { type: 'bool', default: false, help: 'Go on after errors of a dump or an import.' },
  master_data: {
    type: 'int',
    default: 0,
    choices: ['0', '1', '2'],
    help: 'Whether a dump says where a replica is to start: 1 as a statement, 2 as a comment.',
  },
  skip_lock_tables: { type: 'bool', default: false, help: 'Dump without locking tables.' },
  dump_extra_args: { type: 'str', help: 'More words for mysqldump.' },
  use_shell: { type: 'bool', default: false, help: 'Does nothing: a shell is always used.' },
  unsafe_login_password: {
    type: 'bool',
    default: false,
    help: 'Does nothing: the password is never part of a command line.',
  },
  restrict_config_file: {
    type: 'bool',
    default: false,
    help: 'Read no option file but config_file.',
  },
  check_implicit_admin: {
    type: 'bool',
    default: false,
    help: 'Log in as root without a password if that can be done.',
  },
  config_overrides_defaults: {
    type: 'bool',
    default: false,
    help: 'Does nothing: config_file always says what login_host and login_port leave at their defaults.',
  },
  chdir: { type: 'path', help: 'The folder in which a relative target lies.' },
  pipefail: {
    type: 'bool',
    default: false,
    help: 'Does nothing: a dump or an import that fails always fails the task.',
  },
})

export type Args = ArgsOf<typeof declared>
