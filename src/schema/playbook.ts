import type { Catalogue } from '../sdk/module.ts'
import { documentSchema, either, type SchemaObject } from './json-schema.ts'
import { closed, keywordProperties, taskDefinitions, tasks } from './tasks.ts'

/** A playbook: a list of plays and imports. */
export function playbookSchema(modules: Catalogue): SchemaObject {
  const { import_playbook, ...others } = keywordProperties('import')
  const imported = { import_playbook: import_playbook!, 'ansible.builtin.import_playbook': import_playbook! }
  return documentSchema('Playbook', {
    type: 'array',
    items: {
      type: 'object',
      ...either(
        { anyOf: Object.keys(imported).map((name) => ({ type: 'object', required: [name] })) },
        closed({ ...imported, ...others }),
        { ...closed(keywordProperties('play')), required: ['hosts'] },
      ),
    },
    definitions: taskDefinitions(modules),
  })
}

/** A file of tasks or handlers. */
export function tasksSchema(modules: Catalogue): SchemaObject {
  return documentSchema('Tasks', { ...tasks, definitions: taskDefinitions(modules) })
}
