import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  path: { type: 'str', required: true, aliases: ['name'], help: 'Where it is mounted, from the root on.' },
  src: {
    type: 'str',
    help: 'What is mounted: a device, LABEL= or UUID=, a folder for bind, a volume of a server.',
  },
  fstype: { type: 'str', help: 'The type of the file system.' },
  opts: { type: 'str', help: 'Options, as fstab(5) has them; "defaults" if not given.' },
  dump: { type: 'str', default: '0', help: 'The fifth field of the entry in fstab.' },
  passno: { type: 'str', default: '0', help: 'The sixth field of the entry in fstab.' },
  state: {
    type: 'str',
    required: true,
    choices: ['absent', 'absent_from_fstab', 'mounted', 'present', 'unmounted', 'remounted', 'ephemeral'],
    help:
      'Whether it is in fstab (present, absent_from_fstab), mounted (ephemeral, unmounted) or both (mounted); ' +
      'absent takes the entry, the mount and its folder away; remounted mounts it anew each time.',
  },
  fstab: { type: 'path', default: '/etc/fstab', help: 'The file of what is to be mounted.' },
  boot: {
    type: 'bool',
    default: true,
    help: 'Whether it is mounted at boot; if it is false, noauto is added to opts.',
  },
  backup: { type: 'bool', default: false, help: 'Keep a copy of fstab as it was.' },
})

export type Args = ArgsOf<typeof declared>

/** States that leave fstab alone. */
export const LIVE_ONLY: readonly Args['state'][] = ['unmounted', 'remounted', 'ephemeral']
/** States that leave what is mounted alone. */
export const FSTAB_ONLY: readonly Args['state'][] = ['present', 'absent_from_fstab']

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { path, src, fstype, opts, dump, passno, state, fstab } = args
  const found: string[] = []
  const refuse = (name: string, text: string | undefined, pattern: RegExp, what: string) => {
    if (text !== undefined && !pattern.test(text))
      found.push(`${name}: ${JSON.stringify(text)} is not ${what}`)
  }
  const isEntry = state === 'present' || state === 'absent' || state === 'absent_from_fstab'
  refuse(
    'path',
    path,
    isEntry || state === undefined ? /^(\/[^\n]*|none|swap)$/ : /^\/[^\n]*$/,
    'a whole path',
  )
  refuse('src', src, /^[^-~\n][^\n]*$/, 'a name of what can be mounted')
  refuse('fstype', fstype, /^[A-Za-z0-9][A-Za-z0-9._,+-]*$/, 'a type of file systems')
  refuse('opts', opts, /^[^\n]+$/, 'a list of options')
  refuse('dump', dump, /^\d+$/, 'a number')
  refuse('passno', passno, /^\d+$/, 'a number')
  refuse('fstab', fstab, /^\/[^\n]*[^/\n]$/, 'the whole path of a file')
  if (complete && (state === 'mounted' || state === 'present' || state === 'ephemeral')) {
    const missing = Object.entries({ src, fstype }).filter(([, value]) => value === undefined)
    if (missing.length > 0) {
      const names = missing.map(([name]) => name).join(', ')
      found.push(`state is ${state} but all of the following are missing: ${names}`)
    }
  }
  return found
}

interface Options {
  readonly opts: string
  /** Whether `boot` leaves it to be mounted then, in Ansible's words. */
  readonly boot: 'yes' | 'no'
  readonly warnings: string[]
}

/** Options as they are to be, and what somebody should know of them. */
export function optionsOf({ opts = 'defaults', boot }: Args): Options {
  const all = opts.split(',')
  const ignored = (by: string) => [`Ignore the 'boot' due to 'opts' contains '${by}'.`]
  if (all.includes('noauto')) return { opts, boot: 'yes', warnings: ignored('noauto') }
  if (boot) return { opts, boot: 'yes', warnings: [] }
  if (all.includes('defaults')) return { opts, boot: 'no', warnings: ignored('defaults') }
  return { opts: `${opts},noauto`, boot: 'no', warnings: [] }
}
