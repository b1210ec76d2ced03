import { CONNECTION_VARIABLES } from '../inventory/connection/described.ts'
import { PLUGINS } from '../inventory/sources/plugin.ts'
import { documentSchema, either, type Properties, reference, type SchemaObject } from './json-schema.ts'
import { closed } from './tasks.ts'
import { optionSchema } from './values.ts'

/** An inventory in YAML: groups by name, or what an inventory plugin reads. */
export function inventorySchema(): SchemaObject {
  const variables = Object.fromEntries(
    Object.entries(CONNECTION_VARIABLES).map(([name, description]) => [name, { description }]),
  )
  return documentSchema('Inventory', {
    type: 'object',
    ...either(
      { required: ['plugin'] },
      { properties: pluginOptions() },
      {
        properties: { hosts: false, vars: false, children: false },
        additionalProperties: reference('group'),
      },
    ),
    definitions: {
      group: {
        type: ['object', 'null'],
        ...closed({
          hosts: {
            type: ['object', 'string', 'null'],
            description: 'The hosts of the group by name, each with its variables.',
            additionalProperties: reference('variables'),
          },
          children: {
            type: ['object', 'string', 'null'],
            description: 'The groups within it by name.',
            additionalProperties: reference('group'),
          },
          vars: reference('variables'),
        }),
      },
      variables: {
        type: ['object', 'null'],
        description: 'Variables by name.',
        properties: variables,
      },
    },
  })
}

/** Those of all plugins together: one of one's own may take others. */
function pluginOptions(): Properties {
  const options = Object.values(PLUGINS).flatMap((plugin) => Object.entries(plugin.options))
  return {
    ...Object.fromEntries(options.map(([name, option]) => [name, optionSchema(option)])),
    plugin: { type: 'string', description: `The plugin: ${Object.keys(PLUGINS).join(', ')}, or one's own.` },
  }
}
