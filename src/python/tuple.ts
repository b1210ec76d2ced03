/** Python's tuple: `Tuple.of(1, 2)`, `Tuple.from(list)`. What map, filter and slice make of it is a plain list. */
export class Tuple<T = unknown> extends Array<T> {
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
