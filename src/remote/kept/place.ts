import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, statSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Of the path of a socket, in bytes: sun_path of unix(7), with its NUL. */
const PATH_AT_MOST = 107

/** What the longest name of ours in the folder has, in bytes. */
const NAME_AT_MOST = 40

/**
 * The folder in which the sockets of keepers are, made if need be: below XDG_RUNTIME_DIR, else /run/user/UID, else that
 * of temporary files. It belongs to this user, and nobody else may enter it. Raises an Error with a sentence.
 */
export function keeperFolder(): string {
  const folder = folderName()
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  checkFolder(folder)
  return folder
}

/** Its path, whether it is there or not. */
export function folderName(): string {
  const uid = process.getuid!()
  const runtime = [process.env.XDG_RUNTIME_DIR, `/run/user/${uid}`].find(
    (folder) => folder !== undefined && isOwn(folder, uid),
  )
  const inRuntime = runtime === undefined ? undefined : join(runtime, 'playssh')
  return inRuntime !== undefined && Buffer.byteLength(inRuntime) + NAME_AT_MOST <= PATH_AT_MOST
    ? inRuntime
    : join(tmpdir(), `playssh-${uid}`)
}

/** Raises an Error with a sentence when a folder is not this user's alone. */
export function checkFolder(folder: string): void {
  const stats = lstatSync(folder)
  const { uid, mode } = stats
  if (!stats.isDirectory()) throw new Error(`${folder} is no folder`)
  if (uid !== process.getuid!()) throw new Error(`${folder} belongs to another user (id ${uid})`)
  if ((mode & 0o077) !== 0) throw new Error(`${folder} can be entered by others: chmod 700 ${folder}`)
}

function isOwn(folder: string, uid: number): boolean {
  try {
    const stats = statSync(folder)
    return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o022) === 0
  } catch {
    // It is not there, or is somewhere in another user's.
    return false
  }
}

/**
 * The socket of the keeper that is this very program and has the same network: another version has another, and in another
 * network namespace the same address may be another host.
 */
export function socketOf(folder: string, program: string): string {
  const { dev, ino, size, mtimeMs } = statSync(program)
  const about = [program, dev, ino, size, mtimeMs, process.version, network()]
  const hash = createHash('sha256').update(about.join(' '))
  return join(folder, `${hash.digest('hex').slice(0, 16)}${SOCKET}`)
}

/** The network namespace, as namespaces(7) names it; nothing where there are none. */
function network(): string {
  try {
    return readlinkSync('/proc/self/ns/net')
  } catch {
    return ''
  }
}

const SOCKET = '.sock'

/**
 * Has a server listen there, and gives the socket's inode; a socket of another that stands there is replaced. Rejects when
 * there can be none.
 */
export async function listenAt(path: string, server: Server): Promise<number> {
  const own = join(dirname(path), `${randomBytes(8).toString('hex')}.new`)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(own, resolve)
  })
  chmodSync(own, 0o700)
  const { ino } = lstatSync(own)
  renameSync(own, path)
  return ino
}

/** Whether a process listens there, be it that it serves nobody yet. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const answer = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      answer(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    )
  })
}

/** The sockets of all keepers of this user, those of other versions too. */
export function socketsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(SOCKET))
    .map((name) => join(folder, name))
}

/** Proofs are named so: 32 hexadecimal digits. */
export const PROOF = /^[0-9a-f]{32}$/
