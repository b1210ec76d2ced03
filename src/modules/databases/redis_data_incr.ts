import { str } from '../../python/text.ts'
import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, together } from '../../sdk/plans.ts'
import { Float } from '../../values/float.ts'
import {
  type Answer,
  acting,
  answerIn,
  asking,
  errorIn,
  integerIn,
  portProblems,
  textIn,
  tlsLoginOptions,
  unreached,
  word,
} from './redis-client.ts'

const declared = options({
  ...tlsLoginOptions,
  key: { type: 'str', required: true, bytes: true, help: 'The key; one that is not there counts from 0.' },
  increment_int: { type: 'int', help: 'By how much; 1 without it.' },
  increment_float: { type: 'float', help: 'By how much, for a key that holds a number with a fraction.' },
})

type Args = ArgsOf<typeof declared>

/** Counts keys of Redis up. Semantics: community.general.redis_data_incr. */
export const redis_data_incr = defineModule<typeof declared, Answer>({
  name: 'redis_data_incr',
  summary: 'Adds to the number that a key of a Redis server holds, each time it is run.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe: (args) => asking(args, [`GET ${word(args.key)}`]),
  parse: ({ bytes }) => answerIn(bytes),
  plan,
  interpret,
})

function problems({ login_port, increment_int, increment_float }: Partial<Args>): string[] {
  const found = portProblems({ login_port })
  if (increment_int !== undefined && increment_float !== undefined)
    found.push('parameters are mutually exclusive: increment_int|increment_float')
  if (increment_int !== undefined && !Number.isSafeInteger(increment_int))
    found.push(`increment_int: ${increment_int} is not a whole number up to 2^53`)
  if (increment_float !== undefined && !Number.isFinite(Number(increment_float)))
    found.push(`increment_float: ${str(increment_float)} is not a number to add`)
  return found
}

function plan(args: Args, found: Answer, view: ModuleContext): Plan {
  const { key, increment_float } = args
  const failed = unreached(found, view)
  if (failed !== undefined) return failed
  const error = errorIn(found.answer)
  if (error !== undefined) return failure(`Failed to get value of key: ${key} with exception: ${error}`)
  const old = textIn(found.answer.split('\n')[0]!)?.toString()
  const isFloat = increment_float !== undefined
  const after = sum(old ?? '0', args)
  if (after === undefined)
    return failure(
      `Value: ${old} of key: ${key} is not incrementable(${isFloat ? 'float' : 'int'}), or would be too large`,
    )
  const increment = isFloat ? plain(Number(increment_float)) : String(args.increment_int ?? 1)
  const command = `${isFloat ? 'INCRBYFLOAT' : 'INCRBY'} ${word(key)} ${increment}`
  // What is printed of a float is a text, and of an integer a number.
  const expected = isFloat ? `'"'*` : "'(integer) '*"
  return {
    ...together([{ what: `key ${key}`, before: old ?? null, after }], acting(args, command, expected)),
    result: told(args, after),
  }
}

const LARGEST = 2n ** 63n

/** What a key holds then, as the server writes it; undefined if it cannot be counted up. */
function sum(old: string, { increment_int, increment_float }: Args): string | undefined {
  if (increment_float !== undefined) {
    const value = Number(old) + Number(increment_float)
    return /^[-+\d.e]+$/i.test(old) && Number.isFinite(value) ? plain(value) : undefined
  }
  if (!/^(?:0|-?[1-9]\d*)$/.test(old)) return undefined
  const value = BigInt(old) + BigInt(increment_int ?? 1)
  return value >= LARGEST || value < -LARGEST ? undefined : String(value)
}

/** A number without an exponent, which a server does not write. */
function plain(value: number): string {
  const text = String(Number(value.toPrecision(15)))
  return text.includes('e') ? value.toFixed(17).replace(/\.?0+$/, '') : text
}

function told(args: Args, value: string) {
  const { key, increment_int, increment_float } = args
  const increment = increment_float ?? increment_int
  const by = increment === undefined ? '' : ` by ${str(increment)}`
  return { value: Float.of(Number(value)), msg: `Incremented key: ${key}${by} to ${value}` }
}

function interpret([outcome]: Outcome[], args: Args): ModuleResult {
  if (outcome === undefined) return {}
  const said = (outcome.code === 0 ? outcome.stdout : outcome.stderr).trim()
  if (outcome.code === 0)
    return { result: told(args, String(textIn(said)?.toString() ?? integerIn(said) ?? said)) }
  const increment = args.increment_float ?? args.increment_int
  const by = increment === undefined ? '' : ` by ${str(increment)}`
  return { failed: `Failed to increment key: ${args.key}${by} with exception: ${errorIn(said) ?? said}` }
}
