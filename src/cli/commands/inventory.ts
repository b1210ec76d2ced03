import { resolve } from 'node:path'
import type { Command } from 'commander'
import { FactCache } from '../../engine/fact-cache.ts'
import {
  type DumpOptions,
  dumpedValue,
  dumpNested,
  dumpScript,
  dumpTables,
  groupTree,
} from '../../inventory/dump.ts'
import type { Group, Host } from '../../inventory/group.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { Layer } from '../../inventory/layer.ts'
import { loadInventory } from '../../inventory/load.ts'
import { select, selectLimit } from '../../inventory/pattern.ts'
import { writeWhole } from '../../local/written-file.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import type { RunRequest } from '../../protocol/request.ts'
import { formatWarning } from '../../report/index.ts'
import { type DataFormat, formatData, formatTree } from '../../report/inventory.ts'
import { mergedValues } from '../../template/variables.ts'
import { didYouMean, ProblemError } from '../../values/problem.ts'
import type { Value, ValueMap } from '../../values/value.ts'
import { masked } from '../../vault/secrets.ts'
import { ask } from '../ask.ts'
import { newCommand, readWords } from '../command-line.ts'
import {
  flagsOf,
  inventoryFlags,
  limitFlags,
  variableFlags,
  vaultFlags,
  verbosityFlags,
  withFlags,
} from '../flags.ts'
import { readRequest } from '../request.ts'

interface InventoryFlags {
  readonly list: boolean
  readonly host?: string
  readonly graph: boolean
  readonly vars: boolean
  readonly export: boolean
  readonly yaml: boolean
  readonly toml: boolean
  readonly output?: string
  readonly playbookDir?: string
}

const EXAMPLES = `
Examples:
  run inventory                            the tree of groups and hosts
  run inventory web --graph --vars         a group of it, with variables
  run inventory --host web1                the variables of a host (run explain web1 says where they are from)
  run inventory --list -y                  all that there is, as YAML
  run inventory --export --output all.json      in a form that can be an inventory again
`

/** `run inventory`: shows hosts, groups and their variables. Raises CommandLineEnd and ProblemError. */
export async function showInventory(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const own = command.opts<InventoryFlags>()
  oneOf(own)
  const request = await readRequest(flagsOf(command, []), ask)
  const { inventory, warnings } = await loaded(request, own)
  for (const warning of warnings) process.stderr.write(`${masked(formatWarning(warning))}\n`)
  const text = masked(shown(inventory, request, own, command.args[0]))
  if (own.output === undefined) process.stdout.write(text)
  else await written(own.output, text)
  return 0
}

function commandLine(): Command {
  const command = newCommand(
    'run inventory',
    'Shows the hosts and groups of inventories, and their variables.',
  )
    .argument('[group]', 'with --graph, the group to begin with', 'all')
    .option('--list', 'all hosts and groups, as an inventory script gives them', false)
    .option('--host <host>', 'the variables of this host')
    .option('--graph', 'the tree of groups and hosts; this is done if nothing is said', false)
    .option('--vars', 'with --graph, variables too', false)
    .option('--export', 'as --list, but groups have their variables, and hosts only their own', false)
    .option('-y, --yaml', 'YAML in place of JSON', false)
    .option('--toml', 'TOML in place of JSON', false)
    .option('--output <file>', 'write it into this file')
    .option('--playbook-dir <folder>', 'group_vars and host_vars of this folder count too')
  return withFlags(
    command,
    ...[inventoryFlags, limitFlags, variableFlags, vaultFlags, verbosityFlags],
  ).addHelpText('after', EXAMPLES)
}

function oneOf({ list, host, graph, export: exports, yaml, toml }: InventoryFlags): void {
  const asked = [(list || exports) && '--list', host !== undefined && '--host', graph && '--graph'].filter(
    Boolean,
  )
  if (asked.length > 1) throw new ProblemError({ message: `${asked.join(' and ')} do not go together` })
  if (yaml && toml) throw new ProblemError({ message: '--yaml and --toml do not go together' })
}

