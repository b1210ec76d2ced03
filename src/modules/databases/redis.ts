import { defineModule, type ModuleContext, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, together } from '../../sdk/plans.ts'
import {
  type Answer,
  acting,
  answerIn,
  asking,
  errorIn,
  fieldBytes,
  isMissing,
  loginOptions,
  portProblems,
  unreached,
  word,
} from './redis-client.ts'

const declared = options({
  ...loginOptions,
  command: {
    type: 'str',
    required: true,
    choices: ['config', 'flush', 'replica', 'slave'],
    help: 'Keep a setting, remove all keys, or make it a replica or a master; slave is replica.',
  },
  master_host: { type: 'str', help: 'The host of the master of a replica.' },
  master_port: { type: 'int', help: 'The port of the master of a replica.' },
  replica_mode: {
    type: 'str',
    default: 'replica',
    choices: ['master', 'replica', 'slave'],
    aliases: ['slave_mode'],
    help: 'What it is to be for command=replica.',
  },
  db: { type: 'int', help: 'The database whose keys are removed in flush_mode db.' },
  flush_mode: {
    type: 'str',
    default: 'all',
    choices: ['all', 'db'],
    help: 'Remove keys of all databases, or of db.',
  },
  name: { type: 'str', help: 'The setting.' },
  value: { type: 'str', help: 'What it is to be; sizes may be written as 1KB, 2M or 400MB.' },
})

type Args = ArgsOf<typeof declared>

/** Keeps servers of Redis. Semantics: community.general.redis. */
export const redis = defineModule<typeof declared, Answer>({
  name: 'redis',
  summary: 'Keeps a setting of a Redis server, removes its keys, or makes it a replica or a master.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe: (args) => asking(args, [questionOf(args)]),
  parse: ({ bytes }) => answerIn(bytes),
  plan,
  interpret: ([outcome]: Outcome[], args) =>
    outcome === undefined || outcome.code === 0 ? {} : { failed: refused(args, outcome.stderr.trim()) },
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { command, login_port, db, name, value, flush_mode, replica_mode, master_host, master_port } = args
  const found = portProblems({ login_port, master_port })
  if (db !== undefined && db < 0) found.push(`db: ${db} is not a number of a database`)
  if (name !== undefined && /[*?[\]\\]|^$/.test(name))
    found.push(`name: ${JSON.stringify(name)} is not a name of a setting`)
  if (!complete) return found
  if (command === 'config' && (name === undefined || value === undefined))
    found.push('command=config needs name and value')
  if (command === 'flush' && flush_mode === 'db' && db === undefined)
    found.push('In db mode the db number must be provided')
  if ((command !== 'replica' && command !== 'slave') || replica_mode === 'master') return found
  if (!master_host) found.push('In replica mode master host must be provided')
  if (!master_port) found.push('In replica mode master port must be provided')
  return found
}

function questionOf(args: Args): string {
  if (args.command === 'config') return `CONFIG GET ${word(args.name ?? '')}`
  return args.command === 'flush' ? 'INFO keyspace' : 'INFO replication'
}

function plan(args: Args, found: Answer, view: ModuleContext): Plan {
  const failed = unreached(found, view)
  if (failed !== undefined) return failed
  const { answer } = found
  switch (args.command) {
    case 'config':
      return configured(args, answer, isMissing(found))
    case 'flush':
      return flushed(args, answer, isMissing(found))
    default:
      return replicated(args, answer)
  }
}

function configured(args: Args, answer: string, isUnknown: boolean): Plan {
  const name = args.name!
  const wanted = inBytes(args.value!)
  const fields = [...answer.matchAll(/^ *\d+\) ("(?:\\.|[^"\\])*")$/gm)].map(([, field]) =>
    fieldBytes(field!).toString(),
  )
  const old = fields[fields.findIndex((field, index) => index % 2 === 0 && field === name.toLowerCase()) + 1]
  const error = errorIn(answer) ?? (fields.length === 0 ? `'${name}'` : undefined)
  if (!isUnknown && error !== undefined) return failure(`unable to read config: ${error}`)
  const result = { name, value: wanted }
  if (old === wanted) return { ...NOTHING, result }
  const isSecret = /pass|auth/i.test(name)
  const shown = (text: string | undefined) => (isSecret && text ? '(hidden)' : (text ?? null))
  const change = { what: `setting ${name}`, before: shown(old), after: shown(wanted) }
  return { ...together([change], acting(args, `CONFIG SET ${word(name)} ${word(wanted)}`, 'OK*')), result }
}

const UNITS = ['', 'K', 'M', 'G', 'T', 'P']

/** A size in bytes; any other text as it is. */
function inBytes(text: string): string {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([KMGTP]?)B?\s*$/i.exec(text) ?? []
  if (number === undefined || /^\s*[\d.]+\s*$/.test(text)) return text
  return String(Math.round(Number(number) * 1024 ** UNITS.indexOf(unit!.toUpperCase())))
}

/** Seconds: many keys take their time. */
const FLUSH_PATIENCE = 600

/** Where there is no key, there is nothing to remove. */
function flushed(args: Args, answer: string, isUnknown: boolean): Plan {
  const { flush_mode, db } = args
  const isAll = flush_mode === 'all'
  const result = { flushed: true, ...(!isAll && { db: db! }) }
  const used = [...answer.matchAll(/^db(\d+):keys=(\d+)/gm)].filter(
    ([, number]) => isAll || Number(number) === db,
  )
  if (used.length === 0 && !isUnknown) return { ...NOTHING, result }
  const keys = used.reduce((sum, [, , count]) => sum + Number(count), 0)
  const flush = isAll
    ? acting(args, 'FLUSHALL', 'OK*', { patience: FLUSH_PATIENCE })
    : acting(args, 'FLUSHDB', 'OK*', { patience: FLUSH_PATIENCE, db })
  const change = { what: isAll ? 'keys' : `keys of database ${db}`, before: keys, after: 0 }
  return { ...together([change], flush), result }
}

function replicated(args: Args, answer: string): Plan {
  const { master_host, master_port } = args
  const mode = args.replica_mode === 'master' ? 'master' : 'replica'
  const of = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(answer)?.[1]
  const before = of('role') === 'slave' ? `replica of ${of('master_host')}:${of('master_port')}` : 'master'
  const after = mode === 'master' ? 'master' : `replica of ${master_host}:${master_port}`
  const result =
    mode === 'master'
      ? { mode }
      : { mode: { status: mode, master_host: master_host!, master_port: master_port! } }
  if (before === after) return { ...NOTHING, result }
  const command = mode === 'master' ? 'SLAVEOF NO ONE' : `SLAVEOF ${word(master_host!)} ${master_port}`
  return { ...together([{ what: 'role', before, after }], acting(args, command, 'OK*')), result }
}

function refused({ command, flush_mode, db, replica_mode }: Args, said: string): string {
  const error = errorIn(said) ?? said
  if (command === 'config') return `unable to write config: ${error}`
  if (command === 'flush')
    return `Unable to flush ${flush_mode === 'all' ? 'all databases' : `'${db}' database`}: ${error}`
  return `Unable to set ${replica_mode === 'master' ? 'master' : 'replica'} mode: ${error}`
}
