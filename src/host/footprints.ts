import type { Footprint } from '../sdk/footprint.ts'
import type { Plan } from '../sdk/module.ts'
import type { Wanted } from './attributes.ts'
import type { FileState, Reached } from './file-state.ts'
import { askedOf, leftBy } from './left-file.ts'

/** Whether it goes by one path only: nothing is there yet, or a file with one name. */
function isPlainFile(file: FileState | undefined): boolean {
  return file === undefined || (file.type === 'file' && file.links === 1)
}

/** Users and groups by whose names a task is told of its files, or gives them to somebody. */
function accountNames(
  { owner, group }: Pick<Wanted, 'owner' | 'group'>,
  files: readonly (FileState | undefined)[],
) {
  const isNumber = (name: string) => /^\d+$/.test(name)
  // Who has no name yet may be given one.
  const nameless = files.some((file) => file !== undefined && (isNumber(file.owner) || isNumber(file.group)))
  return [
    ...(owner === undefined || isNumber(owner) ? [] : [`users/${owner}`]),
    ...(group === undefined || isNumber(group) ? [] : [`groups/${group}`]),
    ...(nameless ? ['users', 'groups'] : []),
  ]
}

/** What a task has to do with that is about the thing at a path, of which `file` was found there. */
export interface AboutFile extends Pick<Wanted, 'owner' | 'group'> {
  readonly path: string
  readonly file: FileState | undefined
  /** What else was looked at. */
  readonly besides?: readonly (readonly [path: string, found: FileState | undefined])[]
}

/**
 * The footprint of a task about one file, folder or link that makes it, changes it or leaves it as it is. What has other
 * paths too (links, hard links) and folders that are there already are not changed together with anything else.
 */
export function fileFootprint(about: AboutFile, plan: Plan): Footprint | undefined {
  const { path, file, besides = [] } = about
  const isChanged = plan.changes.length > 0
  if (isChanged ? !isPlainFile(file) : file?.type === 'link') return undefined
  if (besides.some(([, found]) => found?.type === 'link')) return undefined
  const paths = [path, ...besides.map(([other]) => other)]
  const found = [file, ...besides.map(([, other]) => other)]
  return {
    reads: { paths, names: accountNames(about, found) },
    writes: isChanged ? { paths: [path] } : {},
  }
}

/**
 * The footprint of a task that edits one file and leaves it whose it is: its only action writes it whole. A new one has
 * these permission bits.
 */
export function keptFootprint(
  { path, via, file }: Reached,
  newMode: number,
  plan: Plan,
): Footprint | undefined {
  const said = via === undefined ? fileFootprint({ path, file }, plan) : undefined
  const [write, ...others] = plan.actions ?? []
  const isLeft = write?.do === 'send' && others.length === 0
  const { uid, gid, mode = newMode } = file ?? {}
  return (
    said && {
      ...said,
      leaves: isLeft ? leftBy({ path, file, uid, gid, mode, bytes: write.content.bytes() }) : [],
      takes: askedOf(path),
    }
  )
}
