import { Socket } from 'node:net'
import ssh2, { type Client } from 'ssh2'
import ciphers from 'ssh2/lib/protocol/crypto.js'
import { algorithmsFor } from './algorithms.ts'
import { gathering } from './dial.ts'
import { ALIVE_INTERVAL, declineHostKeys } from './login.ts'
import type { SshSettings } from './ssh-settings.ts'

/** How packets of one direction are encrypted (RFC 5647): bytes are in base64. */
interface Direction {
  /** OpenSSL's name of an AES-GCM. */
  readonly cipher: string
  readonly key: string
  readonly iv: string
  /** Of the next packet. */
  readonly sequence: number
}

/**
 * A connection between two packets, plain enough for another process to carry it on. It holds the keys of the connection,
 * and none of those that let us in.
 */
export interface ConnectionState {
  readonly inbound: Direction
  readonly outbound: Direction
  /** RFC 4253, section 7.2; in base64. */
  readonly sessionId: string
  /** The server's first line, in base64. */
  readonly serverLine: string
  readonly serverSoftware: string
  /** What ssh2 does otherwise for this server. */
  readonly compatibility: number
  /** Strict key exchange (OpenSSH's PROTOCOL, section 1.10). */
  readonly isStrict: boolean
  /** The highest number that a channel had. */
  readonly channels: number
  /** Global requests that the server has not answered. */
  readonly unanswered: number
}

/** The part of ssh2's client that is not public and that we need. */
interface Inner {
  _sock: Socket & { _handle?: { readonly fd: number; readStop(): void } | null }
  _remoteVer: string
  readonly _callbacks: (() => void)[]
  readonly _resetKA: () => void
  readonly _chanMgr: { _cur: number; readonly _channels: Readonly<Record<string, unknown>> }
  readonly _protocol: InnerProtocol
}

interface InnerProtocol {
  start: () => void
  service: (name: string) => void
  _authenticated: boolean
  _compatFlags: number
  _remoteIdentRaw: Buffer
  _strictMode: boolean | undefined
  _kexinit: unknown
  _queue: unknown
  _kex: {
    readonly sessionID: Buffer
    readonly negotiated: Record<'cs' | 'sc', { readonly compress: string }>
  }
  _cipher: InnerCipher
  _decipher: InnerDecipher
  _parse: (this: InnerProtocol, chunk: Buffer, at: number, length: number) => unknown
  readonly _onWrite: (data: Buffer) => void
  readonly _onPayload: (payload: Buffer) => unknown
  channelClose(channel: number): void
}

interface InnerCipher {
  readonly outSeqno: number
  readonly _encSSLName: string
  readonly _encKey: Buffer
  readonly _encIV: Buffer
}

interface InnerDecipher {
  readonly inSeqno: number
  readonly _decipherSSLName: string
  readonly _decipherKey: Buffer
  readonly _decipherIV: Buffer
  readonly _lenBytes: number
  decrypt(chunk: Buffer, at: number, length: number): unknown
}

/** A connection that this process listens to no more. */
export interface Handed {
  readonly state: ConnectionState
  /** It has been read no further than `state` says; whoever gets it on closes it here. */
  readonly socket: Socket
}

/**
 * Stops listening to a connection, whose channels are closed, so that another process can go on from there. undefined when
 * that cannot be: it is not over a socket of its own, its cipher has more to it, or it is in the middle of something.
 */
export function handOver(client: Client): Handed | undefined {
  const { _sock: socket, _protocol: protocol, _chanMgr: channels, _callbacks, _remoteVer } = inner(client)
  const handle = socket instanceof Socket ? socket._handle : undefined
  if (!handle || handle.fd < 0 || !isQuiet(protocol)) return undefined
  const open = Object.values(channels._channels)
  if (!open.every(isOpened)) return undefined
  for (const { outgoing } of open)
    if (outgoing.state === 'open' || outgoing.state === 'eof') protocol.channelClose(outgoing.id)
  // What has been written in this turn goes out in one piece.
  while (socket.writableCorked > 0) socket.uncork()
  if (socket.writableLength > 0 || socket.readableLength > 0) return undefined
  handle.readStop()
  const { _cipher: cipher, _decipher: decipher } = protocol
  const state: ConnectionState = {
    outbound: {
      cipher: cipher._encSSLName,
      key: cipher._encKey.toString('base64'),
      iv: cipher._encIV.toString('base64'),
      sequence: cipher.outSeqno,
    },
    inbound: {
      cipher: decipher._decipherSSLName,
      key: decipher._decipherKey.toString('base64'),
      iv: decipher._decipherIV.toString('base64'),
      sequence: decipher.inSeqno,
    },
    sessionId: protocol._kex.sessionID.toString('base64'),
    serverLine: protocol._remoteIdentRaw.toString('base64'),
    serverSoftware: _remoteVer,
    compatibility: protocol._compatFlags,
    isStrict: protocol._strictMode === true,
    channels: channels._cur,
    unanswered: _callbacks.length,
  }
  return { state, socket }
}

