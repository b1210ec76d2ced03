// The lines of a file of PAM. Bytes are a text with a character a byte, as in `Edited`.

/** What a line of PAM asks for. */
export interface Rule {
  readonly type: string
  readonly control: string
  readonly path: string
  readonly args: readonly string[]
}

/** A line of the file, with the lines that continue it. */
export interface Line {
  /** As it stands there, with its end. */
  readonly text: string
  readonly kind: 'rule' | 'include' | 'nothing' | 'wrong'
  readonly rule?: Rule
  /** What stands behind the rule, from the space before "#" on. */
  readonly comment: string
}

const ARGUMENT = /\[(?:\\.|[^\]\\])*\]|\S+/gs
const RULE = /^(-?(?:auth|account|session|password))\s+(\[[^\]]*\]|[^\s[]\S*)\s+(\S+)(?:\s+(.*))?$/s

export function readLines(bytes: string): Line[] {
  // A comment is not continued.
  const lines = bytes.match(/[ \t]*#[^\n]*(?:\n|$)|(?:[^\n]*\\\n)*(?:[^\n]*\n|[^\n]+$)|[^\n]*\\\n$/g) ?? []
  return lines.map(readLine)
}

function readLine(text: string): Line {
  const whole = text.replace(/\n$/, '').replaceAll('\\\n', ' ').trim()
  if (whole === '' || whole.startsWith('#')) return { text, kind: 'nothing', comment: '' }
  if (whole.startsWith('@include')) return { text, kind: 'include', comment: '' }
  const [said, comment] = cutComment(whole)
  const [, type, control, path, args = ''] = RULE.exec(said) ?? []
  if (type === undefined) return { text, kind: 'wrong', comment: '' }
  const rule = { type, control: oneControl(control!), path: path!, args: argumentsOf([args]) }
  return { text, kind: 'rule', rule, comment }
}

function cutComment(text: string): [said: string, comment: string] {
  const at = text.search(/\s+#/)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)]
}

/** A control in the one form that two of them are compared in. */
export function oneControl(control: string): string {
  if (!control.startsWith('[')) return control
  const inside = control.replace(/^\[|\]$/g, '').replace(/\s*=\s*/g, '=')
  return `[${inside.trim().split(/\s+/).join(' ')}]`
}

/** Texts as the arguments of a rule: what is in brackets is one. */
export function argumentsOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.match(ARGUMENT) ?? [])
}

export function ruleText({ type, control, path, args }: Rule): string {
  return [`${type.padEnd(11)}${control}`, path, ...args].join(' ')
}

/** A line for a rule. */
export function lineFor(rule: Rule, comment = ''): Line {
  return { text: `${ruleText(rule)}${comment}\n`, kind: 'rule', rule, comment }
}

export function isSame(one: Rule | undefined, other: Rule): boolean {
  return one?.type === other.type && one.control === other.control && one.path === other.path
}

const CONTROLS = ['required', 'requisite', 'sufficient', 'optional', 'include', 'substack', 'definitive']
const RETURNED = [
  ...['success', 'open_err', 'symbol_err', 'service_err', 'system_err', 'buf_err', 'perm_denied', 'auth_err'],
  ...[
    'cred_insufficient',
    'authinfo_unavail',
    'user_unknown',
    'maxtries',
    'new_authtok_reqd',
    'acct_expired',
  ],
  ...['session_err', 'cred_unavail', 'cred_expired', 'cred_err', 'no_module_data', 'conv_err', 'authtok_err'],
  ...['authtok_recover_err', 'authtok_lock_busy', 'authtok_disable_aging', 'try_again', 'ignore', 'abort'],
  ...['authtok_expired', 'module_unknown', 'bad_item', 'conv_again', 'incomplete', 'default'],
]
const ACTIONS = /^(?:ignore|bad|die|ok|done|reset|\d+)$/

/** Why PAM would not take a control, as the start of a sentence. */
export function controlProblem(control: string): string | undefined {
  if (!control.startsWith('['))
    return CONTROLS.includes(control) ? undefined : `Rule control, ${control}, is not valid`
  for (const part of control.slice(1, -1).split(' ')) {
    const [value = '', action = ''] = part.split('=')
    if (!RETURNED.includes(value)) return `Rule control value, ${value}, is not valid`
    if (!ACTIONS.test(action)) return `Rule control action, ${action}, is not valid`
  }
  return undefined
}
