import { fromBytes } from '../../../host/edit.ts'
import { toBoolean } from '../../../values/truth.ts'
import type { ValueMap } from '../../../values/value.ts'
import { repositoriesIn } from '../repo-file.ts'
import { isSame, shown } from './address.ts'
import { type Args, isFetched, isRepoFile } from './options.ts'

/** A repository as it is to be. */
export interface Wanted {
  /** Undefined if any alias is meant. */
  readonly alias: string | undefined
  readonly urls: readonly string[]
  /** Fields that it must have, in the order in which zypper writes them. */
  readonly fields: ReadonlyMap<string, string>
  /** Those that it has besides when it is new. */
  readonly others: ReadonlyMap<string, string>
  readonly importsKeys: boolean
}

/** What the arguments ask for; `given` are the bytes of the .repo file. A sentence says why that is none. */
export function wantedOf(args: Args, given: string | undefined): Wanted | string {
  const { name, repo } = args
  if (isRepoFile(repo)) return wantedOfFile(args, repo, given)
  const urls = repo === undefined ? [] : [repo]
  return {
    alias: name,
    urls,
    fields: fieldsOf(args, urls, new Map()),
    others: new Map(),
    importsKeys: args.auto_import_keys,
  }
}

function wantedOfFile(args: Args, repo: string, given: string | undefined): Wanted | string {
  if (given === undefined)
    return isFetched(repo)
      ? 'Error downloading .repo file from provided URL'
      : 'Error opening .repo file from provided path'
  const found = repositoriesIn(given)
  if (found.size !== 1) return `Invalid format, .repo file contains ${found.size} repositories, expected 1`
  const [[id, bytes]] = [...found] as [[string, Map<string, string>]]
  const own = new Map([...bytes].map(([field, value]) => [field, fromBytes(value)]))
  const urls = urlsIn(own)
  if (urls.length === 0) return 'No baseurl found in .repo file'
  const fields = fieldsOf(args, urls, own)
  const others = new Map([...own].filter(([field]) => !fields.has(field)))
  return {
    alias: fromBytes(id),
    urls,
    fields,
    others,
    importsKeys: args.auto_import_keys || own.has('gpgkey'),
  }
}

function fieldsOf(
  args: Args,
  urls: readonly string[],
  own: ReadonlyMap<string, string>,
): Map<string, string> {
  const name = own.get('name') ?? args.description
  const flag = (field: string, otherwise: boolean) =>
    (toBoolean(own.get(field) ?? otherwise) ?? otherwise) ? '1' : '0'
  const priority = args.priority ? String(args.priority) : own.get('priority')
  const gpgkey = own.get('gpgkey')
  return new Map([
    ...(name ? [['name', name] as const] : []),
    ['enabled', flag('enabled', args.enabled)],
    ['autorefresh', flag('autorefresh', args.autorefresh)],
    ...(urls.length > 0 ? [['baseurl', urls.map(written).join('\n')] as const] : []),
    ...(priority === undefined ? [] : [['priority', priority] as const]),
    ['gpgcheck', flag('gpgcheck', !args.disable_gpg_check)],
    ...(gpgkey === undefined ? [] : [['gpgkey', gpgkey] as const]),
  ])
}

function written(url: string): string {
  return url.startsWith('/') ? `dir:${url}` : url
}

function urlsIn(fields: ReadonlyMap<string, string>): string[] {
  return (fields.get('baseurl') ?? '')
    .split(/[\n\s]+(?=[a-zA-Z][a-zA-Z0-9+.-]*:|\/)/)
    .filter((url) => url !== '')
}

/** Whether a field has that value already, in whatever words. */
export function holds(there: ReadonlyMap<string, string>, field: string, value: string): boolean {
  const now = there.get(field)
  if (field === 'baseurl') {
    const [one, other] = [urlsIn(new Map([[field, value]])), urlsIn(there)]
    return one.length === other.length && one.every((url, at) => isSame(url, other[at]!))
  }
  if (field === 'priority') return priorityOf(now) === priorityOf(value)
  if (field === 'enabled') return (toBoolean(now ?? '1') ?? true) === (value === '1')
  if (field === 'autorefresh') return (toBoolean(now ?? '0') ?? false) === (value === '1')
  if (field === 'gpgcheck') return now !== undefined && toBoolean(now) === (value === '1')
  return now === value
}

/** As for zypper, 0 is what it takes unless it is told. */
function priorityOf(text: string | undefined): number {
  return Number(text) || 99
}

/** What Ansible returns of it. */
export function repodataOf({ alias, urls, fields }: Wanted, { priority, description }: Args): ValueMap {
  return {
    url: urls.length === 0 ? null : shown(urls.join('\n')),
    alias: alias ?? null,
    name: fields.get('name') ?? description ?? null,
    priority: priority ?? null,
    ...Object.fromEntries(['enabled', 'gpgcheck', 'autorefresh'].map((field) => [field, fields.get(field)!])),
  }
}

export function isAt(there: ReadonlyMap<string, string>, urls: readonly string[]): boolean {
  const known = urlsIn(there)
  return urls.length > 0 && known.length > 0 && isSame(urls[0]!, known[0]!)
}
