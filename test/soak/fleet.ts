import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { type BenchHost, type Keys, startHost } from '../bench/hosts.ts'

/** What a host returns: its own secret, and what is new in this round. */
export const WORD = /W([0-9a-f]{16})[0-9a-f]{24}/g

/** A folder in memory of every host, as small as the playbook's files allow: it can be full. */
export const SHELF = '/srv/soak'
const PREPARE = `mkdir -p ${SHELF} && mount -t tmpfs -o size=1m,mode=755 tmpfs ${SHELF}`

/** One host of the soak, and the text that only it can know. */
export class Member {
  readonly name: string
  readonly index: number
  readonly secret = randomBytes(8).toString('hex')
  word = ''
  #host: BenchHost
  #init: number

  constructor(host: BenchHost, index: number) {
    this.name = host.name
    this.index = index
    this.#host = host
    this.#init = this.#prepare()
  }

  /** The folder of what it has changed in its file system, for this process. */
  get upper(): string {
    return this.#host.upper
  }

  get address(): string {
    return this.#host.address
  }

  /** Its first process. */
  get init(): number {
    return this.#init
  }

  /** A path of the host, for this process. */
  path(path: string): string {
    return `/proc/${this.#init}/root${path}`
  }

  renewWord(): void {
    this.word = `W${this.secret}${randomBytes(12).toString('hex')}`
    writeFileSync(this.path(`${SHELF}/word`), this.word)
  }

  /** As if its power had failed: nothing answers any more. */
  vanish(): Promise<void> {
    return this.#host.close()
  }

  /** A new machine takes its place. */
  async return(folder: string, keys: Keys): Promise<void> {
    this.#host = await startHost(folder, keys, this.index)
    this.#init = this.#prepare()
  }

  #prepare(): number {
    this.#host.run(PREPARE)
    const { pid } = this.#host
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
  }
}

export function startFleet(folder: string, keys: Keys, count: number): Promise<Member[]> {
  const atATime = pLimit(4)
  const indices = Array.from({ length: count }, (_, index) => index + 1)
  return Promise.all(
    indices.map((index) => atATime(async () => new Member(await startHost(folder, keys, index), index))),
  )
}

/** What runs on each of these hosts, parents before their children. */
export function processesOf(members: readonly Member[]): Map<Member, number[]> {
  const found = new Map(members.map((member): [string, number[]] => [namespace(member.init), []]))
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    found.get(namespace(Number(pid)))?.push(Number(pid))
  }
  return new Map(members.map((member) => [member, found.get(namespace(member.init))!.sort((a, b) => a - b)]))
}

/** A name that nobody else has for one that is gone. */
function namespace(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return `gone ${pid}`
  }
}

const KEPT = ['word', 'written', 'lines', 'large', 'fill']

/** Files that a run has left on a host; they are taken away. */
export function leftovers(member: Member): string[] {
  // What lies below this one is this machine's own.
  const own = readdirSync(member.upper, { recursive: true, encoding: 'utf8' })
  const left = [
    ...readdirSync(member.path(SHELF))
      .filter((name) => !KEPT.includes(name))
      .map((name) => join(SHELF, name)),
    ...readdirSync(member.path('/root')).map((name) => join('/root', name)),
    ...own.map((path) => `/${path}`).filter((path) => /^\/(tmp|var\/tmp)\/|\/\.playssh|\.part$/.test(path)),
  ]
  for (const path of left) rmSync(member.path(path), { recursive: true, force: true })
  return left
}
