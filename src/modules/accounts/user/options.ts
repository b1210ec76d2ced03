import { type ArgsOf, options } from '../../../sdk/options.ts'

export const userOptions = options({
  name: { type: 'str', help: 'The name to log in with.', required: true, aliases: ['user'] },
  state: { type: 'str', help: 'Whether there is one.', choices: ['present', 'absent'], default: 'present' },
  uid: { type: 'int', help: 'Its number.' },
  non_unique: { type: 'bool', help: 'Whether the number may be that of another user too.', default: false },
  group: { type: 'str', help: 'Its main group, by name or number.' },
  groups: { type: 'strings', help: 'The groups that it is also in; none when empty.' },
  append: { type: 'bool', help: 'Whether it stays in the groups that are not listed.', default: false },
  comment: { type: 'str', help: 'Its full name, or whatever it is for.' },
  home: { type: 'path', help: 'Its home folder.' },
  create_home: {
    type: 'bool',
    help: 'Whether to make the home folder when there is none.',
    default: true,
    aliases: ['createhome'],
  },
  move_home: {
    type: 'bool',
    help: 'Whether files move along when the home folder is another.',
    default: false,
  },
  skeleton: { type: 'path', help: 'What a new home folder is a copy of; /etc/skel if not given.' },
  umask: { type: 'str', help: 'Which permissions a new home folder lacks, such as "077".' },
  shell: { type: 'path', help: 'Its login shell.' },
  system: {
    type: 'bool',
    help: 'Whether a new one gets a number of the range for the system.',
    default: false,
  },
  password: { type: 'str', help: 'The hash of its password, as crypt(5) makes it.', secret: true },
  update_password: {
    type: 'str',
    help: 'Whether an existing user gets the password too.',
    choices: ['always', 'on_create'],
    default: 'always',
  },
  password_lock: { type: 'bool', help: 'Whether logging in with the password is barred.' },
  password_expire_min: { type: 'int', help: 'Days before which it cannot be changed.' },
  password_expire_max: { type: 'int', help: 'Days after which it must be changed.' },
  password_expire_warn: { type: 'int', help: 'Days before that on which to warn.' },
  expires: { type: 'float', help: 'When the account ends, in seconds since 1970; negative for never.' },
  seuser: {
    type: 'str',
    help: 'The user of SELinux that a new one is, such as "staff_u"; without SELinux on the host it does nothing.',
  },
  remove: { type: 'bool', help: 'Whether the home folder goes with the user.', default: false },
  force: {
    type: 'bool',
    help: 'Whether to remove a user who is logged in, or to replace an SSH key.',
    default: false,
  },
  local: { type: 'bool', help: 'Whether only /etc/passwd counts, and no directory service.', default: false },
  generate_ssh_key: { type: 'bool', help: 'Whether it gets an SSH key when it has none.', default: false },
  ssh_key_type: { type: 'str', help: 'The kind of key: rsa, ed25519, ecdsa.', default: 'rsa' },
  ssh_key_bits: { type: 'int', help: 'The length of the key; what ssh-keygen thinks right if not given.' },
  ssh_key_file: { type: 'path', help: 'Where the key is, below the home folder; .ssh/id_TYPE if not given.' },
  ssh_key_comment: { type: 'str', help: 'What the key is called; "ansible-generated on HOST" if not given.' },
  ssh_key_passphrase: { type: 'str', help: 'What protects the key; nothing if not given.', secret: true },
})

export type UserArgs = ArgsOf<typeof userOptions>

/** Whether a home folder is one that must never be made: by its name users have none, or a common empty one. */
export function isNowhere(home: string): boolean {
  return /^\/+((nonexistent|var\/empty|dev|proc|sys)(\/.*)?)?$/.test(home)
}
