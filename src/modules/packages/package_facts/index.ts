import { readSections, type Section, section } from '../../../host/sections.ts'
import { defineModule, type Plan } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { failure, NOTHING } from '../../../sdk/plans.ts'
import { mapOf } from '../../../values/keys.ts'
import type { ValueMap } from '../../../values/value.ts'
import { type Listing, listings } from './listings.ts'

const declared = options({
  manager: {
    type: 'strings',
    default: ['auto'],
    help: 'Which are asked: apt, rpm, pacman, apk, portage, pkg, pkg_info, or auto for those that the host has.',
  },
  strategy: {
    type: 'str',
    choices: ['first', 'all'],
    default: 'first',
    help: 'Whether the first of them that the host has is asked, or all.',
  },
})

type Args = ArgsOf<typeof declared>

/** What managers have printed, by their names; those that the host has not are missing. */
type State = ReadonlyMap<string, Section>

/** Returns which packages a host has, and in which versions. Semantics: ansible.builtin.package_facts. */
export const package_facts = defineModule<typeof declared, State>({
  name: 'package_facts',
  summary: 'Returns the packages that are installed, with their versions, as the fact packages.',
  options: declared,
  returnsFacts: () => ['packages'],
  validate: ({ manager = [] }) => {
    const unknown = manager.filter((name) => name !== 'auto' && !listings.has(name.toLowerCase()))
    return unknown.length === 0 ? [] : [`Unsupported package managers requested: ${unknown.join(', ')}`]
  },
  probe,
  parse: ({ bytes }) => readSections(bytes, [...listings.keys()]),
  plan,
})

/** In the order in which they are asked. */
function wanted({ manager }: Args): [string, Listing][] {
  const named = manager.filter((name) => name !== 'auto').map((name) => name.toLowerCase())
  const names = manager.includes('auto') ? [...named, ...listings.keys()] : named
  return [...new Set(names)].map((name) => [name, listings.get(name)!])
}

function probe(args: Args): string {
  const asked = wanted(args).map(([name, { programs, script }]) => {
    const isThere = programs.map((program) => `command -v ${program} >/dev/null`).join(' && ')
    return `if ${isThere}; then ${section(name, script)}`
  })
  return args.strategy === 'first' ? `${asked.join('\nel')}\nfi` : `${asked.join('\nfi\n')}\nfi`
}

function plan(args: Args, state: State): Plan {
  const names = wanted(args).map(([name]) => name)
  if (state.size === 0)
    return failure(
      `Could not detect a supported package manager from the following list: ${names.join(', ')}; none of their programs is on this host`,
    )
  const packages = new Map<string, ValueMap[]>()
  const warnings: string[] = []
  for (const [name, { code, printed }] of state) {
    if (code === 0) {
      for (const [key, all] of packagesOf(name, printed)) packages.set(key, all)
    } else {
      warnings.push(
        `Requested package manager ${name} was not usable by this module: it ended with exit status ${code}`,
      )
    }
  }
  return { ...NOTHING, result: { ansible_facts: { packages: mapOf(packages) } }, warnings }
}

function packagesOf(manager: string, printed: string): Map<string, ValueMap[]> {
  const packages = new Map<string, ValueMap[]>()
  for (const one of listings.get(manager)!.read(printed)) {
    const name = String(one.name)
    packages.set(name, [...(packages.get(name) ?? []), { ...one, source: manager }])
  }
  return packages
}
