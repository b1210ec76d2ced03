import { type ArgsOf, options } from '../../../sdk/options.ts'

export const apkOptions = options({
  name: {
    type: 'strings',
    help: 'Packages: names, perhaps with a version (a=1.0) or a repository (a@edge).',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'latest'],
    synonyms: { installed: 'present', removed: 'absent' },
    default: 'present',
    help: 'Whether they are installed for their own sake, or so and in the newest version that the lists know.',
  },
  update_cache: {
    type: 'bool',
    default: false,
    help: 'Whether the lists of the repositories are fetched first.',
  },
  upgrade: {
    type: 'bool',
    default: false,
    help: 'Whether all that is installed is upgraded; not together with name.',
  },
  available: {
    type: 'bool',
    default: false,
    help: 'Whether an upgrade also replaces what no repository has any more.',
  },
  no_cache: { type: 'bool', default: false, help: 'Whether no local cache is used.' },
  repository: { type: 'strings', help: "Where packages are taken from, instead of the host's repositories." },
  world: {
    type: 'str',
    default: '/etc/apk/world',
    help: 'The file that names what is installed for its own sake.',
  },
})

export type Args = ArgsOf<typeof apkOptions>

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name, repository, world, upgrade, update_cache } = args
  const found = (name ?? [])
    .filter((one) => one !== '' && !NAME.test(one))
    .map((one) => `name: ${JSON.stringify(one)} is not a name of a package`)
  for (const one of repository ?? [])
    if (!/^(@[A-Za-z0-9._-]+ )?([a-z]+:\/\/|\/)[^\s\x00-\x1f\x7f]+$/.test(one))
      found.push(`repository: ${JSON.stringify(one)} is neither an address nor a folder`)
  if (world !== undefined && !/^[^\s-]/.test(world))
    found.push(`world: ${JSON.stringify(world)} is not a path of a file`)
  if (name !== undefined && upgrade) found.push('parameters are mutually exclusive: name|upgrade')
  if (complete && name === undefined && !update_cache && !upgrade)
    found.push('one of the following is required: name, update_cache, upgrade')
  return found
}

// A virtual package begins with a dot; a version and the tag of a repository may stand behind a name.
const NAME =
  /^[A-Za-z0-9_.][A-Za-z0-9._+:-]*(@[A-Za-z0-9._-]+)?((<|>|<=|>=|=|~|=~)[A-Za-z0-9][A-Za-z0-9._-]*)?$/

export function namesOf({ name = [] }: Args): string[] {
  return [...new Set(name.filter((one) => one !== ''))]
}

/** The name alone. */
export function bareName(text: string): string {
  return text.replace(/[@<>=~].*/, '')
}
