import { readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Prepared } from '../engine/run.ts'
import { ProblemError } from '../values/problem.ts'

/** More files than this are no playbook: somebody runs one out of a home directory. */
const MOST = 20_000
/** Folders that no run needs. */
const UNUSED = new Set(['.git', '.hg', '.svn', 'node_modules', '__pycache__', '.venv'])

/** The files that workers need for a run: what was read of it, and what lies beside its playbooks and roles. */
export function filesOf({ playbooks, request }: Prepared, heard: Iterable<string>): Set<string> {
  const absolute = (path: string) => resolve(request.folder, path)
  const paths = new Set([...heard].map(absolute))
  for (const { path } of playbooks) add(dirname(absolute(path)), paths)
  return paths
}

function add(folder: string, paths: Set<string>): void {
  paths.add(folder)
  if (paths.size > MOST)
    throw new ProblemError({
      message: `more than ${MOST} files lie beside the playbook, and all would be sent to workers`,
      hint: 'keep playbooks in a folder of their own',
    })
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !UNUSED.has(entry.name)) add(path, paths)
    else if (!entry.isDirectory()) paths.add(path)
  }
}
