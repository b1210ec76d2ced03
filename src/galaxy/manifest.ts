import { createHash } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { copyFile, mkdir, symlink } from 'node:fs/promises'
import { dirname, join, posix, relative } from 'node:path'
import { ProblemError } from '../values/problem.ts'
import { isMap, toValue, type Value, type ValueMap } from '../values/value.ts'
import { Files, firstFile, shownPath } from '../yaml/files.ts'
import { isCollectionName } from './names.ts'
import { isSemantic } from './versions.ts'

/** What a collection says of itself. */
export interface CollectionInfo {
  /** "namespace.name" */
  readonly name: string
  readonly version: string
  /** Ranges by names. */
  readonly dependencies: Readonly<Record<string, string>>
}

export const MANIFEST = 'MANIFEST.json'
const FILES = 'FILES.json'
const FORMAT = 1

/** What the MANIFEST.json or galaxy.yml of a collection says. Raises an Error with a sentence. */
export function readInfo(folder: string): CollectionInfo {
  const manifest = join(folder, MANIFEST)
  if (existsSync(manifest)) return infoOf(mapAt(readJson(manifest), 'collection_info'), manifest)
  const path = galaxyFile(folder)
  if (path === undefined)
    throw new Error(`${shownPath(folder)} is no collection: it has no MANIFEST.json and no galaxy.yml`)
  return infoOf(readGalaxyYml(path), path)
}

/** Whether a folder is a collection that is yet to be built. */
export function isSource(folder: string): boolean {
  return !existsSync(join(folder, MANIFEST)) && galaxyFile(folder) !== undefined
}

function galaxyFile(folder: string): string | undefined {
  return firstFile(['galaxy.yml', 'galaxy.yaml'].map((name) => join(folder, name)))
}

function readGalaxyYml(path: string): ValueMap {
  const files = new Files()
  const node = files.yaml(path)
  if (files.problems.length > 0) throw new ProblemError(files.problems)
  const value = node === undefined ? undefined : toValue(node)
  if (!isMap(value)) throw new Error(`${shownPath(path)} is no map`)
  return value
}

function infoOf(said: ValueMap, path: string): CollectionInfo {
  const name = `${said.namespace}.${said.name}`
  const version = said.version === undefined || said.version === null ? '' : String(said.version)
  if (!isCollectionName(name)) throw new Error(`${shownPath(path)}: "${name}" is no name of a collection`)
  if (!isSemantic(version))
    throw new Error(`${shownPath(path)}: "${version}" is no version; write it as 1.2.3`)
  const dependencies = isMap(said.dependencies) ? said.dependencies : {}
  const ranges = Object.entries(dependencies).map(([other, range]) => [other, String(range ?? '*')])
  return { name, version, dependencies: Object.fromEntries(ranges) }
}

function readJson(path: string): ValueMap {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Value
    if (isMap(value)) return value
  } catch (error) {
    throw new Error(`${shownPath(path)} cannot be read: ${(error as Error).message}`)
  }
  throw new Error(`${shownPath(path)} is no map`)
}

function mapAt(value: ValueMap, key: string): ValueMap {
  const inner = value[key]
  return isMap(inner) ? inner : {}
}

/** A file or folder of a collection as its FILES.json has it. */
interface ListedFile {
  readonly name: string
  readonly ftype: 'file' | 'dir'
  readonly chksum_type: 'sha256' | null
  readonly chksum_sha256: string | null
  readonly format: number
}

/**
 * Puts together in a new folder what a collection's sources become when they are built: its files without those that
 * `build_ignore` names, MANIFEST.json and FILES.json.
 * https://docs.ansible.com/ansible/latest/dev_guide/collections_galaxy_meta.html
 */
export async function buildInto(source: string, target: string): Promise<void> {
  const said = readGalaxyYml(galaxyFile(source)!)
  const ignored = ignoredBy(said)
  const listed: ListedFile[] = [
    { name: '.', ftype: 'dir', chksum_type: null, chksum_sha256: null, format: FORMAT },
  ]
  await mkdir(target, { recursive: true, mode: 0o755 })
  for (const name of below(source, '', ignored)) {
    const from = join(source, name)
    const to = join(target, name)
    const isFolder = statSync(from).isDirectory()
    if (lstatSync(from).isSymbolicLink() && staysWithin(source, from)) await symlink(readlinkSync(from), to)
    else if (isFolder) await mkdir(to, { mode: 0o755 })
    else await copyFile(from, to)
    listed.push(
      isFolder
        ? { name, ftype: 'dir', chksum_type: null, chksum_sha256: null, format: FORMAT }
        : { name, ftype: 'file', chksum_type: 'sha256', chksum_sha256: sha256Of(to), format: FORMAT },
    )
  }
  const files = JSON.stringify({ files: listed, format: FORMAT }, null, 1)
  writeFileSync(join(target, FILES), files)
  writeFileSync(join(target, MANIFEST), JSON.stringify(manifestOf(said, files), null, 1))
}

