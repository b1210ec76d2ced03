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

/** The options by the names that Ansible has for them, and the first lines of templates. */
export const optionNames: Readonly<Record<string, keyof Options>> = {
  block_start_string: 'blockStart',
  block_end_string: 'blockEnd',
  variable_start_string: 'variableStart',
  variable_end_string: 'variableEnd',
  comment_start_string: 'commentStart',
  comment_end_string: 'commentEnd',
  trim_blocks: 'trimBlocks',
  lstrip_blocks: 'lstripBlocks',
  newline_sequence: 'newline',
  keep_trailing_newline: 'keepTrailingNewline',
}
