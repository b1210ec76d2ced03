import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Fields } from '../language/fields.ts'
import { Files, isFile } from '../language/files.ts'
import { type Problem, ProblemError } from '../language/problem.ts'
import type { Node } from '../language/value.ts'

export const settingsFile = 'playssh.yml'

/** What the settings file says; paths in it are relative to it and given absolute. */
export interface Settings {
  readonly inventory: readonly string[]
  readonly rolesPath: readonly string[]
  readonly forks?: number
  readonly timeout?: number
  readonly remoteUser?: string
  readonly privateKeyFile?: string
  readonly hostKeyChecking?: boolean
  readonly sshCommonArgs?: string
  readonly gathersFacts?: boolean
}

const keywords = [
  'forks',
  'gathering',
  'host_key_checking',
  'inventory',
  'private_key_file',
  'remote_user',
  'roles_path',
  'ssh_common_args',
  'timeout',
]

/**
 * The settings of the folder worked in: playssh.yml in the current folder or one above it, else beside or above
 * the playbook. Raises ProblemError when the file is wrong, or may be a stranger's.
 */
export function readSettings(playbook: string | undefined): Settings {
  const path = findAbove(process.cwd()) ?? (playbook && findAbove(dirname(resolve(playbook))))
  if (path === undefined || path === '') return { inventory: [], rolesPath: [] }
  refuseStrangers(path)
  const files = new Files()
  const node = files.yaml(path)
  if (files.problems.length > 0) throw new ProblemError(files.problems)
  if (node?.kind !== 'map') {
    throw new ProblemError({ message: `${settingsFile} is a map of settings`, place: node?.place })
  }
  const problems: Problem[] = []
  const settings = readFields(new Fields(node, problems), dirname(path), problems)
  if (problems.length > 0) throw new ProblemError(problems)
  return settings
}

/** Settings say how hosts are reached, so they can have any program run: they must be nobody's who is not trusted. */
function refuseStrangers(path: string): void {
  const [file, folder] = [statSync(path), statSync(dirname(path))]
  const own = [process.getuid?.(), Number(process.env.SUDO_UID ?? 0), 0]
  const open = (mode: number) => (mode & 0o002) !== 0
  const message = open(file.mode)
    ? `anybody may write to ${path}`
    : `${path} belongs to the user ${file.uid}, in a folder that anybody may write to`
  if (!open(file.mode) && (!open(folder.mode) || own.includes(file.uid))) return
  throw new ProblemError({ message, hint: 'chmod o-w it, work in another folder, or remove it' })
}

function findAbove(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, settingsFile)
    if (isFile(path)) return path
    if (dirname(at) === at) return undefined
  }
}

function readFields(fields: Fields, folder: string, problems: Problem[]): Settings {
  fields.rejectUnknown('settings file', keywords)
  const expected = (node: Node, what: string) => {
    problems.push({ message: `${what} is expected`, place: node.place })
    return undefined
  }
  const number = (key: string) => {
    const node = fields.scalar(key)
    if (node === undefined) return undefined
    return typeof node.value === 'number' && node.value > 0 ? node.value : expected(node, 'a number above 0')
  }
  const truth = (key: string) => {
    const node = fields.scalar(key)
    if (node === undefined) return undefined
    return typeof node.value === 'boolean' ? node.value : expected(node, 'true or false')
  }
  const path = (text: string) => (text.startsWith('~') ? text : resolve(folder, text))
  const key = fields.text('private_key_file')
  const gathering = fields.scalar('gathering')
  if (gathering !== undefined && !['implicit', 'explicit'].includes(String(gathering.value))) {
    expected(gathering, 'implicit or explicit')
  }
  return {
    inventory: fields.words('inventory').map(path),
    rolesPath: fields.words('roles_path').map(path),
    ...defined({
      forks: number('forks'),
      timeout: number('timeout'),
      remoteUser: fields.text('remote_user'),
      privateKeyFile: key === undefined ? undefined : path(key),
      hostKeyChecking: truth('host_key_checking'),
      sshCommonArgs: fields.text('ssh_common_args'),
      gathersFacts: gathering === undefined ? undefined : gathering.value === 'implicit',
    }),
  }
}

function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
