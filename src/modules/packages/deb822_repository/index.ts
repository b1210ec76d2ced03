import { planAttributes } from '../../../host/attributes.ts'
import { type Fetched, fetchScript, readFetched } from '../../../host/download.ts'
import { failureOf, withText } from '../../../host/edit.ts'
import { type FileState, files, isFolder } from '../../../host/file-state.ts'
import { noFolder } from '../../../host/placement.ts'
import { attributesScripts, madeAt, removeScript } from '../../../host/safe-path.ts'
import { writeFile } from '../../../host/write.ts'
import { type Change, defineModule, type ModuleContext, type Plan } from '../../../sdk/module.ts'
import { failure, inSteps, joined, NOTHING, type PlannedChange, sh } from '../../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { contentOf } from '../../../shell/content.ts'
import { type Args, declared, isUrl, problems, slugOf, textOf } from './options.ts'

const SOURCES = '/etc/apt/sources.list.d'
const KEYRINGS = '/etc/apt/keyrings'

interface State {
  readonly files: ReadonlyMap<string, FileState | undefined>
  /** The key, if it comes from elsewhere. */
  readonly fetched: Fetched | undefined
}

/** Has apt know repositories, in files of the newer form. Semantics: ansible.builtin.deb822_repository. */
export const deb822_repository = defineModule<typeof declared, State>({
  name: 'deb822_repository',
  summary: 'Adds or removes repositories that apt takes packages from, in files of the form deb822.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret: (outcomes) => failureOf(outcomes) ?? {},
})

function pathsOf({ name }: Args) {
  const slug = slugOf(name)
  return {
    sources: `${SOURCES}/${slug}.sources`,
    asc: `${KEYRINGS}/${slug}.asc`,
    gpg: `${KEYRINGS}/${slug}.gpg`,
  }
}

function filesLook(args: Args) {
  const { signed_by = '' } = args
  const given = /^[/~][^\n]*$/.test(signed_by) ? [signed_by] : []
  const { sources, asc, gpg } = pathsOf(args)
  return files([sources, asc, gpg, SOURCES, KEYRINGS, ...given], { content: true })
}

function probe(args: Args): Probe {
  const { signed_by, state } = args
  const isFetched = isUrl(signed_by) && state === 'present'
  return [filesLook(args), ...(isFetched ? [fetchScript({ url: signed_by, validate_certs: true })] : [])]
}

function parse(output: ProbeOutput, args: Args): State {
  const look = filesLook(args)
  const found = output.of(look)
  const isFetched = isUrl(args.signed_by) && args.state === 'present'
  return {
    files: new Map(look.items.map((path, index) => [path, found[index]])),
    fetched: isFetched ? readFetched(output.text) : undefined,
  }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { sources, gpg } = pathsOf(args)
  if (args.state === 'absent')
    return { ...removal(args, state), result: { repo: null, dest: sources, key_filename: gpg } }
  const { fetched } = state
  if (fetched !== undefined && 'complaint' in fetched)
    return failure(`Could not fetch signed_by key: ${fetched.complaint}`)
  const folder = state.files.get(SOURCES)
  if (!isFolder(folder) && !view.check) return failure(noFolder(SOURCES, folder))
  const key = keyOf(args, state)
  const text = textOf(args, key.path)
  const placed = [
    ...(key.bytes === undefined ? [] : keyPlans(state, key.path!, key.bytes)),
    filePlan(state, sources, Buffer.from(text), args.mode, view),
  ]
  return { ...joined(placed), result: { repo: text, dest: sources, key_filename: key.path ?? null } }
}

/** Where the key is, or is to be with these bytes; nowhere for one that stands in the file itself. */
function keyOf(args: Args, { files, fetched }: State): { path?: string; bytes?: Buffer } {
  const { signed_by } = args
  if (fetched !== undefined && 'bytes' in fetched) {
    const { asc, gpg } = pathsOf(args)
    const isArmored = fetched.bytes.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')
    return { path: isArmored ? asc : gpg, bytes: fetched.bytes }
  }
  return signed_by !== undefined && files.get(signed_by) !== undefined ? { path: signed_by } : {}
}

function keyPlans(state: State, path: string, bytes: Buffer): Plan[] {
  const file = filePlan(state, path, bytes, '0644', { check: false, diff: false })
  return file.changes.length === 0 ? [] : [folderPlan(state.files.get(KEYRINGS)), file]
}

/** The folder of keys is root's, and all may read it. */
function folderPlan(folder: FileState | undefined): Plan {
  const make = madeAt(KEYRINGS, 'make_folder 00755', { uid: 0, gid: 0 })
  if (folder === undefined)
    return inSteps([[{ what: `folder ${KEYRINGS}`, before: null, after: 'directory' }, sh(make)]])
  if (folder.type !== 'directory') return failure(noFolder(KEYRINGS, folder))
  const { changes, set } = planAttributes(
    { owner: '0', group: '0', mode: '0755' },
    { uid: 0, gid: 0 },
    folder,
  )
  const scripts = attributesScripts([{ path: KEYRINGS, file: folder, set }])
  return {
    changes: changes.map((one) => ({ ...one, what: `${one.what} of ${KEYRINGS}` })),
    actions: scripts.map(sh),
  }
}

function filePlan({ files }: State, path: string, bytes: Buffer, wanted: string, view: ModuleContext): Plan {
  const file = files.get(path)
  if (file !== undefined && file.type !== 'file' && file.type !== 'link')
    return failure(`${path} is a ${file.type}, and a file is to be there`)
  const old = file?.type === 'file' ? file : undefined
  const { changes: attributes, set } = planAttributes({ mode: wanted }, {}, old, false)
  const told = (old === undefined ? [] : attributes).map((one) => ({
    ...one,
    what: `${one.what} of ${path}`,
  }))
  if (old?.content?.equals(bytes))
    return { changes: told, actions: attributesScripts([{ path, file: old, set }]).map(sh) }
  const before = old?.content?.toString('latin1') ?? ''
  const change: Change = {
    what: path,
    before: file === undefined ? null : 'another content',
    after: 'content',
  }
  const write = writeFile({
    path,
    content: contentOf(bytes),
    mode: set.mode ?? old?.mode ?? 0o644,
    replaces: file ?? null,
  })
  const isShown = view.diff && (old === undefined || old.content !== undefined)
  return {
    changes: [isShown ? withText(change, before, bytes.toString('latin1')) : change, ...told],
    actions: [write],
  }
}

function removal(args: Args, { files }: State): Plan {
  const steps = Object.values(pathsOf(args)).flatMap((path): PlannedChange[] => {
    const file = files.get(path)
    if (file === undefined || file.type === 'directory') return []
    return [[{ what: path, before: file.type, after: null }, sh(removeScript(path, file.type))]]
  })
  return steps.length === 0 ? NOTHING : inSteps(steps)
}
