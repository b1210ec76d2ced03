import { delimiter, dirname, join } from 'node:path'
import { controllerHome, controllerVariable, readdirSync, realpathSync } from '../values/controller-files.ts'
import { onceARun } from '../values/of-run.ts'
import { isFile, isFolder } from '../yaml/files.ts'

/**
 * The folders of Python packages on the controller that hold Ansible (`ansible`) or collections that came with it
 * (`ansible_collections`): of the environment in use, of the `ansible` on the PATH, the user's, the system's.
 */
export const pythonPackages: () => readonly string[] = onceARun(() =>
  [...new Set(prefixes().flatMap(packagesBelow))].filter((folder) =>
    ['ansible', 'ansible_collections'].some((name) => isFolder(join(folder, name))),
  ),
)

function prefixes(): string[] {
  const VIRTUAL_ENV = controllerVariable('VIRTUAL_ENV')
  const PATH = controllerVariable('PATH') ?? ''
  const program = PATH.split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, 'ansible'))
    .find(isFile)
  return [
    ...(VIRTUAL_ENV === undefined ? [] : [VIRTUAL_ENV]),
    ...(program === undefined ? [] : [dirname(dirname(realpathSync(program)))]),
    join(controllerHome(), '.local'),
    '/usr/local',
    '/usr',
  ]
}

/** `lib/python3*` and what packages lie in there: Debian's Pythons share a folder of another name. */
function packagesBelow(prefix: string): string[] {
  const lib = join(prefix, 'lib')
  const versions = isFolder(lib) ? readdirSync(lib).filter((name) => /^python3/.test(name)) : []
  return versions.flatMap((version) =>
    ['site-packages', 'dist-packages'].map((kind) => join(lib, version, kind)).filter(isFolder),
  )
}
