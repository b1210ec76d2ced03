import { type ArgsOf, options } from '../../../sdk/options.ts'

export const gitOptions = options({
  repo: {
    type: 'str',
    required: true,
    aliases: ['name'],
    help: 'Address of the repository: git, SSH, HTTP(S), or a path on the host.',
  },
  dest: {
    type: 'path',
    help: 'The folder that it is checked out in; needed unless clone is false.',
  },
  version: {
    type: 'str',
    default: 'HEAD',
    help: 'What is checked out: HEAD, a branch, a tag, or the hash of a commit.',
  },
  remote: { type: 'str', default: 'origin', help: 'What the repository is called there.' },
  refspec: { type: 'str', help: 'What is fetched besides, as git fetch takes it.' },
  reference: {
    type: 'str',
    help: 'A repository on the host that objects are taken from (git clone --reference).',
  },
  force: {
    type: 'bool',
    default: false,
    help: 'Whether changes of files in the folder are thrown away; otherwise they are a failure.',
  },
  depth: {
    type: 'int',
    help: 'How many commits are fetched of a branch or tag, 1 at least; all if not given.',
  },
  clone: { type: 'bool', default: true, help: 'Whether it is cloned where it is not there.' },
  update: {
    type: 'bool',
    default: true,
    help: 'Whether what is there is brought to the version; otherwise the other side is not even asked.',
  },
  verify_commit: {
    type: 'bool',
    default: false,
    help: 'Whether the commit or tag must bear a good signature of a key that gpg knows there.',
  },
  gpg_whitelist: {
    type: 'strings',
    default: [],
    help: 'Fingerprints of keys; with verify_commit, only their signatures are good.',
  },
  accept_hostkey: {
    type: 'bool',
    default: false,
    help: 'Whether SSH takes any host key (StrictHostKeyChecking=no).',
  },
  accept_newhostkey: {
    type: 'bool',
    default: false,
    help: 'Whether SSH takes the key of a host that it does not know yet (StrictHostKeyChecking=accept-new).',
  },
  key_file: { type: 'path', help: 'File of the private key on the host that SSH logs in with.' },
  ssh_opts: {
    type: 'str',
    help: 'Options for ssh, as on its command line; BatchMode=yes is always among them.',
  },
  executable: { type: 'path', help: 'The program git; searched for if not given.' },
  bare: { type: 'bool', default: false, help: 'Whether it has no files checked out.' },
  recursive: { type: 'bool', default: true, help: 'Whether submodules come along.' },
  single_branch: { type: 'bool', default: false, help: 'Whether only the history of the version is cloned.' },
  track_submodules: {
    type: 'bool',
    default: false,
    help: 'Whether submodules are at the newest commit of their branch, not at that which the repository names.',
  },
  umask: { type: 'any', help: 'The umask for all that is made, a quoted octal number.' },
  archive: { type: 'path', help: 'A file .zip, .tar, .tar.gz or .tgz that is made of the version.' },
  archive_prefix: { type: 'str', help: 'What stands before each path in the archive.' },
  separate_git_dir: { type: 'path', help: 'Where the repository itself lies, apart from its files.' },
})

export type GitArgs = ArgsOf<typeof gitOptions>

const FORMATS: Readonly<Record<string, string>> = { zip: 'zip', gz: 'tar.gz', tar: 'tar', tgz: 'tgz' }

/** The format that git archive makes for a name; undefined for one that says none. */
export function formatOf(archive: string): string | undefined {
  return FORMATS[/[^/]\.([^./]*)$/.exec(archive)?.[1] ?? '']
}

/** The depth that counts: less than 1 means nothing, as in Ansible. */
export function depthOf({ depth }: Pick<GitArgs, 'depth'>): number | undefined {
  return depth !== undefined && depth >= 1 ? depth : undefined
}

export function problems(args: Partial<GitArgs>, complete: boolean): string[] {
  const { repo, dest, version, remote, refspec, umask, archive, archive_prefix } = args
  const found: string[] = []
  const both = (one: keyof GitArgs, other: keyof GitArgs) => {
    if (args[one] && args[other]) found.push(`parameters are mutually exclusive: ${one}|${other}`)
  }
  both('separate_git_dir', 'bare')
  both('accept_hostkey', 'accept_newhostkey')
  // git reads options in these places.
  if (repo !== undefined && /^$|^-|\p{Cc}/u.test(repo))
    found.push(`repo: ${JSON.stringify(repo)} is not an address of a repository`)
  if (version !== undefined && /^$|^-|[\s\p{Cc}]/u.test(version))
    found.push(`version: ${JSON.stringify(version)} is not a name of a version`)
  if (remote !== undefined && !/^[\p{L}\p{N}_][\p{L}\p{N}_./-]*$/u.test(remote))
    found.push(`remote: ${JSON.stringify(remote)} is not a name of a remote`)
  if (refspec !== undefined && /^$|^-|\s/.test(refspec))
    found.push(`refspec: ${JSON.stringify(refspec)} is not what git fetch takes`)
  for (const name of ['ssh_opts', 'reference'] as const)
    if (/[\n\r]/.test(args[name] ?? '')) found.push(`${name} holds a line break`)
  if (umask !== undefined && umask !== null) {
    if (typeof umask !== 'string') found.push('umask must be defined as a quoted octal integer')
    else if (!/^(0o)?[0-7]{1,4}$/.test(umask)) found.push('umask must be an octal integer')
  }
  if (archive !== undefined && formatOf(archive) === undefined)
    found.push(
      `Unable to get file extension from archive file name : ${archive}; it ends in .zip, .tar, .tar.gz or .tgz`,
    )
  if (!complete) return found
  if (archive_prefix !== undefined && archive === undefined)
    found.push("missing parameter(s) required by 'archive_prefix': archive")
  if (!dest && args.clone) found.push('the destination directory must be specified unless clone=no')
  return found
}
