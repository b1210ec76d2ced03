import type { Display, Format } from '../../protocol/request.ts'
import { ADDED, FORMATS, plainName, SHOWN } from '../../report/formats.ts'
import type { Settings } from './settings.ts'

/** Callbacks that are not here, and which format shows what they show. */
const LIKE_DEFAULT = ['yaml', 'debug', 'skippy']

/** What the settings say of the output; callbacks that are not here are warned of, and do nothing. */
export function formatOf(settings: Settings, warnings: string[]): Format {
  const { stdout_callback: callback = 'default', callbacks_enabled } = settings
  const named = plainName(callback)
  const shown = SHOWN.find((name) => name === named)
  if (shown === undefined && !LIKE_DEFAULT.includes(named))
    warnings.push(
      `stdout_callback is "${callback}", which is not here: the output is default, and not ${SHOWN.slice(1).join(', ')}`,
    )
  const names = callbacks_enabled.map(plainName)
  const unknown = callbacks_enabled.filter((name) => !FORMATS.includes(plainName(name)))
  if (unknown.length > 0)
    warnings.push(`callbacks_enabled: ${unknown.join(', ')}: not here; there are ${ADDED.join(', ')}`)
  return { shown: shown ?? 'default', added: ADDED.filter((name) => names.includes(name)) }
}

/** Colours or none, whatever the output is; undefined if nothing is said. */
export function colorOf({ nocolor, force_color }: Settings): boolean | undefined {
  return nocolor ? false : force_color || undefined
}

export function displayOf(settings: Settings): Display {
  const named = plainName(settings.stdout_callback ?? 'default')
  const colors = Object.entries(settings).flatMap(([name, value]) =>
    name.startsWith('color_') && typeof value === 'string' ? [[name.slice('color_'.length), value]] : [],
  )
  return {
    ok: settings.display_ok_hosts,
    skipped: settings.display_skipped_hosts && named !== 'skippy',
    failedToStderr: settings.display_failed_stderr,
    starts: settings.show_per_host_start,
    checkMarkers: settings.check_mode_markers,
    customStats: settings.show_custom_stats,
    deprecations: settings.deprecation_warnings,
    results: named === 'yaml' ? 'yaml' : settings.callback_result_format,
    pretty: settings.callback_format_pretty,
    colors: Object.fromEntries(colors),
  }
}
