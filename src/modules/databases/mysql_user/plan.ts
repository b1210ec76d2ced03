import { createHash } from 'node:crypto'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh } from '../../../sdk/plans.ts'
import { literal, NO_CLIENT, running, unreachable } from '../mysql.ts'
import type { Args } from './options.ts'
import { differences, EVERYTHING, type Manner, statementsOf, wantedPrivileges } from './privileges.ts'
import { type Account, opening, type State } from './probe.ts'
import { requiredTls, requiring, type Tls } from './tls.ts'

const HIDDEN = '(hidden)'
const NATIVE = 'mysql_native_password'

/** A change, the statements that make it, and Ansible's sentence for it. */
interface Step {
  readonly change: Change
  readonly statements: readonly string[]
  readonly message: string
  readonly isPassword?: boolean
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  if (state.reached === 'none' && !view.check) return { ...NOTHING, ...NO_CLIENT }
  if (state.reached === 'failed') return failure(unreachable(args, state.said ?? ''))
  const meant = accountsMeant(args, state)
  if (args.state === 'absent') return removed(args, meant)
  const problem = limitProblem(args, state)
  if (problem !== undefined) return failure(problem)
  if (meant.length > 0) {
    const steps = meant.flatMap((account) => modified(args, state, account))
    return done(
      args,
      steps,
      steps.findLast(({ message }) => message !== '')?.message ?? 'User unchanged',
      steps.some(({ isPassword }) => isPassword),
    )
  }
  if (args.host_all) return failure('host_all parameter cannot be used when adding a user')
  const { steps, isReused } = added(args, state)
  return done(args, steps, 'User added', view.check ? null : !isReused)
}

function accountsMeant({ host, host_all }: Args, { accounts }: State): readonly Account[] {
  return host_all ? accounts : accounts.filter((account) => account.host === host.toLowerCase())
}

function done(args: Args, steps: readonly Step[], msg: string, password_changed: boolean | null): Plan {
  const result = { user: args.user, msg, password_changed }
  if (steps.length === 0) return { ...NOTHING, result }
  const statements = steps.flatMap((step) => step.statements)
  return {
    changes: steps.map(({ change }) => change),
    actions: [sh(running(args, [...opening(args), ...statements]))],
    result,
  }
}

function removed(args: Args, meant: readonly Account[]): Plan {
  const steps = meant.map(({ host }) => ({
    change: { what: `user ${args.user}@${host}`, before: 'present', after: null },
    statements: [`DROP USER ${accountName(args.user, host)}`],
    message: '',
  }))
  return done(args, steps, meant.length > 0 ? 'User deleted' : "User doesn't exist", false)
}

function accountName(user: string, host: string): string {
  return `${literal(user)}@${literal(host)}`
}

function added(args: Args, state: State): { steps: Step[]; isReused: boolean } {
  const host = args.host.toLowerCase()
  const account = accountName(args.user, host)
  const reused = args.update_password === 'on_new_username' ? commonLogin(state) : undefined
  const login = reused === undefined ? loginOf(args, state) : identified(reused.plugin, reused.stored)
  const tls = requiredTls(args.tls_requires)
  const isOld = hasOldManagement(state)
  const first: Step = {
    change: { what: `user ${args.user}@${host}`, before: null, after: 'present' },
    statements: [
      `CREATE USER ${account}${login}${isOld ? '' : requiring(tls)}`,
      ...(isOld && tls !== undefined ? [`GRANT USAGE ON *.* TO ${account}${requiring(tls)}`] : []),
    ],
    message: 'User added',
  }
  return {
    steps: [
      first,
      ...(args.subtract_privs ? [] : privilegeSteps(args, state, host)),
      ...limitSteps(args, host, {}),
    ],
    isReused: reused !== undefined,
  }
}

/** The login of all users of the name, if it is the same. */
function commonLogin({ accounts }: State): Account | undefined {
  const [first, ...others] = accounts
  const isSame = others.every(({ plugin, stored }) => plugin === first!.plugin && stored === first!.stored)
  return isSame ? first : undefined
}

function loginOf(args: Args, state: State): string {
  const { password, plugin, plugin_hash_string, plugin_auth_string } = args
  if (password) {
    const hash = literal(hashOf(args))
    return hasOldManagement(state)
      ? ` IDENTIFIED BY PASSWORD ${hash}`
      : ` IDENTIFIED WITH ${NATIVE} AS ${hash}`
  }
  if (!plugin) return ''
  if (plugin_hash_string) return identified(plugin, plugin_hash_string)
  const word = plugin === 'pam' ? 'USING' : 'BY'
  return ` IDENTIFIED WITH ${literal(plugin)}${plugin_auth_string ? ` ${word} ${literal(plugin_auth_string)}` : ''}`
}

function identified(plugin: string, stored: string): string {
  return ` IDENTIFIED WITH ${literal(plugin)}${stored === '' ? '' : ` AS ${literal(stored)}`}`
}

/** What the server stores of the password. */
function hashOf({ password, encrypted }: Args): string {
  return encrypted ? password! : nativeHash(password!)
}

