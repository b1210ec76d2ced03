import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING } from '../../sdk/plans.ts'
import {
  type Answer,
  answerIn,
  asking,
  errorIn,
  notYet,
  portProblems,
  textIn,
  tlsLoginOptions,
  unreached,
  word,
} from './redis-client.ts'

const declared = options({
  ...tlsLoginOptions,
  key: { type: 'str', required: true, bytes: true, help: 'The key.' },
})

type Args = ArgsOf<typeof declared>

/** Tells what keys of Redis hold. Semantics: community.general.redis_data_info. */
export const redis_data_info = defineModule<typeof declared, Answer>({
  name: 'redis_data_info',
  summary: 'Tells what a key of a Redis server holds.',
  options: declared,
  probesElsewhere: true,
  validate: ({ login_port }) => portProblems({ login_port }),
  probe: (args) => asking(args, [`GET ${word(args.key)}`]),
  parse: ({ bytes }) => answerIn(bytes),
  plan,
})

function plan({ key }: Args, found: Answer, view: ModuleContext): Plan {
  const failed = unreached(found, view) ?? notYet(found)
  if (failed !== undefined) return failed
  const error = errorIn(found.answer)
  if (error !== undefined) return failure(`Failed to get value of key "${key}" with exception: ${error}`)
  const value = textIn(found.answer.split('\n')[0]!)
  if (value === undefined)
    return { ...NOTHING, result: { exists: false, msg: `Key "${key}" does not exist in database` } }
  return { ...NOTHING, result: { exists: true, value: value.toString(), msg: `Got key "${key}"` } }
}
