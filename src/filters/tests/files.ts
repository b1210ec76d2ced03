import type { Stats } from 'node:fs'
import { posix } from 'node:path'
import { lstatSync, statSync } from '../../values/controller-files.ts'
import { readOutside } from '../../values/outside.ts'
import { alias, test } from '../define.ts'
import { text } from '../given.ts'

const directory = test(
  'directory',
  [],
  'It is a folder on the controller.',
  (value: unknown) => statOf(value)?.isDirectory() ?? false,
)
const file = test(
  'file',
  [],
  'It is a file on the controller.',
  (value: unknown) => statOf(value)?.isFile() ?? false,
)
const link = test(
  'link',
  [],
  'It is a link on the controller.',
  (value: unknown) => lstatOf(value)?.isSymbolicLink() ?? false,
)
const absolute = test('abs', [], 'It is an absolute path.', (value: unknown) => text(value).startsWith('/'))
const sameFile = test(
  'same_file',
  ['other'],
  'It is the same file as another path.',
  (value: unknown, other: unknown) => {
    readOutside()
    const [first, second] = [statSync(text(value)), statSync(text(other))]
    return first.ino === second.ino && first.dev === second.dev
  },
)
const mount = test('mount', [], 'It is a folder that something is mounted on.', (value: unknown) => {
  const path = text(value)
  const [own, parent] = [lstatOf(path), lstatOf(posix.join(posix.resolve(path), '..'))]
  if (own === undefined || parent === undefined || own.isSymbolicLink()) return false
  return own.dev !== parent.dev || own.ino === parent.ino
})

/** Files on the controller. */
export const fileTests = [
  directory,
  alias('is_dir', directory),
  file,
  alias('is_file', file),
  link,
  alias('is_link', link),
  test(
    'exists',
    [],
    'There is such a file on the controller.',
    (value: unknown) => statOf(value) !== undefined,
  ),
  test(
    'link_exists',
    [],
    'There is such a file or link on the controller.',
    (value: unknown) => lstatOf(value) !== undefined,
  ),
  absolute,
  alias('is_abs', absolute),
  sameFile,
  alias('is_same_file', sameFile),
  mount,
  alias('is_mount', mount),
]

/** What a path is, links followed; undefined when there is nothing. */
function statOf(path: unknown): Stats | undefined {
  return found(() => statSync(text(path)))
}

/** The same without following a link. */
function lstatOf(path: unknown): Stats | undefined {
  return found(() => lstatSync(text(path)))
}

function found(stat: () => Stats): Stats | undefined {
  readOutside()
  try {
    return stat()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined
    throw error
  }
}
