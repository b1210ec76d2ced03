import { join } from 'node:path'
import type { SourceSpan } from '../values/source.ts'
import { type MapEntry, type MapNode, type Node, toNode, toValue } from '../values/value.ts'
import { type Files, firstFile } from '../yaml/files.ts'
import type { Reading } from './reading.ts'

/** A role whose arguments may be checked before it begins. */
export interface Checked {
  readonly name: string
  readonly path: string
  /** `argument_specs` of its meta/main.yml; a file of their own comes before them. */
  readonly specs: Node | undefined
  /** Which of its task files is used. */
  readonly entry: string
  /** What the entry that names the role gives it. */
  readonly params: MapNode | undefined
}

/** The task that checks a role's arguments, as it would be written; undefined where the role describes none. */
export function validationTask(role: Checked, reading: Reading): MapNode | undefined {
  const spec = entryOf(specsOf(role, reading), role.entry)
  if (spec?.kind !== 'map') return undefined
  const { place } = spec
  const empty: MapNode = { kind: 'map', entries: [], place }
  const summary = entryOf(spec, 'short_description')
  const said = summary === undefined ? '' : ` - ${String(toValue(summary))}`
  const context = { type: 'role', name: role.name, argument_spec_name: role.entry, path: role.path }
  const args = mapNode(place, {
    argument_spec: entryOf(spec, 'options') ?? empty,
    provided_arguments: role.params ?? empty,
    validate_args_context: toNode(context, place, true),
  })
  return mapNode(place, {
    name: toNode(`Validating arguments against arg spec '${role.entry}'${said}`, place),
    validate_argument_spec: args,
    tags: toNode(['always'], place),
  })
}

/** The argument specs of a role by entry, as its folder has them; undefined where it has none. */
export function argumentSpecsAt(path: string, files: Files): Node | undefined {
  const meta = firstFile(['.yml', '.yaml', '.json'].map((end) => join(path, 'meta', `main${end}`)))
  const specs = meta && entryOf(files.yaml(meta), 'argument_specs')
  return specsOf({ path, specs: specs || undefined }, { files })
}

function specsOf(
  { path, specs }: Pick<Checked, 'path' | 'specs'>,
  reading: Pick<Reading, 'files'>,
): Node | undefined {
  const file = firstFile(['.yml', '.yaml', '.json'].map((end) => join(path, 'meta', `argument_specs${end}`)))
  return file === undefined ? specs : entryOf(reading.files.yaml(file), 'argument_specs')
}

function entryOf(node: Node | undefined, name: string): Node | undefined {
  return node?.kind === 'map' ? node.entries.find(({ key }) => key === name)?.value : undefined
}

function mapNode(place: SourceSpan, values: Readonly<Record<string, Node>>): MapNode {
  const entries = Object.entries(values).map(([key, value]): MapEntry => ({ key, keyPlace: place, value }))
  return { kind: 'map', entries, place }
}
