import { isTemplateNode } from '../template/template.ts'
import type { MapNode, Node, ScalarNode } from '../values/value.ts'
import type { Definitions } from './definitions.ts'
import { RESULT } from './facts.ts'
import { type Shape, UNKNOWN } from './shape.ts'

/** A text of a YAML file that may be a template or a condition. */
export interface YamlText {
  readonly node: ScalarNode & { readonly value: string }
  readonly kind: 'value' | 'expression'
  readonly shapeOf: (name: string) => Shape
}

/** A task that makes a file of a template. */
export interface TemplateTask {
  readonly src: Node | undefined
  readonly args: MapNode
  readonly shapeOf: (name: string) => Shape
}

const CONDITIONS = ['when', 'changed_when', 'failed_when', 'until']
const LISTS = ['tasks', 'pre_tasks', 'post_tasks', 'handlers', 'block', 'rescue', 'always', 'roles']
const TEMPLATES = /^(?:ansible\.(?:builtin|legacy)\.)?template$/
const ASSERTS = /^(?:ansible\.(?:builtin|legacy)\.)?assert$/
const SET_FACTS = /^(?:ansible\.(?:builtin|legacy)\.)?set_fact$/

/** Whether a file holds plays or tasks; else it holds variables. */
export function holdsTasks(root: Node | undefined): boolean {
  return root?.kind === 'list'
}

/** Adds what the plays, blocks and tasks of a file define. */
export function define(root: Node | undefined, into: Definitions): void {
  for (const map of stepsIn(root)) {
    for (const { key, value } of map.entries) {
      if (key === 'vars')
        into.addAll(
          value,
          map.entries.some((entry) => entry.key === 'hosts'),
        )
      if (SET_FACTS.test(key)) into.addAll(value, false)
      if (key === 'register' && value.kind === 'scalar') into.addShape(String(value.value), RESULT)
    }
  }
}

/** All plays, blocks, tasks and uses of roles in a list of such. */
function* stepsIn(root: Node | undefined): Generator<MapNode> {
  if (root?.kind !== 'list') return
  for (const item of root.items) {
    if (item.kind !== 'map') continue
    yield item
    for (const { key, value } of item.entries) if (LISTS.includes(key)) yield* stepsIn(value)
  }
}

/** The texts of a file. */
export function textsIn(root: Node | undefined, definitions: Definitions): YamlText[] {
  const found: YamlText[] = []
  const shapeOf = (name: string) => definitions.shapeOf(name)
  if (holdsTasks(root)) steps(root!, definitions, found)
  else if (root !== undefined) values(root, shapeOf, found)
  // An alias stands for what has been met before.
  return [...new Map(found.map((text) => [text.node, text])).values()]
}

/** The tasks of a file that make a file of a template. */
export function templateTasksIn(root: Node | undefined, definitions: Definitions): TemplateTask[] {
  return [...stepsIn(root)].flatMap((map) =>
    map.entries
      .filter(({ key, value }) => TEMPLATES.test(key) && value.kind === 'map')
      .map(({ value }) => ({
        src: (value as MapNode).entries.find(({ key }) => key === 'src')?.value,
        args: value as MapNode,
        shapeOf: shapesOfTask(map, definitions),
      })),
  )
}

function steps(list: Node, definitions: Definitions, found: YamlText[]): void {
  if (list.kind !== 'list') return
  for (const item of list.items) {
    if (item.kind !== 'map') continue
    const shapeOf = shapesOfTask(item, definitions)
    for (const { key, value } of item.entries) {
      if (LISTS.includes(key) && value.kind === 'list') steps(value, definitions, found)
      else if (CONDITIONS.includes(key)) conditions(value, shapeOf, found)
      else if (ASSERTS.test(key) && value.kind === 'map') asserted(value, shapeOf, found)
      else values(value, shapeOf, found)
    }
  }
}

function asserted(args: MapNode, shapeOf: YamlText['shapeOf'], found: YamlText[]): void {
  for (const { key, value } of args.entries) {
    if (key === 'that') conditions(value, shapeOf, found)
    else values(value, shapeOf, found)
  }
}

function conditions(node: Node, shapeOf: YamlText['shapeOf'], found: YamlText[]): void {
  if (node.kind === 'list') for (const item of node.items) conditions(item, shapeOf, found)
  else if (node.kind === 'scalar' && typeof node.value === 'string' && !node.unsafe)
    found.push({ node: node as YamlText['node'], kind: 'expression', shapeOf })
}

function values(node: Node, shapeOf: YamlText['shapeOf'], found: YamlText[]): void {
  if (node.kind === 'list') for (const item of node.items) values(item, shapeOf, found)
  else if (node.kind === 'map') for (const { value } of node.entries) values(value, shapeOf, found)
  else if (isTemplateNode(node)) found.push({ node, kind: 'value', shapeOf })
}

/** The variables as a task has them: its own ones, and the item of its loop. */
function shapesOfTask(task: MapNode, definitions: Definitions): (name: string) => Shape {
  const entry = (name: string) => task.entries.find(({ key }) => key === name)?.value
  const loop = task.entries.find(({ key }) => /^(?:loop|with_\w+)$/.test(key))
  const control = entry('loop_control')
  const named =
    control?.kind === 'map' ? control.entries.find(({ key }) => key === 'loop_var')?.value : undefined
  const item = named?.kind === 'scalar' ? String(named.value) : 'item'
  const own = loop === undefined ? undefined : itemOf(loop.key, definitions.shapeOfNode(loop.value))
  return (name) => {
    if (name === item && own !== undefined) return own
    return name === 'item' ? UNKNOWN : definitions.shapeOf(name)
  }
}

function itemOf(key: string, list: Shape): Shape {
  if (key !== 'loop' && key !== 'with_items' && key !== 'with_list')
    return { ...UNKNOWN, mayBeMissing: false }
  const items = list.kinds?.size === 1 && list.kinds.has('list') ? list.items : undefined
  // with_items takes the items of lists that it meets.
  if (items === undefined || (key === 'with_items' && (items.kinds === undefined || items.kinds.has('list'))))
    return { ...UNKNOWN, mayBeMissing: false }
  return { ...items, mayBeMissing: false }
}
