import { findGroup, type User } from '../../../host/accounts.ts'
import type { ModuleContext } from '../../../sdk/module.ts'
import type { ScriptedChange } from '../../../sdk/plans.ts'
import type { ValueMap } from '../../../values/value.ts'
import { creation, removal } from './create.ts'
import { HIDDEN, modification } from './differences.ts'
import { homeFolder, sshKey } from './home.ts'
import { isNowhere, type UserArgs } from './options.ts'
import { dateOf, expiryDay } from './shadow.ts'
import { keyPath, type UserState } from './state.ts'

/** Why what is wanted of a user cannot be had; undefined when it can. */
export function impossible(
  args: UserArgs,
  { user, shadow, groups }: UserState,
  view: ModuleContext,
): string | undefined {
  if (args.state === 'absent') return undefined
  // Under check, an earlier task may only have planned to make the group.
  const named = [...(args.group === undefined ? [] : [args.group]), ...(args.groups ?? [])]
  const missing = named.find((name) => findGroup(groups, name) === undefined)
  if (missing !== undefined && !view.check)
    return `group ${missing} does not exist; make it with the module "group" first`
  if (user === undefined) return undefined
  const { password, password_lock, expires, password_expire_max, password_expire_min, password_expire_warn } =
    args
  const secret = [
    password,
    password_lock,
    expires,
    password_expire_max,
    password_expire_min,
    password_expire_warn,
  ]
  if (shadow === undefined && secret.some((value) => value !== undefined)) {
    return `/etc/shadow has no readable line for ${args.name}; reading and changing it needs root (become: yes)`
  }
  if (password_lock === false && password === undefined && /^!+\*?$/.test(shadow?.[1] ?? '')) {
    return `${args.name} has no password that could be unlocked; give one with password`
  }
  return undefined
}

/** What makes the user that is wanted of what there is. */
export function planUser(args: UserArgs, state: UserState): ScriptedChange[] {
  const { user } = state
  const what = `user ${args.name}`
  if (args.state === 'absent') {
    if (user === undefined) return []
    const change = { what, before: { uid: user.uid, home: user.home }, after: null }
    return [{ changes: [change], sh: removal(args, state, user) }]
  }
  if (user === undefined) {
    const change = { what, before: null, after: declared(args) }
    return [{ changes: [change], sh: creation(args, state) }, ...planKey(args, state)]
  }
  return [...modification(args, user, state), ...planHome(args, user, state), ...planKey(args, state)]
}

function planHome(args: UserArgs, user: User, { hasHome }: UserState): ScriptedChange[] {
  const home = args.home ?? user.home
  const comesAlong = args.move_home && home !== user.home
  if (!args.create_home || hasHome || isNowhere(home) || comesAlong) return []
  return [{ changes: [{ what: 'home folder', before: null, after: home }], sh: homeFolder(args, user) }]
}

function planKey(args: UserArgs, { hasKey }: UserState): ScriptedChange[] {
  if (!args.generate_ssh_key || (hasKey && !args.force)) return []
  const path = keyPath(args)
  const change = {
    what: 'SSH key',
    before: hasKey ? path : null,
    after: hasKey ? `${path}, a new one` : path,
  }
  return [{ changes: [change], sh: sshKey(args) }]
}

function declared(args: UserArgs): ValueMap {
  const { uid, group, groups, comment, home, shell, password, password_lock, expires } = args
  const { password_expire_min, password_expire_max, password_expire_warn } = args
  const given = {
    ...{ uid, group, groups, comment, home, shell },
    password: password === undefined ? undefined : HIDDEN,
    password_lock,
    expires: expires === undefined ? undefined : dateOf(expiryDay(expires)),
    ...{ password_expire_min, password_expire_max, password_expire_warn },
    create_home: args.create_home,
    system: args.system || undefined,
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
