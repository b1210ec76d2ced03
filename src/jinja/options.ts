/** How a template is written and what becomes of its line ends: Jinja2's options, as Ansible's template module has them. */
export interface Options {
  readonly blockStart: string
  readonly blockEnd: string
  readonly variableStart: string
  readonly variableEnd: string
  readonly commentStart: string
  readonly commentEnd: string
  /** The line end behind a statement goes away. */
  readonly trimBlocks: boolean
  /** Blanks before a statement go away when it begins its line. */
  readonly lstripBlocks: boolean
  readonly newline: string
  readonly keepTrailingNewline: boolean
  /** Backslashes in the texts of `{{ }}` stand for themselves, as in the values of a playbook. */
  readonly literalBackslashes: boolean
}

export const defaultOptions: Options = {
  blockStart: '{%',
  blockEnd: '%}',
  variableStart: '{{',
  variableEnd: '}}',
  commentStart: '{#',
  commentEnd: '#}',
  trimBlocks: true,
  lstripBlocks: false,
  newline: '\n',
  keepTrailingNewline: false,
  literalBackslashes: false,
}
