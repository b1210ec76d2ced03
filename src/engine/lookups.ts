import { select } from '../inventory/pattern.ts'
import type { Subfolder } from '../lookups/define.ts'
import { lookUp } from '../lookups/index.ts'
import type { Play, Step } from '../playbook/ast.ts'
import { TemplateContext } from '../template/context.ts'
import { fileVariables } from '../template/file-variables.ts'
import type { Lookups } from '../template/variables.ts'
import { readOften } from '../yaml/files.ts'
import { localPaths, type Standing } from './arguments.ts'
import type { Run } from './run.ts'

/** Where the templates stand that look something up: in a step, or in the play itself. */
export type Asking = Standing & { readonly kind?: Step['kind']; readonly action?: string }

/** The lookups of the templates of a step; `isAhead` when its turn has not come. */
export function lookupsOf(asking: Asking, play: Play, run: Run, isAhead: boolean): Lookups {
  return (name, terms, named, variables) =>
    lookUp(name, terms, named, {
      variables,
      renderFile: (path, more, converts, options) => {
        const read = readOften(path)
        if (!('source' in read)) throw new Error(read.message)
        const { source } = read
        const managed = String(variables.get('ansible_managed'))
        const scope = new TemplateContext(variables).over(fileVariables(path, path, managed)).with(more)
        return converts ? scope.renderFileValue(source, options) : scope.renderFile(source, options)
      },
      paths: (file, subfolder) => localPaths(file, subfolder, asking, play),
      subfolder: subfolderOf(asking),
      folder: play.folder,
      hosts: (patterns) => select(run.inventory, patterns).hosts.map((host) => host.name),
      isAhead,
    })
}

/** As in Ansible, the name of the action says where first_found looks. */
function subfolderOf({ kind, action = kind ?? '' }: Asking): Subfolder {
  if (action.includes('template')) return 'templates'
  return action.includes('var') ? 'vars' : 'files'
}
