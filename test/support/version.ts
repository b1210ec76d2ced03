import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { launcher } from './queue.ts'

/** Builds this program once more in a folder, with another number in its package.json, and gives the path of its command. */
export function buildVersion(version: string, folder: string): string {
  const here = dirname(launcher)
  mkdirSync(folder)
  for (const name of ['src', 'scripts', 'run', 'tsconfig.json', 'package-lock.json'])
    cpSync(join(here, name), join(folder, name), { recursive: true, preserveTimestamps: true })
  symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'))
  const description = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...description, version }))
  const command = join(folder, 'run')
  const built = execFileSync(command, ['--version'], { encoding: 'utf8' }).trim()
  if (built !== version) throw new Error(`what was built has version ${built}`)
  return command
}
