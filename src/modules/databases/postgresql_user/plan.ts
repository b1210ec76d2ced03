import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { atOnce, identifier, literal, running, unreached } from '../postgresql.ts'
import type { Args } from './options.ts'
import { isPassword } from './password.ts'
import { objectOf } from './privileges.ts'
import { privilegesOf, type Role, type State } from './probe.ts'

export const FLAGS = new Set([
  ...['SUPERUSER', 'CREATEROLE', 'CREATEDB', 'INHERIT', 'LOGIN', 'REPLICATION', 'BYPASSRLS'],
])

export function flagsIn(text: string): string[] {
  const flags = text.split(',').map((flag) => flag.trim().toUpperCase())
  return [...new Set(flags.filter((flag) => flag !== ''))]
}

/** Changes that one statement makes. */
interface Step {
  readonly changes: readonly Change[]
  readonly statement: string
  /** The statement as it is told. */
  readonly shown?: string
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const planned =
    unreached(state.answer, view) ??
    (args.state === 'absent' ? removed(args, state, view) : kept(args, state, view))
  return { ...planned, result: { user: args.name, queries: [], ...planned.result } }
}

function done(args: Args, steps: readonly Step[]): Plan {
  const statements = atOnce(steps.map(({ statement }) => statement))
  const changes = steps.flatMap((step) => step.changes)
  return {
    ...together(changes, sh(running(args, args.db, statements))),
    result: { queries: steps.map(({ statement, shown = statement }) => shown) },
  }
}

function removed(args: Args, state: State, view: ModuleContext): Plan {
  const { name, fail_on_user, priv } = args
  const { role } = state
  if (role === undefined) return NOTHING
  // What frees it may be done by an earlier task.
  if (role.is_needed && priv === undefined && !view.check) {
    if (!fail_on_user) return { ...NOTHING, result: { user_removed: false } }
    return {
      ...failure(`Unable to remove user: role "${name}" owns something, or has privileges`),
      advice: 'give away what it owns and revoke its privileges first (REASSIGN OWNED, DROP OWNED)',
    }
  }
  const drop = {
    changes: [{ what: `role ${name}`, before: 'present', after: null }],
    statement: `DROP USER ${identifier(name)}`,
  }
  const planned = done(args, [...revoked(args, state), drop])
  return { ...planned, result: { ...planned.result, user_removed: true } }
}

function kept(args: Args, state: State, view: ModuleContext): Plan {
  const { groups = [] } = args
  const unknown = groups.find((group) => !state.groups.includes(group))
  if (unknown !== undefined && !view.check) return failure(`Role ${unknown} does not exist`)
  const privileges = privilegesOf(args)
  const missing = privileges.find((_, index) => (state.held[index] ?? null) === null)
  if (missing !== undefined && !view.check) return failure(`${missing.type} "${missing.name}" does not exist`)
  const own = args.name === 'PUBLIC' ? [] : ownSteps(args, state)
  return done(args, [...own, ...granted(args, state), ...memberships(args, state), ...commented(args, state)])
}

function ownSteps(args: Args, state: State): Step[] {
  return state.role === undefined ? [added(args)] : altered(args, state, state.role)
}

function added(args: Args): Step {
  const { name, password } = args
  return {
    changes: [{ what: `role ${name}`, before: null, after: 'present' }],
    ...statementOf('CREATE', args, {
      password: password || undefined,
      flags: flagsIn(args.role_attr_flags),
      expires: args.expires,
      conn_limit: args.conn_limit,
    }),
  }
}

const HIDDEN = '(hidden)'

