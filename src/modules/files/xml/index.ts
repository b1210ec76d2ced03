import { backupOf, type Edited, editProbe, failureOf, planEdit, readEdited } from '../../../host/edit.ts'
import { defineModule, type ModuleContext, type Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { Float } from '../../../values/float.ts'
import type { ValueMap } from '../../../values/value.ts'
import { answer } from './answers.ts'
import { childrenFrom } from './children.ts'
import { readXml, writtenXml, type Xml } from './document.ts'
import { edit } from './edit.ts'
import { type Args, declared } from './options.ts'
import { syntaxOf } from './select.ts'
import { meaning, plainText, prettyXml } from './shape.ts'
import { decoded } from './source.ts'

/** Reads and changes parts of a file of XML. Semantics: community.general.xml. */
export const xml = defineModule<typeof declared, Edited | undefined>({
  name: 'xml',
  summary: 'Reads and changes elements and attributes of a file of XML.',
  options: declared,
  validate: problems,
  probe: (args) => (args.path === undefined ? '' : editProbe(asEdit(args, args.path))),
  parse: (output, args) =>
    args.path === undefined ? undefined : readEdited(output, asEdit(args, args.path)),
  plan,
  interpret(outcomes, { path }) {
    const backup = path === undefined ? undefined : backupOf(outcomes)
    return failureOf(outcomes) ?? { result: backup === undefined ? {} : { backup_file: backup } }
  },
})

function asEdit({ backup }: Args, path: string) {
  return { path, backup, state: 'present' as const }
}

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { path, xmlstring, xpath, value, add_children, set_children, input_type } = args
  const found: string[] = []
  const works = Object.entries({
    add_children,
    content: args.content,
    count: args.count || undefined,
    print_match: args.print_match || undefined,
    set_children,
    value: value ?? undefined,
  }).flatMap(([name, one]) => (one === undefined ? [] : [name]))
  if (path !== undefined && xmlstring !== undefined)
    found.push('parameters are mutually exclusive: path|xmlstring')
  if (works.length > 1) found.push(`parameters are mutually exclusive: ${works.join('|')}`)
  if (args.insertbefore && args.insertafter)
    found.push('parameters are mutually exclusive: insertbefore|insertafter')
  if (value !== undefined && typeof value === 'object' && value !== null && !(value instanceof Float))
    found.push('value: a text is expected, not a list or map')
  const wrong = xpath === undefined ? undefined : syntaxOf(xpath)
  if (wrong !== undefined) found.push(`xpath: Syntax error in xpath expression: ${xpath} (${wrong})`)
  for (const [name, children] of Object.entries({ add_children, set_children })) {
    try {
      if (input_type !== undefined) childrenFrom(children ?? [], input_type)
    } catch (error) {
      found.push(`${name}: ${(error as Error).message}`)
    }
  }
  return complete ? [...found, ...missing(args, works)] : found
}

function missing(args: Partial<Args>, works: readonly string[]): string[] {
  const { path, xmlstring, xpath, attribute, value, pretty_print, state } = args
  const found: string[] = []
  if (path === undefined && xmlstring === undefined)
    found.push('one of the following is required: path, xmlstring')
  if (attribute !== undefined && (value === undefined || value === null) && state !== 'absent')
    found.push("missing parameter(s) required by 'attribute': value")
  if (xpath !== undefined) return found
  const needy = [...works, ...(['insertbefore', 'insertafter'] as const).filter((name) => args[name])]
  found.push(...needy.map((name) => `missing parameter(s) required by '${name}': xpath`))
  if (needy.length === 0 && (state === 'absent' || !pretty_print))
    found.push('xml needs "xpath" to know what is meant')
  return found
}

function plan(args: Args, state: Edited | undefined, view: ModuleContext): Plan {
  const name = args.path ?? 'xml_string'
  if (state !== undefined && state.file === undefined)
    return failure(`The target XML source '${args.path}' does not exist.`)
  if (state !== undefined && state.file?.type !== 'file')
    return failure(`The target XML source '${args.path}' is a ${state.file?.type}.`)
  let document: Xml
  try {
    document = read(state === undefined ? args.xmlstring! : decoded(Buffer.from(state.bytes, 'latin1')), args)
  } catch (error) {
    return failure(`Error while parsing document: ${name} (${(error as Error).message})`)
  }
  try {
    return planned(args, state, document, view)
  } catch (error) {
    return failure((error as Error).message)
  }
}

function read(text: string, args: Args): Xml {
  const document = readXml(text)
  if (args.strip_cdata_tags) plainText(document.root)
  return document
}

function planned(args: Args, state: Edited | undefined, document: Xml, view: ModuleContext): Plan {
  const { xpath, namespaces, pretty_print } = args
  const actions = { xpath: xpath ?? null, namespaces, state: args.state }
  const answered = xpath === undefined ? undefined : answer(document, args)
  const before = meaning(document)
  if (answered === undefined && xpath !== undefined) edit(document, args)
  const after = pretty_print ? prettyXml(document) : writtenXml(document)
  const isReformed = xpath === undefined
  const isChanged = isReformed || meaning(document) !== before
  const result = { ...(!isReformed && { actions }), ...answered }
  if (state === undefined) return ofText(args.xmlstring!, after, isChanged, result)
  const bytes = isChanged ? Buffer.from(after).toString('latin1') : state.bytes
  if (bytes === state.bytes) return { ...NOTHING, result }
  const change = { what: isReformed ? 'format' : `xml ${xpath}`, ...sides(args) }
  const { result: _, ...plan } = planEdit(asEdit(args, args.path!), state, { bytes, change, msg: '' }, view)
  return { ...plan, result }
}

/** What a change shows besides its place; a diff shows the rest. */
function sides({ state, value, add_children, set_children, xpath }: Args) {
  if (xpath === undefined) return { before: null, after: 'pretty' }
  if (state === 'absent') return { before: 'present', after: null }
  return { before: null, after: value ?? add_children ?? set_children ?? 'present' }
}

/** A text is nowhere on the host, yet a task that makes another of it has changed something. */
function ofText(before: string, after: string, isChanged: boolean, result: ValueMap): Plan {
  const text = `<?xml version='1.0' encoding='UTF-8'?>\n${after.replace(/^<\?xml\s.*?\?>\s*/, '')}`
  const values = { ...result, xmlstring: text }
  if (!isChanged || text === before) return { ...NOTHING, result: values }
  const change = { what: 'xmlstring', before: null, after: null, text: { before, after: text } }
  return { ...together([change], sh(':')), result: values }
}
