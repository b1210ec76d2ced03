import { type ArgsOf, options } from '../../../sdk/options.ts'
import { loginOptions, sessionOptions } from '../postgresql.ts'

export const declared = options({
  ...loginOptions,
  ...sessionOptions,
  database: {
    type: 'str',
    required: true,
    aliases: ['db', 'login_db'],
    help: 'The database to log in to, which holds the objects.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the privileges are granted.',
  },
  privs: { type: 'str', aliases: ['priv'], help: 'The privileges, with commas between them, or ALL.' },
  type: {
    type: 'str',
    choices: [
      'table',
      'sequence',
      'function',
      'procedure',
      'database',
      'schema',
      'language',
      'tablespace',
      'group',
      'default_privs',
      'foreign_data_wrapper',
      'foreign_server',
      'type',
    ],
    default: 'table',
    help: 'What the objects are; group makes roles members of the objects, default_privs is about objects to come.',
  },
  objs: {
    type: 'str',
    aliases: ['obj'],
    help: 'The objects, with commas between them; a function is f(int:text). ALL_IN_SCHEMA for all of a schema, for default_privs TABLES, SEQUENCES, FUNCTIONS, TYPES, SCHEMAS or ALL_DEFAULT.',
  },
  schema: {
    type: 'str',
    help: 'The schema of the objects: public without it; not-specified for the search path or any schema.',
  },
  roles: {
    type: 'str',
    required: true,
    aliases: ['role'],
    help: 'The roles that get the privileges, with commas between them; PUBLIC for all.',
  },
  target_roles: {
    type: 'str',
    help: 'The roles whose objects to come default_privs is about, with commas between them; the one that logs in without it.',
  },
  grant_option: {
    type: 'bool',
    aliases: ['admin_option'],
    help: 'Whether the roles may grant them to others; without it that is left as it is.',
  },
  password: { type: 'str', default: '', secret: true, help: 'Another name of login_password.' },
  fail_on_role: {
    type: 'bool',
    default: true,
    help: 'False to pass over roles that are not there, with a warning.',
  },
  usage_on_types: {
    type: 'bool',
    default: true,
    help: 'Default privileges always hold USAGE of types.',
  },
})

export type Args = ArgsOf<typeof declared>
