// The process that keeps logins for the runs of one user: `node src/start.cjs __keep SOCKET`. It says so when it can be asked.
import { Keeper } from './keeper.ts'

const socket = process.argv.at(-1)!
process.title = `playssh sessions ${socket}`
process.umask(0o077)

const keeper = new Keeper(socket, () => process.exit(0))
process.on('SIGTERM', () => keeper.end())
process.on('uncaughtException', () => process.exit(1))
process.stdout.on('error', () => {})

keeper.listen().then(
  () => process.stdout.end('ready\n'),
  () => process.exit(1),
)
