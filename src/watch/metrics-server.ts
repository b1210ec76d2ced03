import { createRequire } from 'node:module'
import { ProblemError } from '../values/problem.ts'

/** Where metrics are given out. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface MetricsServer {
  /** The port that it listens on: of its own choice where 0 is asked for. */
  readonly port: number
  close(): Promise<void>
}

/** Connections at a time; each is closed when it has been idle for so many ms. */
const MOST_CONNECTIONS = 50
const IDLE = 5_000
const TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Gives out metrics at /metrics over HTTP. Raises ProblemError when it cannot listen there. */
export async function serveMetrics({ host, port }: Address, text: () => string): Promise<MetricsServer> {
  // Loading it takes longer than commands can spare that do not use it.
  const { createServer } = createRequire(import.meta.url)('node:http') as typeof import('node:http')
  const server = createServer({ requestTimeout: IDLE, keepAliveTimeout: IDLE }, (request, response) => {
    const say = (status: number, body: string, headers = {}) => {
      response.writeHead(status, {
        'content-type': TYPE,
        'content-length': Buffer.byteLength(body),
        ...headers,
      })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    const path = request.url?.replace(/\?.*/, '')
    if (request.method !== 'GET' && request.method !== 'HEAD') say(405, 'use GET\n', { allow: 'GET, HEAD' })
    else if (path === '/metrics') say(200, text())
    else say(404, 'the metrics are at /metrics\n')
  })
  server.maxConnections = MOST_CONNECTIONS
  await new Promise<void>((listening, failed) => {
    server.once('error', (error) => failed(whyNot(error, host, port)))
    server.listen({ host, port }, listening)
  })
  // A connection that cannot be taken for want of descriptors keeps no check from being made.
  server.on('error', () => {})
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException, host: string, port: number): ProblemError {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    EADDRINUSE: ['another program listens there', 'give another port with --metrics-port'],
    EACCES: ['that is not allowed', 'ports below 1024 are for root: give a higher one'],
    EADDRNOTAVAIL: ['this machine has no such address', 'give one of its own, or 0.0.0.0 for all'],
    ENOTFOUND: ['there is no such name', 'give an address'],
  }
  const [why, hint] = reasons[code ?? ''] ?? [message, undefined]
  return new ProblemError({ message: `no metrics can be given out at ${where}: ${why}`, hint })
}
