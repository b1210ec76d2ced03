// What no runner can beat: one connection and one handwritten script a host, all hosts at once, nothing planned.
import { createReadStream, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import pLimit from 'p-limit'
import { Client, type PublicKeyAuthMethod } from 'ssh2'

/** What the file named by the argument holds, as JSON. */
export interface FloorJob {
  readonly addresses: readonly string[]
  /** The file of the private key. */
  readonly key: string
  readonly script: string
  /** A file for the script's stdin. */
  readonly file?: string
  /** How many hosts to talk to at a time. */
  readonly atATime: number
}

const { addresses, key, script, file, atATime }: FloorJob = JSON.parse(readFileSync(process.argv[2]!, 'utf8'))
const login: PublicKeyAuthMethod = { type: 'publickey', username: 'root', key: readFileSync(key) }

/** Gives the length of what the script has said. */
function lookAt(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sock = connect({ host: address, port: 22, noDelay: true })
    const client = new Client()
    sock.on('error', reject)
    client.on('error', reject)
    client.on('ready', () => {
      client.exec(script, (error, channel) => {
        if (error) return reject(error)
        let length = 0
        channel.on('data', (chunk: Buffer) => {
          length += chunk.length
        })
        channel.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk))
        channel.on('close', (code: number | undefined) => {
          client.destroy()
          if (code === 0) resolve(length)
          else reject(new Error(`the script ended with ${code} on ${address}`))
        })
        if (file === undefined) return
        createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(channel)
      })
    })
    client.connect({
      sock,
      username: 'root',
      authHandler: [login],
      algorithms: {
        kex: ['curve25519-sha256'],
        cipher: ['aes128-gcm@openssh.com'],
        serverHostKey: ['ssh-ed25519'],
      },
    })
  })
}

const limit = pLimit(atATime)
const lengths = await Promise.all(addresses.map((address) => limit(() => lookAt(address))))
console.log(`${lengths.length} hosts, at least ${Math.min(...lengths)} bytes from each`)
process.exit(0)
