import { OPTION_TYPES } from '../engine/task/controls/argument-spec/types.ts'
import { documentSchema, type Properties, reference, type SchemaObject } from './json-schema.ts'
import { closed } from './tasks.ts'

const text = { type: ['string', 'number', 'null'] } as const
const texts = { type: ['string', 'array', 'null'], items: text } as const
const names = { type: 'array', items: { type: 'array', items: { type: 'string' } } } as const

/** What goes for several options together, in a spec and in the options of an option. */
const TOGETHER: Properties = {
  mutually_exclusive: { ...names, description: 'Options of which one at most is given.', items: true },
  required_together: { ...names, description: 'Options of which all are given, or none.' },
  required_one_of: { ...names, description: 'Options of which one at least is given.' },
  required_if: { type: 'array', description: 'An option, its value, and the options that this needs.' },
  required_by: { type: 'object', description: 'Options that an option needs, by its name.' },
}

/** The file meta/argument_specs.yml of a role. */
export function argumentSpecsSchema(): SchemaObject {
  const type = { enum: OPTION_TYPES, description: 'What the value is; str if nothing is said.' }
  const options = { type: ['object', 'null'], additionalProperties: reference('option') } as const
  return documentSchema('Argument specs of a role', {
    type: 'object',
    ...closed({
      argument_specs: {
        type: ['object', 'null'],
        description:
          'The ways into the role, by the names of their files of tasks: main, and those of tasks_from.',
        additionalProperties: reference('entry'),
      },
    }),
    required: ['argument_specs'],
    definitions: {
      entry: {
        type: ['object', 'null'],
        ...closed({
          short_description: { ...text, description: 'What it does, in one line.' },
          description: { ...texts, description: 'The same at length; a list has a paragraph each.' },
          author: { ...texts, description: 'Who has written it.' },
          options: { ...options, description: 'The variables that it takes, by name.' },
          version_added: { ...text, description: 'Since when it is there.' },
          seealso: { type: 'array', description: 'What is near it.' },
          notes: texts,
          examples: { description: 'How it is used.' },
          deprecated: { type: 'object', description: 'Why it is left, and for what.' },
          ...TOGETHER,
        }),
      },
      option: {
        type: ['object', 'null'],
        ...closed({
          type,
          elements: { ...type, description: 'What the values of a list are.' },
          description: { ...texts, description: 'What it is for.' },
          required: { type: 'boolean', description: 'Whether it must be given.' },
          default: { description: 'What holds when it is not given; the role sets it in its defaults too.' },
          choices: { type: ['array', 'object'], description: 'The values that it can have.' },
          options: { ...options, description: 'What a map holds, or the maps of a list.' },
          apply_defaults: {
            type: 'boolean',
            description: 'The defaults of options hold though it is not given.',
          },
          aliases: { type: 'array', items: { type: 'string' }, description: 'Other names of it.' },
          no_log: { type: 'boolean', description: 'It is a secret.' },
          version_added: { ...text, description: 'Since when it is there.' },
          fallback: { description: 'Where else it is looked for.' },
          removed_in_version: text,
          removed_at_date: text,
          removed_from_collection: text,
          deprecated_aliases: { type: 'array' },
          ...TOGETHER,
        }),
      },
    },
  })
}
