import { join } from 'node:path'
import {
  collectionsIn,
  type InstalledCollection,
  type InstalledRole,
  rolesIn,
} from '../../../galaxy/installed.ts'
import { formatWarning } from '../../../report/index.ts'
import { formatData } from '../../../report/inventory.ts'
import { clean } from '../../../report/text.ts'
import { ProblemError } from '../../../values/problem.ts'
import type { Asked } from './asked.ts'

/** `run install list`: the roles and collections that are installed, by folder. Raises ProblemError. */
export async function listInstalled(asked: Asked): Promise<number> {
  const { kind, names, flags } = asked
  const isNamed = ({ name }: { name: string }) => names.length === 0 || names.includes(name)
  const warn = (message: string) => process.stderr.write(`${formatWarning({ message })}\n`)
  const roles =
    kind === 'collection'
      ? []
      : asked.rolesPath.map((path) => ({ path, found: rolesIn(path).filter(isNamed) }))
  const collections =
    kind === 'role'
      ? []
      : asked.collectionsPath.map((path) => ({
          path: join(path, 'ansible_collections'),
          found: collectionsIn(path, warn).filter(isNamed),
        }))
  const known = [...roles, ...collections]
    .flatMap(({ found }): { name: string }[] => found)
    .map(({ name }) => name)
  const missing = names.filter((name) => !known.includes(name))
  if (missing.length > 0) throw new ProblemError({ message: `${missing.join(', ')} is not installed` })
  if (flags.format === 'human')
    process.stdout.write([...roles.map(roleLines), ...collections.map(table)].join(''))
  else {
    const byPath = (
      list: readonly { path: string; found: readonly (InstalledRole | InstalledCollection)[] }[],
    ) =>
      Object.fromEntries(
        list
          .filter(({ found }) => found.length > 0)
          .map(({ path, found }) => [
            path,
            Object.fromEntries(found.map(({ name, version }) => [name, { version: version ?? null }])),
          ]),
      )
    const said =
      kind === undefined
        ? { roles: byPath(roles), collections: byPath(collections) }
        : byPath([...roles, ...collections])
    process.stdout.write(formatData(said, flags.format))
  }
  return 0
}

function roleLines({ path, found }: { path: string; found: readonly InstalledRole[] }): string {
  if (found.length === 0) return ''
  const lines = found.map(({ name, version }) => `- ${name}, ${clean(version ?? '(unknown version)')}\n`)
  return `# ${path}\n${lines.join('')}`
}

function table({ path, found }: { path: string; found: readonly InstalledCollection[] }): string {
  if (found.length === 0) return ''
  const rows = [['Collection', 'Version'], ...found.map(({ name, version }) => [name, version])]
  const width = Math.max(...rows.map(([name]) => name!.length))
  const widest = Math.max(...rows.map(([, version]) => version!.length))
  const [head, ...others] = rows.map(([name, version]) => `${name!.padEnd(width)} ${version}\n`)
  return `\n# ${path}\n${head}${'-'.repeat(width)} ${'-'.repeat(widest)}\n${others.join('')}`
}
