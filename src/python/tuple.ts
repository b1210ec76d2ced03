/** Python's tuple: `Tuple.make(list)`. What map, filter and slice make of it is a plain list. */
export class Tuple<T = unknown> extends Array<T> {
  static make<T>(items: readonly T[]): Tuple<T> {
    const tuple = new Tuple<T>()
    for (const item of items) tuple.push(item)
    return tuple
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

/** What `keys()`, `values()` and `items()` of a dict give: no list, but it has a length and can be gone over. */
export class DictView<T = unknown> extends Array<T> {
  kind: 'dict_keys' | 'dict_values' | 'dict_items' = 'dict_keys'

  static make<T>(kind: DictView['kind'], items: readonly T[]): DictView<T> {
    const view = new DictView<T>()
    for (const item of items) view.push(item)
    view.kind = kind
    return view
  }

  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}
