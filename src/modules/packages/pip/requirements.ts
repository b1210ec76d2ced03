/** A package as pip is asked for it. */
export interface Requirement {
  /** As pip is given it. */
  readonly text: string
  /** Its name in the one form that all ways of writing have (PEP 503); undefined for a path or an address. */
  readonly name: string | undefined
  /** More is asked for than that it is there: a version, or extras. */
  readonly isSpecific: boolean
}

const OPERATOR = /^\s*(===|[<>=!~]=|[<>])/

/** What a list of names means: what was cut at commas is put together again, as Ansible does. */
export function requirementsOf(names: readonly string[]): string[] {
  const found: string[][] = []
  let isOpen = false
  for (const part of names.flatMap((name) => name.split(','))) {
    if (found.length > 0 && (isOpen || OPERATOR.test(part))) found.at(-1)!.push(part)
    else found.push([part])
    if (part.includes('[')) isOpen = true
    if (isOpen && part.includes(']')) isOpen = false
  }
  return found.map((parts) => parts.join(',').trim()).filter((text) => text !== '')
}

const PLAIN =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*((?:===|[<>=!~]=|[<>])[^;@]*)?(;.*)?$/

/** Whether it is a name, perhaps with versions, and neither a path nor an address. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text.trim())
}

export function parseRequirement(text: string): Requirement {
  const [, name, extras, versions, marker] = PLAIN.exec(text.trim()) ?? []
  const isSpecific = [extras, versions, marker].some((part) => part !== undefined)
  return { text, name: name === undefined ? undefined : canonical(name), isSpecific }
}

/** With the version that a task names. */
export function withVersion(text: string, version: string): string {
  const bare = version.trimStart()
  return `${text}${/^\d/.test(bare) ? '==' : ' '}${bare}`
}

function canonical(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase()
}

/** Versions by name, of what `pip list --format=freeze` prints. */
export function readList(printed: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of printed.split('\n')) {
    const [, name, version] = /^([A-Za-z0-9._-]+)===?(\S+)$/.exec(line.trim()) ?? []
    if (name !== undefined) found.set(canonical(name), version!)
  }
  return found
}

/** Names of the packages that a file of requirements names plainly. */
export function namesIn(file: string): string[] {
  return file
    .split('\n')
    .map((line) => parseRequirement(line.replace(/(^|\s)#.*/, '')).name)
    .filter((name) => name !== undefined)
}

/** What `pip install --dry-run` says that it would install: names and versions. */
export function wouldInstall(printed: string): [name: string, version: string][] {
  const [, list = ''] = /^Would install (.*)$/m.exec(printed) ?? []
  return list.split(' ').flatMap((one): [string, string][] => {
    const [, name, version] = /^(.+)-([^-]+)$/.exec(one) ?? []
    return name === undefined ? [] : [[canonical(name), version!]]
  })
}
