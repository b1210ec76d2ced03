import type { Fields } from './columns.ts'

/** What of runs, events and results stands in columns: see schema.sql. */

export const RUN = {
  folder: 'text',
  limited_to: 'text',
} as const satisfies Fields

export const HOST = {
  host: 'text',
  ok: 'number',
  changed: 'number',
  failures: 'number',
  unreachable: 'number',
  skipped: 'number',
  rescued: 'number',
  ignored: 'number',
} as const satisfies Fields

const PLACE = { file: 'text', line: 'number', column: 'number' } as const satisfies Fields

export const PLAY = {
  ...{ play: 'number', name: 'text', ...PLACE },
  ...{ hosts: 'json', reason: 'text' },
} as const satisfies Fields

export const TASK = {
  ...{ task: 'number', play: 'number', name: 'text', action: 'text', ...PLACE },
  ...{ handler: 'flag', hosts: 'json' },
} as const satisfies Fields

const OUTCOME = {
  ...{ status: 'text', seconds: 'number', message: 'text' },
  ...{ ignored: 'flag', returned: 'json' },
} as const satisfies Fields

export const RESULT = { task: 'number', host: 'text', ...OUTCOME } as const satisfies Fields

export const ITEM = { label: 'text', ...OUTCOME } as const satisfies Fields

export const CHANGE = {
  ...{ what: 'text', before: 'json', after: 'json' },
  ...{ text_before: 'text', text_after: 'text' },
} as const satisfies Fields

export const EVENT = { type: 'text', task: 'number', host: 'text' } as const satisfies Fields

export const FINDING = { host: 'text', status: 'text', what: 'text' } as const satisfies Fields
