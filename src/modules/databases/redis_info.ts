import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING } from '../../sdk/plans.ts'
import { Float } from '../../values/float.ts'
import { mapOf } from '../../values/keys.ts'
import type { Value, ValueMap } from '../../values/value.ts'
import {
  type Answer,
  answerIn,
  asking,
  loginOptions,
  notYet,
  portProblems,
  unreached,
} from './redis-client.ts'

const declared = options({
  ...loginOptions,
  cluster: { type: 'bool', default: false, help: 'Tell of its cluster too.' },
})

type Args = ArgsOf<typeof declared>

/** Tells of servers of Redis. Semantics: community.general.redis_info. */
export const redis_info = defineModule<typeof declared, Answer>({
  name: 'redis_info',
  summary: 'Tells what a Redis server says of itself.',
  options: declared,
  probesElsewhere: true,
  validate: ({ login_port }) => portProblems({ login_port }),
  probe: (args) => asking(args, ['INFO', ...(args.cluster ? ['CLUSTER INFO'] : [])]),
  parse: ({ bytes }) => answerIn(bytes),
  plan,
})

function plan({ cluster }: Args, found: Answer, view: ModuleContext): Plan {
  const failed = unreached(found, view) ?? notYet(found)
  if (failed !== undefined) return failed
  const lines = found.answer.split(/\r?\n/)
  const error = lines.find((line) => /^(?:\(error\) )?(?:ERR|NOPERM) /.test(line))
  if (error !== undefined) return failure(`unable to read info: ${error.replace('(error) ', '')}`)
  const start = cluster ? lines.findIndex((line) => line.startsWith('cluster_state:')) : -1
  if (cluster && start === -1) throw new Error('redis-cli did not print what it was asked for')
  const info = infoIn(cluster ? lines.slice(0, start) : lines)
  return { ...NOTHING, result: { info, ...(cluster && { cluster_info: infoIn(lines.slice(start)) }) } }
}

/** Lines of names and values as redis-py reads them (https://redis.io/docs/latest/commands/info/). */
export function infoIn(lines: readonly string[]): ValueMap {
  const pairs = lines
    .filter((line) => !line.startsWith('#') && line.includes(':'))
    .map((line): [string, Value] => {
      const at = line.startsWith('cmdstat_host:') ? line.lastIndexOf(':') : line.indexOf(':')
      return [line.slice(0, at), valueIn(line.slice(at + 1))]
    })
  const modules = pairs.filter(([name]) => name === 'module').map(([, value]) => value)
  const info = mapOf(pairs.filter(([name]) => name !== 'module'))
  return modules.length === 0 ? info : { ...info, modules }
}

function valueIn(text: string): Value {
  if (text.includes('=')) return mapOf(text.split(',').filter(Boolean).map(partOf))
  if (text.includes(',')) return text.split(',').filter(Boolean).map(valueIn)
  if (/^[-+]?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : text
  return /^[-+]?(?:\d+\.\d*|\.\d+)$/.test(text) ? Float.of(Number(text)) : text
}

function partOf(item: string): [string, Value] {
  const at = item.lastIndexOf('=')
  return at === -1 ? [item, true] : [item.slice(0, at), valueIn(item.slice(at + 1))]
}
