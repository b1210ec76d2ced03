import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { itemsOf } from '../python/sequence.ts'
import { controllerHome, controllerVariable, readlinkSync } from '../values/controller-files.ts'
import { readOutside } from '../values/outside.ts'
import { filter } from './define.ts'
import { isList, isText, text, tuple } from './given.ts'
import { globFiles } from './glob.ts'

/** Paths on the controller, as Python's os.path has them. */
export const pathFilters = [
  filter(
    'basename',
    [],
    'The last part of a path, empty behind a last slash.',
    (value: unknown) => splitPath(text(value))[1],
  ),
  filter('dirname', [], 'A path without its last part.', (value: unknown) => splitPath(text(value))[0]),
  filter(
    'splitext',
    [],
    'A path without its extension, and the extension with its dot.',
    (value: unknown) => {
      const path = text(value)
      const [, root = '', extension = ''] = /^((?:.*\/)?\.*[^/]*?[^./][^/]*)(\.[^./]*)$/s.exec(path) ?? [
        path,
        path,
        '',
      ]
      return tuple([root, extension])
    },
  ),
  filter(
    'path_join',
    [],
    'A path of the parts in a list; an absolute one starts it anew.',
    (value: unknown) => {
      if (isText(value)) return value
      if (!isList(value)) throw new Error('path_join takes a list of parts')
      if (value.length === 0) throw new Error('path_join takes at least one part')
      return value
        .map(text)
        .reduce((path, part) =>
          part.startsWith('/') ? part : path === '' || path.endsWith('/') ? path + part : `${path}/${part}`,
        )
    },
  ),
  filter('expanduser', [], 'A path with ~ and ~user written as the home directory.', (value: unknown) =>
    expandUser(text(value)),
  ),
  filter('expandvars', [], "A path with $NAME written as the environment's variables.", (value: unknown) =>
    text(value).replace(
      /\$(?:(\w+)|\{([^}]*)\})/g,
      (written, name, braced) => controllerVariable(name ?? braced) ?? written,
    ),
  ),
  filter('realpath', [], 'An absolute path without links in it.', (value: unknown) => realPath(text(value))),
  filter(
    'relpath',
    [{ start: '.' }],
    'A path as seen from a directory.',
    (value: unknown, start: unknown) => {
      if (text(value) === '') throw new Error('relpath takes a path, and there is none')
      return posix.relative(posix.resolve(text(start)), posix.resolve(text(value))) || '.'
    },
  ),
  filter('commonpath', [], 'The longest path that all paths of a list begin with.', (value: unknown) =>
    commonPath(itemsOf(value).map(text)),
  ),
  filter('fileglob', [], 'The files on the controller that a pattern matches.', (value: unknown) =>
    globFiles(text(value)),
  ),
  filter(
    'win_basename',
    [],
    'The last part of a path of Windows.',
    (value: unknown) => splitWindows(text(value))[1],
  ),
  filter(
    'win_dirname',
    [],
    'A path of Windows without its last part.',
    (value: unknown) => splitWindows(text(value))[0],
  ),
  filter('win_splitdrive', [], 'The drive of a path of Windows, and the rest.', (value: unknown) =>
    tuple(splitDrive(text(value))),
  ),
]

function splitPath(path: string): [string, string] {
  const at = path.lastIndexOf('/') + 1
  const head = path.slice(0, at)
  return [/^\/*$/.test(head) ? head : head.replace(/\/+$/, ''), path.slice(at)]
}

/** `~` is HOME's, `~name` the home directory of a user in /etc/passwd. */
function expandUser(path: string): string {
  const [, user, rest] = /^~([^/]*)(.*)$/s.exec(path) ?? []
  if (user === undefined) return path
  const home = user === '' ? controllerHome() : homeOf(user)
  if (home === undefined) return path
  return home.replace(/\/+$/, '') + rest || '/'
}

function homeOf(user: string): string | undefined {
  readOutside()
  const fields = readFileSync('/etc/passwd', 'utf8').split('\n')
  return fields.map((line) => line.split(':')).find(([name]) => name === user)?.[5]
}

/** Links are followed as far as there is something. */
function realPath(path: string, followed = 0): string {
  readOutside()
  const parts = posix
    .resolve(path)
    .split('/')
    .filter((part) => part !== '')
  let real = '/'
  for (const [index, part] of parts.entries()) {
    const next = posix.join(real, part)
    const target = linkOf(next)
    if (target === undefined) real = next
    else if (followed >= 40) return posix.join(next, ...parts.slice(index + 1))
    else return realPath(posix.join(posix.resolve(real, target), ...parts.slice(index + 1)), followed + 1)
  }
  return real
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function commonPath(paths: readonly string[]): string {
  if (paths.length === 0) throw new Error('commonpath takes at least one path')
  const absolute = paths.map((path) => path.startsWith('/'))
  if (new Set(absolute).size > 1)
    throw new Error('commonpath takes absolute paths or relative ones, not both')
  const split = paths.map((path) => path.split('/').filter((part) => part !== '' && part !== '.'))
  const shortest = split.reduce((least, parts) => (parts.length < least.length ? parts : least))
  const length = shortest.findIndex((part, index) => split.some((parts) => parts[index] !== part))
  return (absolute[0] ? '/' : '') + shortest.slice(0, length === -1 ? undefined : length).join('/')
}

/** The drive ("C:", "\\host\share") and what is behind it. */
function splitDrive(path: string): [string, string] {
  const plain = path.replaceAll('/', '\\')
  const [drive = ''] =
    /^\\\\[?.]\\UNC\\[^\\]*(?:\\[^\\]*)?/i.exec(plain) ??
    /^\\\\[^\\]+\\[^\\]+(?=\\|$)/.exec(plain) ??
    /^.:/s.exec(plain) ??
    []
  return [path.slice(0, drive.length), path.slice(drive.length)]
}

function splitWindows(path: string): [string, string] {
  const [drive, rest] = splitDrive(path)
  const at = Math.max(rest.lastIndexOf('\\'), rest.lastIndexOf('/')) + 1
  const head = rest.slice(0, at)
  return [drive + (/^[\\/]*$/.test(head) ? head : head.replace(/[\\/]+$/, '')), rest.slice(at)]
}
