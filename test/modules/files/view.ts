import type { ModuleContext } from '../../../src/sdk/module.ts'

/** What fetch is told of the host h1 and of the folder of the playbook. */
export function viewIn(folder: string, more: Partial<ModuleContext>): ModuleContext {
  return { check: false, diff: false, host: 'h1', folder, ...more }
}
