import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Inventory } from '../../src/inventory/inventory.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import type { Problem } from '../../src/values/problem.ts'
import { toValue, type Value } from '../../src/values/value.ts'

/** Files by their paths; those that begin with #! are executable. */
export type Files = Readonly<Record<string, string>>

export interface Loaded {
  readonly inventory: Inventory
  readonly problems: string[]
  readonly warnings: string[]
  /** The folder that holds the files. */
  readonly folder: string
}

/** Loads inventories from files that exist as long as `use` runs; the playbook lies in the folder `play`. */
export async function load<T>(files: Files, sources: string[], use: (loaded: Loaded) => T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-inventory-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
      if (text.startsWith('#!')) chmodSync(join(folder, path), 0o755)
    }
    const { inventory, problems, warnings } = await loadInventory(sources, {
      playbookDirs: ['play'],
      cwd: folder,
    })
    const told = (list: Problem[]) => list.map((problem) => tell(problem).replaceAll(`${folder}/`, ''))
    return await use({ inventory, problems: told(problems), warnings: told(warnings), folder })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Loads one inventory file of that name and text. */
export async function loadText<T>(name: string, text: string, use: (loaded: Loaded) => T): Promise<T> {
  return load({ [name]: text }, [name], use)
}

/** "line:column: message (hint)". */
export function tell({ message, place, hint }: Problem): string {
  const { line, column } = place?.source.position(place.start) ?? {}
  return `${place === undefined ? '' : `${line}:${column}: `}${message}${hint === undefined ? '' : ` (${hint})`}`
}

/** The variables that hold for a host when the layers are laid over each other. */
export function variablesOf({ inventory, folder }: Loaded, name: string): Record<string, Value> {
  const host = inventory.host(name)
  if (host === undefined) throw new Error(`no host ${name}`)
  const layers = inventory.layersOf(host, join(folder, 'play'))
  return Object.fromEntries(
    layers.flatMap(({ variables }) => [...variables].map(([key, node]) => [key, toValue(node)])),
  )
}

export function membersOf({ inventory }: Loaded, group: string): string {
  return inventory.groupsMap()[group]?.join(' ') ?? 'no such group'
}