async function loaded(request: RunRequest, { playbookDir }: InventoryFlags) {
  const { inventory, problems, warnings } = await loadInventory(request.selection.inventory, {
    playbookDirs: playbookDir === undefined ? [] : [resolve(playbookDir)],
    cwd: request.folder,
    ignored: request.selection.ignored,
    extraVars: readExtraVars(request.variables),
  })
  if (problems.length > 0) throw new ProblemError(problems)
  return { inventory, warnings }
}

function shown(inventory: Inventory, request: RunRequest, own: InventoryFlags, start = 'all'): string {
  const options = dumpOptions(inventory, request, own)
  if (own.host !== undefined) return data(options.variablesOfHost(hostNamed(inventory, own.host)), own)
  if (!own.list && !own.export) return formatTree(groupTree(groupNamed(inventory, start), options), own.vars)
  if (own.yaml) return data(dumpNested(inventory, options), own)
  return data(own.toml ? dumpTables(inventory, options) : dumpScript(inventory, options), own)
}

function data(value: ValueMap, { yaml, toml }: InventoryFlags): string {
  const format: DataFormat = yaml ? 'yaml' : toml ? 'toml' : 'json'
  try {
    return formatData(value, format)
  } catch (error) {
    throw new ProblemError({ message: (error as Error).message })
  }
}

function dumpOptions(inventory: Inventory, request: RunRequest, own: InventoryFlags): DumpOptions {
  const { limit } = request.selection
  const dir = own.playbookDir === undefined ? undefined : resolve(own.playbookDir)
  const ofOwn = (owner: Host | Group) => valuesOf(inventory.ownLayers(owner, dir), request)
  const ofAll = (host: Host) => allVariables(host, inventory, request, dir)
  return {
    hosts: limit === undefined ? undefined : limited(inventory, limit, request.folder),
    variablesOfHost: own.export ? ofOwn : ofAll,
    variablesOfGroup: own.export || own.vars ? (group) => withPriority(ofOwn(group), group) : undefined,
  }
}

/** All that holds for a host: kept facts and -e too. */
function allVariables(
  host: Host,
  inventory: Inventory,
  request: RunRequest,
  dir: string | undefined,
): ValueMap {
  const layers = dir === undefined ? inventory.layersWithin(host, true) : inventory.layersOf(host, dir)
  const { facts } = request.execution
  const kept = facts === undefined ? [] : new FactCache(facts).read(host.name)
  const extra = [...readExtraVars(request.variables)].map(
    ([name, node]) => [name, dumpedValue(node)] as const,
  )
  return { ...valuesOf(layers, request), ...Object.fromEntries(kept), ...Object.fromEntries(extra) }
}

function valuesOf(layers: readonly Layer[], { execution }: RunRequest): ValueMap {
  const values = new Map<string, Value>()
  for (const { variables } of layers) {
    for (const [name, node] of variables) {
      const before = values.get(name)
      const value = dumpedValue(node)
      values.set(name, execution.mergesMaps && before !== undefined ? mergedValues([before], value) : value)
    }
  }
  return Object.fromEntries(values)
}

function withPriority(values: ValueMap, { priority }: Group): ValueMap {
  return priority === 1 ? values : { ...values, ansible_group_priority: priority }
}

function limited(inventory: Inventory, limit: string, folder: string): ReadonlySet<Host> {
  const { hosts, problems, unknown } = selectLimit(inventory, limit, folder)
  if (problems.length + unknown.length > 0) throw new ProblemError([...problems, ...unknown])
  return new Set(hosts)
}

function hostNamed(inventory: Inventory, name: string): Host {
  const { hosts, problems, unknown } = select(inventory, name)
  if (problems.length + unknown.length > 0) throw new ProblemError([...problems, ...unknown])
  if (hosts.length === 1) return hosts[0]!
  throw new ProblemError({ message: `--host takes one host, and "${name}" means ${hosts.length}` })
}

function groupNamed({ groups, hosts, root }: Inventory, name: string): Group {
  const group = name === root.name ? root : groups.get(name)
  if (group !== undefined) return group
  const what = hosts.has(name) ? `"${name}" is a host` : `no group is called "${name}"`
  throw new ProblemError({
    message: `${what}; the tree begins with a group`,
    hint: didYouMean(name, groups.keys()),
  })
}

async function written(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, [text])
  } catch (error) {
    throw new ProblemError({ message: `${path} cannot be written: ${(error as Error).message}` })
  }
}
