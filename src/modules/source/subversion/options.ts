import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  repo: {
    type: 'str',
    required: true,
    aliases: ['name', 'repository'],
    help: 'The address of the repository.',
  },
  dest: { type: 'path', help: 'The folder of the files.' },
  revision: {
    type: 'str',
    default: 'HEAD',
    aliases: ['rev', 'version'],
    help: 'The revision that is wanted.',
  },
  force: {
    type: 'bool',
    default: false,
    help: 'Whether changes of files are thrown away; without it they are a failure. With export: whether it may write over what is there.',
  },
  in_place: {
    type: 'bool',
    default: false,
    help: 'Whether a folder that is no working copy becomes one, over what is in it.',
  },
  username: { type: 'str', help: 'The user of the repository.' },
  password: {
    type: 'str',
    secret: true,
    help: "The user's password; svn 1.10 is needed to take it over stdin.",
  },
  executable: { type: 'path', help: 'The program svn.' },
  checkout: { type: 'bool', default: true, help: 'Whether the files are checked out if there are none.' },
  update: { type: 'bool', default: true, help: 'Whether a working copy is brought to the revision.' },
  export: {
    type: 'bool',
    default: false,
    help: 'Whether the files are put there without what makes them a working copy; nobody knows then what is there, and it is done every time.',
  },
  switch: {
    type: 'bool',
    default: true,
    help: 'Whether a working copy of another place of the repository is led to this one.',
  },
  validate_certs: {
    type: 'bool',
    default: false,
    help: 'Whether the certificate of a server must be trusted.',
  },
})

export type Args = ArgsOf<typeof declared>

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { repo, dest, revision, password, username } = args
  const found: string[] = []
  const needsDest = args.checkout !== false || args.update !== false || args.export === true
  if (complete && dest === undefined && needsDest)
    found.push('the destination directory must be specified unless checkout=no, update=no, and export=no')
  if (repo !== undefined && /^-|[\r\n]|^$/.test(repo))
    found.push(`repo: ${JSON.stringify(repo)} is not an address of a repository`)
  if (revision !== undefined && !/^(\{[^{}\r\n]+\}|[A-Za-z0-9]+)$/.test(revision))
    found.push(`revision: ${JSON.stringify(revision)} is not a revision, such as 5, HEAD or {2026-01-31}`)
  if (password !== undefined && /[\r\n]/.test(password)) found.push('password: svn takes one line')
  if (username !== undefined && /[\r\n]/.test(username)) found.push('username: svn takes one line')
  return found
}
