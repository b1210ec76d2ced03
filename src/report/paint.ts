import type { Status } from '../protocol/event.ts'

export type Style =
  | Status
  | 'bold'
  | 'dim'
  | 'removed'
  | 'added'
  | 'hunk'
  | 'place'
  | 'hint'
  | 'warning'
  | 'deprecated'
  | 'prompt'
  | 'verbose'
  | 'debug'

const codes: Record<Style, [on: number, off: number]> = {
  ok: [32, 39],
  changed: [33, 39],
  failed: [31, 39],
  unreachable: [35, 39],
  skipped: [2, 22],
  bold: [1, 22],
  dim: [2, 22],
  removed: [31, 39],
  added: [32, 39],
  place: [36, 39],
  hint: [36, 39],
  hunk: [36, 39],
  warning: [33, 39],
  deprecated: [35, 39],
  prompt: [1, 22],
  verbose: [2, 22],
  debug: [2, 22],
}

/** How a report may look: with colours or without, with pictures or in plain ASCII. */
export interface Theme {
  paint(style: Style, text: string): string
  readonly symbols: Symbols
}

export interface Symbols {
  readonly spinner: readonly string[]
  readonly status: Record<Status, string>
  readonly full: string
  readonly rest: string
  readonly dot: string
  readonly cut: string
}

const pictures: Symbols = {
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  status: { ok: '✓', changed: '±', failed: '✗', skipped: '·', unreachable: '↯' },
  full: '━',
  rest: '─',
  dot: '·',
  cut: '…',
}

const ascii: Symbols = {
  spinner: ['|', '/', '-', '\\'],
  status: { ok: '+', changed: '~', failed: 'x', skipped: '.', unreachable: '!' },
  full: '#',
  rest: '-',
  dot: '-',
  cut: '...',
}

export interface ThemeOptions {
  readonly color: boolean
  readonly unicode: boolean
  /** Parameters of control sequences in place of those that styles have otherwise; an empty one for no colour. */
  readonly own?: ReadonlyMap<Style, string>
}

export function createTheme({ color, unicode, own }: ThemeOptions): Theme {
  return {
    paint: (style, text) => {
      if (!color || text === '') return text
      const code = own?.get(style)
      if (code === '') return text
      if (code !== undefined) return `\x1b[${code}m${text}\x1b[22;39m`
      const [on, off] = codes[style]
      return `\x1b[${on}m${text}\x1b[${off}m`
    },
    symbols: unicode ? pictures : ascii,
  }
}

/** Terminals that show UTF-8, by the variables that they set: on Windows, and behind ssh, nobody says a locale. */
const UTF8_TERMINALS = /^(vscode|iTerm\.app|Apple_Terminal|WezTerm|ghostty)$/

/** Whether the locale says that the terminal shows UTF-8; where there is none, whether the terminal is known to. */
export function showsUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  if (env.TERM === 'linux') return false
  if (locale !== '') return /utf-?8/i.test(locale)
  return Boolean(env.WT_SESSION) || UTF8_TERMINALS.test(env.TERM_PROGRAM ?? '')
}
