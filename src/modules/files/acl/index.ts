import { failureOf } from '../../../host/edit.ts'
import { followed } from '../../../host/file-state.ts'
import { below } from '../../../host/paths.ts'
import { heldScripts } from '../../../host/safe-path.ts'
import { type Change, defineModule, type ModuleContext, type Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { type Args, declared, entryOf, problems, written } from './entry.ts'
import { aclLines, listing, look, parse, type State, script, setting } from './lists.ts'

/** Access control lists of files, by getfacl and setfacl. Semantics: ansible.posix.acl. */
export const acl = defineModule<typeof declared, State>({
  name: 'acl',
  summary: 'Reads and sets access control lists of files and folders.',
  options: declared,
  validate: problems,
  probe: (args) => [look(args), script(args)],
  parse,
  plan,
  interpret(outcomes, _args, _state, planned) {
    const told = outcomes.at(-1)
    const failed = failureOf(outcomes)
    if (failed !== undefined || told === undefined) return failed ?? {}
    return { result: { ...planned.result, acl: aclLines(told.stdout) } }
  },
})

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { lack, isThere, refusal } = state
  if (args.use_nfsv4_acls)
    return failure('lists of NFSv4 are set by nfs4_setfacl on Linux, and not by this module')
  // Under check an earlier task may be the one that makes the file or the user, or installs the program.
  if (lack !== '' && !view.check)
    return { ...failure(`Failed to find required executable "${lack}"`), advice: 'install the package acl' }
  if (!isThere && !view.check) return failure('Path not found or not accessible.')
  if (args.state === 'query') return { ...NOTHING, result: { msg: 'current acl', acl: [...state.acl] } }
  const entry = entryOf(args)!
  if (refusal !== '' && !view.check) {
    const kind = entry.etype === 'group' ? 'group' : 'user'
    const isUnknown = refusal.includes('Invalid argument') && entry.entity !== ''
    const advice = isUnknown
      ? `see whether there is a ${kind} ${JSON.stringify(entry.entity)} on the host`
      : undefined
    return { ...failure(refusal), advice }
  }
  const text = written(entry, args.state)
  const result = { msg: `${text} is ${args.state}`, acl: [...state.acl] }
  if (!isThere || refusal !== '') {
    const before = state.all[0]?.before ?? null
    const change = { what: 'acl', before, after: args.state === 'present' ? text : null }
    return { ...together([change], sh(':')), result }
  }
  return { ...changing(args, state, entry.isDefault), result }
}

function changing(args: Args, state: State, isDefault: boolean): Plan {
  const changed = state.all.filter(({ before, after }) => before !== after)
  if (changed.length === 0) return NOTHING
  const top = args.follow ? followed(args.path, state.file) : { path: args.path, file: state.file }
  const kind = isDefault ? 'default acl' : 'acl'
  const changes = changed.map(
    ({ path, before, after }): Change => ({
      what: path === '' ? kind : `${kind} ${below(args.path, path)}`,
      before,
      after,
    }),
  )
  const work = (names: string) => `LC_ALL=C setfacl -P ${setting(args)} -- ${names}`
  const held = changed.map(({ path, file }) =>
    path === '' ? { ...top, file: top.file!, work } : { path: below(top.path, path), file: file!, work },
  )
  const scripts = heldScripts(held).map(sh)
  return together(changes, scripts[0]!, ...scripts.slice(1), sh(listing(args)))
}
