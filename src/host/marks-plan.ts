import type { Action, Change, Plan } from '../sdk/module.ts'
import { failure, sh } from '../sdk/plans.ts'
import { quote } from '../shell/quote.ts'
import type { ValueMap } from '../values/value.ts'
import type { FileState, FileType, Reached } from './file-state.ts'
import { DEFAULT, type Marked, PARTS, type WantedMarks, wantsLabel } from './marks.ts'
import { type Held, heldScripts } from './safe-path.ts'

/** Something that is to have attributes and a label. */
export interface MarkTarget extends Reached {
  /** What is known of its marks; undefined for what is not there yet. */
  readonly marks: Marked | undefined
  /** What it will be, if it is not there yet. */
  readonly type: FileType
  /** How a change of it is called. */
  readonly called: string
}

interface Loosened extends Held {
  readonly letters: string
}

interface Part {
  readonly changes: readonly Change[]
  /** What has to go before anything else is changed, and what is set behind. */
  readonly before: readonly Loosened[]
  readonly after: readonly Held[]
  readonly failed?: string
  readonly label?: string
}

/** A plan with the plan that it was made of, of whose actions it has some before. */
export interface MarkedPlan extends Plan {
  readonly own: Plan
  readonly first: number
}

/**
 * A plan with the marks of its targets: set behind its own actions, for a file that is replaced loses them; but what
 * keeps a file from being changed is taken away before. `isRehearsed`: an earlier task may do that.
 */
export function withMarks(
  plan: Plan,
  targets: readonly MarkTarget[],
  wanted: WantedMarks,
  isRehearsed: boolean,
): MarkedPlan {
  const isChanged = plan.changes.length > 0
  const parts = targets.flatMap((target) => [
    labelPart(target, wanted, isChanged),
    attributesPart(target, wanted, isChanged),
  ])
  const stuck = isChanged && targets.length === 1 ? stuckTarget(targets[0]!, wanted) : undefined
  const failed = parts.find((part) => part.failed !== undefined)?.failed ?? (isRehearsed ? undefined : stuck)
  if (failed !== undefined) return { ...failure(failed), result: plan.result ?? {}, own: plan, first: 0 }
  const changes = parts.flatMap((part) => part.changes)
  const label = parts.find((part) => part.label !== undefined)?.label
  const result: ValueMap = { ...plan.result, ...(label !== undefined && { secontext: label }) }
  if (changes.length === 0 && !isChanged) return { ...plan, result, own: plan, first: 0 }
  const loosened = isChanged ? parts.flatMap((part) => part.before) : []
  // What is put in its place is compared with what was probed, which chattr would change.
  const isReplaced = targets.length === 1 && plan.changes.some(({ what }) => !IN_PLACE.has(what))
  const first = isReplaced ? [] : scripts(loosened)
  const own = (plan.actions ?? []).map((one) =>
    isReplaced && loosened.length > 0 ? loosening(one, loosened) : one,
  )
  const last = scripts(parts.flatMap((part) => part.after))
  return {
    ...plan,
    changes: [...plan.changes, ...changes],
    actions: [...first, ...own, ...last],
    result,
    warnings: [...(plan.warnings ?? []), ...(isRehearsed && stuck !== undefined ? [stuck] : [])],
    own: plan,
    first: first.length,
  }
}

/** Why marks are not set for what nobody knows before it is there. */
export function noMarks(module: string, wanted: WantedMarks): string {
  const given = ['attributes', ...PARTS].filter((name) => wanted[name as keyof WantedMarks] !== undefined)
  return `${module} does not set ${given.join(', ')} here; a task of "file" behind it does`
}

/** Changes that are made to the file that is there. */
const IN_PLACE = new Set(['owner', 'group', 'mode', 'access time', 'modification time'])

/** An action that takes attributes from the old file at the moment at which the new one takes its place. */
function loosening(action: Action, held: readonly Loosened[]): Action {
  if (action.do !== 'sh' && action.do !== 'send') return action
  return { ...action, script: `loose=${held.map(({ letters }) => letters).join('')}\n${action.script}` }
}

function scripts(all: readonly Held[]): Action[] {
  return heldScripts(all).map(sh)
}

