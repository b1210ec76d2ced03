import { itemsOf } from '../python/sequence.ts'
import type { Target } from './ast.ts'
import { Namespace } from './globals.ts'
import type { Frame } from './run.ts'
import type { Scope } from './scopes.ts'

export type Assign = (frame: Frame, value: unknown) => void

/** Sets what stands on the left of a `set`, a `for` or a `with`. */
export function assigner(target: Target, scope: Scope): Assign {
  switch (target.kind) {
    case 'name':
      return nameAssigner(target.name, scope)
    case 'entry':
      return entryAssigner(target.name, target.entry, scope)
    case 'targets': {
      const parts = target.items.map((item) => assigner(item, scope))
      return (frame, value) => {
        const items = itemsOf(value)
        if (items.length !== parts.length) {
          const names = parts.length === 1 ? '1 name' : `${parts.length} names`
          throw new Error(`there are ${names} for ${items.length} values`)
        }
        for (let index = 0; index < parts.length; index += 1) parts[index]!(frame, items[index])
      }
    }
  }
}

export function nameAssigner(name: string, scope: Scope): Assign {
  const slot = scope.home(name)
  if (!scope.isTopLevel) {
    return (frame, value) => {
      frame.slots[slot] = value
    }
  }
  return (frame, value) => {
    frame.slots[slot] = value
    frame.instance.context.set(name, value)
  }
}

function entryAssigner(name: string, entry: string, scope: Scope): Assign {
  const homes = scope.homes(name)
  return (frame, value) => {
    const held = homes.map(({ up, slot }) => frame.above(up).slots[slot]).find((one) => one !== undefined)
    const namespace = held ?? frame.instance.context.vars?.get(name)
    if (!(namespace instanceof Namespace))
      throw new Error(`"${name}" is no namespace, so nothing in it can be set`)
    namespace.set(entry, value)
  }
}
