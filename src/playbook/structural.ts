import type { Module } from '../sdk/module.ts'
import { options } from '../sdk/options.ts'
import { metaVerbs } from './ast.ts'

/** What a task can be without a module: its arguments are declared as those of a module. */
export type Structural = Pick<Module, 'name' | 'summary' | 'options' | 'freeForm' | 'openEnded'>

const files = options({
  file: { type: 'str', required: true, help: 'The file of tasks.' },
  apply: { type: 'map', help: 'Keywords that the tasks within have: tags, become, when.' },
})

const roles = options({
  name: { type: 'str', required: true, help: 'The role.' },
  role: { type: 'str', help: 'Another name of name.' },
  tasks_from: { type: 'str', default: 'main', help: 'The file of its tasks that is run.' },
  handlers_from: { type: 'str', default: 'main', help: 'The file of its handlers.' },
  vars_from: { type: 'str', default: 'main', help: 'The file of its variables.' },
  defaults_from: { type: 'str', default: 'main', help: 'The file of its defaults.' },
  allow_duplicates: {
    type: 'bool',
    default: true,
    help: 'Run it again where the same has run before.',
  },
  apply: { type: 'map', help: 'Keywords that the tasks within have: tags, become, when.' },
  public: { type: 'bool', help: 'Its variables hold behind it too; they always do for an import.' },
  rolespec_validate: { type: 'bool', default: true, help: 'Check its arguments by its argument spec.' },
})

/** What stands where a module can, by its name. */
export const STRUCTURAL: Readonly<Record<string, Structural>> = {
  import_role: {
    name: 'import_role',
    summary: 'Puts a role in its place, before anything is run.',
    options: roles,
    freeForm: 'name' as never,
  },
  import_tasks: {
    name: 'import_tasks',
    summary: 'Puts the tasks of a file in its place, before anything is run.',
    options: files,
    freeForm: 'file' as never,
  },
  include: {
    name: 'include',
    summary: 'As include_tasks or import_tasks; old. What else it is given are variables.',
    options: files,
    freeForm: 'file' as never,
    openEnded: true,
  },
  include_role: {
    name: 'include_role',
    summary: 'Runs a role when the task is reached, for each item of its loop.',
    options: roles,
    freeForm: 'name' as never,
  },
  include_tasks: {
    name: 'include_tasks',
    summary: 'Runs the tasks of a file when the task is reached, for each item of its loop.',
    options: files,
    freeForm: 'file' as never,
  },
  meta: {
    name: 'meta',
    summary: 'Does something with the run itself.',
    options: options({
      free_form: { type: 'str', required: true, choices: metaVerbs, help: 'What is done.' },
    }),
    freeForm: 'free_form' as never,
  },
}
