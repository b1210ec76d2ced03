import { urlProblems } from '../../../host/download.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  name: {
    type: 'str',
    required: true,
    help: 'What the repository is called; the names of its files are made of it.',
  },
  types: {
    type: 'strings',
    choices: ['deb', 'deb-src'],
    default: ['deb'],
    help: 'Whether it has packages, or sources of packages.',
  },
  uris: { type: 'strings', help: 'Where it is.' },
  suites: { type: 'strings', help: 'Releases, or a path that ends in a slash.' },
  components: { type: 'strings', help: 'Parts of a release.' },
  architectures: { type: 'strings', help: 'Architectures of packages that are taken from it.' },
  languages: { type: 'strings', help: 'Languages in which descriptions of packages are fetched.' },
  targets: { type: 'strings', help: 'What is fetched of it.' },
  signed_by: {
    type: 'str',
    help: 'Its key: a file on the host, an address that the host fetches it from, fingerprints, or an armored text.',
  },
  enabled: { type: 'bool', help: 'Whether apt uses it.' },
  trusted: { type: 'bool', help: 'Whether it is trusted without a signature.' },
  allow_downgrade_to_insecure: {
    type: 'bool',
    help: 'Whether it may be without a signature though it had one.',
  },
  allow_insecure: { type: 'bool', help: 'Whether it may be insecure.' },
  allow_weak: { type: 'bool', help: 'Whether its key may use a weak digest.' },
  by_hash: { type: 'bool', help: 'Whether indexes are fetched by their digests.' },
  check_date: { type: 'bool', help: 'Whether its dates are compared with the clock.' },
  check_valid_until: { type: 'bool', help: 'Whether it may be too old.' },
  date_max_future: { type: 'int', help: 'How many seconds its date may lie in the future.' },
  inrelease_path: { type: 'str', help: 'Where its InRelease file is.' },
  pdiffs: { type: 'bool', help: 'Whether indexes are updated by differences.' },
  mode: {
    type: 'mode',
    default: '0644',
    help: 'Permissions of the file of the repository, quoted octal or symbolic.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether apt has the repository.',
  },
})

export type Args = ArgsOf<typeof declared>

export function isUrl(signedBy: string | undefined): signedBy is string {
  return signedBy !== undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(signedBy)
}

export function problems(args: Partial<Args>): string[] {
  const found: string[] = []
  const { name, signed_by } = args
  if (name !== undefined && (slugOf(name) === '' || /[\r\n]/.test(name)))
    found.push(`name: ${JSON.stringify(name)} gives no name of a file; it needs a letter or digit`)
  if (isUrl(signed_by)) found.push(...urlProblems('signed_by', signed_by))
  for (const [option, value] of Object.entries(args)) {
    if (
      option !== 'signed_by' &&
      option !== 'name' &&
      [value].flat().some((one) => /[\r\n]/.test(String(one)))
    )
      found.push(`${option} holds a line break, and it is one line of a file`)
  }
  return found
}

/** What the names of files are made of. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[_\s]+/g, '-')
    .replace(/[^a-z0-9-]+/g, '')
}

const FIELDS: Readonly<Record<string, string>> = { name: 'X-Repolib-Name', uris: 'URIs' }

/** The text of the file, its fields in the order of the task's arguments, as Ansible has them. */
export function textOf(args: Args, signedBy: string | undefined): string {
  return Object.entries({ ...args, ...(signedBy !== undefined && { signed_by: signedBy }) })
    .filter(([option, value]) => option !== 'mode' && option !== 'state' && value !== undefined)
    .map(([option, value]) => fieldOf(FIELDS[option] ?? titled(option), written(value!)))
    .join('')
}

function titled(option: string): string {
  return option.replace(
    /(^|_)([a-z])/g,
    (_, before: string, letter: string) => `${before && '-'}${letter.toUpperCase()}`,
  )
}

function written(value: NonNullable<Args[keyof Args]>): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(' ') : String(value)
}

/** A text of several lines stands below its name, a dot in the place of an empty line. */
function fieldOf(name: string, value: string): string {
  if (!value.includes('\n')) return value === '' ? `${name}:\n` : `${name}: ${value}\n`
  const lines = value.trim().split(/\r?\n/)
  return `${name}:\n${lines.map((line) => `    ${line.trim() || '.'}\n`).join('')}`
}
