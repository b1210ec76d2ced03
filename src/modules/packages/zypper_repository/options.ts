import { urlProblems } from '../../../host/download.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  name: {
    type: 'str',
    help: 'The alias of the repository; a .repo file has its own. "*" with runrefresh is all repositories.',
  },
  repo: {
    type: 'str',
    help: 'Its address; or the address or path of a .repo file on the host. "*" with runrefresh is all repositories.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether zypper has the repository.',
  },
  runrefresh: { type: 'bool', default: false, help: 'Whether its lists of packages are fetched each time.' },
  description: { type: 'str', help: 'What it is called.' },
  disable_gpg_check: { type: 'bool', default: false, help: 'Whether its signatures are not checked.' },
  autorefresh: {
    type: 'bool',
    default: true,
    aliases: ['refresh'],
    help: 'Whether zypper fetches its lists by itself.',
  },
  priority: { type: 'int', help: 'Packages come from the repository with the smallest one.' },
  enabled: { type: 'bool', default: true, help: 'Whether it is used.' },
  overwrite_multiple: {
    type: 'bool',
    default: false,
    help: 'Whether one takes the place of several that have the alias or the address.',
  },
  auto_import_keys: {
    type: 'bool',
    default: false,
    help: 'Whether the keys of a repository that changes are trusted, and its lists fetched; so it is with those of a .repo file.',
  },
})

export type Args = ArgsOf<typeof declared>

export function isRepoFile(repo: string | undefined): repo is string {
  return repo?.endsWith('.repo') ?? false
}

/** A .repo file that the host fetches, and not one that it has. */
export function isFetched(repo: string | undefined): repo is string {
  return isRepoFile(repo) && repo.includes('://')
}

/** No repository is meant, but all of them. */
export function isAll({ name, repo }: Partial<Args>): boolean {
  return name === '*' || repo === '*'
}

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name, repo, description, priority } = args
  const found: string[] = []
  if (isAll(args))
    return complete && !args.runrefresh ? ['repo=* can only be used with the runrefresh option.'] : []
  if (name !== undefined && !ALIAS.test(name))
    found.push(`name: ${JSON.stringify(name)} is not an alias of a repository`)
  if (isFetched(repo)) found.push(...urlProblems('repo', repo))
  else if (repo !== undefined && !(isRepoFile(repo) ? /^[^-\r\n][^\r\n]*$/ : ADDRESS).test(repo))
    found.push(
      `repo: ${JSON.stringify(repo)} is no address of a repository, such as https://host/path or dir:/path`,
    )
  if (description !== undefined && /[\r\n]/.test(description))
    found.push('description holds a line break, and it is one line of a file')
  if (priority !== undefined && priority < 0) found.push(`priority: ${priority} is less than 0`)
  if (isRepoFile(repo) && name !== undefined)
    found.push("Incompatible option: 'name'. Do not use name when adding .repo files")
  return complete ? [...found, ...lacking(args)] : found
}

// zypper takes a number for a place in its list. What a line of a file may not hold is left out.
const ALIAS = /^(?!\d+$)[^\s[\]#;.-]([^[\]\x00-\x1f\x7f]*[^\s[\]\x00-\x1f\x7f])?$/
const ADDRESS = /^([a-zA-Z][a-zA-Z0-9+.-]*:|\/)[^\x00-\x1f\x7f]+$/

function lacking({ name, repo, state }: Partial<Args>): string[] {
  if (state === 'absent')
    return (name ?? repo) === undefined ? ['Alias or repo parameter required when state=absent'] : []
  if (repo === undefined) return ['Module option state=present requires repo']
  return name === undefined && !isRepoFile(repo) ? ['Name required when adding non-repo files.'] : []
}
