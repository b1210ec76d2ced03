import { type ArgsOf, options } from '../../../sdk/options.ts'

/** What dnf and yum both take. */
const shared = options({
  name: {
    type: 'strings',
    default: [],
    aliases: ['pkg'],
    help: 'Packages: names, name-version, "name >= 4.5", what they provide, patterns, @group, files or addresses of rpms; "*" with state latest is all that is installed.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'latest'],
    synonyms: { installed: 'present', removed: 'absent' },
    help: 'Whether they are installed, or installed in the newest version; present if not given, absent with autoremove.',
  },
  list: {
    type: 'str',
    help: 'Changes nothing and returns packages: installed, updates, available, repos, or those of a name.',
  },
  update_cache: {
    type: 'bool',
    default: false,
    aliases: ['expire-cache'],
    help: 'Whether the lists of the repositories are fetched first, however new they are.',
  },
  update_only: { type: 'bool', default: false, help: 'Whether packages that are not installed stay so.' },
  autoremove: {
    type: 'bool',
    default: false,
    help: 'Whether what nothing needs any more is removed, too; alone, or with state absent.',
  },
  allow_downgrade: {
    type: 'bool',
    default: false,
    help: 'Whether a version that is asked for may be older than the installed one.',
  },
  enablerepo: { type: 'strings', default: [], help: 'Repositories that are used though they are disabled.' },
  disablerepo: { type: 'strings', default: [], help: 'Repositories that are not used.' },
  exclude: { type: 'strings', default: [], help: 'Packages that stay as they are.' },
  disable_excludes: { type: 'str', help: 'Excludes that do not count: all, main, or those of a repository.' },
  enable_plugin: { type: 'strings', default: [], help: 'Plugins that are used.' },
  disable_plugin: { type: 'strings', default: [], help: 'Plugins that are not used.' },
  security: { type: 'bool', default: false, help: 'Whether only upgrades for security are made.' },
  bugfix: { type: 'bool', default: false, help: 'Whether only upgrades that mend errors are made.' },
  skip_broken: {
    type: 'bool',
    default: false,
    help: 'Whether packages that cannot be installed are left out.',
  },
  install_weak_deps: { type: 'bool', default: true, help: 'Whether what packages recommend comes along.' },
  download_only: { type: 'bool', default: false, help: 'Whether packages are only fetched.' },
  download_dir: { type: 'path', help: 'Where they are then put.' },
  disable_gpg_check: { type: 'bool', default: false, help: 'Whether packages need no signature.' },
  validate_certs: {
    type: 'bool',
    default: true,
    help: 'Whether certificates are checked for names that are addresses.',
  },
  sslverify: { type: 'bool', default: true, help: 'Whether certificates of repositories are checked.' },
  cacheonly: { type: 'bool', default: false, help: 'Whether nothing is fetched.' },
  conf_file: { type: 'path', help: 'The configuration file.' },
  installroot: { type: 'path', default: '/', help: 'The folder that packages are installed below.' },
  releasever: { type: 'str', help: 'The release to take packages from.' },
  lock_timeout: { type: 'int', default: 30, help: 'Seconds to wait for another run to end.' },
  install_repoquery: {
    type: 'bool',
    default: true,
    help: 'Accepted for the sake of existing playbooks: nothing is installed that is not asked for.',
  },
})

export const dnfOptions = options({
  ...shared,
  allowerasing: {
    type: 'bool',
    default: false,
    help: 'Whether installed packages may go so that others can be installed.',
  },
  nobest: { type: 'bool', default: false, help: 'Whether it need not be the newest version.' },
})

export const yumOptions = options({
  ...shared,
  use_backend: {
    type: 'str',
    choices: ['auto', 'yum', 'yum4', 'dnf'],
    synonyms: { dnf4: 'dnf' },
    aliases: ['use'],
    default: 'auto',
    help: 'The program; auto is dnf where the host has it.',
  },
})

type DnfArgs = ArgsOf<typeof dnfOptions>

/** The arguments of either. */
export type RedHatArgs = Omit<DnfArgs, 'allowerasing' | 'nobest'> &
  Partial<Pick<DnfArgs, 'allowerasing' | 'nobest'>> &
  Partial<Pick<ArgsOf<typeof yumOptions>, 'use_backend'>>

export function dnfProblems({ name = [], state, list, autoremove }: Partial<RedHatArgs>): string[] {
  const found = name.flatMap(nameProblem)
  if (list !== undefined && name.length > 0) found.push('parameters are mutually exclusive: name|list')
  if (list !== undefined && !isName(list))
    found.push(`list: ${JSON.stringify(list)} is not a name of a package`)
  if (autoremove && state !== undefined && state !== 'absent')
    found.push('Autoremove should be used alone or with state=absent')
  if (state === 'absent' && name.some(isFile))
    found.push('Cannot remove paths -- please specify package name.')
  return found
}

function nameProblem(text: string): string[] {
  if (/\s/.test(text.trim()) && !/[@<>=/]/.test(text))
    return [
      'It appears that a space separated string of packages was passed in as an argument. To operate on several packages, pass a comma separated string of packages or a list of packages.',
    ]
  return isName(text) ? [] : [`name: ${JSON.stringify(text)} is not a name of a package`]
}

function isName(text: string): boolean {
  return text.trim() !== '' && !/^\s*-/.test(text) && !/[\x00-\x1f\x7f]/.test(text)
}

/** Packages as they are handed to the program. */
export function specsOf({ name }: Pick<RedHatArgs, 'name'>): string[] {
  const all = name.flatMap((text) => text.split(',')).map((text) => text.trim())
  return [...new Set(all.filter((text) => text !== ''))]
}

/** State as it is meant if it is not said. */
export function stateOf({
  state,
  autoremove,
}: Pick<RedHatArgs, 'state' | 'autoremove'>): 'present' | 'absent' | 'latest' {
  return state ?? (autoremove ? 'absent' : 'present')
}

export function isFile(spec: string): boolean {
  return spec.includes('://') || spec.endsWith('.rpm')
}

export function isPattern(spec: string): boolean {
  return /[*?[]/.test(spec)
}

/** What rpm itself finds: a name, perhaps with version or architecture, or what a package provides. */
export function isPlain(spec: string): boolean {
  return !isFile(spec) && !isPattern(spec) && !spec.startsWith('@') && !/[\s<>=]/.test(spec)
}

/** Whether it may mean a version, which may be older than the installed one. */
export function isVersioned(spec: string): boolean {
  return isFile(spec) || /-\d|[<=]/.test(spec)
}
