import type { Change } from '../../../sdk/module.ts'
import { isMap } from '../../../values/value.ts'
import type { IpPlan, Row } from '../iproute2.ts'
import { text } from '../iproute2.ts'
import { tc } from '../tc.ts'
import { INGRESS, KINDS } from './kinds.ts'
import type { Amount, Amounts, Parameters } from './parameters.ts'

export interface DesiredQdisc {
  readonly dev: string
  readonly kind: string | undefined
  /** root, ingress or a class. */
  readonly place: string
  readonly handle: string | undefined
  readonly state: 'present' | 'absent'
  readonly netns: string | undefined
  readonly force: boolean
  /** What was said of it, in the units of its kind. */
  readonly asked: Amounts
}

const IN_SYNC: IpPlan = { changes: [], commands: [] }

/** What stands at the place; the kernel's own has no handle. */
export function qdiscAt(place: string, rows: readonly Row[]): Row | undefined {
  return rows.find((row) => row.handle !== '0:' && placeOf(row) === place)
}

function placeOf(row: Row): string | undefined {
  if (row.root === true) return 'root'
  return INGRESS.includes(kindOf(row)) ? 'ingress' : text(row, 'parent')
}

function kindOf(row: Row): string {
  return text(row, 'kind') ?? ''
}

/** From what is wanted and all qdiscs of the interface: what must change, and how. */
export function planQdisc(desired: DesiredQdisc, rows: readonly Row[]): IpPlan {
  const row = qdiscAt(desired.place, rows)
  if (desired.state === 'absent') return planRemoval(desired, row)
  return row === undefined ? planCreation(desired) : planChanges(desired, row)
}

function planRemoval(desired: DesiredQdisc, row: Row | undefined): IpPlan {
  const isMeant =
    row !== undefined &&
    (desired.kind === undefined || desired.kind === kindOf(row)) &&
    (desired.handle === undefined || desired.handle === row.handle)
  if (!isMeant) return IN_SYNC
  return {
    changes: [{ what: nameOf(desired), before: describe(row), after: null }],
    commands: [command(desired, 'delete', kindOf(row), [])],
  }
}

function planCreation(desired: DesiredQdisc): IpPlan {
  const all = completed(desired)
  return {
    changes: [{ what: nameOf(desired), before: null, after: said(desired, all).join(' ') }],
    commands: [
      command(desired, 'add', desired.kind!, [...handleWords(desired.handle), ...said(desired, all)]),
    ],
  }
}

function planChanges(desired: DesiredQdisc, row: Row): IpPlan {
  const isOther = kindOf(row) !== desired.kind
  const isMoved = desired.handle !== undefined && desired.handle !== row.handle
  const differences = isOther ? [] : differencesOf(desired, row)
  const changes: Change[] = [
    ...(isOther
      ? [{ what: nameOf(desired), before: describe(row), after: said(desired, completed(desired)).join(' ') }]
      : []),
    ...(isMoved && !isOther ? [change(desired, 'handle', row.handle as string, desired.handle)] : []),
    ...differences.map(({ name, before, after }) => change(desired, name, before, after)),
  ]
  if (changes.length === 0) return IN_SYNC
  const isStuck = isOther || isMoved || differences.some(({ fixed }) => fixed)
  if (!isStuck) {
    const words = [
      ...handleWords(row.handle as string),
      ...said(desired, completed(desired, row), (name) => !isFixed(desired, name)),
    ]
    return { changes, commands: [command(desired, 'change', desired.kind!, words)] }
  }
  if (KINDS[kindOf(row)]?.holds === true && !desired.force)
    return { ...IN_SYNC, failed: needsForce(desired, row) }
  return { changes, commands: replacement(desired, row) }
}

function needsForce(desired: DesiredQdisc, row: Row): string {
  return `the ${kindOf(row)} at ${desired.place} of ${desired.dev} cannot become what is wanted while it exists; "force: true" replaces it, and its classes and filters go with it`
}

/**
 * The new one takes the place of the old in one step, which the kernel does under another handle only. The two for
 * ingress have the same one: there the old one comes back if the new one cannot be made.
 */
