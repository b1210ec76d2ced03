import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as Fflate from 'fflate'
import type { Program } from '../../sdk/module.ts'
import { type Content, contentOf } from '../../shell/content.ts'
import { readFileSync } from '../../values/controller-files.ts'
import { mapOfRun } from '../../values/of-run.ts'
import { isFile } from '../../yaml/files.ts'
import { importsOf, meantBy } from './imports.ts'

const bundles = mapOfRun<string, Content>()

/**
 * A module in Python and all that it imports of `ansible.module_utils` and of collections, as a zip file that Python
 * imports from. Packed once a run. Raises an Error with a sentence when ansible-core is not there.
 */
export function bundleOf(program: Program): Content {
  const key = [program.path, ...program.utils].join('\0')
  const known = bundles.get(key)
  if (known !== undefined) return known
  // Read when it is used: few runs pack anything.
  const { zipSync } = createRequire(import.meta.url)('fflate') as typeof Fflate
  const files = Object.fromEntries(
    [...filesOf(program)].map(([name, bytes]) => [name, new Uint8Array(bytes)]),
  )
  // The same files give the same bytes, whenever they are packed.
  const content = contentOf(Buffer.from(zipSync(files, { mtime: '1980-01-02', level: 6 })))
  bundles.set(key, content)
  return content
}

/** The files of a bundle: paths in it, and what they hold. */
function filesOf(program: Program): Map<string, Buffer> {
  const { path, dotted } = program
  const main = dotted.split('.')
  const files = new Map<string, Buffer>()
  const take = (name: readonly string[], file: string, isPackage: boolean) => {
    const at = `${name.join('/')}${isPackage ? '/__init__' : ''}.py`
    if (files.has(at)) return
    const bytes = readFileSync(file)
    files.set(at, bytes)
    for (const above of packagesAbove(name, program)) {
      if (above.file !== undefined) take(above.name, above.file, true)
      else files.set(`${above.name.join('/')}/__init__.py`, Buffer.alloc(0))
    }
    const within = isPackage ? name : name.slice(0, -1)
    for (const one of importsOf(bytes.toString()).flatMap((statement) => meantBy(statement, within))) {
      const found = importable(one, program)
      if (found !== undefined) take(found.name, found.file, found.isPackage)
    }
  }
  const basic = ['ansible', 'module_utils', 'basic']
  const base = importable(basic, program)
  if (base === undefined)
    throw new Error(
      'it is written with ansible-core, which is not installed on this machine: install ansible-core here',
    )
  take(basic, base.file, false)
  take(main, path, false)
  return files
}

/** The packages that a module lies in, which run as soon as it is imported: those of module_utils, and else empty ones. */
function packagesAbove(name: readonly string[], program: Program): Package[] {
  return name.slice(0, -1).map((_, index) => {
    const above = name.slice(0, index + 1)
    const own = above.includes('module_utils') ? fileOf(above, program) : undefined
    return { name: above, ...(own?.isPackage && { file: own.file }) }
  })
}

interface Package {
  readonly name: readonly string[]
  readonly file?: string
}

interface Found {
  readonly name: readonly string[]
  readonly file: string
  readonly isPackage: boolean
}

/** The longest beginning of a name that is a module or package of Ansible's or of a collection. */
function importable(name: readonly string[], program: Program): Found | undefined {
  const isUtils = name[0] === 'ansible' && name[1] === 'module_utils'
  if (!isUtils && name[0] !== 'ansible_collections') return undefined
  const shortest = isUtils ? 3 : 5
  for (let length = name.length; length >= shortest; length -= 1) {
    const found = fileOf(name.slice(0, length), program)
    if (found !== undefined) return found
  }
  return undefined
}

function fileOf(name: readonly string[], { roots, utils }: Program): Found | undefined {
  const isUtils = name[0] === 'ansible' && name[1] === 'module_utils'
  const places = [
    ...(isUtils && name.length > 2 ? utils.map((folder) => join(folder, ...name.slice(2))) : []),
    ...roots.map((root) => join(root, ...name)),
  ]
  for (const place of places) {
    if (isFile(`${place}.py`)) return { name, file: `${place}.py`, isPackage: false }
    if (isFile(join(place, '__init__.py'))) return { name, file: join(place, '__init__.py'), isPackage: true }
  }
  return undefined
}
