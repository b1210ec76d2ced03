import type { Value } from '../values/value.ts'
import type { Location } from './event.ts'

/** Why a variable has its value on a host, as plain data; nothing in it that was encrypted. */
export interface Explanation {
  readonly variable: string
  readonly host: string
  /** The play for whose tasks it holds; undefined where no playbook is asked about. */
  readonly play: { readonly name: string; readonly location: Location } | undefined
  /** What it is, templates rendered; undefined where nothing gives it yet, or it cannot be rendered. */
  readonly value: Value | undefined
  /** Why it cannot be. */
  readonly failure: string | undefined
  /** All that give it, highest first. */
  readonly places: readonly ExplainedPlace[]
  /** Why the place that wins does. */
  readonly why: string
  /** The variables that the template uses which wins. */
  readonly madeOf: readonly VariableUsed[]
}

export interface ExplainedPlace {
  /** Of Ansible's 22 levels of precedence; undefined above them. */
  readonly level: number | undefined
  readonly levelName: string
  /** The group, host or role whose variables they are. */
  readonly owner: string | undefined
  /** A file's place, or what it is in words. */
  readonly at: Location | string
  readonly written: Value | undefined
  /** The same with its templates rendered, where it holds some and that can be done. */
  readonly value: Value | undefined
  readonly wins: boolean
  /** The only tasks for which it holds. */
  readonly tasks: readonly string[] | undefined
  /** What sets it in the run. */
  readonly setBy: string | undefined
}

interface VariableUsed {
  readonly name: string
  readonly value: Value | undefined
  readonly at: Location | string
}
