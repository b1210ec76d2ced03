import type { Callable } from '../filters/define.ts'
import { added, filters, tests } from '../filters/index.ts'
import { addedLookups, lookups } from '../lookups/index.ts'
import { addTemplatePlugins } from '../plugins/templates.ts'
import { helpers } from '../template/helpers/index.ts'
import type { Entry, Kind, KindName } from './entry.ts'

/** What plugins bring; they are run for it, so there may be no folder of them. */
function addPlugins(folder: string | undefined): void {
  if (folder !== undefined) addTemplatePlugins(folder)
}

/** The filters, those of plugins beside the playbook too. */
export function filterKind(folder: string | undefined): Kind {
  return callableKind('filter', filters, added.filters, folder, ({ name, usage }) =>
    usage === '' ? `value | ${name}` : `value | ${name}(${usage})`,
  )
}

/** The tests likewise. */
export function testKind(folder: string | undefined): Kind {
  return callableKind('test', tests, added.tests, folder, ({ name, usage }) =>
    usage === '' ? `value is ${name}` : `value is ${name}(${usage})`,
  )
}

function callableKind(
  kind: KindName,
  here: ReadonlyMap<string, Callable>,
  brought: ReadonlyMap<string, Callable>,
  folder: string | undefined,
  written: (callable: Callable) => string,
): Kind {
  const collections = new Map<string, string>()
  for (const name of here.keys()) {
    const short = name.slice(name.lastIndexOf('.') + 1)
    if (short !== name && !collections.has(short)) collections.set(short, name)
  }
  return {
    names: () => {
      addPlugins(folder)
      const short = [...here.keys()].filter((name) => !name.includes('.'))
      return [...new Set([...short, ...brought.keys()])].sort()
    },
    has: (name) => here.has(name),
    find: (name) => {
      addPlugins(folder)
      const found = brought.get(name) ?? here.get(name)
      if (found === undefined) return []
      const fullName = collections.get(found.name)
      const { file } = found
      const entry: Entry = {
        kind,
        name: found.name,
        ...(file === undefined && fullName !== undefined && { fullName }),
        ...(file !== undefined && { file }),
        summary: found.help,
        usage: written(found),
        options: {},
      }
      return [entry]
    },
  }
}

/** The lookups likewise. */
export function lookupKind(folder: string | undefined): Kind {
  return {
    names: () => {
      addPlugins(folder)
      return [...new Set([...Object.keys(lookups), ...addedLookups.keys()])].sort()
    },
    has: (name) => Object.hasOwn(lookups, name),
    find: (name) => {
      addPlugins(folder)
      const plain = name.replace(/^(ansible\.(builtin|legacy)|community\.general)\./, '')
      const found = addedLookups.get(name) ?? (Object.hasOwn(lookups, plain) ? lookups[plain] : undefined)
      if (found === undefined) return []
      const { terms, help, options = {}, file } = found
      const named = Object.entries(options)
      return [
        {
          kind: 'lookup',
          name: plain,
          ...(file !== undefined && { file }),
          summary: help,
          usage: `lookup('${plain}', ${[terms, ...named.map(([option]) => `${option}=...`)].join(', ')})`,
          options: Object.fromEntries(named.map(([option, one]) => [option, { help: [one], type: 'raw' }])),
        },
      ]
    },
  }
}

/** What Handlebars can call. */
export const helperKind: Kind = {
  names: () => [...helpers.keys()].sort(),
  find: (name) => {
    const found = helpers.get(name)
    if (found === undefined) return []
    const usage = `{{${`${name} ${found.usage}`.trim()}}}`
    return [{ kind: 'helper', name, summary: found.help, usage, options: {} }]
  },
}
