/** What a name says of the refs that it stands for; what it does not say may be anything. */
export interface Wanted {
  readonly kind?: string | undefined
  readonly id: string
  readonly arch?: string | undefined
  readonly branch?: string | undefined
}

/** What a .flatpakref says, flatpak-flatpakref(5). */
export interface Described extends Wanted {
  readonly kind: string
  readonly branch: string
}

/** An id or a ref, flatpak(1): `[KIND/]ID[/[ARCH][/BRANCH]]`; undefined if it is neither. */
export function wantedIn(name: string): Wanted | undefined {
  const [, kind, id, arch, branch] = REF.exec(name) ?? []
  return id === undefined || id.length > 255 ? undefined : { kind, id, arch, branch }
}

const REF =
  /^(?:(app|runtime)\/)?([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*){2,})(?:\/(\w+)|\/(?=\/))?(?:\/([A-Za-z0-9_][\w.-]*))?$/

export function isUrl(name: string): boolean {
  return /^https?:\/\/[^\s/]\S*$/.test(name)
}

/** The id that the name of a .flatpakref stands for by custom. */
export function wantedAt(url: string): Wanted | undefined {
  return wantedIn(/([^/?#]+)\.[^./?#]*(?:[?#].*)?$/.exec(url)?.[1] ?? '')
}

/** What a .flatpakref says; undefined for anything else. */
export function describedIn(text: string): Described | undefined {
  const keys = new Map<string, string>()
  let group = ''
  for (const line of text.split(/\r?\n/)) {
    group = /^\[(.*)\]\s*$/.exec(line)?.[1] ?? group
    const [, key, value] = /^([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (group === 'Flatpak Ref' && key !== undefined) keys.set(key, value!)
  }
  const wanted = wantedIn(`${keys.get('Name')}//${keys.get('Branch') || 'master'}`)
  if (wanted?.branch === undefined) return undefined
  const kind = /^(true|1)$/.test(keys.get('IsRuntime') ?? '') ? 'runtime' : 'app'
  return { ...wanted, branch: wanted.branch, kind }
}

/** Whether a full ref, `KIND/ID/ARCH/BRANCH`, is one that is meant. */
export function fits(ref: string, wanted: Wanted): boolean {
  const [kind, id, arch, branch] = ref.split('/')
  const meant = { kind, id, arch, branch, ...stated(wanted) }
  return meant.kind === kind && meant.id === id && meant.arch === arch && meant.branch === branch
}

function stated(wanted: Wanted): Partial<Wanted> {
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
}

/** The same as a basic regular expression of POSIX, for a ref that a tab follows. */
export function patternOf({ kind, id, arch, branch }: Wanted): string {
  const literal = (text: string | undefined) => text?.replaceAll('.', '\\.') ?? '[^/]*'
  return `^${literal(kind)}/${literal(id)}/${literal(arch)}/${branch === undefined ? '[^\t]*' : literal(branch)}\t`
}

/**
 * Whether a pattern of flatpak-mask(1) holds for a full ref: parts as in a ref, those that are missing hold for all, and
 * "*" stands for anything but "/".
 */
export function isMasked(ref: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = /^(app|runtime)\//.test(pattern) ? pattern.split('/') : ['', ...pattern.split('/')]
    const words = ref.split('/')
    return words.every((word, at) => isLike(word, parts[at] || '*'))
  })
}

/** Linear, whatever the pattern. */
function isLike(word: string, pattern: string): boolean {
  const [first = '', ...more] = pattern.split('*')
  const last = more.pop()
  if (last === undefined) return word === pattern
  if (!word.startsWith(first)) return false
  let at = first.length
  for (const part of more) {
    const found = word.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return word.length - last.length >= at && word.endsWith(last)
}
