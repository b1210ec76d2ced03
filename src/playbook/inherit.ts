import type { MapNode, Node } from '../values/value.ts'
import type { Fields } from '../yaml/fields.ts'
import { type Inherited, type Keyword, keywords } from './ast.ts'
import { moduleDefaultsIn } from './module-defaults.ts'

export const nothingInherited: Inherited = {
  when: [],
  tags: [],
  vars: [],
  params: [],
  environment: [],
  notify: [],
  keywords: {},
  moduleDefaults: [],
}

/** What holds inside: the outer keywords with those of `fields` added, or in their place. */
export function inherit(outer: Inherited, fields: Fields): Inherited {
  const own: Partial<Record<Keyword, Node>> = {}
  for (const setting of keywords) {
    const node = fields.get(setting)
    if (node !== undefined) own[setting] = node
  }
  return combine(outer, {
    when: fields
      .list('when')
      .filter((node) => node.kind !== 'scalar' || (node.value !== null && node.value !== '')),
    tags: fields.words('tags'),
    vars: present(fields.map('vars')),
    params: [],
    environment: fields.list('environment'),
    notify: fields.list('notify'),
    keywords: own,
    moduleDefaults: moduleDefaultsIn(fields),
  })
}

/** Outer and inner together: lists joined, the inner settings before the outer. */
export function combine(outer: Inherited, inner: Inherited): Inherited {
  return {
    when: joined(outer.when, inner.when),
    tags: inner.tags.length === 0 ? outer.tags : [...new Set([...outer.tags, ...inner.tags])],
    vars: joined(outer.vars, inner.vars),
    params: joined(outer.params, inner.params),
    environment: joined(outer.environment, inner.environment),
    notify: inner.notify.length === 0 ? outer.notify : inner.notify,
    keywords: { ...outer.keywords, ...inner.keywords },
    moduleDefaults: joined(outer.moduleDefaults, inner.moduleDefaults),
  }
}

function joined<T>(outer: readonly T[], inner: readonly T[]): readonly T[] {
  return inner.length === 0 ? outer : [...outer, ...inner]
}

function present(node: MapNode | undefined): MapNode[] {
  return node === undefined ? [] : [node]
}
