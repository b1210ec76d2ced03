import { equals } from '../python/equality.ts'
import { Undefined } from '../python/undefined.ts'
import { Invocable, Opaque } from './opaque.ts'

/** The variable `loop`: where in a list a loop is. */
export class Loop extends Opaque {
  readonly typeName = 'LoopContext'
  index0 = -1
  readonly #items: readonly unknown[]
  readonly #depth0: number
  readonly #again: ((items: unknown, depth0: number) => unknown) | undefined
  #changed: readonly unknown[] | undefined

  /** `again` renders the loop for other items: that of a recursive one. */
  constructor(
    items: readonly unknown[],
    depth0: number,
    again: ((items: unknown, depth0: number) => unknown) | undefined,
  ) {
    super()
    this.#items = items
    this.#depth0 = depth0
    this.#again = again
  }

  override attribute(name: string): unknown {
    const { length } = this.#items
    switch (name) {
      case 'index':
        return this.index0 + 1
      case 'index0':
        return this.index0
      case 'revindex':
        return length - this.index0
      case 'revindex0':
        return length - this.index0 - 1
      case 'first':
        return this.index0 === 0
      case 'last':
        return this.index0 === length - 1
      case 'length':
        return length
      case 'depth':
        return this.#depth0 + 1
      case 'depth0':
        return this.#depth0
      case 'previtem':
        return this.#item(this.index0 - 1, 'there is no previous item')
      case 'nextitem':
        return this.#item(this.index0 + 1, 'there is no next item')
      case 'cycle':
        return new Invocable((args) => this.#cycle(args))
      case 'changed':
        return new Invocable((args) => this.#isChanged(args))
      default:
        return undefined
    }
  }

  /** Renders the body of a recursive loop for other items. */
  recur(items: unknown): unknown {
    if (this.#again === undefined) throw new Error('only a loop that is marked "recursive" can be called')
    return this.#again(items, this.#depth0 + 1)
  }

  override repr(): string {
    return `<LoopContext ${this.index0 + 1}/${this.#items.length}>`
  }

  #item(index: number, hint: string): unknown {
    return index < 0 || index >= this.#items.length ? new Undefined({ hint }) : this.#items[index]
  }

  #cycle(args: readonly unknown[]): unknown {
    if (args.length === 0) throw new Error('cycle needs items')
    return args[this.index0 % args.length]
  }

  #isChanged(args: readonly unknown[]): boolean {
    if (this.#changed !== undefined && equals(this.#changed, args)) return false
    this.#changed = args
    return true
  }
}
