import { quote } from '../shell/quote.ts'

/** The folder that a path of the host lies in. */
export function folderOf(path: string): string {
  const folder = /^(.*)\/+[^/]+\/*$/s.exec(path)?.[1]
  return folder === undefined ? '.' : folder || '/'
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return /([^/]*)\/*$/.exec(path)![1]!
}

/** A path below a folder; "" is the folder itself. */
export function below(folder: string, path: string): string {
  if (path === '') return folder
  return folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`
}

/** A path without slashes that mean nothing. */
export function trimmed(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(.)\/$/s, '$1')
}

/** The folders above a path, topmost first; without those that are always there: `/`, `.` and home folders. */
export function ancestors(path: string): string[] {
  const parts = trimmed(path).split('/')
  const above = parts.map((_, index) => parts.slice(0, index).join('/')).slice(1)
  return above.filter((folder) => !/^(|\.|~[^/]*)$/.test(folder))
}

/** The path of what a symbolic link at `path` with the text `link` leads to. */
export function linkTarget(path: string, link: string): string {
  return link.startsWith('/') ? link : below(folderOf(path), link)
}

/** A path in which `*`, `?` and simple [...] match names, everything else quoted. */
export function pathPattern(path: string): string {
  const home = /^~[A-Za-z0-9_.-]*(?=\/|$)/.exec(path)?.[0] ?? ''
  const rest = path.slice(home.length)
  const parts = rest.split(/(\*+|\?|\[!?[A-Za-z0-9_.,-]+\])/)
  const pattern = parts.map((part, index) => (index % 2 === 1 || part === '' ? part : quote(part))).join('')
  return home + (home === '' && rest.startsWith('-') ? `./${pattern}` : pattern)
}
