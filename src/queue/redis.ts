import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { ProblemError } from '../values/problem.ts'
import { PREFIX } from './places.ts'

/** BullMQ and ioredis, which load where there is a queue and nowhere else. */
export function packages(): typeof import('./packages.ts') {
  return createRequire(import.meta.url)('./packages.ts') as typeof import('./packages.ts')
}

/** Where Redis is, and how it is spoken with. */
export interface RedisPlace {
  /** redis://, rediss:// (TLS) or unix:// */
  readonly url: string
  /** PEM file of the authorities that are trusted beside the system's. */
  readonly ca?: string
}

/** How long the first connection may take, and how long Redis may be silent on an open one, in ms. */
const FIRST = 10_000
const SILENCE = 8_000
/** The longest wait between two tries to connect anew, in ms. */
const RETRY = 1_000

/** A connection that comes back by itself whenever Redis does. Raises ProblemError if it is not there to begin with. */
export async function connectTo(place: RedisPlace, name: string): Promise<Redis> {
  const redis = new (packages().Redis)(place.url, optionsOf(place, name))
  callByDigest(redis)
  let last: Error | undefined
  redis.on('error', (error: Error) => {
    last = error
  })
  try {
    await within(FIRST, redis.connect())
    await within(FIRST, redis.ping())
  } catch (error) {
    redis.disconnect()
    const reason = last ?? (error as Error)
    throw new ProblemError({
      message: `Redis cannot be used at ${shownUrl(place.url)}: ${reasonOf(reason)}`,
      hint: hintFor(reason),
    })
  }
  return redis
}

function optionsOf({ url, ca }: RedisPlace, connectionName: string) {
  const socket = /^(?:redis\+)?unix:\/\/(?<path>.+)$/.exec(url)?.groups?.path
  return {
    connectionName,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    // BullMQ asks each connection for all that Redis says of itself, 6 kB.
    skipVersionCheck: true,
    connectTimeout: FIRST,
    socketTimeout: SILENCE,
    retryStrategy: (times: number) => Math.min(100 * times, RETRY),
    ...(socket !== undefined && { path: socket }),
    ...(url.startsWith('rediss:') && { tls: ca === undefined ? {} : { ca: readFileSync(ca) } }),
  }
}

/** Raises ProblemError where Redis is older than BullMQ needs. */
export async function checkVersion(redis: Redis): Promise<void> {
  const [, version = '0'] = /redis_version:(\S+)/.exec(await redis.info('server')) ?? []
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  const message = `Redis has version ${version}, and ${OLDEST.join('.')} is the oldest that is enough`
  throw new ProblemError({ message })
}

const OLDEST = [6, 2] as const

/** A queue of BullMQ. That Redis is away is seen by whoever uses it. */
export function queueCalled<T>(redis: Redis, name: string): Queue<T, unknown, string> {
  const queue = new (packages().Queue)<T, unknown, string>(name, { connection: redis, prefix: PREFIX })
  queue.on('error', () => {})
  return queue
}

/** Runs a script of Lua that Redis keeps: its text is sent only where Redis does not know it. */
export async function evaluate(
  redis: Redis,
  lua: string,
  keys: readonly string[],
  words: readonly (string | number | Buffer)[],
): Promise<unknown> {
  const all = [keys.length, ...keys, ...words] as [number, ...string[]]
  return unlessUnknown(
    () => redis.evalsha(digestOf(lua), ...all),
    () => redis.eval(lua, ...all),
  )
}

/** The same for a script that gives bytes: texts that it gives are Buffers. */
export async function evaluateBytes(
  redis: Redis,
  lua: string,
  keys: readonly string[],
  words: readonly (string | number)[],
): Promise<unknown> {
  const all = [String(keys.length), ...keys, ...words.map(String)]
  return unlessUnknown(
    () => redis.callBuffer('EVALSHA', digestOf(lua), ...all),
    () => redis.callBuffer('EVAL', lua, ...all),
  )
}

async function unlessUnknown(
  byDigest: () => Promise<unknown>,
  byText: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await byDigest()
  } catch (error) {
    if (!/NOSCRIPT/.test((error as Error).message)) throw error
    return byText()
  }
}

const digests = new Map<string, string>()

function digestOf(lua: string): string {
  const digest = digests.get(lua) ?? createHash('sha1').update(lua).digest('hex')
  digests.set(lua, digest)
  return digest
}

/** ioredis sends each script whole on each new connection: those of BullMQ are 100 kB together. */
function callByDigest(redis: Redis): void {
  const define = redis.defineCommand.bind(redis)
  redis.defineCommand = (name, definition) => {
    define(name, definition)
    const { lua, numberOfKeys = 0 } = definition
    Object.assign(redis, {
      [name]: (...given: (string | Buffer)[][]) => {
        const words = given.flat()
        const keys = words.slice(0, numberOfKeys) as string[]
        return evaluate(redis, lua, keys, words.slice(numberOfKeys))
      },
    })
  }
}

/** What a promise gives, or an Error after so many ms. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms)
  })
  try {
    return await Promise.race([promise, over])
  } finally {
    clearTimeout(timer)
  }
}

/** The URL without its password. */
export function shownUrl(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^@/]*@/, '$1')
}

function reasonOf({ message }: Error): string {
  return message.replace(/^(?:WRONGPASS|NOAUTH|NOPERM)\s*/, '')
}

function hintFor({ message }: Error): string | undefined {
  if (/ECONNREFUSED|ENOENT|EHOSTUNREACH|no answer/.test(message)) return 'is redis-server started there?'
  if (/WRONGPASS|NOAUTH/.test(message)) return 'give user and password: redis://USER:PASSWORD@HOST:6379'
  if (/NOPERM/.test(message)) return 'docs/workers.md says what the user of Redis has to be allowed'
  if (/certificate/i.test(message)) return 'give the authority that has signed it with --queue-ca FILE'
  return undefined
}
