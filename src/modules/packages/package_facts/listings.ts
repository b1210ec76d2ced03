import type { Value, ValueMap } from '../../../values/value.ts'

/** What Ansible returns of a package, besides the source. */
type Details = ValueMap & { readonly name: string }

/** How a package manager is asked for all that is installed. */
export interface Listing {
  /** A host that has these has the manager. */
  readonly programs: readonly string[]
  /** Sh whose exit status says whether the list is whole. */
  readonly script: string
  read(printed: string): Details[]
}

/** Between what several programs print of one manager. */
const NEXT = '\x01'

const DPKG_FORMAT = ['Package', 'Version', 'Architecture', 'Section', 'Status']
  .map((name) => `\${${name}}`)
  .join('\\t')

const RPM_FORMAT = ['NAME', 'VERSION', 'RELEASE', 'EPOCH', 'ARCH'].map((name) => `%{${name}}`).join('\\t')

/** By their names, in the order in which they are looked for. */
export const listings: ReadonlyMap<string, Listing> = new Map([
  [
    'apt',
    {
      programs: ['dpkg-query', 'apt-cache'],
      script: `dpkg-query -W -f='${DPKG_FORMAT}\\n' || exit
printf '\\001'; dpkg --print-architecture || exit
printf '\\001'; apt-cache policy || exit
printf '\\001'; dpkg-query -W -f='\${binary:Package}\\n' | xargs apt-cache policy --`,
      read: readApt,
    },
  ],
  ['rpm', { programs: ['rpm'], script: `rpm -qa --qf '${RPM_FORMAT}\\n'`, read: readRpm }],
  ['pacman', { programs: ['pacman'], script: 'pacman -Qi', read: readPacman }],
  ['apk', { programs: ['apk'], script: 'apk info -v', read: (printed) => linesOf(printed).map(ofApk) }],
  [
    'portage',
    {
      programs: ['qlist', 'qatom'],
      script: 'qlist -Iv | xargs -n 1024 qatom',
      read: (printed) => linesOf(printed).map(ofPortage),
    },
  ],
  [
    'pkg',
    {
      programs: ['pkg'],
      script: "pkg query '%n\\t%v\\t%R\\t%t\\t%a\\t%q\\t%o\\t%p\\t%V'",
      read: (printed) => linesOf(printed).map(ofPkg),
    },
  ],
  [
    'pkg_info',
    { programs: ['pkg_info'], script: 'pkg_info -a', read: (printed) => linesOf(printed).map(ofPkgInfo) },
  ],
])

function linesOf(printed: string): string[] {
  return printed.split('\n').filter((line) => line !== '')
}

function readApt(printed: string): Details[] {
  const [installed = '', architecture = '', sources = '', policies = ''] = printed.split(NEXT)
  const native = architecture.trim()
  const origins = originsOf(sources, policies)
  return linesOf(installed).flatMap((line) => {
    const [called = '', version = '', arch = '', category = '', status = ''] = line.split('\t')
    if (/ (not-installed|config-files)$/.test(status)) return []
    const name = arch === native || arch === 'all' ? called : `${called}:${arch}`
    return [{ name, version, arch, category, origin: origins.get(name) ?? '' }]
  })
}

/** Who has published the installed version of each package, as far as the lists know it. */
function originsOf(sources: string, policies: string): Map<string, string> {
  const published = new Map<string, string>()
  let source = ''
  for (const line of linesOf(sources)) {
    source = /^ *-?\d+ (.+)$/.exec(line)?.[1] ?? source
    const origin = /^ +release .*?\bo=(.*?)(,\w=|$)/.exec(line)?.[1]
    if (origin !== undefined) published.set(source, origin)
  }
  const origins = new Map<string, string>()
  let name = ''
  let isNext = false
  for (const line of linesOf(policies)) {
    name = /^(\S+):$/.exec(line)?.[1] ?? name
    if (isNext) origins.set(name, published.get(line.replace(/^ *-?\d+ /, '')) ?? '')
    // The sources of a version stand below it, the one that it is taken from first.
    isNext = line.startsWith(' *** ')
  }
  return origins
}

function readRpm(printed: string): Details[] {
  return linesOf(printed).map((line) => {
    const [name = '', version = '', release = '', epoch = '', arch = ''] = line.split('\t')
    const known = (text: string): string | null => (text === '(none)' ? null : text)
    return { name, version, release, epoch: /^\d+$/.test(epoch) ? Number(epoch) : null, arch: known(arch) }
  })
}

function readPacman(printed: string): Details[] {
  return printed
    .split('\n\n')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const fields = new Map<string, string>()
      let last = ''
      for (const line of linesOf(part)) {
        const [, name, text = ''] = /^([\w ]*\w) +: (.*)$/.exec(line) ?? []
        // What is too long for a line goes on in the next.
        if (name === undefined) fields.set(last, `${fields.get(last) ?? ''}  ${line.trimStart()}`)
        else fields.set(name, text)
        last = name ?? last
      }
      const given = fields.get('Provides') ?? 'None'
      return {
        name: fields.get('Name') ?? '',
        version: fields.get('Version') ?? '',
        arch: fields.get('Architecture') ?? '',
        provides: given === 'None' ? null : given.split('  ').map((one) => one.split('=')[0]!),
      }
    })
}

/** "NAME-VERSION-rRELEASE", where a name may hold dashes. */
function ofApk(line: string): Details {
  const [, name, version = '', release = ''] = /^(.*)-([^-]*)-([^-]*)$/.exec(line) ?? []
  return { name: name ?? line, version, release }
}

const ATOMS = ['category', 'name', 'version', 'ebuild_revision', 'slots', 'prefixes', 'sufixes']

function ofPortage(line: string): Details {
  const values = line.trim().split(/\s+/)
  const known = ATOMS.slice(0, values.length).map((atom, index): [string, Value] => [atom, values[index]!])
  return { name: '', ...Object.fromEntries(known) }
}

function ofPkg(line: string): Details {
  const [
    name = '',
    given = '',
    origin = '',
    installed = '',
    automatic,
    abi = '',
    of = '',
    prefix = '',
    vital,
  ] = line.split('\t')
  const [whole = '', epoch] = given.split(/,(.*)/s)
  const [version = '', revision = '0'] = whole.split(/_(.*)/s)
  return {
    ...{ name, version, revision, port_epoch: epoch ?? 0, origin, installed, prefix },
    ...{ automatic: automatic === '1', vital: vital === '1' },
    arch: abi.split(':')[2] ?? abi,
    category: of.split('/')[0]!,
  }
}

/** "NAME-VERSION   what it is". */
function ofPkgInfo(line: string): Details {
  const called = line.trim().split(/\s+/)[0]!
  const [, name, version = ''] = /^(.*)-([^-]*)$/.exec(called) ?? []
  return { name: name ?? line, version }
}
