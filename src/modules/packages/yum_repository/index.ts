import {
  type Edit,
  type Edited,
  editProbe,
  failureOf,
  fromBytes,
  planEdit,
  readEdited,
  toBytes,
} from '../../../host/edit.ts'
import { isFolder } from '../../../host/file-state.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import { mayCome } from '../../../host/placement.ts'
import { removeScript } from '../../../host/safe-path.ts'
import type { ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh } from '../../../sdk/plans.ts'
import { ids, repositoryIn, withoutRepository, withRepository } from '../repo-file.ts'
import { type Args, declared, fieldsOf, problems } from './options.ts'

/** Says where yum and dnf take packages from. Semantics: ansible.builtin.yum_repository. */
export const yum_repository = defineMarkedModule<typeof declared, Edited>(
  {
    name: 'yum_repository',
    summary: 'Adds or removes repositories that yum and dnf take packages from.',
    options: declared,
    validate: problems,
    probe: (args) => editProbe(editing(args)),
    parse: (output, args) => readEdited(output, editing(args)),
    plan,
    interpret: (outcomes) => failureOf(outcomes) ?? {},
  },
  {
    paths: (args) => [editing(args).path],
    places: (args) => (args.state === 'absent' ? [] : [{ path: editing(args).path, follow: true }]),
  },
)

function editing({ name, file, reposdir, owner, group, mode }: Args) {
  const path = `${reposdir.replace(/\/+$/, '')}/${file ?? name}.repo`
  return { path, state: 'present', create: true, owner, group, mode } as const
}

function plan(args: Args, state: Edited, view: ModuleContext): Plan {
  const { name, reposdir } = args
  const { folder, file, bytes } = state
  if (!isFolder(folder) && !(view.check && mayCome(folder)))
    return failure(`Repo directory '${reposdir}' does not exist.`)
  const after = changed(args, bytes)
  const { path } = editing(args)
  const diff = { before_header: path, before: shown(bytes), after_header: path, after: shown(after) }
  const result = { repo: name, state: args.state, diff }
  const isGone = args.state === 'absent' && after !== bytes && ids(after).length === 0
  if (file === undefined && args.state === 'absent') return { ...NOTHING, result }
  const made = planEdit(editing(args), state, edit(args, bytes, after), { ...view, diff: false })
  if (made.failed !== undefined) return made
  return { ...(isGone ? removal(made, state) : told(made, view, bytes, after)), result }
}

function changed(args: Args, bytes: string): string {
  const id = toBytes(args.name)
  if (args.state === 'absent') return withoutRepository(bytes, id)
  return withRepository(
    bytes,
    id,
    fieldsOf(args).map(([name, value]) => [name, toBytes(value)]),
  )
}

function edit(args: Args, bytes: string, after: string): Edit {
  if (after === bytes) return { bytes, msg: '' }
  const id = toBytes(args.name)
  const [old, now] = [bytes, after].map((text) => repositoryIn(text, id)) as [
    string | undefined,
    string | undefined,
  ]
  const change = {
    what: `repository ${args.name}`,
    before: old === undefined ? null : shown(old),
    after: now === undefined ? null : shown(now),
  }
  return { bytes: after, change, msg: '' }
}

/** Without passwords, which a diff would tell. */
function shown(bytes: string): string {
  return fromBytes(bytes).replace(/^(\s*(?:proxy_)?password\s*[=:]).*$/gim, '$1 (hidden)')
}

/** The first change, which is that of the repository, carries the file for the diff. */
function told(made: Plan, view: ModuleContext, bytes: string, after: string): Plan {
  if (!view.diff || bytes === after) return made
  const text = { before: shown(bytes), after: shown(after) }
  return {
    ...made,
    changes: made.changes.map((change) =>
      change.what.startsWith('repository ') ? { ...change, text } : change,
    ),
  }
}

/** It is written before it is removed: what somebody else has written meanwhile stays. */
function removal(made: Plan, { path, via }: Edited): Plan {
  const changes = [
    ...made.changes.filter(({ what }) => what.startsWith('repository ')),
    { what: 'state', before: 'file', after: 'absent' },
  ]
  return { changes, actions: [...(made.actions ?? []), sh(removeScript(via ?? path, 'file'))] }
}
