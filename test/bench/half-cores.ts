import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where groups of processes are: cgroups(7), version 1 and 2. */
const GROUPS = '/sys/fs/cgroup'
/** How often a process gets its share, in us. */
const PERIOD = 10_000
const HALF = PERIOD / 2

/**
 * Processes that have half of a core each, and take nothing from each other as long as there are enough cores for all
 * halves. Root only.
 */
export class HalfCores {
  readonly #groups = new Map<string, string>()

  /** Words before a command that have it start with half a core. Raises an Error where the kernel has no such limit. */
  words(name: string): readonly string[] {
    return ['/bin/sh', '-ec', 'echo $$ >"$0"; exec "$@"', join(this.#group(name), 'cgroup.procs')]
  }

  /** When the processes have ended. */
  remove(): void {
    for (const group of this.#groups.values()) rmdirSync(group)
    this.#groups.clear()
  }

  #group(name: string): string {
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    const folder = `playssh-bench-${process.pid}-${name}`
    const first = join(GROUPS, 'cpu/cpu.cfs_quota_us')
    const controllers = join(GROUPS, 'cgroup.controllers')
    if (existsSync(first)) return this.#made(name, join(GROUPS, 'cpu', folder), limitOfFirst)
    if (!existsSync(controllers) || !readFileSync(controllers, 'utf8').split(/\s/).includes('cpu'))
      throw new Error(`no limit of processors below ${GROUPS}`)
    writeFileSync(join(GROUPS, 'cgroup.subtree_control'), '+cpu')
    return this.#made(name, join(GROUPS, folder), limitOfSecond)
  }

  #made(name: string, group: string, limit: (group: string) => void): string {
    mkdirSync(group)
    this.#groups.set(name, group)
    limit(group)
    return group
  }
}

function limitOfFirst(group: string): void {
  writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD))
  writeFileSync(join(group, 'cpu.cfs_quota_us'), String(HALF))
}

function limitOfSecond(group: string): void {
  writeFileSync(join(group, 'cpu.max'), `${HALF} ${PERIOD}`)
}
