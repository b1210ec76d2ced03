import type { User } from '../../../host/accounts.ts'
import { type Ids, planAttributes } from '../../../host/attributes.ts'
import { fetchScript, readFetched, urlProblems } from '../../../host/download.ts'
import { failureOf, withText } from '../../../host/edit.ts'
import { type FileState, followed, isFolder } from '../../../host/file-state.ts'
import { fileFootprint } from '../../../host/footprints.ts'
import { leftBy, leftFile } from '../../../host/left-file.ts'
import { folderOf, trimmed } from '../../../host/paths.ts'
import { about, newFolder, settle } from '../../../host/placement.ts'
import { madeAt } from '../../../host/safe-path.ts'
import { writeFile } from '../../../host/write.ts'
import type { Asked, Footprint, Found } from '../../../sdk/footprint.ts'
import { type Action, type Change, defineModule, type ModuleContext, type Plan } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { failure, joined, NOTHING, sh } from '../../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { contentOf } from '../../../shell/content.ts'
import type { ValueMap } from '../../../values/value.ts'
import { editKeys, parseKey, readKeys } from './keys-file.ts'
import { type Looked, lookOf } from './look.ts'

const declared = options({
  user: { type: 'str', required: true, help: 'Whose keys they are.' },
  key: {
    type: 'str',
    required: true,
    help: 'Public keys as in .pub files, one a line; or an address, https://..., that the host fetches them from.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the keys let the user in.',
  },
  path: { type: 'path', help: 'The file; .ssh/authorized_keys in the home folder if not given.' },
  manage_dir: {
    type: 'bool',
    default: true,
    help: "Whether the folder of the file is made, and made the user's alone, when the file is written.",
  },
  key_options: { type: 'str', help: 'Options for the keys, such as \'from="10.0.0.0/8",no-pty\'.' },
  exclusive: { type: 'bool', default: false, help: 'Whether all other keys are removed.' },
  comment: { type: 'str', help: 'The comment of the keys in place of their own.' },
  follow: { type: 'bool', default: false, help: 'Whether a link is followed, not replaced by a file.' },
  validate_certs: {
    type: 'bool',
    default: true,
    help: 'Whether the certificate of the server that keys are fetched from must be valid.',
  },
})

type Args = ArgsOf<typeof declared>

interface State extends Looked {
  /** The file of keys; undefined when the user has no home. */
  readonly path: string | undefined
  readonly file: FileState | undefined
  /** The keys, given or fetched, one a line. */
  readonly keys: string
}

/** Decides which SSH keys let a user in. Semantics: ansible.posix.authorized_key. */
export const authorized_key = defineModule<typeof declared, State>({
  name: 'authorized_key',
  summary: 'Adds or removes SSH keys that let a user log in.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan: planOf,
  footprint: { paths: footprintPaths, of: footprint },
  interpret: (outcomes) => failureOf(outcomes) ?? {},
})

function problems({ key, user, key_options, comment }: Partial<Args>): string[] {
  const found: string[] = []
  if (user !== undefined && (user === '' || /[:\n/]/.test(user)))
    found.push(`user: ${JSON.stringify(user)} is not a name of a user`)
  if (key?.startsWith('file:')) {
    found.push(`key: ${key} is a file; give the keys themselves, one a line, as of lookup('file', ...)`)
  } else if (key !== undefined && isAddress(key)) {
    found.push(...urlProblems('key', key))
  } else if (key !== undefined) {
    try {
      readKeys(key)
    } catch (error) {
      found.push(`key: ${(error as Error).message}`)
    }
  }
  if (comment !== undefined && /[\r\n]/.test(comment)) found.push('comment holds a line break')
  if (key_options && !canStandBeforeKey(key_options)) {
    found.push(
      `key_options: ${JSON.stringify(key_options)} cannot stand before a key; spaces are allowed within double quotes only`,
    )
  }
  return found
}

function isAddress(key: string): boolean {
  return /^https?:/.test(key)
}

function canStandBeforeKey(options: string): boolean {
  return !options.includes('\n') && parseKey(`${options} ssh-rsa key`)?.options === options
}

function probe(args: Args): Probe {
  const { key, validate_certs } = args
  return [lookOf(args), ...(isAddress(key) ? [fetchScript({ url: key, validate_certs })] : [])]
}

function parse(output: ProbeOutput, args: Args): State {
  const keys = isAddress(args.key) ? keysFrom(args.key, output.text) : args.key
  const { user, ...found } = output.of(lookOf(args))[0]!
  const given = args.path ?? (user?.home ? `${user.home}/.ssh/authorized_keys` : undefined)
  if (given === undefined) return { ...found, keys, user, path: undefined, file: undefined }
  const { path, file } = followed(trimmed(given), found.itself)
  const at = args.follow ? path : trimmed(given)
  // Who put something there between probe and reading may have linked to what is not theirs.
  return { ...found, keys, user, path: at, file, bytes: file === undefined ? '' : found.bytes }
}

function keysFrom(address: string, printed: string): string {
  const fetched = readFetched(printed)
  if ('complaint' in fetched) throw new Error(`Error getting key from: ${address}: ${fetched.complaint}`)
  const keys = fetched.bytes.toString()
  try {
    readKeys(keys)
  } catch (error) {
    throw new Error(`Error getting key from: ${address}: ${(error as Error).message}`)
  }
  return keys
}

