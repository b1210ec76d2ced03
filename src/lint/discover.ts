import { spawnSync } from 'node:child_process'
import { readdirSync, realpathSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Problem, ProblemError } from '../values/problem.ts'
import { isFile, isFolder, shownPath } from '../yaml/files.ts'
import { type Kind, kindOfPath } from './kinds.ts'

/** A file to look at, by its absolute path. */
export interface Lintable {
  readonly path: string
  readonly kind: Kind
}

/** In milliseconds; a repository on a network's disk may take long. */
const GIT_AT_MOST = 20_000

/**
 * The files to look at: those named, all below the folders named, or the whole project if none is. Files that nobody names
 * are left out where git ignores or `exclude` names them. Raises ProblemError for paths where nothing is.
 */
export function discover(paths: readonly string[], root: string, exclude: readonly string[]): Lintable[] {
  const missing: Problem[] = []
  const found = new Map<string, Lintable>()
  const add = (path: string, kind: Kind | undefined): void => {
    if (kind !== undefined && !isExcluded(path, root, exclude)) found.set(path, { path, kind })
  }
  for (const named of paths.length === 0 ? [root] : paths.map((path) => resolve(path))) {
    if (isFolder(named)) for (const path of filesBelow(named)) add(path, kindOfPath(path))
    else if (isFile(named) || named.startsWith('/dev/')) add(named, kindOfPath(named) ?? 'playbook')
    else missing.push({ message: `${shownPath(named)} is neither a file nor a folder` })
  }
  if (missing.length > 0) throw new ProblemError(missing)
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Whether patterns of a configuration leave out the file at an absolute path. */
export function isExcluded(path: string, root: string, exclude: readonly string[]): boolean {
  const below = relative(root, path)
  return exclude.some((written) => {
    const pattern = written.replace(/^\.\//, '').replace(/\/$/, '')
    if (pattern.startsWith('/')) return isBelow(path, pattern)
    return isBelow(below, pattern) || matchesPattern(below, pattern)
  })
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** As in Ansible-lint, `*` stands for slashes too, and a pattern without a folder means files of any folder. */
function matchesPattern(path: string, pattern: string): boolean {
  if (!/[*?[]/.test(pattern)) return false
  const whole = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^(.*/)?${whole}$`).test(path)
}

/** The YAML files of a folder as git knows them, or all that lie in it where there is no git. */
function filesBelow(folder: string): string[] {
  const flags = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const { status, stdout } = spawnSync('git', ['-c', `safe.directory=${realpathSync(folder)}`, ...flags], {
    cwd: folder,
    encoding: 'utf8',
    timeout: GIT_AT_MOST,
    maxBuffer: 64 * 1024 * 1024,
  })
  const names = status === 0 ? stdout.split('\0').filter(Boolean) : walk(folder)
  return names
    .map((name) => join(folder, name))
    .filter((path) => /\.ya?ml$|\/\.(ansible-lint|yamllint)$/.test(path) && isFile(path))
}

/** The files below a folder, by their paths from there. */
export function walk(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = join(below, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(folder, name)
    return [name]
  })
}

const SKIPPED = new Set(['.git', '.hg', '.svn', '.tox', '.cache', 'node_modules'])