function replacement(desired: DesiredQdisc, row: Row): string[] {
  const kind = desired.kind!
  if (desired.place === 'ingress') {
    const back = command(desired, 'add', kindOf(row), [kindOf(row)])
    return [
      command(desired, 'delete', kindOf(row), []),
      `{ ${command(desired, 'add', kind, [kind])} || { ${back}; false; }; }`,
    ]
  }
  const isOther = kindOf(row) !== kind
  const words = said(desired, completed(desired, isOther ? undefined : row, true))
  const { handle = isOther ? undefined : (row.handle as string) } = desired
  const last = command(desired, 'replace', kind, [...handleWords(handle), ...words])
  if (handle !== row.handle) return [last]
  const between = row.handle === 'fffe:' ? 'fffd:' : 'fffe:'
  return [command(desired, 'replace', kind, [...handleWords(between), ...words]), last]
}

interface Difference {
  readonly name: string
  readonly before: string | number | boolean | null
  readonly after: string | number | boolean
  readonly fixed: boolean
}

function differencesOf(desired: DesiredQdisc, row: Row): Difference[] {
  const parameters = parametersOf(desired)
  const all = completed(desired)
  const options = optionsOf(row)
  return Object.entries(all).flatMap(([name, asked]) => {
    const parameter = parameters[name]!
    const before = parameter.current(options)
    const after = parameter.shown?.(asked) ?? asked
    if (parameter.same?.(asked, all, options) ?? before === after) return []
    return [
      {
        name,
        before: before === undefined ? null : parameter.show(before),
        after: parameter.show(after),
        fixed: parameter.fixed(before, after),
      },
    ]
  })
}

/** All that is to be said: what was asked for, what goes without saying, and of a qdisc that stays what it is. */
function completed(desired: DesiredQdisc, row?: Row, anew = KINDS[desired.kind!]?.whole === true): Amounts {
  const all: Record<string, Amount> = {}
  for (const [name, parameter] of Object.entries(parametersOf(desired))) {
    const isKept = row !== undefined && anew && KINDS[desired.kind!]!.needs === undefined
    const current = isKept ? parameter.current(optionsOf(row)) : undefined
    const kept = current === undefined ? undefined : (parameter.again?.(current) ?? current)
    const value = desired.asked[name] ?? parameter.unsaid?.(desired.asked) ?? kept
    if (value !== undefined) all[name] = value
  }
  return all
}

/** A kind and its parameters in tc's words. */
function said(desired: DesiredQdisc, all: Amounts, isSaid: (name: string) => boolean = () => true): string[] {
  const parameters = parametersOf(desired)
  const words = Object.entries(all).flatMap(([name, value]) =>
    isSaid(name) ? parameters[name]!.words(value, all) : [],
  )
  return [desired.kind!, ...words]
}

function isFixed(desired: DesiredQdisc, name: string): boolean {
  const parameter = parametersOf(desired)[name]!
  return parameter.fixed(undefined, desired.asked[name] ?? 0)
}

function parametersOf({ kind }: DesiredQdisc): Parameters {
  return KINDS[kind!]!.parameters
}

function optionsOf(row: Row): Row {
  const { options } = row
  return options !== undefined && isMap(options) ? options : {}
}

function change(
  desired: DesiredQdisc,
  name: string,
  before: Change['before'],
  after: Change['after'] | undefined,
): Change {
  return { what: `${nameOf(desired)} ${name}`, before, after: after ?? null }
}

function describe(row: Row): string {
  const found = Object.entries(KINDS[kindOf(row)]?.parameters ?? {}).flatMap(([name, parameter]) => {
    const current = parameter.current(optionsOf(row))
    const isUnsaid = current === undefined || current === parameter.unsaid?.({})
    return isUnsaid ? [] : [`${name} ${parameter.show(current)}`]
  })
  return [kindOf(row), ...new Set(found)].join(' ')
}

function command(
  { dev, place, netns }: DesiredQdisc,
  verb: string,
  kind: string,
  words: readonly string[],
): string {
  const where = place === 'root' ? ['root'] : place === 'ingress' ? [] : ['parent', place]
  // A place of its own is said by the kind.
  const rest = place === 'ingress' && words.length === 0 ? [kind] : words
  return tc(netns, 'qdisc', verb, 'dev', dev, ...where, ...rest)
}

function handleWords(handle: string | undefined): string[] {
  return handle === undefined ? [] : ['handle', handle]
}

function nameOf({ place, dev }: DesiredQdisc): string {
  return `qdisc ${place} on ${dev}`
}
