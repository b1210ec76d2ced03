// The process that keeps logins for the runs of one user: `node src/start.cjs __keep new|left SOCKET`. A new one says so when
// it can be asked. One to which a run has left its logins has descriptors: a letter, the socket, and each login's connection.
import { closeSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Keeper } from './keeper.ts'
import type { Letter } from './words.ts'

const socket = process.argv.at(-1)!
process.title = `playssh sessions ${socket}`
process.umask(0o077)

// Most of its life it does nothing: what the last run has left in memory is given back then. V8 takes and gives code caches
// only under the flags that node has by itself, so the flag is taken back.
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
setFlagsFromString('--no-expose-gc')

const keeper = new Keeper(socket, { onEnd: () => process.exit(0), onIdle: collect })
process.on('SIGTERM', () => keeper.end())
process.on('uncaughtException', () => process.exit(1))
process.stdout.on('error', () => {})

const LETTER = 3

async function begin(): Promise<void> {
  if (process.argv.at(-2) !== 'left') return keeper.listen()
  const letter: Letter = JSON.parse(readFileSync(LETTER, 'utf8'))
  closeSync(LETTER)
  await keeper.inherit(LETTER + 1, letter, LETTER + 2)
}

begin().then(
  () => process.stdout.end('ready\n'),
  () => process.exit(1),
)
