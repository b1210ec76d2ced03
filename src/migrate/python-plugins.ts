import { basename, dirname } from 'node:path'
import { Source } from '../values/source.ts'
import { shownPath } from '../yaml/files.ts'
import type { Remark } from './yaml-file.ts'

/** What takes the place of the plugins of Python in a folder; docs/plugins.md has the rest. */
const REPLACED: Readonly<Record<string, string>> = {
  filter_plugins: 'export a function for each filter from a file .ts or .js in filter_plugins/',
  test_plugins: 'export a function for each test from a file .ts or .js in test_plugins/',
  lookup_plugins: 'export a function as the default of a file .ts or .js in lookup_plugins/',
  inventory_plugins: 'export a function as the default of a file .ts or .js in inventory_plugins/',
  action_plugins: 'write a module in TypeScript in library/',
  callback_plugins: 'use the reports of the run: --format, --report and the log (docs/reports.md)',
  connection_plugins: 'hosts are reached over SSH, or are this machine',
  strategy_plugins: 'use the strategies linear, free and host_pinned',
  cache_plugins: 'use fact_caching = jsonfile',
  vars_plugins: 'give the variables in group_vars, host_vars or by an inventory plugin',
  become_plugins: 'use become_method sudo or su',
  cliconf_plugins: 'hosts are reached over SSH, or are this machine',
  httpapi_plugins: 'use the module uri',
  netconf_plugins: 'hosts are reached over SSH, or are this machine',
  terminal_plugins: 'hosts are reached over SSH, or are this machine',
}

/** The plugins in Python among some files, which are not run, and what takes their place. */
export function pythonPlugins(paths: readonly string[]): Remark[] {
  return paths.flatMap((path) => {
    const instead = REPLACED[folderOf(path)]
    if (!path.endsWith('.py') || basename(path) === '__init__.py' || instead === undefined) return []
    const source = new Source(shownPath(path), '')
    const reason = `a plugin in Python is not run here: ${instead}; docs/plugins.md says how`
    return [{ place: { source, start: 0, end: 0 }, reason }]
  })
}

/** `filter_plugins`, and `plugins/filter` of a collection. */
function folderOf(path: string): string {
  const folder = dirname(path)
  return basename(dirname(folder)) === 'plugins' ? `${basename(folder)}_plugins` : basename(folder)
}
