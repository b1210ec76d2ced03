import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isConnectionVariable } from '../inventory/connection/variables.ts'
import type { FactCaching } from '../protocol/request.ts'
import { isMap, type Value } from '../values/value.ts'

/** Facts that are kept from one run to the next: a file of JSON for each host, as Ansible's `jsonfile` has it. */
export class FactCache {
  readonly #options: FactCaching

  constructor(options: FactCaching) {
    this.#options = options
  }

  /** What is kept of a host; nothing if it is too old, or no JSON. */
  read(host: string): [string, Value][] {
    const path = this.#pathOf(host)
    try {
      const { seconds } = this.#options
      if (seconds > 0 && (Date.now() - statSync(path).mtimeMs) / 1000 > seconds) return []
      const facts = JSON.parse(readFileSync(path, 'utf8')) as Value
      return isMap(facts) ? Object.entries(facts).filter(([name]) => !isConnectionVariable(name)) : []
    } catch {
      return []
    }
  }

  /** Keeps a host's facts. Throws the file system's error. */
  write(host: string, facts: ReadonlyMap<string, Value>): void {
    mkdirSync(this.#options.folder, { recursive: true })
    const path = this.#pathOf(host)
    const beside = join(this.#options.folder, `.${process.pid}.new`)
    writeFileSync(beside, JSON.stringify(Object.fromEntries(facts), null, 4), { mode: 0o600 })
    renameSync(beside, path)
  }

  forget(host: string): void {
    rmSync(this.#pathOf(host), { force: true })
  }

  /** The name of a host is no path. */
  #pathOf(host: string): string {
    return join(this.#options.folder, `${this.#options.prefix}${host.replaceAll('/', '_')}`)
  }
}
