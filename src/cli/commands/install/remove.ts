import { collectionIn, roleIn } from '../../../galaxy/installed.ts'
import { isCollectionName, isRoleName } from '../../../galaxy/names.ts'
import { removeFolder } from '../../../galaxy/remove.ts'
import { ProblemError } from '../../../values/problem.ts'
import { shownPath } from '../../../yaml/files.ts'
import type { Asked } from './asked.ts'

/** `run install remove NAME...`: removes installed roles and collections. Raises ProblemError; nothing is removed then. */
export async function removeInstalled(asked: Asked): Promise<number> {
  const { kind, names, flags } = asked
  if (names.length === 0)
    throw new ProblemError({ message: 'run install remove takes the names of what is to go' })
  const found = names.map((name) => {
    const roles =
      kind === 'collection' || !isRoleName(name)
        ? []
        : asked.rolesPath.flatMap((root) => roleIn(root, name) ?? [])
    const collections =
      kind === 'role' || !isCollectionName(name)
        ? []
        : asked.collectionsPath.flatMap((root) => collectionIn(root, name) ?? [])
    if (roles.length > 0 && collections.length > 0)
      throw new ProblemError({
        message: `${name} is a role and a collection`,
        hint: `say which: run install role remove ${name}, or run install collection remove ${name}`,
      })
    const [role] = roles
    if (role !== undefined && !role.isInstalled && !flags.force)
      throw new ProblemError({
        message: `${shownPath(role.path)} was not installed, so it is left as it is; --force removes it`,
      })
    const one = role ?? collections[0]
    if (one === undefined)
      throw new ProblemError({ message: `${name} is not installed`, hint: 'run install list shows what is' })
    return { name, kind: role === undefined ? 'collection' : 'role', path: one.path }
  })
  for (const { name, kind: is, path } of found) {
    await removeFolder(path)
    process.stdout.write(`removed: ${is} ${name} (${shownPath(path)})\n`)
  }
  return 0
}
