import { dirname } from 'node:path'
import type { Prepared } from '../engine/run.ts'
import { type Timed, untimed } from '../engine/spans.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { searchCollections } from '../playbook/collections.ts'
import { readExtraVars } from '../playbook/extra-vars.ts'
import { searchModules } from '../playbook/module-programs.ts'
import { playbookNamed, readPlaybook } from '../playbook/playbook.ts'
import { startPlugins } from '../plugins/templates.ts'
import type { RunRequest } from '../protocol/request.ts'
import type { Catalogue } from '../sdk/module.ts'
import { mergeMaps } from '../template/variables.ts'
import { forgetRuns } from '../values/of-run.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { unlockWith } from '../vault/keyring.ts'
import { Files, showPathsFrom, startLanguages } from '../yaml/files.ts'
import { doubleKeys, takeDoubleKeys } from '../yaml/yaml.ts'
import { checkRun } from './check.ts'

/**
 * Reads inventory and playbooks and checks them. Whoever gives an inventory that is known already has checked all of it
 * where that was read. Raises ProblemError with all that is wrong.
 */
export async function prepare(
  request: RunRequest,
  modules: Catalogue,
  timed: Timed = untimed,
  known?: Inventory,
): Promise<Prepared> {
  const { folder, selection, execution } = request
  forgetRuns()
  showPathsFrom(folder)
  unlockWith(request.vault)
  startLanguages(execution.templateLanguage)
  searchCollections(execution.collectionsPath)
  searchModules(execution)
  startPlugins()
  mergeMaps(execution.mergesMaps)
  takeDoubleKeys(execution.doubleKeys)
  const files = new Files()
  for (const [path, text] of Object.entries(request.texts ?? {})) files.take(path, text)
  const problems: Problem[] = []
  const extraVars = readExtraVars(request.variables)
  const { rolesPath, keywords } = execution
  const sources = { files, rolesPath, modules, keywords, extraVars }
  const playbooks = timed('playbooks', () =>
    request.playbooks.map((name) =>
      readPlaybook(name, playbookNamed(name, folder), { ...sources, problems }),
    ),
  )
  const playbookDirs = playbooks.flatMap(({ path, plays }) => [
    dirname(path),
    ...plays.map((play) => play.folder),
  ])
  const loaded = await timed('inventory', () =>
    known === undefined
      ? loadInventory(selection.inventory, {
          playbookDirs,
          cwd: folder,
          ignored: selection.ignored,
          extraVars,
        })
      : { inventory: known, problems: [], warnings: [], parsed: [] },
  )
  const { inventory, warnings, parsed } = loaded
  problems.push(...files.problems.splice(0), ...loaded.problems)
  const prepared = { request, inventory, playbooks, sources, extraVars, warnings, parsed }
  if (known === undefined) problems.push(...timed('checking', () => checkRun(prepared)))
  problems.push(...files.problems)
  if (problems.length > 0) throw new ProblemError(problems)
  return { ...prepared, warnings: eachOnce([...warnings, ...doubleKeys()]) }
}

/** A file that is imported twice is warned of once. */
function eachOnce(warnings: readonly Problem[]): Problem[] {
  const key = ({ message, place }: Problem) => `${message}\0${place?.source.path}\0${place?.start}`
  return [...new Map(warnings.map((warning) => [key(warning), warning])).values()]
}
