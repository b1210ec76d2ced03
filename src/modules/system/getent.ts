import { defineModule, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING } from '../../sdk/plans.ts'
import { words } from '../../shell/quote.ts'
import { mapOf } from '../../values/keys.ts'
import type { Value, ValueMap } from '../../values/value.ts'

const declared = options({
  database: { type: 'str', required: true, help: 'Which one: passwd, group, hosts, services or another.' },
  key: { type: 'str', help: 'What is looked up in it; without it all that it lists is returned.' },
  service: { type: 'str', help: 'The service to ask instead of those of nsswitch.conf, such as files.' },
  split: {
    type: 'str',
    help: 'What separates the fields: ":" for passwd, shadow, group and gshadow, else white space, if not given.',
  },
  fail_key: { type: 'bool', default: true, help: 'Whether it is a failure when there is no such key.' },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** Exit status of getent; undefined without that program. */
  readonly code: number | undefined
  readonly printed: string
}

/** Returns what the host's databases of users, hosts, services and others hold. Semantics: ansible.builtin.getent. */
export const getent = defineModule<typeof declared, State>({
  name: 'getent',
  summary: 'Returns entries of the databases of a host, such as its users, as facts getent_DATABASE.',
  options: declared,
  returnsFacts: ({ database }) => (database === undefined ? undefined : [factOf(String(database))]),
  validate: problems,
  probe,
  parse({ text }) {
    const [, printed = '', code] = /^(.*)\0(\d*)$/s.exec(text) ?? []
    if (code === undefined) throw new Error('getent on the host was cut short')
    return { code: code === '' ? undefined : Number(code), printed }
  },
  plan,
})

function factOf(database: string): string {
  return `getent_${database}`
}

function problems({ database, split }: Partial<Args>): string[] {
  const found: string[] = []
  if (database !== undefined && !/^[A-Za-z_][A-Za-z0-9_-]*$/.test(database))
    found.push(`database: ${JSON.stringify(database)} is no name of a database such as passwd`)
  if (split === '') found.push('split is empty, and nothing can be split at that')
  return found
}

function probe({ database, key, service }: Args): string {
  const options = service === undefined ? [] : ['-s', service]
  // Not every getent knows `--`: it stands only where a key would be taken for an option.
  const names = [...(key?.startsWith('-') ? ['--'] : []), database, ...(key === undefined ? [] : [key])]
  return [
    'c=',
    `if command -v getent >/dev/null; then ${words('getent', ...options, ...names)} 2>/dev/null; c=$?; fi`,
    `printf '\\0%s' "$c"`,
  ].join('\n')
}

function plan(args: Args, { code, printed }: State): Plan {
  const fact = factOf(args.database)
  switch (code) {
    case 0:
      return { ...NOTHING, result: { ansible_facts: { [fact]: entriesOf(args, printed) } } }
    case undefined:
      return {
        ...failure('Failed to find required executable "getent" on this host'),
        advice: 'install the package that has it: libc-bin, glibc-common or musl-utils',
      }
    case 1:
      return failure('Missing arguments, or database unknown.')
    case 2: {
      const msg = 'One or more supplied key could not be found in the database.'
      if (args.fail_key) return failure(msg)
      return { ...NOTHING, result: { ansible_facts: { [fact]: mapOf([[args.key ?? '', null]]) }, msg } }
    }
    case 3:
      return failure('Enumeration not supported on this database.')
    default:
      return failure('Unexpected failure!')
  }
}

const WITH_COLONS = ['passwd', 'shadow', 'group', 'gshadow']

/** The fields of each entry by the first one; several lists of them, where several entries have the same. */
function entriesOf({ database, split }: Args, printed: string): ValueMap {
  const separator = split ?? (WITH_COLONS.includes(database) ? ':' : undefined)
  const entries = new Map<string, string[][]>()
  for (const line of printed.split('\n')) {
    const [name, ...fields] =
      separator === undefined ? line.split(/\s+/).filter((field) => field !== '') : line.split(separator)
    if (line === '' || name === undefined) continue
    const known = entries.get(name)
    if (known === undefined) entries.set(name, [fields])
    else known.push(fields)
  }
  return mapOf([...entries].map(([name, all]): [string, Value] => [name, all.length === 1 ? all[0]! : all]))
}
