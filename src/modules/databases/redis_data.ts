import { defineModule, type ModuleContext, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, together } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
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
  key: { type: 'str', required: true, bytes: true, help: 'The key.' },
  value: { type: 'str', bytes: true, help: 'What it is to hold; needed unless state is absent.' },
  expiration: {
    type: 'int',
    help: 'Milliseconds after which the key goes; they begin anew with each run, which is always a change.',
  },
  non_existing: {
    type: 'bool',
    help: 'Set a key that is not there; one that holds something else is a failure.',
  },
  existing: { type: 'bool', help: 'Set a key that is there; one that is not is a failure.' },
  keep_ttl: {
    type: 'bool',
    help: 'A key that would go some time still does, though its value changes; with false, it stays for good.',
  },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], help: 'Whether there is a key.' },
})

type Args = ArgsOf<typeof declared>

interface State extends Answer {
  /** The key's bytes as text; undefined if it is not there. */
  readonly value: Buffer | undefined
  /** There is a key, of whatever type. */
  readonly isThere: boolean
  /** Milliseconds after which it goes; undefined for never. */
  readonly ttl: number | undefined
  /** Why its value cannot be read. */
  readonly unreadable: string | undefined
}

/** Keeps keys of Redis. Semantics: community.general.redis_data. */
export const redis_data = defineModule<typeof declared, State>({
  name: 'redis_data',
  summary: 'Keeps a key of a Redis server, its value and when it goes.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe: (args) => {
    const key = word(args.key)
    return asking(args, [`EXISTS ${key}`, `PTTL ${key}`, ...(args.state === 'present' ? [`GET ${key}`] : [])])
  },
  parse,
  plan,
  interpret,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { login_port, value, expiration, non_existing, existing, keep_ttl, state } = args
  const found = portProblems({ login_port })
  if (expiration !== undefined && expiration < 1)
    found.push(`expiration: ${expiration} is no number of milliseconds to come`)
  if (non_existing !== undefined && existing !== undefined)
    found.push('parameters are mutually exclusive: non_existing|existing')
  if (keep_ttl !== undefined && expiration !== undefined)
    found.push('parameters are mutually exclusive: keep_ttl|expiration')
  if (complete && state === 'present' && value === undefined)
    found.push('state is present but all of the following are missing: value')
  return found
}

function parse({ bytes }: ProbeOutput): State {
  const found = answerIn(bytes)
  const [exists = '', ttl = '', get = '(nil)'] = found.answer.split('\n')
  if (found.failed !== undefined || found.answer === '')
    return { ...found, value: undefined, isThere: false, ttl: undefined, unreadable: undefined }
  const left = integerIn(ttl)
  return {
    ...found,
    failed: errorIn(exists) ?? errorIn(ttl),
    isThere: integerIn(exists) === 1,
    ttl: left !== undefined && left >= 0 ? left : undefined,
    value: textIn(get),
    unreadable: errorIn(get),
  }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { key } = args
  const failed = unreached(state, view)
  if (failed !== undefined) return failed
  if (args.state === 'absent') {
    if (!state.isThere) return { ...NOTHING, result: { msg: `Key: ${key} not present` } }
    const change = { what: `key ${key}`, before: 'present', after: null }
    return {
      ...together([change], acting(args, `DEL ${word(key)}`, "'(integer) '*")),
      result: { msg: `Deleted key: ${key}` },
    }
  }
  if (state.unreadable !== undefined)
    return failure(`Failed to get value of key: ${key} with exception: ${state.unreadable}`)
  return kept(args, state, view)
}

function kept(args: Args, state: State, { rehearsal }: ModuleContext): Plan {
  const { key, expiration, non_existing, existing, keep_ttl } = args
  const value = args.value!
  const old = state.value?.toString() ?? null
  const isSame = state.value?.equals(Buffer.from(value)) ?? false
  const ttl = keptTtl(args, state, isSame)
  const result = { old_value: old, value }
  if (isSame && ttl === (state.ttl ?? null))
    return { ...NOTHING, result: { ...result, msg: `Key ${key} already has desired value` } }
  // An earlier task may set the key, or remove it.
  if (!rehearsal && non_existing && state.isThere) return failure(refused(args, 'present'))
  if (!rehearsal && existing && !state.isThere) return failure(refused(args, 'not present'))
  const words = [
    ...['SET', word(key), word(value)],
    ...(expiration === undefined ? [] : ['PX', String(expiration)]),
    ...(non_existing ? ['NX'] : []),
    ...(existing ? ['XX'] : []),
    // Servers before 6 do not know it.
    ...(keep_ttl && state.ttl !== undefined ? ['KEEPTTL'] : []),
  ]
  const changes = [
    ...(isSame ? [] : [{ what: `key ${key}`, before: old, after: value }]),
    ...(ttl === (state.ttl ?? null)
      ? []
      : [{ what: `milliseconds of key ${key}`, before: state.ttl ?? null, after: ttl }]),
  ]
  return {
    ...together(changes, acting(args, words.join(' '), 'OK*')),
    result: { ...result, msg: `Set key: ${key}` },
  }
}

/** Milliseconds after which the key is to go then; null for never. */
function keptTtl({ expiration, keep_ttl }: Args, { ttl }: State, isSame: boolean): number | null {
  if (expiration !== undefined) return expiration
  return keep_ttl || (isSame && keep_ttl === undefined) ? (ttl ?? null) : null
}

function refused({ key }: Args, is: 'present' | 'not present'): string {
  return `Could not set key: ${key}. Key ${is === 'present' ? 'already present' : is}.`
}

function interpret([outcome]: Outcome[], args: Args): { failed?: string } {
  if (outcome === undefined || outcome.code === 0) return {}
  const said = outcome.stderr.trim()
  if (said === '(nil)') return { failed: refused(args, args.non_existing ? 'present' : 'not present') }
  const doing = args.state === 'absent' ? 'delete' : 'set'
  return { failed: `Failed to ${doing} key: ${args.key} with exception: ${errorIn(said) ?? said}` }
}
