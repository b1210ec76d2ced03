import { type ArgsOf, options } from '../../../sdk/options.ts'
import { REMOTE, useOptions } from '../flatpaks.ts'
import { isUrl, wantedIn } from './refs.ts'

export const flatpakOptions = options({
  name: {
    type: 'strings',
    required: true,
    help: 'Ids such as "org.gimp.GIMP", refs such as "org.gnome.Platform//46", or addresses of .flatpakref files.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present', 'latest'],
    default: 'present',
    help: 'Whether they are installed, or installed in their newest version.',
  },
  remote: {
    type: 'str',
    default: 'flathub',
    help: 'The remote that they are installed from, as flatpak_remote has added it.',
  },
  from_url: {
    type: 'str',
    help: 'The address of the .flatpakref file that name, one id, is installed from; the host fetches it by curl or wget.',
  },
  no_dependencies: {
    type: 'bool',
    default: false,
    help: 'Whether the runtimes that they need do not come along.',
  },
  ...useOptions,
})

export type Args = ArgsOf<typeof flatpakOptions>

export function problems({ name = [], from_url, remote, executable }: Partial<Args>): string[] {
  const found = name
    .filter((one) => wantedIn(one) === undefined && !isUrl(one))
    .map((one) => `name: ${JSON.stringify(one)} is neither an id such as "org.gimp.GIMP" nor an address`)
  if (remote !== undefined && !REMOTE.test(remote))
    found.push(`remote: ${JSON.stringify(remote)} is not a name of a remote`)
  if (executable === '') found.push('executable: it is empty')
  if (from_url === undefined) return found
  if (!isUrl(from_url)) found.push("The 'from_url' parameter must be an http:// or https:// URL.")
  if (name.some(isUrl)) found.push("The 'name' and 'from_url' parameters cannot both contain URLs.")
  if (name.length > 1) found.push("When 'from_url' is used, 'name' must contain exactly one entry.")
  return found
}

export function namesOf({ name }: Args): string[] {
  return [...new Set(name)]
}
