import { failureOf } from '../../../host/edit.ts'
import { describe } from '../../../host/file-state.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import { readWritten } from '../../../host/write.ts'
import type { ModuleResult, Outcome } from '../../../sdk/module.ts'
import { declared } from './options.ts'
import { plan } from './plan.ts'
import { type Args, destOf, parse, probe, type State } from './probe.ts'

/**
 * Packs files. Semantics: community.general.archive, but an archive that holds the same names, sizes and times already
 * stays as it is.
 */
export const archive = defineMarkedModule<typeof declared, State>(
  {
    name: 'archive',
    summary: 'Packs files and folders of the host into an archive there, or compresses one.',
    options: declared,
    validate: problems,
    probe,
    parse,
    plan,
    interpret: conclude,
  },
  { paths: (args) => [destOf(args)], places: (args) => [{ path: destOf(args), follow: true }] },
)

function problems({ path, dest, exclude_path }: Partial<Args>): string[] {
  const found = [...(path ?? []), ...(exclude_path ?? [])].includes('') ? ['path: "" is not a path'] : []
  if (path?.length === 0) found.push('path: at least one is needed')
  if (dest !== undefined && /(^|\/)$/.test(dest))
    found.push(`dest: ${JSON.stringify(dest)} is not a path of a file`)
  return found
}

function conclude(outcomes: Outcome[]): ModuleResult {
  const failed = failureOf(outcomes)
  if (failed !== undefined) return failed
  const wrote = outcomes.find((outcome) => outcome.stdout.includes('\0'))
  const file = wrote === undefined ? undefined : readWritten(wrote).file
  return file === undefined ? {} : { result: describe(file) }
}
