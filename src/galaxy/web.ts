import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout as later } from 'node:timers/promises'
import { shownAddress } from './address.ts'

/** How servers of the web are asked. */
export interface WebOptions {
  readonly validateCerts: boolean
  /** Seconds in which something has to come. */
  readonly timeout: number
}

export interface Question extends WebOptions {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** With one it is a POST. */
  readonly body?: string
}

/** A server has answered with another status than 200 to 299. */
export class StatusError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const REDIRECTS = 10
/** Bytes of an answer in JSON, and of an archive. */
const TEXT_AT_MOST = 64 * 1024 * 1024
const FILE_AT_MOST = 2 * 1024 * 1024 * 1024
/** In all, in ms. */
const DOWNLOAD_AT_MOST = 3_600_000
/** What passes by itself: too many requests, and a server or something before it that does not work just now. */
const PASSING = [429, 502, 503, 504, 520]
const TRIES = 3

/**
 * The text that a server answers with. Raises StatusError, and an Error with a sentence when it cannot be reached, says
 * nothing for too long, or too much.
 */
export async function askedText(question: Question): Promise<string> {
  const pieces: Buffer[] = []
  await answered(question, TEXT_AT_MOST, () => {
    pieces.length = 0
    return async (piece) => {
      pieces.push(piece)
    }
  })
  return Buffer.concat(pieces).toString()
}

/** Writes what a server answers with into a new file; gives its sha256 in hexadecimal. Raises as `askedText`. */
export async function download(question: Question, path: string): Promise<string> {
  let hash = createHash('sha256')
  let file = createWriteStream(path)
  await answered(question, FILE_AT_MOST, () => {
    hash = createHash('sha256')
    file.destroy()
    file = createWriteStream(path, { mode: 0o600 })
    return (piece) => {
      hash.update(piece)
      return new Promise((done, fail) => file.write(piece, (error) => (error ? fail(error) : done())))
    }
  })
  await new Promise((done) => file.end(done))
  return hash.digest('hex')
}

type Take = (piece: Buffer) => Promise<void>

/** Asks again when it is to pass by itself; `begin` is called for each try. */
async function answered(question: Question, most: number, begin: () => Take): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await followed(question, most, begin())
    } catch (error) {
      const passes =
        error instanceof StatusError ? PASSING.includes(error.status) : error instanceof SilenceError
      if (!passes || tried === TRIES) throw error
      await later(tried * 1000)
    }
  }
}

class SilenceError extends Error {}

async function followed(question: Question, most: number, take: Take): Promise<void> {
  let asked = question
  for (let hops = 0; hops <= REDIRECTS; hops += 1) {
    const next = await once(asked, most, take)
    if (next === undefined) return
    const from = new URL(asked.url)
    const to = new URL(next, from)
    if (!/^https?:$/.test(to.protocol) || (from.protocol === 'https:' && to.protocol === 'http:'))
      throw new Error(`${shownAddress(asked.url)} leads to ${shownAddress(to.href)}, which is not followed`)
    const { headers, body, ...others } = asked
    // What somebody logs in with is for one server alone.
    asked = {
      ...others,
      url: to.href,
      ...(from.origin === to.origin && headers !== undefined && { headers }),
    }
  }
  throw new Error(`${shownAddress(question.url)} leads on more than ${REDIRECTS} times`)
}

/** One request; gives where it leads on to. */
async function once(question: Question, most: number, take: Take): Promise<string | undefined> {
  const shown = shownAddress(question.url)
  const request = await begun(question)
  const end = setTimeout(
    () => request.destroy(new Error(`${shown} takes longer than an hour`)),
    DOWNLOAD_AT_MOST,
  )
  try {
    const response = await new Promise<IncomingMessage>((done, fail) => {
      request.once('response', done).once('error', fail)
    })
    const { statusCode: status = 0, statusMessage: reason = '' } = response
    const { location } = response.headers
    if ([301, 302, 303, 307, 308].includes(status) && location !== undefined) {
      response.destroy()
      return location
    }
    if (status < 200 || status > 299) {
      const said = await textOf(response)
      throw new StatusError(status, `${shown} answers ${status} ${reason}${said === '' ? '' : `: ${said}`}`)
    }
    let size = 0
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > most) throw new Error(`${shown} gives more than ${most} bytes`)
      await take(piece)
    }
    return undefined
  } catch (error) {
    if (error instanceof StatusError || (error as NodeJS.ErrnoException).code === undefined) throw error
    throw new Error(`${shown} cannot be read: ${(error as Error).message}`)
  } finally {
    clearTimeout(end)
    request.destroy()
  }
}

async function begun({ url, headers, body, validateCerts, timeout }: Question): Promise<ClientRequest> {
  const address = new URL(url)
  const hasProxy = Object.keys(process.env).some((name) => /^(https?|all)_proxy$/i.test(name))
  const proxy = hasProxy ? (await import('./proxy.ts')).proxyFor(address) : undefined
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'User-Agent': 'playssh', Accept: 'application/json, */*', ...headers },
    rejectUnauthorized: validateCerts,
    timeout: timeout * 1000,
    agent: proxy ?? (false as const),
  }
  const request =
    address.protocol === 'https:' ? httpsRequest(address, options) : httpRequest(address, options)
  request.on('timeout', () =>
    request.destroy(new SilenceError(`${shownAddress(url)} says nothing for ${timeout} s`)),
  )
  return request.end(body)
}

/** What a server says about its refusal, in one line. */
async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of response) {
    text += piece
    if (text.length > 10_000) break
  }
  try {
    const said = JSON.parse(text)
    const { errors: [first] = [undefined], detail, message } = said
    return String(first?.detail ?? first?.title ?? detail ?? message ?? '').slice(0, 200)
  } catch {
    return ''
  }
}
