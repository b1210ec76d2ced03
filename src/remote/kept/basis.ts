import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { mapOfRun } from '../../values/of-run.ts'
import type { SshSettings } from '../ssh/ssh-settings.ts'

/** How long an agent may take to say which keys it holds, in ms. */
const AGENT = 2000

/**
 * Tells apart what decides how we log in to a host and as whom: what ssh's configuration says, the keys that there are, in
 * files and with the agent, and the way there. Where it is the same as before, a login from before may be taken up. It holds
 * none of what it stands for.
 */
export async function basisOf(
  settings: SshSettings,
  privateKeyFile: string | undefined,
  jump: string | undefined,
): Promise<string> {
  const { agent, ...rest } = settings
  const files = privateKeyFile === undefined ? settings.identityFiles : [privateKeyFile]
  const environment = settings.proxyCommand === undefined ? null : proxyEnvironment()
  const keys = await keysIn(files, settings.publicKeys ? agent : undefined)
  return digest(JSON.stringify([rest, privateKeyFile ?? null, jump ?? null, environment, keys]))
}

const keys = mapOfRun<string, Promise<string>>()

/** What there is to log in with; hundreds of hosts have the same. */
function keysIn(files: readonly string[], agent: string | undefined): Promise<string> {
  const about = JSON.stringify([files, agent])
  let found = keys.get(about)
  if (found === undefined) {
    const parts = files.flatMap((file) => [file, `${file}.pub`]).map(fileOf)
    found = heldBy(agent).then((held) => digest(JSON.stringify([parts, held.toString('base64')])))
    keys.set(about, found)
  }
  return found
}

function digest(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('base64')
}

/** What changes from one command to the next, and says nothing to a program. */
const VOLATILE = new Set(['_', 'COLUMNS', 'LINES', 'OLDPWD', 'PWD', 'SHLVL'])

/** The environment of a ProxyCommand. */
export function proxyEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !VOLATILE.has(name))
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) as Record<string, string>
}

/** A key's content, and who may read it: that decides too whether it is used. */
function fileOf(file: string): string {
  try {
    const { mode, uid } = statSync(file)
    return `${mode} ${uid} ${digest(readFileSync(file))}`
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}

/** SSH_AGENTC_REQUEST_IDENTITIES (draft-miller-ssh-agent, section 3.5). */
const IDENTITIES = Buffer.from([0, 0, 0, 1, 11])
/** Of an agent's answer, in bytes. */
const ANSWER_AT_MOST = 256 * 1024

/** What an agent says that it holds, as it says so; nothing where there is none. */
function heldBy(path: string | undefined): Promise<Buffer> {
  return new Promise((resolve) => {
    if (path === undefined) return resolve(Buffer.alloc(0))
    const socket = connect(path)
    let said: Buffer = Buffer.alloc(0)
    const end = () => {
      clearTimeout(late)
      socket.destroy()
      resolve(said)
    }
    const late = setTimeout(end, AGENT)
    socket.once('connect', () => socket.write(IDENTITIES))
    socket.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk])
      const isWhole = said.length >= 4 && said.length >= 4 + said.readUInt32BE(0)
      if (isWhole || said.length > ANSWER_AT_MOST) end()
    })
    socket.once('error', end)
    socket.once('end', end)
  })
}
