import { existsSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ModuleRun, runModule } from '../../src/engine/task/run-module.ts'
import type { Session } from '../../src/remote/session.ts'
import { readArguments } from '../../src/sdk/arguments.ts'
import type { Module, ModuleContext } from '../../src/sdk/module.ts'
import { type Raw, RUN } from './plan.ts'

/** What a request was, for a test to look at. */
interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Web {
  /** http://127.0.0.1:PORT */
  readonly url: string
  /** All requests that have come, the oldest first. */
  readonly asked: Asked[]
  close(): Promise<void>
}

type Page = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A server of HTTP on loopback, or on a socket of the file system, that serves these pages by their paths, else 404. */
export async function startWeb(pages: Readonly<Record<string, Page>>, socket?: string): Promise<Web> {
  const asked: Asked[] = []
  const answer: RequestListener = (request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const body = Buffer.concat(pieces).toString()
      asked.push({ method, url, headers, body })
      const page = pages[url.split('?')[0]!]
      if (page !== undefined) page(request, response, body)
      else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('nothing here\n')
    })
  }
  const server = createServer(answer)
  await new Promise<void>((resolve) =>
    socket === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(socket, resolve),
  )
  const { port } = (socket === undefined ? server.address() : { port: 0 }) as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** A page with this text, and the time at which it last changed: not sent to who has it from then. */
export function page(text: string | Buffer, changed = new Date(Date.UTC(2020, 0, 1))): Page {
  return ({ headers, method }, response) => {
    const since = Date.parse(headers['if-modified-since'] ?? '')
    if (since >= changed.getTime()) response.writeHead(304).end()
    else
      response
        .writeHead(200, { 'Content-Length': Buffer.byteLength(text), 'Last-Modified': changed.toUTCString() })
        .end(method === 'HEAD' ? undefined : text)
  }
}

/** A page that is somewhere else. */
export function redirect(to: string, status = 302): Page {
  return (_, response) => response.writeHead(status, { Location: to }).end()
}

/** A page that says more than comes: the connection breaks off. */
export function broken(text: string): Page {
  return (_, response) => {
    response.writeHead(200, { 'Content-Length': text.length * 2 })
    response.write(text)
    setTimeout(() => response.destroy(), 100)
  }
}

/** A page for who says this name and password; another way than Basic is not offered. */
export function forUser(name: string, password: string, text: string): Page {
  const right = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
  return ({ headers }, response) => {
    if (headers.authorization === right) response.writeHead(200).end(text)
    else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end('who are you?\n')
  }
}

/** A folder of this machine's programs, all but some, for a PATH; whoever makes it removes it. */
export function programsWithout(...names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-programs-'))
  for (const from of ['/usr/sbin', '/usr/bin']) {
    for (const name of readdirSync(from))
      if (!names.includes(name) && !existsSync(join(folder, name)))
        symlinkSync(join(from, name), join(folder, name))
  }
  return folder
}

/** As `applyModule`, with the programs of this PATH. */
export async function applyWith(
  path: string | undefined,
  session: Session,
  module: Module,
  raw: Raw,
  view: ModuleContext = RUN,
): Promise<ModuleRun> {
  const { args, problems } = readArguments(module, raw)
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
  return runModule(module, args, session, {
    view,
    ...(path !== undefined && { environment: { PATH: path } }),
  })
}