function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest()
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`
}

/** Servers that have no ALTER USER for this: MySQL before 5.7 and MariaDB before 10.2. */
function hasOldManagement({ version }: State): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version.replace(/^5\.5\.5-(?=\d+\.\d+)/, '')) ?? []
  if (major === undefined) return false
  const number = Number(major) * 1000 + Number(minor)
  return number < (isMariaDb(version) ? 10_002 : 5007)
}

function isMariaDb(version: string): boolean {
  return /mariadb/i.test(version)
}

function modified(args: Args, state: State, account: Account): Step[] {
  const { host } = account
  return [
    ...(args.update_password === 'always' ? loginSteps(args, state, account) : []),
    ...privilegeSteps(args, state, host),
    ...tlsSteps(args, state, account),
    ...limitSteps(args, host, account.limits),
  ]
}

function loginSteps(args: Args, state: State, { host, plugin: current, stored, hash }: Account): Step[] {
  const { user, password, plugin, plugin_hash_string, plugin_auth_string } = args
  const account = accountName(user, host)
  const steps: Step[] = []
  if (password && hash !== hashOf(args)) {
    const isOld = hasOldManagement(state)
    const set = literal(hashOf(args))
    steps.push({
      change: { what: `password of ${user}@${host}`, before: HIDDEN, after: HIDDEN },
      statements: [
        isOld
          ? `SET PASSWORD FOR ${account} = ${set}`
          : `ALTER USER ${account} IDENTIFIED WITH ${NATIVE} AS ${set}`,
      ],
      message: `Password updated (${isOld ? 'old' : 'new'} style)`,
      isPassword: true,
    })
  }
  if (!plugin) return steps
  const isStored =
    (!plugin_hash_string || stored === plugin_hash_string) &&
    (!plugin_auth_string ||
      stored === plugin_auth_string ||
      (plugin === NATIVE && stored === nativeHash(plugin_auth_string)))
  if (current === plugin && isStored) return steps
  const login = loginOf({ ...args, password: undefined }, state)
  steps.push({
    change: { what: `plugin of ${user}@${host}`, before: current, after: plugin },
    statements: [`ALTER USER ${account}${login}`],
    message: '',
    isPassword: true,
  })
  return steps
}

function privilegeSteps(args: Args, { privileges, all }: State, host: string): Step[] {
  const { user, priv, append_privs, subtract_privs } = args
  if (priv === undefined || priv === null) return []
  const manner: Manner = append_privs ? 'append' : subtract_privs ? 'subtract' : 'replace'
  const current = privileges.get(host) ?? new Map([[EVERYTHING, ['USAGE']]])
  const wanted = wantedPrivileges(priv)
  if (manner === 'replace' && !wanted.has(EVERYTHING)) wanted.set(EVERYTHING, ['USAGE'])
  return differences(user, current, wanted, manner, all).map((difference) => {
    const { object, granted, revoked } = difference
    const before = current.get(object) ?? []
    const kept = before.filter((one) => !revoked.includes(one))
    const after = granted.includes('ALL') ? granted : [...kept, ...granted]
    return {
      change: {
        what: `privileges of ${user}@${host} on ${object}`,
        before: before.join(', ') || null,
        after: after.join(', ') || null,
      },
      statements: statementsOf(accountName(user, host), difference),
      message: current.has(object)
        ? `Privileges updated: granted ${listing(granted)}, revoked ${listing(revoked)}`
        : 'New privileges granted',
    }
  })
}

function listing(list: readonly string[]): string {
  return `[${list.map((one) => `'${one}'`).join(', ')}]`
}

function tlsSteps(args: Args, state: State, { host, requires }: Account): Step[] {
  const wanted = requiredTls(args.tls_requires)
  if (shown(requires) === shown(wanted)) return []
  const account = accountName(args.user, host)
  const start = hasOldManagement(state) ? `GRANT USAGE ON *.* TO ${account}` : `ALTER USER ${account}`
  return [
    {
      change: { what: `TLS of ${args.user}@${host}`, before: shown(requires), after: shown(wanted) },
      statements: [`${start}${requiring(wanted ?? 'NONE')}`],
      message: 'TLS requires updated',
    },
  ]
}

function shown(tls: Tls | undefined): string | null {
  if (tls === undefined || typeof tls === 'string') return tls ?? null
  return Object.entries(tls)
    .map(([key, text]) => `${key} ${text}`)
    .sort()
    .join(' AND ')
}

const KEYS = [
  ...['MAX_QUERIES_PER_HOUR', 'MAX_UPDATES_PER_HOUR', 'MAX_CONNECTIONS_PER_HOUR'],
  ...['MAX_USER_CONNECTIONS', 'MAX_STATEMENT_TIME'],
]

function limitProblem({ resource_limits = {} }: Args, { version }: State): string | undefined {
  if ('MAX_STATEMENT_TIME' in resource_limits && version !== '' && !isMariaDb(version))
    return 'MAX_STATEMENT_TIME resource limit is only supported by MariaDB.'
  return undefined
}

/** What is wrong with limits, whatever the server. */
export function limitProblems({ resource_limits = {} }: Partial<Args>): string[] {
  return Object.entries(resource_limits).flatMap(([key, value]) => [
    ...(KEYS.includes(key) ? [] : [`resource_limits: key '${key}' is unsupported.`]),
    ...(/^\d+$/.test(String(value)) ? [] : [`Can't convert value '${value}' to integer.`]),
  ])
}

function limitSteps(args: Args, host: string, current: Readonly<Record<string, number>>): Step[] {
  const changed = Object.entries(args.resource_limits ?? {})
    .map(([key, value]): [string, number] => [key, Number(value)])
    .filter(([key, value]) => (current[key] ?? 0) !== value)
  if (changed.length === 0) return []
  const shownOf = (values: readonly [string, number][]) => values.map((pair) => pair.join(' ')).join(' ')
  return [
    {
      change: {
        what: `limits of ${args.user}@${host}`,
        before: shownOf(changed.map(([key]) => [key, current[key] ?? 0])),
        after: shownOf(changed),
      },
      statements: [`ALTER USER ${accountName(args.user, host)} WITH ${shownOf(changed)}`],
      message: '',
    },
  ]
}
