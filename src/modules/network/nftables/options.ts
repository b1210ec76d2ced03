import { type ArgsOf, fileOptions, options } from '../../../sdk/options.ts'

export const declared = options({
  content: {
    type: 'str',
    help: 'What is declared, as nft -f reads it, with each table whole; needed, or src, unless state is absent.',
  },
  src: { type: 'file', help: 'File that holds what is declared, in place of content.' },
  family: {
    type: 'str',
    choices: ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'],
    help: 'Family of the table, ip if not told, as for nft; without table, the only family that is meant.',
  },
  table: {
    type: 'str',
    aliases: ['name'],
    help: 'The table that is kept, and no other is touched; without it, the whole ruleset is.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is there as declared, or not at all.',
  },
  file: {
    type: 'path',
    help: 'File on the host that keeps it over a reboot, such as /etc/nftables.conf, written once it is loaded.',
  },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file as it was.' },
  ...fileOptions,
})

export type Args = ArgsOf<typeof declared>

/** What is declared, as it was written. */
function declaredText({ content, src, state }: Partial<Args>): string | undefined {
  if (state === 'absent') return ''
  if (content !== undefined) return content
  return typeof src === 'object' ? src.content?.bytes().toString() : undefined
}

/** The name of the table for nft; undefined for a whole ruleset. */
export function tableOf({ family, table }: Partial<Args>): string | undefined {
  return table === undefined ? undefined : `${family ?? 'ip'} ${table}`
}

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { content, src, table, state, file } = args
  const found: string[] = []
  if (table !== undefined && !/^[A-Za-z_.][A-Za-z0-9/_.-]*$/.test(table))
    found.push(`table: ${JSON.stringify(table)} is not a name of a table`)
  if (file !== undefined && /(^|\/)$/.test(file))
    found.push(`file: ${JSON.stringify(file)} is not a path of a file`)
  if (content !== undefined && src !== undefined) found.push('give src or content, not both')
  if (typeof src === 'object' && src.content === undefined)
    found.push('src is a folder, and a file is needed')
  if (complete && state !== 'absent' && content === undefined && src === undefined)
    found.push('nftables needs "content" or "src", unless state is absent')
  const text = declaredText(args)
  if (table !== undefined && text !== undefined)
    found.push(...foreignCommands(text, args).map((command) => `"${command}" is not for a table of its own`))
  return found
}

/** Commands that take something away, other than from the table itself, which is made anew anyway. */
function foreignCommands(text: string, args: Partial<Args>): string[] {
  const own = new RegExp(`^(flush|delete|destroy) table ${wordsPattern(args)}$`)
  const bare = text.replaceAll(/"[^"\n]*"|#[^\n]*/g, ' ')
  const commands = bare.matchAll(
    /(?:^|[;{}\n])[ \t]*((?:flush|delete|destroy|reset|rename|replace)[ \t]+[^@\s;{}][^;{}\n]*)/g,
  )
  return [...commands]
    .map(([, command]) => command!.trim().replaceAll(/\s+/g, ' '))
    .filter((command) => !own.test(command))
}

function wordsPattern({ family, table }: Partial<Args>): string {
  const name = table!.replaceAll('.', '\\.')
  return (family ?? 'ip') === 'ip' ? `(ip )?${name}` : `${family} ${name}`
}

/** One transaction after which all is as declared, whatever there was. Its lines are numbered as those that were written. */
export function transaction(args: Args): string {
  const { family, state } = args
  const table = tableOf(args)
  const clean =
    table === undefined
      ? `flush ruleset${family === undefined ? '' : ` ${family}`}; `
      : `add table ${table}; delete table ${table}; `
  const text = declaredText(args) ?? ''
  if (state === 'absent') return `${clean}\n`
  const interpreter = /^#![^\n]*\n/.exec(text)?.[0] ?? ''
  const rest = text.slice(interpreter.length)
  return `${interpreter}${clean}${rest}${rest.endsWith('\n') ? '' : '\n'}`
}