function attributesPart(target: MarkTarget, { attributes: written }: WantedMarks, isChanged: boolean): Part {
  const { path, file, marks } = target
  const none = { changes: [], before: [], after: [] }
  const isOther = file !== undefined && file.type !== 'file' && file.type !== 'directory'
  if (written === undefined || (isOther && target.called !== '')) return none
  if (marks !== undefined && !marks.knowsAttributes)
    return { ...none, failed: 'there is no lsattr on this host; install the package e2fsprogs' }
  const operator = /^[-+=]/.exec(written)?.[0] ?? '='
  const letters = written.replace(/^[-+=]/, '')
  if (file !== undefined && marks?.attributes === undefined)
    return {
      ...none,
      failed: `${path} has no attributes: chattr is for files and folders of some file systems`,
    }
  const had = new Set(marks?.attributes ?? '')
  const has = new Set(wantedLetters(operator, letters, had))
  const isSame = had.size === has.size && [...had].every((one) => has.has(one))
  const isNew = file === undefined
  if (isSame && !isChanged) return none
  const isFixed = [...had, ...letters].some((letter) => letter === 'i' || letter === 'a')
  const mend = (spec: string): Held => ({
    ...held(target, isChanged),
    isFixed,
    work: (names) =>
      `{ command -v chattr >/dev/null || fail "there is no chattr on this host; install the package e2fsprogs"; chattr ${quote(spec)} -- ${names}; }`,
  })
  const gone = ['i', 'a'].filter((letter) => had.has(letter) && !has.has(letter)).join('')
  const isTold = isNew ? operator !== '-' : !isSame
  return {
    changes: isTold
      ? [{ what: called(target, 'attributes'), before: isNew ? null : inOrder(had), after: inOrder(has) }]
      : [],
    before: gone === '' ? [] : [{ ...mend(`-${gone}`), isFresh: false, letters: gone }],
    after: [mend(operator === '=' ? `=${letters}` : operator + letters)],
  }
}

/** What the kernel keeps of itself, whatever chattr is told. */
const KERNELS = 'EIhNV'

function wantedLetters(operator: string, letters: string, had: ReadonlySet<string>): string[] {
  if (operator === '+') return [...had, ...letters]
  if (operator === '-') return [...had].filter((letter) => !letters.includes(letter))
  return [...[...had].filter((letter) => KERNELS.includes(letter)), ...letters]
}

function inOrder(letters: ReadonlySet<string>): string {
  return [...letters].sort().join('')
}

/** Why what is to be changed cannot be, if the task does not itself take that away. */
function stuckTarget({ path, marks }: MarkTarget, { attributes: written }: WantedMarks): string | undefined {
  const had = marks?.attributes
  if (had === undefined || written === undefined) return undefined
  const operator = /^[-+=]/.exec(written)?.[0] ?? '='
  const stays = wantedLetters(operator, written.replace(/^[-+=]/, ''), new Set(had))
  const letter = ['i', 'a'].find((one) => had.includes(one) && stays.includes(one))
  if (letter === undefined) return undefined
  const word = letter === 'i' ? 'immutable' : 'only to be appended to'
  return `${path} is ${word} (attribute ${letter}), and is to be changed; a task of "file" with "attributes: -${letter}" before this one makes that possible`
}

function labelPart(target: MarkTarget, wanted: WantedMarks, isChanged: boolean): Part {
  const { marks, file } = target
  const none = { changes: [], before: [], after: [] }
  if (!wantsLabel(wanted) || marks === undefined || !marks.hasSelinux) return none
  if (marks.isFixed) return { ...none, ...(marks.label !== undefined && { label: marks.label }) }
  const isDefault = PARTS.some((part) => wanted[part] === DEFAULT)
  if (isDefault && !marks.knowsPolicy) {
    const missing = 'there is no matchpathcon on this host, which knows the labels of the policy'
    return { ...none, failed: `${missing}; install the package libselinux-utils (Debian: selinux-utils)` }
  }
  const had = partsOf(marks.label)
  const policy = partsOf(marks.policy)
  const differing: Change[] = []
  const words: string[] = []
  const has = [...had]
  // A host without levels has labels of three parts.
  const known = file !== undefined && had.length > 0 ? PARTS.slice(0, had.length) : PARTS
  for (const [index, part] of known.entries()) {
    const value = wanted[part] === DEFAULT ? policy[index] : wanted[part]
    if (value === undefined) continue
    words.push(`-${'urtl'[index]} ${quote(value)}`)
    if (had[index] === value) continue
    has[index] = value
    differing.push({ what: called(target, part), before: had[index] ?? null, after: value })
  }
  const label = has.length >= 3 ? has.join(':') : undefined
  if (words.length === 0 || (differing.length === 0 && !isChanged))
    return { ...none, ...(label !== undefined && { label }) }
  // A new file has parts from its folder that nobody knows yet.
  const whole = file === undefined || label === undefined ? `${words.join(' ')} --` : `-- ${quote(label)}`
  const work = (names: string) => `chcon -h ${whole} ${names}`
  return {
    changes: differing,
    before: [],
    after: [{ ...held(target, isChanged), work }],
    ...(label !== undefined && { label }),
  }
}

/** The last part may itself hold colons. */
function partsOf(label: string | undefined): string[] {
  const [user, role, type, ...level] = label?.split(':') ?? []
  return [user, role, type, level.length === 0 ? undefined : level.join(':')].filter(
    (one) => one !== undefined,
  )
}

function held({ path, via, file, type }: MarkTarget, isFresh: boolean): Omit<Held, 'work'> {
  const known: Pick<FileState, 'type' | 'device' | 'inode' | 'target'> = file ?? { type, device: 0, inode: 0 }
  return {
    path,
    ...(via !== undefined && { via }),
    file: known,
    isFresh: file === undefined || (isFresh && file.type !== 'directory'),
  }
}

function called({ called: suffix }: MarkTarget, what: string): string {
  return suffix === '' ? what : `${what} of ${suffix}`
}
