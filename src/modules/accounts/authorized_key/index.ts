import { parseUser, type User } from '../../../host/accounts.ts'
import { planAttributes } from '../../../host/attributes.ts'
import { failureOf } from '../../../host/edit.ts'
import { type FileState, followed, isFolder, readFiles } from '../../../host/file-state.ts'
import { LOOK, lookingSettings } from '../../../host/look.ts'
import { folderOf, trimmed } from '../../../host/paths.ts'
import { attributesScripts, madeAt } from '../../../host/safe-path.ts'
import { writeFile } from '../../../host/write.ts'
import { type Action, type Change, defineModule, type Plan, type View } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { contentOf, textOf } from '../../../shell/content.ts'
import { Output } from '../../../shell/output.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { editKeys, parseKey, readKeys } from './keys-file.ts'

const declared = options({
  user: { type: 'str', required: true, help: 'Whose keys they are.' },
  key: { type: 'str', required: true, help: 'Public keys as in .pub files, one a line.' },
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
})

type Args = ArgsOf<typeof declared>

interface State {
  /** Undefined when there is no such user. */
  readonly user: User | undefined
  /** The file of keys; undefined when the user has no home to look for it. */
  readonly path: string | undefined
  readonly file: FileState | undefined
  /** What is at the path itself: perhaps a link to `file`. */
  readonly itself: FileState | undefined
  readonly bytes: string
  /** The folder of the file, and the one above. */
  readonly folder: FileState | undefined
  readonly above: FileState | undefined
}

/** Decides which SSH keys let a user in. Semantics: ansible.posix.authorized_key. */
export const authorized_key = defineModule<typeof declared, State>({
  name: 'authorized_key',
  summary: 'Adds or removes SSH keys that let a user log in.',
  options: declared,
  faults,
  probe,
  parse: ({ bytes }, args) => parse(new Output(bytes), args),
  plan: planOf,
  apply: (_, args, state) => workOf(args, state).actions,
  conclude: (outcomes) => failureOf(outcomes) ?? {},
})

