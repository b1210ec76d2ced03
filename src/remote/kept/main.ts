// The process that keeps logins for the runs of one user: `node src/start.cjs __keep SOCKET`. It says so when it can be asked.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Keeper } from './keeper.ts'

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

keeper.listen().then(
  () => process.stdout.end('ready\n'),
  () => process.exit(1),
)
