import { constants } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { accessSync, existsSync } from '../values/controller-files.ts'
import type { Problem } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import type { Node } from '../values/value.ts'
import { decoded, isUtf16 } from '../yaml/encoding.ts'
import { fileBytes } from '../yaml/file-bytes.ts'
import { isFolder, shownPath } from '../yaml/files.ts'
import { opened } from '../yaml/vaulted.ts'
import { Builder } from './builder.ts'
import { namesIn } from './folder.ts'
import { Inventory } from './inventory.ts'
import { hardNamesWarning } from './names.ts'
import { readIniInventory } from './sources/ini.ts'
import { readScript } from './sources/script.ts'
import { readTomlInventory } from './sources/toml.ts'
import { readYamlInventory } from './sources/yaml.ts'

/** What lies in an inventory folder and is none: what is hidden, and variables. */
const IGNORED = /^\.|^(host_vars|group_vars|vars_plugins)$/
/** Regular expressions for what else is none: backups, documentation. */
const ALSO_IGNORED = [String.raw`(~|\.(pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry))$`]

export interface InventoryOptions {
  readonly playbookDirs: readonly string[]
  readonly cwd: string
  /** Regular expressions for names that are left out of folders, in place of those of backups and documentation. */
  readonly ignored?: readonly string[]
  readonly extraVars?: ReadonlyMap<string, Node>
  /** Scripts and plugins of one's own are passed over: nothing is run. */
  readonly runsNothing?: true
}

/** An inventory that was read. */
export interface ParsedSource {
  /** Absolute; the text itself of a list of hosts. */
  readonly path: string
  /** Ansible's name of what reads such a one. */
  readonly plugin: string
}

/**
 * Reads inventories, later ones over earlier ones: files in YAML or INI, executable scripts, folders of these, or
 * lists of hosts with a comma ("web1,web2" or "web1,"). Paths begin at `cwd`; playbookDirs are the folders of the
 * playbooks, beside which variable files may lie. Nothing is thrown for what the user wrote: see problems.
 */
export async function loadInventory(
  sources: readonly string[],
  options: InventoryOptions,
): Promise<{ inventory: Inventory; problems: Problem[]; warnings: Problem[]; parsed: ParsedSource[] }> {
  const folders = [...options.playbookDirs, '.'].map((folder) =>
    resolve(options.cwd, folder, 'inventory_plugins'),
  )
  const builder = new Builder(new Inventory(), options.extraVars, folders, options.runsNothing)
  const { inventory, problems, warnings } = builder
  const parsed: ParsedSource[] = []
  for (const source of sources) {
    const path = resolve(options.cwd, source)
    if (source.includes(',') && !existsSync(path)) {
      readList(source, builder)
      parsed.push({ path: source, plugin: 'host_list' })
    } else {
      inventory.addFolder(isFolder(path) ? path : dirname(path))
      await readPath(path, options, builder, parsed)
    }
  }
  warnings.push(...hardNamesWarning(builder.hardNames))
  for (const name of inventory.hosts.keys()) {
    if (inventory.groups.has(name))
      warnings.push({
        message: `"${name}" is both a host and a group; a pattern with that name means the host`,
      })
  }
  for (const folder of new Set(options.playbookDirs.map((dir) => resolve(options.cwd, dir)))) {
    const read = inventory.readVariables(folder)
    problems.push(...read.problems)
    warnings.push(...read.warnings)
  }
  return { inventory, problems, warnings, parsed }
}

function readList(list: string, builder: Builder): void {
  const source = new Source('-i', list)
  const names = [...list.matchAll(/[^\s,]+/g)]
  if (names.length === 0)
    builder.problem('the list of hosts names none', { source, start: 0, end: list.length })
  builder.file = undefined
  const group = builder.inventory.addGroup('ungrouped')
  for (const { 0: name, index } of names)
    builder.hosts(name, { source, start: index, end: index + name.length }, group)
}

/** Reads a file, or all files in a folder in the order of their names. */
async function readPath(
  path: string,
  options: InventoryOptions,
  builder: Builder,
  parsed: ParsedSource[],
): Promise<void> {
  if (!isFolder(path)) {
    const plugin = await readFile(path, options, builder)
    if (plugin !== undefined) parsed.push({ path, plugin })
    return
  }
  const ignored = [IGNORED, ...(options.ignored ?? ALSO_IGNORED).map((pattern) => new RegExp(pattern, 'u'))]
  const entries = namesIn(path, builder.problems).filter(
    (entry) => !ignored.some((pattern) => pattern.test(entry)),
  )
  if (entries.length === 0) {
    const hint =
      'hidden files, backups, documentation and *.ini, *.cfg in a folder are left out, as Ansible does'
    builder.problem(`the folder ${shownPath(path)} holds no inventory`, undefined, hint)
  }
  for (const entry of entries) await readPath(join(path, entry), options, builder, parsed)
}

/** Gives Ansible's name of what reads such a file; undefined if it cannot be read. */
async function readFile(
  path: string,
  options: InventoryOptions,
  builder: Builder,
): Promise<string | undefined> {
  builder.file = path
  const shown = shownPath(path)
  if (!existsSync(path)) {
    const hint = `give a file or a folder; a list of hosts has a comma, -i ${basename(path)},`
    builder.problem(`the inventory ${shown} does not exist`, undefined, hint)
    return undefined
  }
  let bytes: Buffer
  try {
    bytes = fileBytes(path)
  } catch (error) {
    builder.problem(`${shown} ${(error as Error).message}`)
    return undefined
  }
  if (options.runsNothing && isProgram(bytes)) return undefined
  if (!isProgram(bytes)) {
    const written = decoded(shown, bytes)
    const source = written instanceof Source ? opened(written) : written
    if (source instanceof Source) return readText(source, path, builder)
    builder.problems.push(source)
    return undefined
  }
  if (isExecutable(path)) {
    await readScript(path, options.cwd, builder)
    return 'script'
  }
  builder.problem(`${shown} is a program, but it is not executable`, undefined, `chmod +x ${shown}`)
  return undefined
}

function isProgram(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 2) === '#!' || (bytes.subarray(0, 1024).includes(0) && !isUtf16(bytes))
}

async function readText(source: Source, path: string, builder: Builder): Promise<string> {
  const extension = extname(path)
  if (extension === '.toml') {
    await readTomlInventory(source, builder)
    return 'toml'
  }
  if (isYaml(source.text, extension)) {
    await readYamlInventory(source, path, builder)
    return 'yaml'
  }
  readIniInventory(source, builder)
  return 'ini'
}

/** YAML by its extension, or by its first line that says something: "---", "{" or a key. */
function isYaml(text: string, extension: string): boolean {
  if (['.yml', '.yaml', '.json'].includes(extension)) return true
  const first = /^(?![^\S\n]*(?:[#;]|$)).*$/m.exec(text)?.[0] ?? ''
  return /^(---|\{|%YAML)|^["']?[^\s[=:]+["']?:\s*($|#|\{|&)/.test(first)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
