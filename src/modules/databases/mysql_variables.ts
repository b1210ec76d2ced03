import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, sh, together } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { Output } from '../../shell/output.ts'
import { quote } from '../../shell/quote.ts'
import {
  asking,
  identifier,
  literal,
  loginOptions,
  loginProblems,
  NO_CLIENT,
  PLAIN_MODE,
  type Reached,
  rowsOf,
  running,
  unreachable,
} from './mysql.ts'

const declared = options({
  ...loginOptions,
  variable: { type: 'str', required: true, help: 'The system variable.' },
  value: { type: 'str', help: 'What it is to be; without it, it is only told.' },
  mode: {
    type: 'str',
    choices: ['global', 'persist', 'persist_only'],
    default: 'global',
    help: 'Set it in the server that runs, keep it over a restart as well (MySQL from 8.0 on), or only that.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly reached: Reached
  readonly said?: string
  /** Undefined where there is no such variable. */
  readonly value?: string | undefined
  /** What is kept over a restart; null for nothing, undefined where nothing can be. */
  readonly kept?: string | null | undefined
}

/** Keeps system variables of MySQL and MariaDB. Semantics: community.mysql.mysql_variables. */
export const mysql_variables = defineModule<typeof declared, State>({
  name: 'mysql_variables',
  summary: 'Tells or sets a system variable of MySQL or MariaDB.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
})

function problems(args: Partial<Args>): string[] {
  const { variable } = args
  const isName = variable === undefined || /^\w+(\.\w+)?$/.test(variable)
  return [...loginProblems(args), ...(isName ? [] : [`invalid variable name ${JSON.stringify(variable)}`])]
}

function probe(args: Args): string {
  const { variable, value, mode } = args
  const where = `VARIABLES WHERE Variable_name = ${literal(variable)};`
  // What a session has may differ from what others get.
  const shown = value === undefined ? [`SHOW ${where}`] : [`SHOW GLOBAL ${where}`, `SHOW ${where}`]
  const kept = `SELECT VARIABLE_VALUE FROM performance_schema.persisted_variables WHERE VARIABLE_NAME = ${literal(variable)};`
  return asking(
    args,
    [
      `sql ${quote([`${PLAIN_MODE};`, ...shown].join('\n'))} || exit`,
      ...(mode === 'global'
        ? []
        : [
            `printf '\\0'`,
            `k=$(sql ${quote(kept)} 2>/dev/null) && printf 'kept\\0%s' "$k" || printf 'none\\0'`,
          ]),
    ].join('\n'),
  )
}

function parse({ bytes }: ProbeOutput, { mode }: Args): State {
  const output = new Output(bytes)
  const reached = output.field() as Reached
  if (reached === 'none') return { reached }
  if (reached === 'failed') {
    output.field()
    return { reached, said: output.rest().toString() }
  }
  const shownIn = (text: string) => rowsOf(text)[0]?.[1]
  if (mode === 'global') return { reached, value: shownIn(output.rest().toString()) }
  const value = shownIn(output.field())
  if (output.field() === 'none') return { reached, value, kept: undefined }
  const [[kept] = []] = rowsOf(`${output.rest()}\n`)
  return { reached, value, kept: kept || null }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { variable, value: wanted, mode } = args
  const { reached, value, kept } = state
  if (reached === 'none' && !view.check) return { ...NOTHING, ...NO_CLIENT }
  if (reached === 'failed') return failure(unreachable(args, state.said ?? ''))
  if (reached === 'ok' && value === undefined) return failure(`Variable not available "${variable}"`)
  if (reached === 'ok' && mode !== 'global' && kept === undefined)
    return failure('Server version must be 8.0 or greater.')
  if (wanted === undefined) return { ...NOTHING, result: { msg: value ?? '' } }
  const isSet = mode === 'persist_only' || isSame(wanted, value)
  const isKept = mode === 'global' || isSame(wanted, kept)
  if (isSet && isKept) return { ...NOTHING, result: { msg: SAME[mode] } }
  const before = (mode === 'persist_only' || isSet ? kept : value) ?? null
  const name = variable.split('.').map(identifier).join('.')
  const statement = `SET ${mode.toUpperCase()} ${name} = ${isNumber(wanted) ? wanted.trim() : literal(wanted)}`
  const change = { what: `${mode === 'global' ? '' : `${mode} `}${variable}`, before, after: wanted }
  return {
    ...together([change], sh(running(args, [PLAIN_MODE, statement]))),
    result: { msg: `Variable change succeeded prev_value=${before ?? 'None'}`, queries: [statement] },
  }
}

const SAME = {
  global: 'Variable is already set to requested value.',
  persist: 'Variable is already set to requested value globally and stored into mysqld-auto.cnf file.',
  persist_only: 'Variable is already stored into mysqld-auto.cnf with requested value.',
}

/** A server shows 8.0 as 8.000000, and 1 as ON. */
function isSame(wanted: string, actual: string | null | undefined): boolean {
  if (actual === null || actual === undefined) return false
  if (wanted === actual) return true
  if (isNumber(wanted) && isNumber(actual)) return Number(wanted) === Number(actual)
  return switched(wanted) === switched(actual) && /^(on|off)$/i.test(actual)
}

function switched(text: string): string {
  const found = text.trim().toUpperCase()
  return { '1': 'ON', TRUE: 'ON', '0': 'OFF', FALSE: 'OFF' }[found] ?? found
}

function isNumber(text: string): boolean {
  return /^\s*[-+]?\d+(\.\d+)?(e[-+]?\d+)?\s*$/i.test(text)
}
