import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isConnectionVariable } from '../inventory/connection/variables.ts'
import { writePrivate } from '../local/written-file.ts'
import type { FactCaching } from '../protocol/request.ts'
import { isMap, type Value } from '../values/value.ts'
import { shownPath } from '../yaml/files.ts'

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

  /** Keeps a host's facts. Raises as `WrittenFile.open` does. */
  async write(host: string, facts: ReadonlyMap<string, Value>): Promise<void> {
    await writePrivate(this.#pathOf(host), JSON.stringify(Object.fromEntries(facts), null, 4))
  }

  forget(host: string): void {
    rmSync(this.#pathOf(host), { force: true })
  }

  /** The file that holds a host's facts, for people. */
  shownPath(host: string): string {
    return shownPath(this.#pathOf(host))
  }

  /** The name of a host is no path. */
  #pathOf(host: string): string {
    return join(this.#options.folder, `${this.#options.prefix}${host.replaceAll('/', '_')}`)
  }
}
