import { type ArgsOf, options } from '../../../sdk/options.ts'
import { splitWords } from '../../../values/words.ts'

export const pacmanOptions = options({
  name: {
    type: 'strings',
    aliases: ['package', 'pkg'],
    help: 'Packages: names, repository/name, groups, files on the host or addresses of them.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'latest'],
    synonyms: { installed: 'present', removed: 'absent' },
    default: 'present',
    help: 'Whether they are installed, or installed in the newest version that the lists know.',
  },
  force: {
    type: 'bool',
    default: false,
    help: 'Whether packages are removed though others need them, and lists are fetched however new they are.',
  },
  remove_nosave: {
    type: 'bool',
    default: false,
    help: 'Whether changed configuration files of removed packages are not kept as .pacsave.',
  },
  executable: { type: 'str', default: 'pacman', help: 'The program, or one that understands the same.' },
  extra_args: { type: 'str', default: '', help: 'More words for pacman when packages come or go.' },
  update_cache: { type: 'bool', help: 'Whether the lists of the repositories are fetched first.' },
  update_cache_extra_args: { type: 'str', default: '', help: 'More words for pacman when it fetches lists.' },
  upgrade: { type: 'bool', help: 'Whether all that is installed is upgraded; not together with name.' },
  upgrade_extra_args: { type: 'str', default: '', help: 'More words for pacman when it upgrades all.' },
  reason: {
    type: 'str',
    choices: ['dependency', 'explicit'],
    help: 'Why the packages are installed; what is a dependency goes when nothing needs it.',
  },
  reason_for: {
    type: 'str',
    choices: ['all', 'new'],
    default: 'new',
    help: 'Whether all packages get the reason, or those that are newly installed.',
  },
})

export type Args = ArgsOf<typeof pacmanOptions>

const MORE = ['extra_args', 'update_cache_extra_args', 'upgrade_extra_args'] as const

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name, executable, upgrade, update_cache } = args
  const found = (name ?? [])
    .filter((one) => one !== '' && !isFile(one) && !isTarget(one))
    .map((one) => `name: ${JSON.stringify(one)} is not a name of a package, nor a file of one`)
  for (const one of (name ?? []).filter(isAddress))
    if (packageAt(one) === undefined)
      found.push(
        `name: ${JSON.stringify(one)} does not end in the name of a package's file, as name-1.0-1-any.pkg.tar.zst`,
      )
  if (executable !== undefined && !/^[^\s-][^\s]*$/.test(executable))
    found.push(`executable: ${JSON.stringify(executable)} is not a program`)
  for (const option of MORE) {
    try {
      splitWords(args[option] ?? '')
    } catch (error) {
      found.push(`${option}: ${(error as Error).message}`)
    }
  }
  if (name !== undefined && upgrade !== undefined)
    found.push('parameters are mutually exclusive: name|upgrade')
  if (complete && (name ?? update_cache ?? upgrade) === undefined)
    found.push('one of the following is required: name, update_cache, upgrade')
  return found
}

/** A name, perhaps behind its repository, perhaps with a version. */
function isTarget(text: string): boolean {
  return /^([A-Za-z0-9@_][A-Za-z0-9@._+-]*\/)?[A-Za-z0-9@_+][A-Za-z0-9@._+-]*([<>=]=?[A-Za-z0-9][A-Za-z0-9:._+~-]*)?$/.test(
    text,
  )
}

/** Something that pacman installs from a file: a path on the host or an address. */
function isFile(text: string): boolean {
  return isAddress(text) || /^[/~.][^\x00-\x1f\x7f]+$/.test(text) || /^[^\s-].*\.pkg\.tar(\.\w+)?$/.test(text)
}

export function isAddress(text: string): boolean {
  return /^(https?|ftp|file):\/\/\S+$/.test(text)
}

/** The package whose file is at an address: its name says so, and to look there would be to fetch it. */
export function packageAt(address: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] =
    /\/([^/]+)-([^-/]+-[^-/]+)-[^-/]+\.pkg\.tar(?:\.\w+)?$/.exec(address.replace(/%3A/gi, ':')) ?? []
  return name === undefined ? undefined : { name, version: version! }
}

/** The packages that are asked for, each once: what has a name in the lists, and what is a file. */
export function targetsOf({ name = [] }: Pick<Args, 'name'>): { names: string[]; files: string[] } {
  const all = [...new Set(name.filter((one) => one !== ''))]
  return { names: all.filter((one) => !isFile(one)), files: all.filter(isFile) }
}

/** Words of one of the options of further arguments. */
export function moreOf(args: Args, option: (typeof MORE)[number]): string[] {
  return splitWords(args[option]).map(({ text }) => text)
}
