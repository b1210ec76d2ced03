import type { Catalogue } from '../sdk/module.ts'
import { argumentSpecsSchema } from './argument-specs.ts'
import { inventorySchema } from './inventory.ts'
import type { SchemaObject } from './json-schema.ts'
import { playbookSchema, tasksSchema } from './playbook.ts'
import { type SettingsTable, settingsSchema } from './settings.ts'

/** What schemas are made of. */
interface Described {
  readonly modules: Catalogue
  readonly settings: SettingsTable
}

interface Schema {
  /** The files that it is for. */
  readonly summary: string
  make(described: Described): SchemaObject
}

/** The schemas by kind. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  playbook: { summary: 'playbooks', make: ({ modules }) => playbookSchema(modules) },
  tasks: { summary: 'files of tasks and handlers', make: ({ modules }) => tasksSchema(modules) },
  inventory: { summary: 'inventories in YAML', make: inventorySchema },
  argument_specs: { summary: 'meta/argument_specs.yml of roles', make: argumentSpecsSchema },
  settings: { summary: 'playssh.yml', make: ({ settings }) => settingsSchema(settings) },
}
