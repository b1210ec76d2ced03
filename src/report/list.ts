import { clean } from './text.ts'

/** What of a playbook is listed. */
export interface Listing {
  readonly playbook: string
  readonly plays: readonly ListedPlay[]
}

interface ListedPlay {
  readonly name: string
  /** The text of `hosts:`, where it is known. */
  readonly pattern?: string
  readonly hosts: readonly string[]
  readonly tasks: readonly { readonly name: string; readonly tags: readonly string[] }[]
  readonly tags: readonly string[]
}

export interface ListOptions {
  readonly hosts: boolean
  readonly tasks: boolean
  readonly tags: boolean
}

/** The text of --list-hosts, --list-tasks and --list-tags, in Ansible's layout. */
export function formatListing({ playbook, plays }: Listing, options: ListOptions): string {
  const blocks = plays.map((play, index) => playLines(play, index + 1, options).join('\n'))
  return `\nplaybook: ${clean(playbook)}\n${blocks.map((block) => `\n${block}\n`).join('')}`
}

function playLines(play: ListedPlay, number: number, options: ListOptions): string[] {
  const pattern = play.pattern ?? play.hosts.join(',')
  const lines = [`  play #${number} (${clean(pattern)}): ${clean(play.name)}\tTAGS: ${tagList(play.tags)}`]
  if (options.hosts) {
    lines.push(`    pattern: ['${clean(pattern)}']`, `    hosts (${play.hosts.length}):`)
    lines.push(...play.hosts.map((host) => `      ${clean(host)}`))
  }
  if (options.tasks) {
    lines.push('    tasks:')
    lines.push(
      ...play.tasks.map(({ name, tags }) => `      ${clean(name)}\tTAGS: ${tagList([...tags].sort())}`),
    )
  }
  if (options.tags) {
    const all = new Set([...play.tags, ...play.tasks.flatMap(({ tags }) => tags)])
    lines.push(`      TASK TAGS: ${tagList([...all].sort())}`)
  }
  return lines
}

function tagList(tags: readonly string[]): string {
  return `[${tags.map(clean).join(', ')}]`
}
