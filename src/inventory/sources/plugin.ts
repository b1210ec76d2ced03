import { dirname, join } from 'node:path'
import { pluginNamed } from '../../plugins/find.ts'
import { didYouMean } from '../../values/problem.ts'
import type { MapNode, Node } from '../../values/value.ts'
import type { Builder } from '../builder.ts'
import { constructed, readConstructed } from './constructed.ts'
import { generator, readGenerator } from './generator.ts'
import { readOwn } from './own.ts'
import type { InventoryPlugin } from './plugin-options.ts'

type Reads = (config: MapNode, builder: Builder) => void

/** The inventory plugins by name. */
export const PLUGINS: Readonly<Record<string, InventoryPlugin & { readonly read: Reads }>> = {
  constructed: { ...constructed, read: readConstructed },
  generator: { ...generator, read: readGenerator },
}

/** Reads an inventory that says with `plugin:` what makes hosts and groups of it. */
export async function readPlugin(plugin: Node, config: MapNode, builder: Builder): Promise<void> {
  const written = plugin.kind === 'scalar' ? String(plugin.value) : ''
  const name = written.replace(/^ansible\.(builtin|legacy)\./, '')
  const own = pluginNamed(name, foldersOf(builder))
  if (own !== undefined && builder.runsNothing) return
  if (own !== undefined) await readOwn(own, name, config, builder)
  else if (Object.hasOwn(PLUGINS, name)) PLUGINS[name]!.read(config, builder)
  else {
    const known = Object.keys(PLUGINS)
    const hint =
      didYouMean(name, known) ??
      `there are ${known.join(' and ')}, and those of one's own in inventory_plugins/; for others, "ansible-inventory -i FILE --list" writes JSON that can be read here`
    builder.problem(`the inventory plugin "${written}" is not there`, plugin.place, hint)
  }
}

function foldersOf({ file, pluginFolders }: Builder): string[] {
  return [...(file === undefined ? [] : [join(dirname(file), 'inventory_plugins')]), ...pluginFolders]
}
