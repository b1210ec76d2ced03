import { type ArgsOf, options } from '../../../sdk/options.ts'
import { ppaOf } from './ppa.ts'
import { sourceOf } from './sources.ts'

export const declared = options({
  repo: {
    type: 'str',
    required: true,
    help: 'The repository as a line of sources.list, or ppa:OWNER/NAME for one of Launchpad.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether apt has the repository.',
  },
  mode: { type: 'mode', help: 'Permissions of the file that it is added to, quoted octal or symbolic.' },
  update_cache: {
    type: 'bool',
    default: true,
    aliases: ['update-cache'],
    help: 'Whether the package lists are fetched after a change; if they cannot be, it is taken back.',
  },
  update_cache_retries: { type: 'int', default: 5, help: 'How often that is tried.' },
  update_cache_retry_max_delay: { type: 'int', default: 12, help: 'Seconds between two tries at most.' },
  validate_certs: {
    type: 'bool',
    default: true,
    help: 'Whether Launchpad must prove who it is.',
  },
  filename: {
    type: 'str',
    help: 'The file in sources.list.d that it is added to, without .list; made of its address if not given.',
  },
  codename: { type: 'str', help: "The release of a ppa; the host's own if not given." },
  install_python_apt: {
    type: 'bool',
    default: true,
    help: 'Accepted for the sake of existing playbooks: no Python is needed.',
  },
})

export type Args = ArgsOf<typeof declared>

export function problems({ repo, filename, codename, update_cache_retries }: Partial<Args>): string[] {
  const found: string[] = []
  if (repo === '') found.push("Please set argument 'repo' to a non-empty value")
  else if (repo?.startsWith('ppa:') && ppaOf(repo) === undefined)
    found.push(`Invalid repository string: ${repo}; an archive of Launchpad is ppa:OWNER/NAME`)
  else if (repo !== undefined && !repo.startsWith('ppa:') && sourceOf(repo) === undefined)
    found.push(`Invalid repository string: ${repo}`)
  if (filename !== undefined && /^$|\/$|\n/.test(filename))
    found.push(`filename: ${JSON.stringify(filename)} is not a name of a file`)
  if (codename !== undefined && !/^[A-Za-z0-9][A-Za-z0-9.+-]*$/.test(codename))
    found.push(`codename: ${JSON.stringify(codename)} is not a name of a release`)
  if (update_cache_retries !== undefined && update_cache_retries < 1)
    found.push('update_cache_retries is less than 1, and the lists are fetched once at least')
  return found
}
