/** What an expression says is to be made, within what `parent` selects. */
export type Making = { readonly parent: string } & (
  | {
      readonly kind: 'element'
      readonly name: string
      readonly text: string | undefined
      /** What stands in brackets: expressions of what is to be in the new element. */
      readonly conditions: readonly string[]
    }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'text'; readonly value: string }
)

const PART = '[a-zA-Z-][a-zA-Z0-9_.-]*'
const NAME = `(${PART}(?::${PART})?)`
const TEXT = `('.*'|".*")`

const ELEMENT = new RegExp(`^(.*)/${NAME}$`)
const ELEMENT_WITH_TEXT = new RegExp(`^(.*)/${NAME}/text\\(\\)=${TEXT}$`)
const ATTRIBUTE = new RegExp(`^(.*)/@${NAME}(?:=${TEXT})?$`)
const ELEMENT_WITH_CONDITIONS = new RegExp(`^(.*)/${NAME}\\[(.*)\\]$`)
const TEXT_ONLY = new RegExp(`^(.*)/text\\(\\)=${TEXT}$`)

/** What an expression asks to be made; undefined for one that is no path of names. */
export function making(xpath: string): Making | undefined {
  const given = xpath.trim()
  const element = ELEMENT.exec(given) ?? ELEMENT_WITH_TEXT.exec(given)
  if (element !== null) {
    const [, parent = '', name = '', text] = element
    return { kind: 'element', parent, name, text: text?.slice(1, -1), conditions: [] }
  }
  const attribute = ATTRIBUTE.exec(given)
  if (attribute !== null) {
    const [, parent = '', name = '', value] = attribute
    return { kind: 'attribute', parent, name, value: value?.slice(1, -1) }
  }
  const conditional = ELEMENT_WITH_CONDITIONS.exec(given)
  if (conditional !== null) {
    const [, parent = '', name = '', written = ''] = conditional
    const conditions = written.split(' and ').map((condition) => condition.trim())
    return { kind: 'element', parent, name, text: undefined, conditions }
  }
  const only = TEXT_ONLY.exec(given)
  return only === null ? undefined : { kind: 'text', parent: only[1]!, value: only[2]!.slice(1, -1) }
}
