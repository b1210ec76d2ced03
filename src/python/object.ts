/**
 * A value of one of Python's classes that JSON has nothing for, such as a date: what expressions see of it. `toString`
 * is Python's str.
 */
export abstract class PythonObject {
  /** The name of its class in Python. */
  abstract readonly typeName: string

  /** An attribute, or undefined if there is none of this name. A method is a function of its arguments. */
  abstract attribute(name: string): unknown

  /** As Python's repr writes it. */
  abstract repr(): string

  abstract toString(): string

  /** `this + other`, or undefined if Python has no such sum. */
  abstract plus(other: unknown): unknown

  /** `this - other`, or undefined if Python has no such difference. */
  abstract minus(other: unknown): unknown

  /** Below 0, 0 or above 0 as this comes before, with or after another; undefined if they cannot be compared. */
  abstract compare(other: unknown): number | undefined

  /** What `to_json` writes of it, as a text. */
  abstract toJsonText(): string

  /** What `to_yaml` writes of it, as a plain scalar; undefined if YAML has none for it. */
  toYaml(): { readonly tag: 'timestamp'; readonly text: string } | undefined {
    return undefined
  }
}
