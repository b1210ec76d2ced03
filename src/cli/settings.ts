import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Float } from '../values/float.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import type { Node } from '../values/value.ts'
import { Fields } from '../yaml/fields.ts'
import { Files, firstFile } from '../yaml/files.ts'

const settingsFile = 'playssh.yml'

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
  /** MiB. */
  readonly maxOutput?: number
  /** What somebody should know of how they were found. */
  readonly warnings: readonly string[]
}

/** Node has no longer text than twice this, in MiB. */
const MAX_OUTPUT_AT_MOST = 256

const keywords = [
  'forks',
  'gathering',
  'host_key_checking',
  'inventory',
  'max_output',
  'private_key_file',
  'remote_user',
  'roles_path',
  'ssh_common_args',
  'timeout',
]

/**
 * The settings of the folder worked in: playssh.yml in the current folder or one above it, else beside or above
 * the playbook. Raises ProblemError when the file is wrong.
 */
export function readSettings(playbook: string | undefined): Settings {
  const warnings: string[] = []
  const find = (folder: string) => findAbove(folder, warnings)
  const path = find(process.cwd()) ?? (playbook && find(dirname(resolve(playbook))))
  if (path === undefined || path === '') return { inventory: [], rolesPath: [], warnings }
  const files = new Files()
  const node = files.yaml(path)
  if (files.problems.length > 0) throw new ProblemError(files.problems)
  if (node?.kind !== 'map') {
    throw new ProblemError({ message: `${settingsFile} is a map of settings`, place: node?.place })
  }
  const problems: Problem[] = []
  const settings = readFields(new Fields(node, problems), dirname(path), problems)
  if (problems.length > 0) throw new ProblemError(problems)
  return { ...settings, warnings }
}

/** What lies where everybody may write is not trusted, as Ansible does with ansible.cfg; it is warned of once. */
function findAbove(folder: string, warnings: string[]): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = firstFile([join(at, settingsFile)])
    if (path !== undefined) {
      if (!isWritableByAll(at) && !isWritableByAll(path)) return path
      const message = `${path} is not read: everybody may write ${isWritableByAll(at) ? `into ${at}` : 'it'} (chmod o-w)`
      if (!warnings.includes(message)) warnings.push(message)
    }
    if (dirname(at) === at) return undefined
  }
}

function isWritableByAll(path: string): boolean {
  return (statSync(path).mode & 0o002) !== 0
}

function readFields(fields: Fields, folder: string, problems: Problem[]): Omit<Settings, 'warnings'> {
  fields.rejectUnknown('settings file', keywords)
  const expected = (node: Node, what: string) => {
    problems.push({ message: `${what} is expected`, place: node.place })
    return undefined
  }
  const number = (key: string, most = Number.POSITIVE_INFINITY) => {
    const node = fields.scalar(key)
    if (node === undefined) return undefined
    const number = node.value instanceof Float ? node.value.valueOf() : node.value
    if (typeof number === 'number' && number > 0 && number <= most) return number
    return expected(
      node,
      most === Number.POSITIVE_INFINITY ? 'a number above 0' : `a number from 1 to ${most}`,
    )
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
      maxOutput: number('max_output', MAX_OUTPUT_AT_MOST),
      gathersFacts: gathering === undefined ? undefined : gathering.value === 'implicit',
    }),
  }
}

function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
