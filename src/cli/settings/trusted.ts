import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Whether settings may be taken from a file: settings can have any program run, so one that everybody may write, or
 * that lies in a folder that everybody may write into, is not read. That is warned of once.
 */
export function isTrusted(path: string, warnings: string[]): boolean {
  const folder = dirname(path)
  if (!isWritableByAll(folder) && !isWritableByAll(path)) return true
  const what = isWritableByAll(folder) ? `into ${folder}` : 'it'
  const message = `${path} is not read: everybody may write ${what} (chmod o-w)`
  if (!warnings.includes(message)) warnings.push(message)
  return false
}

function isWritableByAll(path: string): boolean {
  return (statSync(path).mode & 0o002) !== 0
}
