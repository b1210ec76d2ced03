import type { Location } from '../protocol/event.ts'
import type { Theme } from './paint.ts'
import { locationName } from './result.ts'
import { clean, pad, width } from './text.ts'

interface ShownSetting {
  readonly name: string
  readonly value: unknown
  /** A place in a file, a variable of the environment, or "default". */
  readonly from: Location | string
}

/** Every setting on a line: its value, and where that comes from. */
export function formatSettings(settings: readonly ShownSetting[], look: Theme): string {
  const rows = settings.map(({ name, value, from }) => [
    name,
    clean(value === undefined ? '(nothing)' : JSON.stringify(value)),
    clean(typeof from === 'string' ? from : locationName(from)),
  ])
  const [first, second] = [0, 1].map((at) => Math.max(0, ...rows.map((row) => width(row[at]!))))
  const lines = rows.map(
    ([name, value, from]) =>
      `${pad(name!, first!)}  ${pad(value!, second!)}  ${look.paint('place', from!)}\n`,
  )
  return lines.join('')
}

interface DescribedSetting {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly default: string | undefined
  /** `section.key` of ansible.cfg, and variables of the environment. */
  readonly cfg: readonly string[]
  readonly env: readonly string[]
}

/** Every setting with what it does and where it can be said. */
export function formatSettingList(settings: readonly DescribedSetting[], look: Theme): string {
  const part = (name: string, words: readonly string[]) =>
    words.length === 0 ? [] : [`  ${name}: ${words.join(', ')}`]
  return settings
    .map((one) =>
      [
        look.paint('bold', one.name),
        `  ${one.help}`,
        ...part('type', [one.type]),
        ...part('default', one.default === undefined ? [] : [one.default]),
        ...part('ansible.cfg', one.cfg),
        ...part('environment', one.env),
        '',
      ].join('\n'),
    )
    .join('\n')
}