/** Nothing is half said: no key exchange, no part of a packet; and all that there is to know of the ciphers are key and IV. */
function isQuiet({ _kex, _kexinit, _queue, _cipher, _decipher }: InnerProtocol): boolean {
  const { cs, sc } = _kex.negotiated
  return (
    _kexinit === undefined &&
    _queue === undefined &&
    [cs.compress, sc.compress].every((name) => name === 'none') &&
    [_cipher._encSSLName, _decipher._decipherSSLName].every((name) => /^aes-\d+-gcm$/.test(name)) &&
    _decipher._lenBytes === 0
  )
}

interface OpenChannel {
  readonly outgoing: { readonly id: number; readonly state: string }
}

/** Channels that are being opened are functions. */
function isOpened(channel: unknown): channel is OpenChannel {
  return typeof channel === 'object' && channel !== null
}

/**
 * Goes on with a connection that another process has handed over, the descriptor of its socket among it. `hostKey`, in wire
 * format, is the one that the server has shown: a new exchange of keys must show it again.
 */
export function takeOver(
  state: ConnectionState,
  descriptor: number,
  settings: SshSettings,
  hostKey: Buffer,
): { readonly client: Client; readonly stream: Socket } {
  const stream = new Socket({ fd: descriptor, readable: true, writable: true })
  stream.on('error', () => {})
  gathering(stream)
  const client = new ssh2.Client()
  client.on('error', () => {})
  // ssh2 waits for the connection before it says anything.
  Object.assign(stream, { connecting: true })
  client.connect({
    sock: stream,
    username: settings.user,
    readyTimeout: 0,
    keepaliveInterval: (settings.aliveInterval || ALIVE_INTERVAL) * 1000,
    keepaliveCountMax: settings.aliveCount,
    algorithms: algorithmsFor(settings, [typeOf(hostKey)]),
    authHandler: () => false,
    hostVerifier: (key: Buffer) => key.equals(hostKey),
  })
  const { _protocol: protocol, _chanMgr: channels, _callbacks } = inner(client)
  install(protocol, state)
  Object.assign(client, { _remoteVer: state.serverSoftware })
  // What the server still says of the channels before is for nobody.
  channels._cur = state.channels
  for (let left = state.unanswered; left > 0; left -= 1) _callbacks.push(() => {})
  declineHostKeys(client)
  Object.assign(stream, { connecting: false })
  stream.emit('connect')
  inner(client)._resetKA()
  return { client, stream }
}

function install(protocol: InnerProtocol, state: ConnectionState): void {
  const { inbound, outbound } = state
  protocol.start = () => {}
  // ssh2 takes the first exchange of keys that it sees for that before a login, and asks to log in.
  protocol.service = () => {}
  protocol._authenticated = true
  protocol._compatFlags = state.compatibility
  protocol._remoteIdentRaw = Buffer.from(state.serverLine, 'base64')
  protocol._strictMode = state.isStrict
  const uncompressed = { compress: 'none' }
  protocol._kex = {
    sessionID: Buffer.from(state.sessionId, 'base64'),
    negotiated: { cs: uncompressed, sc: uncompressed },
  }
  protocol._cipher = ciphers.createCipher({
    outbound: {
      seqno: outbound.sequence,
      onWrite: protocol._onWrite,
      cipherInfo: infoOf(outbound),
      cipherKey: Buffer.from(outbound.key, 'base64'),
      cipherIV: Buffer.from(outbound.iv, 'base64'),
    },
  })
  protocol._decipher = ciphers.createDecipher({
    inbound: {
      seqno: inbound.sequence,
      onPayload: protocol._onPayload,
      decipherInfo: infoOf(inbound),
      decipherKey: Buffer.from(inbound.key, 'base64'),
      decipherIV: Buffer.from(inbound.iv, 'base64'),
    },
  })
  protocol._parse = function (chunk, at, length) {
    return this._decipher.decrypt(chunk, at, length)
  }
}

/** What ssh2 knows of a cipher. */
function infoOf({ cipher }: Direction): object {
  const info = Object.values(ciphers.CIPHER_INFO).find(({ sslName }) => sslName === cipher)
  if (info === undefined) throw new Error(`ssh2 has no ${cipher}`)
  return info
}

/** The type of a key in wire format (RFC 4253, section 6.6). */
function typeOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString()
}

function inner(client: Client): Inner {
  return client as unknown as Inner
}