function planOf(args: Args, state: State, view: ModuleContext): Plan {
  const { user, path, file, folder, above } = state
  // Under check, an earlier task that was not carried out may be the one that makes user and home.
  if (user === undefined && !view.check)
    return failure(`there is no user "${args.user}" on this host; create it in an earlier task`)
  if (user !== undefined && path === undefined)
    return failure(`user "${args.user}" has no home folder; give the path of the file`)
  if (file !== undefined && file.type !== 'file')
    return failure(`${path} is a ${file.type}, and a file is to be there`)
  if (folder !== undefined && !isFolder(folder))
    return failure(`${folderOf(path!)} is a ${folder.type}, and a folder is to be there`)
  const result = resultOf(args, path)
  const { bytes, changes: keys } = edited(args, state)
  if (keys.length === 0) return { ...NOTHING, result }
  if (args.manage_dir && above === undefined && !view.check)
    return failure(`there is no folder ${folderOf(folderOf(path!))}; make it in an earlier task`)
  const [first, ...others] = keys
  // The first of the changed lines carries the whole file for the diff.
  const told = view.diff ? [withText(first!, state.bytes, bytes), ...others] : keys
  const at = path ?? `~${args.user}/.ssh/authorized_keys`
  return {
    ...joined([folderPlan(args, state, at), filePlan(args, state, at, bytes, told)]),
    result,
  }
}

function resultOf(args: Args, path: string | undefined): ValueMap {
  const given = Object.keys(declared).map((name) => [name, args[name as keyof Args] ?? null])
  return { ...Object.fromEntries(given), keyfile: path ?? null }
}

function edited({ state, exclusive, key_options, comment }: Args, { keys: given, bytes }: State) {
  const keys = readKeys(given).map((one) => ({
    ...one,
    ...(key_options !== undefined && { options: key_options }),
    ...(comment !== undefined && { comment: comment.trim().replace(/\s+/g, ' ') }),
  }))
  return editKeys(bytes, { keys, state, exclusive })
}

/** Folder and file are given to the user when there is something to write, as Ansible does. */
function filePlan(args: Args, state: State, path: string, bytes: string, keys: readonly Change[]): Plan {
  const { user, file, folder } = state
  const makesFolders = folder === undefined && !args.manage_dir
  const own = planAttributes(ownedBy(args, user, '0600'), idsOf(user), file, false)
  const write = writeFile({
    path,
    content: contentOf(Buffer.from(bytes, 'latin1')),
    owner: user?.uid,
    group: user?.gid,
    mode: 0o600,
    replaces: args.follow ? (file ?? null) : (state.itself ?? null),
    madeOf: contentOf(Buffer.from(state.bytes, 'latin1')),
    makesFolders,
  })
  return {
    changes: [
      ...(makesFolders ? [newFolder(folderOf(path))] : []),
      ...(file === undefined ? [{ what: 'state', before: 'absent', after: 'file' }] : []),
      ...keys,
      ...own.changes,
    ],
    actions: [write],
  }
}

function idsOf(user: User | undefined): Ids {
  return { uid: user?.uid, gid: user?.gid }
}

function ownedBy({ user: owner }: Args, user: User | undefined, mode: string) {
  return { owner, group: user === undefined ? undefined : String(user.gid), mode }
}

function folderPlan(args: Args, { user, folder }: State, dest: string): Plan {
  const path = folderOf(dest)
  if (!args.manage_dir) return NOTHING
  if (folder === undefined) {
    const make = madeAt(path, 'make_folder 00700', idsOf(user))
    return { changes: [newFolder(path)], actions: [sh(make)] }
  }
  // A link may lead to a folder that is not the user's.
  if (folder.type === 'link') return NOTHING
  const settled = settle({ path, file: folder }, ownedBy(args, user, '0700'), idsOf(user))
  return about({ dest }, path, settled)
}

/** The file, its folder, and the one above. Homes lie there most often. */
function footprintPaths({ user, path }: Args): [file: string, folder: string, above: string] {
  const home = user === 'root' ? '/root' : `/home/${user}`
  const file = path === undefined ? `${home}/.ssh/authorized_keys` : trimmed(path)
  return [file, folderOf(file), folderOf(folderOf(file))]
}

/** A new folder for the file is made with it; one that is there and is to be another is not the file's alone. */
function footprint(args: Args, state: State, { changes, actions = [] }: Plan): Footprint | undefined {
  const { user, itself, folder, above } = state
  const [path, folderPath, abovePath] = footprintPaths(args)
  if (isAddress(args.key) || user === undefined || path !== state.path) return undefined
  if (folder !== undefined && actions.length > 1) return undefined
  const besides = [[folderPath, folder] as const, [abovePath, above] as const]
  const said = fileFootprint({ path, file: itself, owner: user.name, besides }, { changes })
  return said && { ...said, leaves: leavesOf(args, state, actions.at(-1)), takes: [askedOf(args, path)] }
}

function askedOf(args: Args, path: string): Asked {
  const look = lookOf(args)
  return { of: path, look, item: look.items[0]! }
}

/** What those who edit files find then, and who looks for keys of this user. */
function leavesOf(args: Args, { path, user, itself, folder, above }: State, write?: Action): Found[] {
  if (write?.do !== 'send') return []
  const bytes = write.content.bytes()
  const left = { path: path!, file: itself, uid: user?.uid, gid: user?.gid, mode: 0o600, bytes }
  const found: Looked = { user, folder, above, itself: leftFile(left), bytes: bytes.toString('latin1') }
  return [...leftBy(left), { ...askedOf(args, path!), found }]
}