function faults({ key, user, key_options, comment }: Partial<Args>): string[] {
  const found: string[] = []
  if (user !== undefined && (user === '' || /[:\n/]/.test(user)))
    found.push(`user: ${JSON.stringify(user)} is no name of a user`)
  if (key !== undefined && /^(https?|file):/.test(key)) {
    found.push(`key: ${key} is an address; give the keys themselves, one a line`)
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

function canStandBeforeKey(options: string): boolean {
  return !options.includes('\n') && parseKey(`${options} ssh-rsa key`)?.options === options
}

function probe({ user, path }: Args): string {
  const name = quote(user)
  const file = path === undefined ? undefined : trimmed(path)
  const paths =
    file === undefined
      ? '"$home" "$home/.ssh" "$home/.ssh/authorized_keys"'
      : [folderOf(folderOf(file)), folderOf(file), file].map(quotePath).join(' ')
  return [
    LOOK,
    lookingSettings({ follow: true }),
    'find_user() {',
    `  while IFS= read -r line; do case $line in ${name}:*) printf '%s\\n' "$line"; return ;; esac; done </etc/passwd`,
    `  if command -v getent >/dev/null; then getent passwd ${name}; fi`,
    '}',
    `user=$(find_user); home=\${user%:*}; home=\${home##*:}`,
    'printf "%s\\n" "$user"',
    ...(file === undefined ? ['[ -n "$home" ] || exit 0'] : []),
    `set -- ${paths}`,
    'look "$@"; links "$@"; regular "$@"',
    '[ ! -f "$3" ] || cat -- "$3"',
  ].join('\n')
}

function parse(output: Output, args: Args): State {
  const user = parseUser(output.line())
  const given = args.path ?? (user?.home ? `${user.home}/.ssh/authorized_keys` : undefined)
  if (given === undefined) {
    return {
      user,
      path: undefined,
      file: undefined,
      itself: undefined,
      bytes: '',
      folder: undefined,
      above: undefined,
    }
  }
  const [above, folder, itself] = readFiles(output, 3, { follow: true })
  const { path, file } = followed(trimmed(given), itself)
  const at = args.follow ? path : trimmed(given)
  return { user, path: at, file, itself, bytes: output.rest().toString('latin1'), folder, above }
}

function planOf(args: Args, state: State, view: View): Plan {
  const { user, path, file, folder, above } = state
  const fail = (failed: string): Plan => ({ changes: [], failed })
  // Under check, an earlier task that was not carried out may be the one that makes user and home.
  if (user === undefined && !view.check)
    return fail(`there is no user "${args.user}" on this host; create it in an earlier task`)
  if (user !== undefined && path === undefined)
    return fail(`user "${args.user}" has no home folder; give the path of the file`)
  if (file !== undefined && file.type !== 'file')
    return fail(`${path} is a ${file.type}, and a file is to be there`)
  if (folder !== undefined && !isFolder(folder))
    return fail(`${folderOf(path!)} is a ${folder.type}, and a folder is to be there`)
  const { changes } = workOf(args, state)
  if (changes.length > 0 && args.manage_dir && above === undefined && !view.check)
    return fail(`there is no folder ${folderOf(folderOf(path!))}; make it in an earlier task`)
  return { changes: view.diff ? withText(changes, args, state) : changes, result: resultOf(args, path) }
}

function resultOf(args: Args, path: string | undefined): ValueMap {
  const given = Object.keys(declared).map((name) => [name, args[name as keyof Args] ?? null])
  return { ...Object.fromEntries(given), keyfile: path ?? null }
}

function edited({ key, state, exclusive, key_options, comment }: Args, bytes: string) {
  const keys = readKeys(key).map((one) => ({
    ...one,
    ...(key_options !== undefined && { options: key_options }),
    ...(comment !== undefined && { comment: comment.trim().replace(/\s+/g, ' ') }),
  }))
  return editKeys(bytes, { keys, state, exclusive })
}

interface Work {
  readonly changes: Change[]
  readonly actions: Action[]
}

const NOTHING: Work = { changes: [], actions: [] }

/** Folder and file are given to the user when there is something to write, as Ansible does. */
function workOf(args: Args, state: State): Work {
  const { user, file } = state
  const { bytes, changes: keys } = edited(args, state.bytes)
  if (keys.length === 0) return NOTHING
  const path = state.path ?? `~${args.user}/.ssh/authorized_keys`
  const own = planAttributes(ownedBy(args, user, '0600'), { uid: user?.uid, gid: user?.gid }, file, false)
  const folder = folderWork(args, state, folderOf(path))
  const content = contentOf(Buffer.from(bytes, 'latin1'))
  return {
    changes: [
      ...folder.changes,
      ...(file === undefined ? [{ what: 'state', before: 'absent', after: 'file' }] : []),
      ...keys,
      ...own.changes,
    ],
    actions: [
      ...folder.actions,
      writeFile({
        path,
        content,
        owner: user?.uid,
        group: user?.gid,
        mode: 0o600,
        replaces: args.follow ? (file ?? null) : (state.itself ?? null),
        madeOf: contentOf(Buffer.from(state.bytes, 'latin1')),
        makesFolders: state.folder === undefined && !args.manage_dir,
      }),
    ],
  }
}

function ownedBy({ user: owner }: Args, user: User | undefined, mode: string) {
  return { owner, group: user === undefined ? undefined : String(user.gid), mode }
}

function folderWork(args: Args, { user, folder }: State, path: string): Work {
  const sh = (script: string): Action => ({ do: 'sh', script })
  const ids = { uid: user?.uid, gid: user?.gid }
  if (folder === undefined) {
    return {
      changes: [{ what: `folder ${path}`, before: null, after: 'directory' }],
      actions: args.manage_dir ? [sh(madeAt(path, 'mkdir -m 00700 "./$n"', ids))] : [],
    }
  }
  // A link may lead to a folder that is not the user's.
  if (!args.manage_dir || folder.type === 'link') return NOTHING
  const { changes, set } = planAttributes(ownedBy(args, user, '0700'), ids, folder)
  if (changes.length === 0) return NOTHING
  return {
    changes: changes.map((change) => ({ ...change, what: `${change.what} of ${path}` })),
    actions: attributesScripts([{ path, file: folder, set }]).map(sh),
  }
}

/** The first of the changed lines carries the whole file for the diff. */
function withText(changes: readonly Change[], args: Args, { bytes }: State): Change[] {
  const before = textOf(Buffer.from(bytes, 'latin1'))
  const after = textOf(Buffer.from(edited(args, bytes).bytes, 'latin1'))
  if (before === undefined || after === undefined) return [...changes]
  const first = changes.findIndex(({ what }) => /^(key|line)\b/.test(what))
  return changes.map((change, at) => (at === first ? { ...change, text: { before, after } } : change))
}
