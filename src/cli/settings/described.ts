import type { Setting } from './setting.ts'
import { SETTINGS } from './table.ts'

/** What there is to say of each setting, by its name. */
export function describedSettings() {
  return Object.fromEntries(
    Object.entries(SETTINGS).map(
      ([name, { type, otherwise, help, cfg, env }]: [string, Setting<unknown>]) => [
        name,
        { name, help, type: type.name, takes: type.takes, default: otherwise, cfg, env },
      ],
    ),
  )
}
