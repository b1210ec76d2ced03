import { type ArgsOf, options } from '../../../sdk/options.ts'

export const zypperOptions = options({
  name: {
    type: 'strings',
    required: true,
    aliases: ['pkg'],
    help: 'Packages: names, "name=1.0", "name>=1.0", addresses or files of rpms; -name goes and +name comes; "*" with state latest or dist-upgrade is all that is installed.',
  },
  state: {
    type: 'str',
    choices: ['present', 'latest', 'absent', 'dist-upgrade'],
    synonyms: { installed: 'present', removed: 'absent' },
    default: 'present',
    help: 'Whether they are installed, or installed in the newest version; dist-upgrade is for "*" alone.',
  },
  type: {
    type: 'str',
    choices: ['package', 'patch', 'pattern', 'product', 'srcpackage', 'application'],
    default: 'package',
    help: 'What the names are names of.',
  },
  extra_args_precommand: { type: 'str', help: 'More words for zypper, in front of its command.' },
  disable_gpg_check: { type: 'bool', default: false, help: 'Whether signatures are not checked.' },
  disable_recommends: { type: 'bool', default: true, help: 'Whether what packages recommend stays away.' },
  force: {
    type: 'bool',
    default: false,
    help: 'Whether versions may go back, and vendors and architectures change; what is named with state latest is installed anew each time.',
  },
  force_resolution: {
    type: 'bool',
    default: false,
    help: 'Whether zypper may remove packages so that others can be installed.',
  },
  update_cache: {
    type: 'bool',
    default: false,
    aliases: ['refresh'],
    help: 'Whether the lists of the repositories are fetched first.',
  },
  oldpackage: {
    type: 'bool',
    default: false,
    help: 'Whether versions may go back; they may if a version is named.',
  },
  extra_args: { type: 'str', help: 'More words for zypper, behind its command.' },
  allow_vendor_change: { type: 'bool', default: false, help: 'Whether dist-upgrade may change vendors.' },
  replacefiles: { type: 'bool', default: false, help: 'Whether files of other packages may be replaced.' },
  clean_deps: {
    type: 'bool',
    default: false,
    help: 'Whether what only removed packages needed is removed, too.',
  },
})

export type Args = ArgsOf<typeof zypperOptions>

/** A package as it is asked for. */
export interface Spec {
  readonly name: string
  readonly version: string
  /** It is to come, and not to go. */
  readonly comes: boolean
}

export function problems({ name = [], state, type }: Partial<Args>): string[] {
  const away = state === 'absent'
  const named = name.filter((one) => one !== '' && one !== '*')
  const found = named
    .filter((one) => !(isFile(one) ? /^[^\s\x00-\x1f\x7f-][^\x00-\x1f\x7f]*$/.test(one) : NAME.test(one)))
    .map((one) => `name: ${JSON.stringify(one)} is not a name of a package`)
  if (state === 'dist-upgrade' && name.some((one) => one !== '*'))
    found.push('Can not dist-upgrade specific packages.')
  if (name.includes('*') && (name.length > 1 || away || state === 'present'))
    found.push('name: "*" stands alone, with state latest or dist-upgrade')
  if (away && named.some((one) => one.startsWith('+')))
    found.push("Can not combine '+' prefix with state=remove/absent.")
  if (away && named.some(isFile)) found.push('Can not remove via URL.')
  if (away && type === 'patch') found.push('Can not remove patches.')
  return found
}

// What zypper knows by name, or a package provides; without what would be split or expanded.
const NAME = /^[+~-]?[A-Za-z0-9_][A-Za-z0-9._+:()/-]*((<|>|<=|>=|=)[0-9][A-Za-z0-9.:~+-]*)?$/

export function isFile(text: string): boolean {
  return text.includes('://') || text.endsWith('.rpm')
}

/** Everything that is installed is meant. */
export function isAll({ name }: Args): boolean {
  return name.length === 1 && name[0] === '*'
}

export function filesOf({ name }: Args): string[] {
  return name.filter(isFile)
}

export function specsOf({ name, state }: Args): Spec[] {
  return [...new Set(name.filter((one) => one !== '' && !isFile(one)))].map((text) => {
    const [, prefix, own, version = ''] = /^([+~-]?)([^<>=]+)(.*)$/.exec(text)!
    return { name: own!, version, comes: prefix === '' ? state !== 'absent' : prefix === '+' }
  })
}
