import type { DescribedSetting } from '../manual/words.ts'
import { documentSchema, type SchemaObject } from './json-schema.ts'
import { closed } from './tasks.ts'
import { truth } from './values.ts'

/** What is written for a setting: one text, one or a list of them, a truth, a number between two, or one of some words. */
export type Takes =
  | { readonly kind: 'text' | 'list' | 'truth' }
  | { readonly kind: 'number'; readonly above: number; readonly most: number; readonly whole: boolean }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }

export type SettingsTable = Readonly<Record<string, DescribedSetting & { readonly takes: Takes }>>

/** The file playssh.yml. */
export function settingsSchema(settings: SettingsTable): SchemaObject {
  const properties = Object.entries(settings).map(([name, { help, default: otherwise, takes }]) => [
    name,
    { description: otherwise === undefined ? help : `${help} Else: ${otherwise}`, ...taken(takes) },
  ])
  return documentSchema('Settings of playssh', {
    type: ['object', 'null'],
    ...closed(Object.fromEntries(properties)),
  })
}

function taken(takes: Takes): SchemaObject {
  switch (takes.kind) {
    case 'choice':
      return { enum: [...takes.choices, null] }
    case 'list':
      return { type: ['array', 'string', 'number', 'null'], items: { type: ['string', 'number', 'boolean'] } }
    case 'number': {
      const { above, most, whole } = takes
      return {
        type: [whole ? 'integer' : 'number', 'null'],
        exclusiveMinimum: above,
        ...(most !== Number.POSITIVE_INFINITY && { maximum: most }),
      }
    }
    case 'text':
      return { type: ['string', 'number', 'boolean', 'null'] }
    case 'truth':
      return truth
  }
}
