import type { Body, Expression, Statement } from './ast.ts'
import { namesBoundBy } from './free-names.ts'
import { partsOf } from './walk.ts'

/** Methods that change what they are called on. */
const CHANGING = [
  'append',
  'clear',
  'extend',
  'insert',
  'pop',
  'popitem',
  'remove',
  'reverse',
  'setdefault',
  'sort',
  'update',
]
/** What runs other templates, which may change what they get. */
const ELSEWHERE = ['include', 'import', 'extends']

/** Whether a template may change values that it gets: it calls such a method on something that it has not made itself. */
export function mayChange(body: Body): boolean {
  const parts = [...partsOf(body)] as (Statement | Expression)[]
  if (parts.some(({ kind }) => ELSEWHERE.includes(kind))) return true
  const changed = parts.filter((part) => part.kind === 'attribute' && CHANGING.includes(part.name))
  if (changed.length === 0) return false
  const own = ownNames(parts as Statement[])
  return changed.some(
    (part) => part.kind === 'attribute' && !(part.of.kind === 'name' && own.has(part.of.name)),
  )
}

/** Names that only ever stand for lists and maps that are written in the template. */
function ownNames(parts: readonly Statement[]): Set<string> {
  const own = new Set<string>()
  const others = new Set<string>()
  for (const part of parts) {
    const isOwn = part.kind === 'set' && (part.value.kind === 'list' || part.value.kind === 'dict')
    for (const name of namesBoundBy(part)) (isOwn && part.target.kind === 'name' ? own : others).add(name)
  }
  return new Set([...own].filter((name) => !others.has(name)))
}
