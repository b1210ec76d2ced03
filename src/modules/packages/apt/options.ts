import { type ArgsOf, options } from '../../../sdk/options.ts'

export const aptOptions = options({
  name: {
    type: 'strings',
    help: 'Packages: names, "name=version", "name>=version", or patterns such as "lib*-dev".',
    aliases: ['pkg', 'package'],
  },
  state: {
    type: 'str',
    help: 'Whether they are installed; build-dep means what is needed to build them, fixed repairs what is broken.',
    choices: ['present', 'absent', 'latest', 'build-dep', 'fixed'],
    synonyms: { installed: 'present', removed: 'absent' },
    default: 'present',
  },
  deb: { type: 'path', help: 'A package file on the host.' },
  update_cache: {
    type: 'bool',
    help: 'Whether the package lists are fetched first, if anything depends on them.',
    aliases: ['update-cache'],
  },
  cache_valid_time: { type: 'int', help: 'Seconds for which lists are new enough.' },
  update_cache_retries: { type: 'int', help: 'How often to try again when that fails.', default: 5 },
  update_cache_retry_max_delay: { type: 'int', help: 'Seconds between two tries at most.', default: 12 },
  upgrade: {
    type: 'str',
    help: 'Upgrade everything: yes and safe remove nothing, full and dist may.',
    choices: ['no', 'yes', 'safe', 'full', 'dist'],
    default: 'no',
  },
  only_upgrade: { type: 'bool', help: 'Whether packages that are not installed stay so.', default: false },
  default_release: { type: 'str', help: 'The release to take packages from.', aliases: ['default-release'] },
  install_recommends: {
    type: 'bool',
    help: "Whether recommended packages come along; the host's own setting if not given.",
    aliases: ['install-recommends'],
  },
  purge: { type: 'bool', help: 'Whether configuration files go with what is removed.', default: false },
  autoremove: { type: 'bool', help: 'Whether what nothing needs any more is removed.', default: false },
  fail_on_autoremove: { type: 'bool', help: 'Whether to fail rather than remove anything.', default: false },
  autoclean: { type: 'bool', help: 'Whether fetched files that are of no more use go.', default: false },
  clean: { type: 'bool', help: 'Whether all fetched files go.', default: false },
  dpkg_options: {
    type: 'str',
    help: 'Options for dpkg, with commas between and without dashes.',
    default: 'force-confdef,force-confold',
  },
  allow_unauthenticated: {
    type: 'bool',
    help: 'Whether packages need no signature.',
    default: false,
    aliases: ['allow-unauthenticated'],
  },
  allow_downgrade: {
    type: 'bool',
    help: 'Whether a version may become an older one.',
    default: false,
    aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
  },
  allow_change_held_packages: { type: 'bool', help: 'Whether held packages may change.', default: false },
  force: {
    type: 'bool',
    help: 'All that is dangerous at once: unsigned, older, held, essential.',
    default: false,
  },
  force_apt_get: {
    type: 'bool',
    help: 'Accepted for the sake of existing playbooks: it always is apt-get.',
    default: false,
  },
  lock_timeout: { type: 'int', help: 'Seconds to wait for another run of apt to end.', default: 60 },
  policy_rc_d: { type: 'int', help: 'What policy-rc.d answers meanwhile: 101 starts no services.' },
})

export type AptArgs = ArgsOf<typeof aptOptions>

/** A package as asked for. */
export interface Spec {
  /** As written. */
  readonly text: string
  /** May hold the wildcards of sh. */
  readonly name: string
  /** undefined: any. */
  readonly architecture: string | undefined
  readonly comparison: '=' | '>=' | undefined
  /** For "=" it may hold wildcards. */
  readonly version: string | undefined
}

/**
 * A package name (Debian policy 5.6.1, with wildcards), an architecture, a version; undefined if it is none. What ends
 * in a dash is none: apt-get would remove what stands before it. Nor is what programs would take for a file.
 */
export function parseSpec(text: string): Spec | undefined {
  const [, name, architecture, comparison, version] =
    /^([A-Za-z0-9*?[][A-Za-z0-9+._*?[\]!-]*)(?::([a-z0-9*-]+))?(?:(>?=)([A-Za-z0-9.+~:*?[\]-]+))?$/.exec(
      text,
    ) ?? []
  if (name === undefined || text.endsWith('-') || FILE.test(text)) return undefined
  return { text, name, architecture, comparison: comparison as Spec['comparison'], version }
}

const FILE = /\.(deb|rpm|apk|ipk|dsc|changes)$/

/** Neither wildcards nor an architecture nor a version: what every package manager takes for a name. */
export function isPlainName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9+._-]*$/.test(text)
}

/** Whether apt-get would read more into a name that it does not know: "g++" is "g", "python3.1" an expression. */
export function isAmbiguous(name: string): boolean {
  return /[.+]/.test(name) && !isPattern(name)
}

export function isPattern(name: string): boolean {
  return /[*?[]/.test(name)
}

/** Whether the lists are asked for; giving them a time to live asks too, as in Ansible. */
export function wantsLists({ update_cache, cache_valid_time }: AptArgs): boolean {
  return update_cache ?? cache_valid_time !== undefined
}
