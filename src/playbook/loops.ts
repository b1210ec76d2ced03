import { isTemplateNode } from '../template/template.ts'
import type { ScalarNode } from '../values/value.ts'
import { isVariableName } from '../values/variable-name.ts'
import { Fields } from '../yaml/fields.ts'
import type { Loop } from './ast.ts'
import { LOOP_CONTROL } from './keywords.ts'
import type { Reading } from './reading.ts'

/** A loop over what a lookup finds: with_items, with_fileglob. */
export const WITH = 'with_'

/** The loop of a task; undefined where it has none. */
export function readLoop(fields: Fields, reading: Reading): Loop | undefined {
  const control = fields.map('loop_control')
  const controls = control && new Fields(control, reading.problems)
  controls?.rejectUnknown('loop_control', Object.keys(LOOP_CONTROL))
  const [written, second] = fields.node.entries.filter(({ key }) => key === 'loop' || key.startsWith(WITH))
  if (written === undefined) return undefined
  if (second !== undefined) {
    const message = `a task has one loop: "${written.key}" and "${second.key}" are two`
    reading.problems.push({ message, place: second.keyPlace })
  }
  return {
    items: written.value,
    lookup: written.key === 'loop' ? undefined : written.key.slice(WITH.length),
    variable: controls && readLoopName(controls, 'loop_var', reading),
    indexVariable: controls && readLoopName(controls, 'index_var', reading),
    label: controls?.get('label'),
    pause: controls?.get('pause'),
    extended: controls?.get('extended'),
    allItems: controls?.get('extended_allitems'),
  }
}

/** A name that may be a template, which is looked at when the loop is. */
function readLoopName(controls: Fields, key: string, reading: Reading): ScalarNode | undefined {
  const node = controls.scalar(key)
  if (node === undefined || isTemplateNode(node)) return node
  return readName(controls, key, reading) === undefined ? undefined : node
}

/** The name of a variable that a keyword gives; what cannot be one is a problem. */
export function readName(fields: Fields, key: string, reading: Reading): string | undefined {
  const node = fields.scalar(key)
  if (node === undefined) return undefined
  const name = String(node.value)
  if (isVariableName(name)) return name
  const message = `"${name}" cannot be a variable's name`
  reading.problems.push({ message, place: node.place, hint: 'use letters, digits and _, and no digit first' })
  return undefined
}