function altered(args: Args, { stored }: State, role: Role): Step[] {
  const { name, password, no_password_changes, expires, conn_limit } = args
  const isKept =
    password === undefined ||
    no_password_changes ||
    (stored !== undefined && isPassword(password, name, stored))
  const flags = flagsIn(args.role_attr_flags).filter(
    (flag) => role.attributes[flag.replace(/^NO/, '')] !== !flag.startsWith('NO'),
  )
  const isLimited = conn_limit === undefined || conn_limit === role.conn_limit
  const isNone = password === ''
  const changes = [
    ...(isKept
      ? []
      : [
          {
            what: `password of ${name}`,
            before: stored === null ? null : HIDDEN,
            after: isNone ? null : HIDDEN,
          },
        ]),
    ...flags.map((flag) => ({
      what: `${flag.replace(/^NO/, '')} of ${name}`,
      before: flag.startsWith('NO'),
      after: !flag.startsWith('NO'),
    })),
    ...(expires === undefined || role.expires_so
      ? []
      : [{ what: `expiry of ${name}`, before: role.expires, after: expires }]),
    ...(isLimited
      ? []
      : [{ what: `connection limit of ${name}`, before: role.conn_limit, after: conn_limit }]),
  ]
  if (changes.length === 0) return []
  const statement = statementOf('ALTER', args, {
    password: isKept ? undefined : password,
    flags,
    expires: role.expires_so ? undefined : expires,
    conn_limit: isLimited ? undefined : conn_limit,
  })
  return [{ changes, ...statement }]
}

interface Clauses {
  readonly password: string | undefined
  readonly flags: readonly string[]
  readonly expires: string | undefined
  readonly conn_limit: number | undefined
}

function statementOf(verb: 'CREATE' | 'ALTER', { name, encrypted }: Args, clauses: Clauses) {
  const { password, flags, expires, conn_limit } = clauses
  const word = encrypted ? 'ENCRYPTED' : 'UNENCRYPTED'
  const whole = (secret: string, until: string) =>
    [
      `${verb} USER ${identifier(name)}`,
      ...(password === undefined
        ? []
        : [password === '' ? 'PASSWORD NULL' : `WITH ${word} PASSWORD ${secret}`]),
      ...(expires === undefined ? [] : [`VALID UNTIL ${until}`]),
      ...(conn_limit === undefined ? [] : [`CONNECTION LIMIT ${conn_limit}`]),
      ...flags,
    ].join(' ')
  return {
    statement: whole(literal(password ?? ''), literal(expires ?? '')),
    shown: whole('%(password)s', '%(expires)s'),
  }
}

function grantee({ name }: Args): string {
  return name === 'PUBLIC' ? 'PUBLIC' : identifier(name)
}

function granted(args: Args, { held }: State): Step[] {
  return privilegesOf(args).flatMap((one, index) => {
    const before = held[index] ?? []
    const lacking = one.privileges.filter((privilege) => !before.includes(privilege))
    if (lacking.length === 0) return []
    return [
      {
        changes: [privilegeChange(args, one.name, before, [...before, ...lacking])],
        statement: `GRANT ${one.privileges.join(', ')} ON ${objectOf(one)} TO ${grantee(args)}`,
      },
    ]
  })
}

function revoked(args: Args, { held }: State): Step[] {
  return privilegesOf(args).flatMap((one, index) => {
    const before = held[index] ?? []
    if (!one.privileges.some((privilege) => before.includes(privilege))) return []
    const after = before.filter((privilege) => !one.privileges.includes(privilege))
    return [
      {
        changes: [privilegeChange(args, one.name, before, after)],
        statement: `REVOKE ${one.privileges.join(', ')} ON ${objectOf(one)} FROM ${grantee(args)}`,
      },
    ]
  })
}

function privilegeChange(
  { name }: Args,
  object: string,
  before: readonly string[],
  after: readonly string[],
): Change {
  const told = (some: readonly string[]) => [...some].sort().join(', ') || null
  return { what: `privileges of ${name} on ${object}`, before: told(before), after: told(after) }
}

function memberships({ name, groups = [] }: Args, { role }: State): Step[] {
  return [...new Set(groups)]
    .filter((group) => !role?.memberships.includes(group))
    .map((group) => ({
      changes: [{ what: `membership of ${name} in ${group}`, before: null, after: 'present' }],
      statement: `GRANT ${identifier(group)} TO ${identifier(name)}`,
    }))
}

function commented({ name, comment }: Args, { role }: State): Step[] {
  const before = role?.comment ?? null
  if (comment === undefined || comment === (before ?? '')) return []
  return [
    {
      changes: [{ what: `comment of ${name}`, before, after: comment || null }],
      statement: `COMMENT ON ROLE ${identifier(name)} IS ${literal(comment)}`,
    },
  ]
}
