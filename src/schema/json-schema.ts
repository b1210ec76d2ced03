/** A JSON Schema, as draft 07 has it (https://json-schema.org/draft-07). */
export type JsonSchema = boolean | SchemaObject

export interface SchemaObject {
  readonly $schema?: string
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: JsonType | readonly JsonType[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly pattern?: string
  /** Said by editors where the pattern does not fit; no part of JSON Schema. */
  readonly patternErrorMessage?: string
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly properties?: Properties
  readonly patternProperties?: Properties
  readonly propertyNames?: JsonSchema
  readonly additionalProperties?: JsonSchema
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly not?: JsonSchema
  readonly if?: JsonSchema
  readonly then?: JsonSchema
  readonly else?: JsonSchema
  readonly definitions?: Properties
}

type JsonType = 'array' | 'boolean' | 'integer' | 'null' | 'number' | 'object' | 'string'

export type Properties = Readonly<Record<string, JsonSchema>>

/** A file's whole schema. */
export function documentSchema(title: string, schema: SchemaObject): SchemaObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...schema }
}

/** Where a definition of the same file stands; what is written beside it does not count. */
export function reference(name: string): SchemaObject {
  return { $ref: `#/definitions/${name}` }
}

/** What holds for values that fit a condition, and what for the others. */
export function either(condition: JsonSchema, fits: JsonSchema, others: JsonSchema): SchemaObject {
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
  return { if: condition, then: fits, else: others }
}
