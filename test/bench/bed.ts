import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bundle } from './bundle.ts'
import { ansibles, type Contestant, floor, type Job, playssh, type Runner, runner } from './contestants.ts'
import {
  AT,
  type BenchHost,
  behind,
  crowdAddresses,
  type Keys,
  makeKeys,
  makeNetwork,
  type Reached,
  startCrowd,
  startHost,
} from './hosts.ts'
import { DelayingProxy } from './proxy.ts'
import { buildStubHosts, type StubHosts, startStubHosts } from './stub-hosts.ts'
import { floorScript, playbookOf, type Task, TEMPLATE } from './workloads.ts'

export interface Rivals {
  /** Folders of other checkouts, absolute. */
  readonly beside: readonly string[]
  readonly withAnsible: boolean
}

/** What all parts of the bench share: who takes part, and the hosts there are so far. */
export class Bed {
  readonly keys: Keys
  readonly playssh = playssh
  /** The runner, and the other versions of it that it is compared with. */
  readonly runners: readonly Runner[]
  readonly floor: Contestant
  readonly ansibles: readonly Contestant[]
  readonly #folder: string
  readonly #hosts: BenchHost[] = []
  #crowd: BenchHost | undefined
  #stubs: StubHosts | undefined
  #jobs = 0

  private constructor(folder: string, script: string, { beside, withAnsible }: Rivals) {
    this.#folder = folder
    this.runners = [playssh, ...beside.map((checkout) => runner(basename(checkout), checkout))]
    this.ansibles = withAnsible ? ansibles() : []
    this.keys = makeKeys(folder)
    this.floor = floor(script, AT_A_TIME)
  }

  /** Keeps everything in this folder and in the network of this process. */
  static make(folder: string, rivals: Rivals): Bed {
    const script = join(folder, 'floor.mjs')
    bundle(join(import.meta.dirname, 'floor.ts'), script)
    makeNetwork()
    return new Bed(folder, script, rivals)
  }

  /** The first `count` of the hosts that are machines of their own, at most 250. */
  async hosts(count: number): Promise<BenchHost[]> {
    const missing = Array.from(
      { length: count - this.#hosts.length },
      (_, index) => this.#hosts.length + index + 1,
    )
    for (const index of missing) this.#hosts.push(await startHost(this.#folder, this.keys, index))
    return this.#hosts.slice(0, count)
  }

  /** Every one of the first `count` hosts as if newly installed. */
  async renew(count: number): Promise<BenchHost[]> {
    for (const host of this.#hosts.splice(0)) await host.close()
    return this.hosts(count)
  }

  /** Addresses of one machine that stands for as many hosts. */
  async crowd(count: number): Promise<Reached[]> {
    this.#crowd ??= await startCrowd(this.#folder, this.keys)
    return crowdAddresses(count).map((address, index) => ({ name: `c${index + 1}`, address }))
  }

  /**
   * The same by a server that costs next to nothing a host, once the crowd is in sync: then it answers for all what one
   * shell there has answered.
   */
  async stubs(count: number): Promise<{ hosts: Reached[]; server: StubHosts }> {
    const crowd = await this.crowd(count)
    this.#stubs ??= await this.#startStubs(this.#crowd!)
    const { port } = this.#stubs
    return { hosts: crowd.map((host) => ({ ...host, port })), server: this.#stubs }
  }

  async #startStubs(crowd: BenchHost): Promise<StubHosts> {
    crowd.run(`cat >${STUBS} && chmod 755 ${STUBS}`, readFileSync(buildStubHosts(this.#folder)))
    return startStubHosts({
      argv: crowd.inside([STUBS]),
      port: STUBS_PORT,
      hostKey: `${AT}/host_key`,
      authorizedKey: `${AT}/authorized_keys`,
    })
  }

  /** Lets `use` reach the hosts from afar: a round trip to each takes `delay` ms. */
  async delayed<Result>(delay: number, use: (proxy: DelayingProxy) => Promise<Result>): Promise<Result> {
    const proxy = new DelayingProxy(delay, (address) => ({ host: behind(address), port: SSH }))
    await proxy.listen(SSH, '0.0.0.0')
    try {
      return await use(proxy)
    } finally {
      await proxy.close()
    }
  }

  /** The path of a file that is gone when the bench is. */
  path(name: string): string {
    return join(this.#folder, name)
  }

  /** The files for a check by all contestants. */
  job(hosts: readonly Reached[], tasks: readonly Task[]): Job {
    return this.jobOf(hosts, {
      playssh: playbookOf(tasks, 'playssh'),
      ansible: playbookOf(tasks, 'ansible'),
      tasks: tasks.length,
      script: floorScript(tasks),
    })
  }

  /** The files for any other work. */
  jobOf(hosts: readonly Reached[], work: Work): Job {
    this.#jobs += 1
    const folder = join(this.#folder, `job${this.#jobs}`)
    mkdirSync(join(folder, 'templates'), { recursive: true })
    for (const end of ['', '.hbs', '.j2']) {
      writeFileSync(join(folder, `templates/bench.conf${end}`), TEMPLATE)
    }
    writeFileSync(join(folder, 'check.yml'), work.playssh)
    writeFileSync(join(folder, 'ansible-check.yml'), work.ansible)
    if (work.jinja !== undefined) writeFileSync(join(folder, 'jinja-check.yml'), work.jinja)
    return { hosts, keys: this.keys, folder, tasks: work.tasks, script: work.script, file: work.file }
  }
}

export interface Work {
  readonly playssh: string
  readonly ansible: string
  /** The playbook for this runner, written in Jinja. */
  readonly jinja?: string
  readonly tasks: number
  readonly script?: string
  readonly file?: string
}

const SSH = 22
const STUBS = '/usr/local/bin/stub-hosts'
const STUBS_PORT = 2222
/** As many as run works on at a time unless told otherwise. */
const AT_A_TIME = 100
