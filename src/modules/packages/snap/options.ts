import { type ArgsOf, options } from '../../../sdk/options.ts'
import { NAME } from '../snaps.ts'

export const snapOptions = options({
  name: {
    type: 'strings',
    required: true,
    help: 'Snaps: names, or files of the host that end in ".snap".',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'enabled', 'disabled'],
    default: 'present',
    help: 'Whether they are installed, and whether they can be used.',
  },
  classic: {
    type: 'bool',
    default: false,
    help: 'Whether a snap may be installed that reaches all of the host.',
  },
  channel: {
    type: 'str',
    help: 'The channel that they follow, such as "edge" or "4.0/stable"; without it "stable" for new ones, and for those that are there the one that they have. Of a branch, only whether it is one of that risk can be told.',
  },
  dangerous: {
    type: 'bool',
    default: false,
    help: 'Whether a file is installed though nobody signed it.',
  },
  options: {
    type: 'strings',
    help: 'Configuration: "key=value" for all snaps, or "snap:key=value"; only for snaps that are present and enabled. Snap takes the values among its arguments, which every user of the host can see.',
  },
})

export type Args = ArgsOf<typeof snapOptions>

/** Configuration of one snap, or of all. */
interface Setting {
  readonly snap: string | undefined
  readonly key: string
  readonly value: string
}

export function problems({ name, channel, options }: Partial<Args>): string[] {
  const found = (name ?? [])
    .filter((one) => !NAME.test(one) && !isFile(one))
    .map((one) => `name: ${JSON.stringify(one)} is neither a name of a snap nor a file "*.snap"`)
  if (channel !== undefined && !/^\w[\w.-]*(\/\w[\w.-]*){0,2}$/.test(channel))
    found.push(`channel: ${JSON.stringify(channel)} is not a channel`)
  for (const one of options ?? []) {
    const setting = settingIn(one)
    if (setting === undefined) found.push(`Cannot parse set option '${one}'`)
    else if (isStranger(setting, name))
      found.push(`Snap option '${one}' refers to snap which is not in the list of snap names`)
  }
  return found
}

export function isFile(name: string): boolean {
  return /^[^\0\n]*\.snap$/.test(name)
}

/** What is in a file is known on the host only. */
function isStranger({ snap }: Setting, names: readonly string[] | undefined): boolean {
  return snap !== undefined && names !== undefined && !names.includes(snap) && !names.some(isFile)
}

function settingIn(text: string): Setting | undefined {
  const match = /^(?:([a-z0-9_-]+):)?([A-Za-z0-9][A-Za-z0-9._-]*)\s*=\s*(\S[\s\S]*)$/.exec(text)
  return match === null ? undefined : { snap: match[1], key: match[2]!, value: match[3]!.trim() }
}

/** What a snap is to have, by keys; the last of a key holds. */
export function settingsOf({ options = [] }: Args, name: string): Map<string, string> {
  const all = options.flatMap((one) => settingIn(one) ?? [])
  return new Map(
    all.filter(({ snap }) => (snap ?? name) === name).map(({ key, value }): [string, string] => [key, value]),
  )
}

export function namesOf({ name }: Args): string[] {
  return [...new Set(name)]
}