function staysWithin(source: string, link: string): boolean {
  const target = readlinkSync(link)
  return !target.startsWith('/') && !relative(source, join(dirname(link), target)).startsWith('..')
}

function* below(source: string, folder: string, ignored: (name: string) => boolean): Generator<string> {
  const entries = readdirSync(join(source, folder), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = posix.join(folder, entry.name)
    const isThere = statSync(join(source, name), { throwIfNoEntry: false })
    if (ignored(name) || isThere === undefined || !(isThere.isFile() || isThere.isDirectory())) continue
    yield name
    if (entry.isDirectory()) yield* below(source, name, ignored)
  }
}

const NEVER = [
  ...[MANIFEST, FILES, 'galaxy.yml', 'galaxy.yaml', '.git', '*.pyc', '*.retry', 'tests/output'],
  ...['CVS', '.bzr', '.hg', '.svn', '__pycache__', '.tox'],
]

/** A pattern is for a path from the collection on, or for a name anywhere. */
function ignoredBy(said: ValueMap): (name: string) => boolean {
  const own = Array.isArray(said.build_ignore) ? said.build_ignore.map(String) : []
  const patterns = [...NEVER, `${said.namespace}-${said.name}-*.tar.gz`, ...own].map(patternOf)
  return (name) => patterns.some((pattern) => pattern.test(name) || pattern.test(posix.basename(name)))
}

function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[\\^$.+()|{}]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^')
  return new RegExp(`^${source}$`, 's')
}

function manifestOf(said: ValueMap, files: string): ValueMap {
  const text = (key: string) => said[key] ?? null
  const list = (key: string): Value => {
    const value = said[key]
    return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
  }
  return {
    collection_info: {
      namespace: text('namespace'),
      name: text('name'),
      version: String(said.version),
      authors: list('authors'),
      readme: text('readme'),
      tags: list('tags'),
      description: text('description'),
      license: list('license'),
      license_file: said.license_file || null,
      dependencies: mapAt(said, 'dependencies'),
      repository: text('repository'),
      documentation: text('documentation'),
      homepage: text('homepage'),
      issues: text('issues'),
    },
    file_manifest_file: {
      name: FILES,
      ftype: 'file',
      chksum_type: 'sha256',
      chksum_sha256: sha256(files),
      format: FORMAT,
    },
    format: FORMAT,
  }
}

/**
 * How the files of a built collection differ from what its manifest says, each as a sentence; `manifest` is the sha256
 * that its MANIFEST.json is to have, if that is known.
 */
export function differences(folder: string, manifest?: string): string[] {
  const own = join(folder, MANIFEST)
  if (manifest !== undefined && sha256Of(own) !== manifest) return [`${MANIFEST} differs`]
  const file = mapAt(readJson(own), 'file_manifest_file')
  const list = join(folder, FILES)
  if (!existsSync(list)) return [`${FILES} is missing`]
  if (sha256Of(list) !== file.chksum_sha256) return [`${FILES} differs`]
  const listed = readJson(list).files
  const known = Array.isArray(listed) ? (listed as unknown as ListedFile[]) : []
  const wrong = known.flatMap(({ name, ftype, chksum_sha256: sum }) => {
    const path = join(folder, name)
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return [`${name} is missing`]
    if (ftype === 'dir') return found.isDirectory() ? [] : [`${name} is no folder`]
    return found.isFile() && sha256Of(path) === sum ? [] : [`${name} differs`]
  })
  const names = new Set([...known.map(({ name }) => name), MANIFEST, FILES])
  const added = [...below(folder, '', (name) => /(^|\/)__pycache__$|\.pyc$/.test(name))]
  return [
    ...wrong,
    ...added.filter((name) => !names.has(name)).map((name) => `${name} is not of the collection`),
  ]
}

export function sha256Of(path: string): string {
  return sha256(readFileSync(path))
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
