import { createHash } from 'node:crypto'
import { CACHE_FILE_AT_MOST, readOwn, writeOwn } from '../../local/own-cache.ts'
import type { Source } from '../../values/source.ts'
import type { ParsedYaml } from '../vaulted.ts'
import { parseYaml } from '../yaml.ts'
import { packedTree, unpackedTree } from './packed-tree.ts'
import { digestOf, type PackedTrees, treeFile, treesIn } from './tree-file.ts'

/** Where trees are kept, and for whom. */
export interface TreePlace {
  /** Absolute; only this user may read it. */
  readonly folder: string
  /** What shares a file: the folder in which the user is. */
  readonly of: string
  /** Trees are of use only to the very program that made them. */
  readonly version: string
}

let kept: KeptTrees | undefined

/** From now on files of YAML that were parsed before need not be parsed again; undefined: they are. */
export function keepTrees(place: TreePlace | undefined): void {
  // Who reads again and again, as `run watch` does, goes on with what it has.
  if (place === undefined || !kept?.isAt(place)) kept = place && new KeptTrees(place)
}

/** Writes what has been parsed since for those who come later. Nothing that goes wrong is told. */
export async function writeTrees(): Promise<void> {
  await kept?.write()
}

/**
 * The YAML of a file (its path is absolute), as `parseYaml` gives it, kept by its content. Of what was decrypted, or comes
 * out of a pipe, nothing is kept. `late`: of maps of the same keys all but the first may be a LateMap.
 */
export function parseYamlFile(path: string, source: Source, late = false): ParsedYaml {
  if (kept === undefined || source.isSecret || NO_FILE.test(path)) return parseYaml(source)
  return kept.parsed(source, late)
}

const NO_FILE = /^\/(?:dev|proc)\//

/** Bytes of trees that this run had no use for: another from the same folder may. */
const UNUSED_AT_MOST = 2 * 1024 * 1024
/** Characters of what was parsed anew from which on it is written. */
const WORTH_WRITING = 1024

class KeptTrees {
  readonly #place: TreePlace
  readonly #name: string
  readonly #used = new Map<string, Uint8Array>()
  #known: PackedTrees | undefined
  #parsed = 0
  #bytes = 0

  constructor(place: TreePlace) {
    this.#place = place
    this.#name = createHash('sha256').update(place.of).digest('hex').slice(0, 32)
  }

  isAt({ folder, of, version }: TreePlace): boolean {
    const { folder: ownFolder, of: ownOf, version: ownVersion } = this.#place
    return folder === ownFolder && of === ownOf && version === ownVersion
  }

  parsed(source: Source, late: boolean): ParsedYaml {
    const digest = digestOf(source.text)
    this.#known ??= this.#read()
    const tree = this.#used.get(digest) ?? this.#known.get(digest)
    if (tree !== undefined) {
      this.#used.set(digest, tree)
      return { node: unpackedTree(tree, source, late), problems: [] }
    }
    const parsed = parseYaml(source)
    const isKept = parsed.problems.length === 0 && !parsed.hasDoubles && this.#keep(digest, source, parsed)
    // The next run is given no other nodes than this one.
    return isKept && late ? this.parsed(source, late) : parsed
  }

  async write(): Promise<void> {
    if (this.#parsed < WORTH_WRITING) return
    this.#parsed = 0
    const { folder, version } = this.#place
    await writeOwn(folder, this.#name, treeFile(version, this.#withUnused()))
  }

  #keep(digest: string, { text }: Source, { node }: ParsedYaml): boolean {
    const tree = packedTree(node, text)
    if (tree === undefined) return false
    // Who goes on for days, as `run watch` does, sees files change again and again.
    this.#bytes += tree.length
    if (this.#bytes > CACHE_FILE_AT_MOST) {
      this.#used.clear()
      this.#bytes = tree.length
    }
    this.#used.set(digest, tree)
    this.#parsed += text.length
    return true
  }

  /** What was used, and behind it what was not, the latest first: the file as it is now, for another run may have written. */
  #withUnused(): PackedTrees {
    const trees = new Map<string, Uint8Array>()
    let left = CACHE_FILE_AT_MOST / 2
    const add = ([digest, tree]: [string, Uint8Array]): void => {
      if (trees.has(digest) || tree.length > left) return
      trees.set(digest, tree)
      left -= tree.length + digest.length
    }
    for (const one of this.#used) add(one)
    left = Math.min(left, UNUSED_AT_MOST)
    for (const one of this.#read()) add(one)
    return trees
  }

  #read(): PackedTrees {
    const { folder, version } = this.#place
    const bytes = readOwn(folder, this.#name)
    return (bytes && treesIn(bytes, version)) ?? new Map()
  }
}
