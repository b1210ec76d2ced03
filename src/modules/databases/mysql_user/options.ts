import { type ArgsOf, options } from '../../../sdk/options.ts'
import { loginOptions } from '../mysql.ts'

export const declared = options({
  ...loginOptions,
  user: {
    type: 'str',
    required: true,
    aliases: ['name'],
    help: 'The name of the user; "" for the anonymous one.',
  },
  password: {
    type: 'str',
    secret: true,
    help: 'The password of mysql_native_password; without it, or with an empty one, it is left as it is.',
  },
  encrypted: { type: 'bool', default: false, help: 'The password is given as its hash, "*" and 40 digits.' },
  host: { type: 'str', default: 'localhost', help: 'The host that the user may come from.' },
  host_all: { type: 'bool', default: false, help: 'All users of the name are meant, whatever their host.' },
  priv: {
    type: 'any',
    help: 'Privileges: "db.table:PRIV,PRIV/db.table:PRIV", or a map of "db.table" to "PRIV,PRIV".',
  },
  append_privs: { type: 'bool', default: false, help: 'Privileges that priv does not name are kept.' },
  subtract_privs: { type: 'bool', default: false, help: 'The privileges that priv names are revoked.' },
  tls_requires: {
    type: 'map',
    help: 'What a connection must have: SSL, X509, or SUBJECT, ISSUER and CIPHER; without it nothing is required.',
  },
  sql_log_bin: { type: 'bool', default: true, help: 'Write what is changed to the binary log.' },
  force_context: {
    type: 'bool',
    default: false,
    help: 'Work in the database mysql, for the sake of filters.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the user is there.',
  },
  check_implicit_admin: {
    type: 'bool',
    default: false,
    help: 'Log in as root without a password if that can be done.',
  },
  update_password: {
    type: 'str',
    choices: ['always', 'on_create', 'on_new_username'],
    default: 'always',
    help: 'When the password or plugin is set; on_new_username takes that of a user of the same name for a new one.',
  },
  plugin: { type: 'str', help: 'The plugin that the user logs in by.' },
  plugin_hash_string: { type: 'str', secret: true, help: 'What the plugin has stored of the user.' },
  plugin_auth_string: {
    type: 'str',
    secret: true,
    help: 'What the plugin is to store in its own way; it is set each time unless it is stored as it is.',
  },
  resource_limits: {
    type: 'map',
    help: 'Limits: MAX_QUERIES_PER_HOUR, MAX_UPDATES_PER_HOUR, MAX_CONNECTIONS_PER_HOUR, MAX_USER_CONNECTIONS, MAX_STATEMENT_TIME.',
  },
  session_vars: { type: 'map', help: 'Variables of the session, set before anything else.' },
})

export type Args = ArgsOf<typeof declared>
