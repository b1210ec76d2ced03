import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  path: { type: 'path', required: true, aliases: ['name'], help: 'The file or folder on the host.' },
  state: {
    type: 'str',
    choices: ['absent', 'present', 'query'],
    default: 'query',
    help: 'Whether the entry is to be there; query only returns the list.',
  },
  follow: { type: 'bool', default: true, help: 'Whether what a link leads to is meant, and not the link.' },
  default: {
    type: 'bool',
    default: false,
    help: 'Whether the default list of a folder is meant, which new files in it get.',
  },
  entity: { type: 'str', default: '', help: 'The user or group; empty for the owner.' },
  etype: {
    type: 'str',
    choices: ['group', 'mask', 'other', 'user'],
    help: 'Whom the entry is about.',
  },
  permissions: {
    type: 'str',
    help: 'Any of r, w, x and X (x for folders, and where somebody has it already), or "-" for none.',
  },
  entry: {
    type: 'str',
    help: 'etype, entity and permissions in one: "user:joe:rw", or "default:user:joe:rw".',
  },
  recursive: {
    type: 'bool',
    default: false,
    aliases: ['recurse'],
    help: 'Whether all that is below the folder gets the entry too.',
  },
  use_nfsv4_acls: {
    type: 'bool',
    default: false,
    help: 'Whether lists of NFSv4 are meant, which fails: on Linux another tool sets them.',
  },
  recalculate_mask: {
    type: 'str',
    choices: ['default', 'mask', 'no_mask'],
    default: 'default',
    help: 'When the mask is made anew: always (mask), never (no_mask), or unless the entry is the mask.',
  },
})

export type Args = ArgsOf<typeof declared>

/** What is to be in a list, or not. */
interface Entry {
  readonly isDefault: boolean
  readonly etype: string
  readonly entity: string
  readonly permissions: string | undefined
}

const TYPES = ['user', 'group', 'mask', 'other']

/** The entry that a task is about; undefined if it is none. */
export function entryOf(args: Partial<Args>): Entry | undefined {
  const { entry, entity = '', etype, permissions, default: isDefault = false } = args
  if (entry === undefined)
    return etype === undefined
      ? undefined
      : { isDefault, etype, entity, permissions: permissions || undefined }
  const parts = entry.split(':')
  const saysDefault = /^d/i.test(entry)
  if (saysDefault) parts.shift()
  const [first = '', name = '', rights] = parts
  const type = first === '' ? undefined : TYPES.find((one) => one[0] === first[0]!.toLowerCase())
  if (type === undefined || parts.length > 3) return undefined
  return { isDefault: saysDefault || isDefault, etype: type, entity: name, permissions: rights || undefined }
}

/** The entry as setfacl takes it, in Ansible's form. */
export function written({ etype, entity, permissions }: Entry, state: Args['state']): string {
  return state === 'present' ? `${etype}:${entity}:${permissions ?? ''}` : `${etype}:${entity}`
}

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { state = 'query', entry, entity, etype, permissions, recursive, recalculate_mask } = args
  const found: string[] = []
  if (state === 'query' && complete) {
    if (recursive) found.push("'recursive' MUST NOT be set when 'state=query'.")
    if (recalculate_mask === 'mask' || recalculate_mask === 'no_mask')
      found.push("'recalculate_mask' MUST NOT be set to 'mask' or 'no_mask' when 'state=query'.")
    if (entry !== undefined) found.push("'entry' MUST NOT be set when 'state=query'.")
  }
  if (entry !== undefined && (etype || entity || permissions))
    found.push("'entry' MUST NOT be set when 'entity', 'etype' or 'permissions' are set.")
  if (found.length > 0) return found
  found.push(...(entry === undefined ? partsProblems(args, complete) : entryProblems(entry, state, complete)))
  if (found.length > 0) return found
  const meant = entryOf(args)
  if (entry !== undefined && meant === undefined)
    return [`entry: ${JSON.stringify(entry)} is no entry such as user:joe:rw`]
  const name = meant?.entity ?? entity ?? ''
  // Signs at which setfacl begins another field or entry, and space that it would leave away.
  if (/[:,\r\n]|^\s|\s$/.test(name))
    found.push(`entity: ${JSON.stringify(name)} is not a name of a user or group`)
  const rights = meant?.permissions ?? permissions
  if (rights && !/^([rwxX-]+|[0-7])$/.test(rights))
    found.push(`permissions: ${JSON.stringify(rights)} is not made of r, w, x and X`)
  if (complete && state === 'present' && !rights)
    found.push("'permissions' MUST be set when 'state=present'.")
  return found
}

function partsProblems({ state, entity, etype, permissions }: Partial<Args>, complete: boolean): string[] {
  const found: string[] = []
  if (state === 'absent' && permissions) found.push("'permissions' MUST NOT be set when 'state=absent'.")
  if (!complete) return found
  if (state === 'absent' && !entity) found.push("'entity' MUST be set when 'state=absent'.")
  if ((state === 'present' || state === 'absent') && etype === undefined)
    found.push(`'etype' MUST be set when 'state=${state}'.`)
  return found
}

function entryProblems(entry: string, state: string, complete: boolean): string[] {
  const count = entry.split(':').length
  if (state === 'present' && count !== 3 && count !== 4)
    return ["'entry' MUST have 3 or 4 sections divided by ':' when 'state=present'."]
  if (complete && state === 'absent' && count !== 2 && count !== 3)
    return ["'entry' MUST have 2 or 3 sections divided by ':' when 'state=absent'."]
  return []
}
