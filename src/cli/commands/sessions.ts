import type { KeeperLink } from '../../remote/kept/keeper-link.ts'
import { keepersThere } from '../../remote/kept/keepers.ts'
import type { Listed } from '../../remote/kept/words.ts'
import { clean, count, duration, pad } from '../../report/text.ts'
import { ProblemError } from '../../values/problem.ts'
import { newCommand, readWords } from '../command-line.ts'

const EXAMPLES = `
Examples:
  run sessions                 logins that are kept for the next run
  run sessions close           ends all of them
  run sessions close web1      ends that to web1
`

/** `run sessions [close [HOST...]]`: logins that are kept. Raises CommandLineEnd and ProblemError. */
export async function sessions(words: readonly string[]): Promise<number> {
  let work = list
  const command = newCommand(
    'run sessions',
    'Lists the logins that are kept for the next run, and ends them.',
  ).action(() => {})
  command
    .command('close')
    .argument('[hosts...]', 'names of hosts in the inventory; without one, all')
    .description('end them')
    .exitOverride()
    .action((hosts: string[]) => {
      work = () => close(hosts)
    })
  readWords(command.addHelpText('after', EXAMPLES), words)
  return work()
}

async function list(): Promise<number> {
  const all = await eachKeeper((link) => link.ask<Listed[]>({ list: true }))
  const rows = all
    .flat()
    .map(({ name, user, host, port, by, age, users, left }) => [
      clean(name),
      clean(`${user}@${host}:${port}`),
      `for ${duration(age)}`,
      whenItEnds(users, left),
      clean(by),
    ])
  if (rows.length === 0) return print(['no logins are kept'])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return print(
    rows.map((row) =>
      row
        .map((cell, at) => pad(cell, widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  )
}

function whenItEnds(users: number, left: number): string {
  if (users > 0) return `used by ${count(users, 'run')}`
  return left > 0 ? `ends in ${duration(left)}` : 'others go through it'
}

async function close(hosts: readonly string[]): Promise<number> {
  const closed = await eachKeeper((link) => link.ask<number>({ close: hosts.length === 0 ? 'all' : hosts }))
  const number = closed.reduce((sum, one) => sum + one, 0)
  return print([number === 0 ? 'no such login is kept' : `${count(number, 'login')} ended`])
}

/** What each keeper says; one of another version has logins too. */
async function eachKeeper<T>(ask: (link: KeeperLink) => Promise<T>): Promise<T[]> {
  const links = await keepersThere().catch(({ message }: Error) => {
    throw new ProblemError({ message: `no logins can be kept: ${message}` })
  })
  try {
    return await Promise.all(links.map(ask))
  } finally {
    for (const link of links) link.close()
  }
}

function print(lines: readonly string[]): number {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  return 0
}
