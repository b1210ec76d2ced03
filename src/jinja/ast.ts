/** What all parts of a template have: offsets into its text. */
interface Span {
  readonly start: number
  readonly end: number
}

/** The arguments of a call, filter or test: by place, by name, and as `*list` and `**map`. */
export interface Arguments {
  readonly args: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression }[]
  readonly rest?: Expression | undefined
  readonly restNamed?: Expression | undefined
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

export type Name = Span & { readonly kind: 'name'; readonly name: string }
type Tuple = Span & { readonly kind: 'tuple'; readonly items: readonly Expression[] }
export type Call = Span & { readonly kind: 'call'; readonly of: Expression } & Arguments
/** A filter; without a value at the head of a filter block. */
export type Filter = Span & {
  readonly kind: 'filter'
  readonly of: Expression | undefined
  readonly name: string
  readonly nameEnd: number
} & Arguments
export type Test = Span & {
  readonly kind: 'test'
  readonly of: Expression
  readonly name: string
  readonly nameStart: number
} & Arguments

export type Expression =
  | (Span & { readonly kind: 'literal'; readonly value: unknown })
  | Name
  | Tuple
  | (Span & { readonly kind: 'list'; readonly items: readonly Expression[] })
  | (Span & { readonly kind: 'dict'; readonly pairs: readonly (readonly [Expression, Expression])[] })
  | (Span & { readonly kind: 'attribute'; readonly of: Expression; readonly name: string })
  | (Span & { readonly kind: 'item'; readonly of: Expression; readonly index: Expression })
  | (Span & {
      readonly kind: 'slice'
      readonly from: Expression | undefined
      readonly to: Expression | undefined
      readonly step: Expression | undefined
    })
  | Call
  | Filter
  | Test
  | (Span & { readonly kind: 'not' | 'negative' | 'positive'; readonly of: Expression })
  | (Span & { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression })
  | (Span & {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    })
  | (Span & { readonly kind: 'concat'; readonly parts: readonly Expression[] })
  | (Span & {
      readonly kind: 'compare'
      readonly first: Expression
      readonly others: readonly { readonly operator: Comparison; readonly right: Expression }[]
    })
  | (Span & {
      readonly kind: 'choice'
      readonly condition: Expression
      readonly yes: Expression
      readonly no: Expression | undefined
    })

/** What can be set: a name, an entry of a namespace, several of them. */
export type Target =
  | Name
  | (Span & { readonly kind: 'entry'; readonly name: string; readonly entry: string })
  | (Span & { readonly kind: 'targets'; readonly items: readonly Target[] })

export interface Parameter {
  readonly name: string
  readonly fallback: Expression | undefined
}

export type Body = readonly Statement[]

export type For = Span & {
  readonly kind: 'for'
  readonly target: Target
  readonly of: Expression
  readonly condition: Expression | undefined
  readonly recursive: boolean
  readonly body: Body
  readonly otherwise: Body
}
type Macro = Span & {
  readonly kind: 'macro'
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: Body
}
export type CallBlock = Span & {
  readonly kind: 'call block'
  readonly call: Call
  readonly parameters: readonly Parameter[]
  readonly body: Body
}
export type Block = Span & {
  readonly kind: 'block'
  readonly name: string
  readonly scoped: boolean
  readonly required: boolean
  readonly body: Body
}
export type Include = Span & {
  readonly kind: 'include'
  readonly template: Expression
  readonly ignoreMissing: boolean
  readonly withContext: boolean
}
export type Import = Span & {
  readonly kind: 'import'
  readonly template: Expression
  readonly withContext: boolean
  /** The name that all of it gets, or what is taken out of it and under which name. */
  readonly as: string | readonly { readonly name: string; readonly as: string }[]
}

export type Statement =
  | (Span & { readonly kind: 'text'; readonly text: string })
  | (Span & { readonly kind: 'print'; readonly value: Expression })
  | (Span & {
      readonly kind: 'if'
      readonly branches: readonly { readonly condition: Expression; readonly body: Body }[]
      readonly otherwise: Body
    })
  | For
  | (Span & { readonly kind: 'set'; readonly target: Target; readonly value: Expression })
  | (Span & {
      readonly kind: 'set block'
      readonly target: Target
      readonly filter: Filter | undefined
      readonly body: Body
    })
  | (Span & {
      readonly kind: 'with'
      readonly bindings: readonly { readonly target: Target; readonly value: Expression }[]
      readonly body: Body
    })
  | Macro
  | CallBlock
  | (Span & { readonly kind: 'filter block'; readonly filter: Filter; readonly body: Body })
  | Block
  | (Span & { readonly kind: 'extends'; readonly template: Expression })
  | Include
  | Import
  | (Span & { readonly kind: 'do'; readonly value: Expression })
  | (Span & { readonly kind: 'scope'; readonly body: Body })
  | (Span & { readonly kind: 'break' | 'continue' })
