import { homedir } from 'node:os'
import { join } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import type { QueueUse } from '../../queue/execute.ts'
import { readKey } from '../../queue/key.ts'
import type { RedisPlace } from '../../queue/redis.ts'
import { ProblemError } from '../../values/problem.ts'
import type { QueueFlags } from '../flags.ts'
import { readSettings } from '../settings/settings.ts'

/** Where the queue is, the key to it, and the version that speaks with it. */
export interface QueueAccess {
  readonly place: RedisPlace
  readonly key: Buffer
  readonly version: string
}

type AccessFlags = Pick<QueueFlags, 'queue' | 'queueKeyFile' | 'queueCa'>

/** Raises ProblemError where no queue is named, or its key cannot be had. */
export function queueAccess(flags: AccessFlags): QueueAccess {
  const settings = readSettings(undefined)
  const url = flags.queue ?? settings.queue
  if (!url)
    throw new ProblemError({
      message: 'no queue is named',
      hint: 'give --queue redis://HOST:6379, or PLAYSSH_QUEUE',
    })
  if (!/^(?:rediss?|unix):\/\/./.test(url))
    throw new ProblemError({
      message: `"${url}" names no Redis`,
      hint: 'it is redis://HOST:6379, rediss://HOST:6379 or unix:///run/redis/redis.sock',
    })
  const ca = flags.queueCa ?? settings.queue_ca
  const keyFile = flags.queueKeyFile ?? (process.env.PLAYSSH_QUEUE_KEY ? undefined : settings.queue_key_file)
  const key = readKey(keyFile, process.env.PLAYSSH_QUEUE_KEY)
  return { place: { url, ...(ca !== undefined && { ca }) }, key, version: packageJson.version }
}

/** How a run uses the queue that is asked for. Raises ProblemError. */
export function queueUse(flags: QueueFlags): QueueUse {
  const { sliceHosts, linearAcross, queueWait, queuePatience } = flags
  return {
    ...queueAccess(flags),
    sliceHosts,
    linearAcross,
    wait: queueWait * 1000,
    patience: queuePatience * 1000,
  }
}

/** Where files of runs are kept, as the XDG Base Directory Specification has it. */
export function bundleFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'playssh', 'bundles')
}
