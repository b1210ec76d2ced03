import { type ArgsOf, options } from '../../../sdk/options.ts'
import { loginOptions, sessionOptions } from '../postgresql.ts'

export const declared = options({
  ...loginOptions,
  ...sessionOptions,
  name: { type: 'str', required: true, aliases: ['user'], help: 'The role; PUBLIC for privileges of all.' },
  password: {
    type: 'str',
    secret: true,
    help: 'Its password, as it is or as what a server stores of it (md5..., SCRAM-SHA-256$...); "" for none.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether it is there.',
  },
  db: {
    type: 'str',
    default: '',
    aliases: ['login_db'],
    help: 'The database to log in to, which priv is about; that of the name of the role that logs in without it.',
  },
  priv: { type: 'str', help: 'Privileges to grant, "PRIV,PRIV/table:PRIV,PRIV": on db and on its tables.' },
  fail_on_user: {
    type: 'bool',
    default: true,
    aliases: ['fail_on_role'],
    help: 'Fail if it cannot be removed, for it owns something or has privileges.',
  },
  role_attr_flags: {
    type: 'str',
    default: '',
    help: 'SUPERUSER, CREATEROLE, CREATEDB, INHERIT, LOGIN, REPLICATION and BYPASSRLS, with NO before it for not.',
  },
  encrypted: {
    type: 'bool',
    default: true,
    help: 'False to have the password stored as it is, which servers from 10 on refuse.',
  },
  no_password_changes: {
    type: 'bool',
    default: false,
    help: 'The password of a role that is there is left as it is.',
  },
  expires: { type: 'str', help: 'Until when the password is valid, in words of SQL; infinity for always.' },
  conn_limit: { type: 'int', help: 'How many connections it may have; -1 for any.' },
  groups: { type: 'strings', help: 'Roles that it is to be a member of.' },
  comment: { type: 'str', help: 'What is said of it.' },
})

export type Args = ArgsOf<typeof declared>
