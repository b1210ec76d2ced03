import { readFile } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import type { RunHooks } from '../engine/execute.ts'
import type { Prepared } from '../engine/run.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { unpackInventory } from '../split/inventory.ts'
import { seeController } from '../values/controller-files.ts'
import { ProblemError } from '../values/problem.ts'
import { suppliedBy } from './bundle.ts'
import { BundleCache, filesIn, inventoryIn, laterIn } from './cache.ts'
import { Coordination, type RunRecord, recordOf } from './coordination.ts'
import { coordinate, type QueueUse } from './execute.ts'
import { Seal } from './key.ts'
import { connectTo } from './redis.ts'
import type { Supplied } from './supply.ts'

/** A run that lost its coordinator, and is to have another in this process. */
export class TakenUpRun {
  readonly record: RunRecord
  readonly inventory: Inventory
  readonly #use: QueueUse
  readonly #redis: Redis
  readonly #seal: Seal
  readonly #run: Coordination
  readonly #later: ReadonlyMap<string, Supplied>

  private constructor(
    use: QueueUse,
    redis: Redis,
    seal: Seal,
    run: Coordination,
    record: RunRecord,
    inventory: Inventory,
    later: ReadonlyMap<string, Supplied>,
  ) {
    this.#later = later
    this.inventory = inventory
    this.#use = use
    this.#redis = redis
    this.#seal = seal
    this.#run = run
    this.record = record
  }

  /**
   * From now on the controller's files are those of the run, as they were when it began; they are kept in `cache`. Raises
   * ProblemError if there is no such run, or it has its coordinator.
   */
  static async take(use: QueueUse, id: string, cache: string): Promise<TakenUpRun> {
    const redis = await connectTo(use.place, 'playssh coordinator')
    try {
      const seal = new Seal(use.key)
      const record = await recordOf(redis, seal, id)
      if (record.version !== use.version)
        throw new ProblemError({
          message: `run ${id} was begun by version ${record.version}, and this is ${use.version}`,
        })
      const bundles = new BundleCache(cache, redis, seal)
      const folder = await bundles.folderOf(record.bundle)
      const files = await laterIn(folder)
      const inventory = unpackInventory(await readFile(inventoryIn(folder), 'utf8'))
      const run = await Coordination.takeUp(redis, seal, id)
      const fetchNow = (path: string) => bundles.contents.keep(path, files.get(path)!, record.by)
      const later = { files, fetchNow, fetch: async (path: string) => fetchNow(path) }
      const { request, environment } = record
      seeController({ root: filesIn(folder), folder: request.folder, environment, later })
      return new TakenUpRun(use, redis, seal, run, record, inventory, suppliedBy(files, seal))
    } catch (error) {
      redis.disconnect()
      throw error
    }
  }

  /** Takes the run to its end, and gives the exit status. */
  execute(prepared: Prepared, hooks: RunHooks): Promise<number> {
    return coordinate(prepared, hooks, this.#use, {
      redis: this.#redis,
      seal: this.#seal,
      run: this.#run,
      later: this.#later,
      isTakenUp: true,
    })
  }

  close(): void {
    seeController(undefined)
    this.#redis.disconnect()
  }
}
