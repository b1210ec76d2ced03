import { type Dirent, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { everyStep, type Runnable } from '../analysis/every-step.ts'
import { bundleOf } from '../engine/foreign/bundle.ts'
import type { Prepared } from '../engine/run.ts'
import { withDependencies } from '../playbook/roles.ts'
import { ProblemError } from '../values/problem.ts'

/** More files than this are no playbook: somebody runs one out of a home directory. */
const MOST = 20_000
/** Folders that no run needs. */
const UNUSED = new Set(['.git', '.hg', '.svn', 'node_modules', '__pycache__', '.venv'])
/** Modules whose `src` is a file or folder of the controller, unless `remote_src` says otherwise. */
const SENDING = /^(?:copy|template|script|unarchive|assemble|synchronize)$/

/**
 * The paths of the files that workers need for a run: what was read of it, the folders of its playbooks and roles, what
 * modules in Python import, and what tasks name outright. `heard` hears of what is read meanwhile. Raises ProblemError.
 */
export function filesOf({ playbooks, request, sources }: Prepared, heard: ReadonlySet<string>): Set<string> {
  const absolute = (path: string) => resolve(request.folder, path)
  const folders = new Set(playbooks.map(({ path }) => dirname(absolute(path))))
  const paths = new Set<string>()
  for (const play of playbooks.flatMap(({ plays }) => plays)) {
    const steps = everyStep(play, sources, []).steps
    const roles = [
      ...play.roles.flatMap(withDependencies).map(({ role }) => role),
      ...steps.map(({ role }) => role),
    ]
    for (const role of roles) if (role !== undefined) folders.add(absolute(role.path))
    for (const step of steps) {
      readProgram(step, paths)
      const source = sourceOf(step)
      if (source !== undefined) folders.add(source)
    }
  }
  for (const folder of folders) addTree(folder, paths)
  for (const path of heard) paths.add(absolute(path))
  return paths
}

/** Whatever reading it comes upon is heard of. */
function readProgram(step: Runnable, paths: Set<string>): void {
  const program = step.kind === 'task' ? step.module.program : undefined
  if (program === undefined) return
  paths.add(program.path)
  try {
    if (program.path.endsWith('.py')) bundleOf(program)
  } catch {
    // Its task says what is missing.
  }
}

/** The absolute path that a task sends, where it is written without a template. */
function sourceOf(step: Runnable): string | undefined {
  if (step.kind !== 'task' || !SENDING.test(step.module.name)) return undefined
  const { entries } = step.args
  const isRemote = entries.some(({ key }) => key === 'remote_src')
  const value = entries.find(({ key }) => key === 'src')?.value
  if (isRemote || value?.kind !== 'scalar' || typeof value.value !== 'string') return undefined
  return /^\/(?!.*\{[{%]).+/.test(value.value) ? value.value : undefined
}

function addTree(path: string, paths: Set<string>): void {
  paths.add(path)
  if (paths.size > MOST)
    throw new ProblemError({
      message: `more than ${MOST} files lie beside the playbook, and all would be sent to workers`,
      hint: 'keep playbooks in a folder of their own',
    })
  for (const entry of entriesOf(path)) {
    const below = join(path, entry.name)
    if (entry.isDirectory() && !UNUSED.has(entry.name)) addTree(below, paths)
    else if (!entry.isDirectory()) paths.add(below)
  }
}

/** Nothing in a file, or where nobody may look. */
function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch {
    return []
  }
}
