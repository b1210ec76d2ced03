import { resolve } from 'node:path'
import { type InstallRequest, install } from '../../../galaxy/install.ts'
import { lockPath } from '../../../galaxy/lock.ts'
import type { Outcome } from '../../../galaxy/request.ts'
import { readRequirements } from '../../../galaxy/requirements.ts'
import type { Wanted } from '../../../galaxy/wanted.ts'
import { collectionWords, roleWords, wantedCollection, wantedRole } from '../../../galaxy/written.ts'
import { formatWarning } from '../../../report/index.ts'
import { ProblemError } from '../../../values/problem.ts'
import { masked } from '../../../vault/secrets.ts'
import { firstFile, shownPath } from '../../../yaml/files.ts'
import { type Asked, type InstallFlags, serversOf } from './asked.ts'

/** `run install [NAME...]`: installs what is named, or what a file asks for. Raises ProblemError. */
export async function installWanted(asked: Asked): Promise<number> {
  const { flags, settings } = asked
  const file = asked.names.length === 0 || flags.requirementsFile !== undefined ? fileAsked(flags) : undefined
  const outcomes = await install({
    wanted: file === undefined ? namedWanted(asked) : ofKind(readRequirements(file), asked),
    rolesPath: asked.rolesPath[0]!,
    collectionsPath: asked.collectionsPath[0]!,
    servers: serversOf(asked),
    options: {
      force: flags.forceWithDeps ? 'all' : flags.force ? 'named' : 'nothing',
      withDependencies: flags.deps,
      upgrade: flags.upgrade,
      preReleases: flags.pre,
      offline: flags.offline,
      ignoreErrors: flags.ignoreErrors,
      web: {
        validateCerts: !(flags.ignoreCerts || (settings.galaxy_ignore_certs ?? false)),
        timeout: flags.timeout ?? settings.galaxy_server_timeout,
      },
    },
    lock: lockOf(asked, file),
    warn: (problem) => process.stderr.write(`${masked(formatWarning(problem))}\n`),
  })
  process.stdout.write(masked(outcomes.map(lineOf).join('')))
  return 0
}

/** A lock file is of all that a file asks for. Raises ProblemError where --frozen is given for less. */
function lockOf({ kind, names, flags }: Asked, file: string | undefined): InstallRequest['lock'] {
  if (file !== undefined && kind === undefined && names.length === 0)
    return { path: lockPath(file), isFrozen: flags.frozen }
  if (!flags.frozen) return undefined
  throw new ProblemError({
    message: '--frozen is for all that requirements.yml asks for, and here something is named',
  })
}

function fileAsked({ requirementsFile: requirements }: InstallFlags): string {
  if (requirements !== undefined) {
    const path = resolve(requirements)
    if (firstFile([path]) === undefined) throw new ProblemError({ message: `there is no ${requirements}` })
    return path
  }
  const found = firstFile(['requirements.yml', 'requirements.yaml'].map((name) => resolve(name)))
  if (found !== undefined) return found
  throw new ProblemError({
    message: 'there is no requirements.yml here',
    hint: 'say what is to be installed: run install USER.ROLE, run install collection NAMESPACE.NAME, or -r FILE',
  })
}

/** Of a file what is of the kind, and has one of the names, if any are given. */
function ofKind({ roles, collections }: Wanted, { kind, names }: Asked): Wanted {
  const isNamed = ({ name }: { name?: string | undefined }) =>
    names.length === 0 || (name !== undefined && names.includes(name))
  const wanted = {
    roles: kind === 'collection' ? [] : roles.filter(isNamed),
    collections: kind === 'role' ? [] : collections.filter(isNamed),
  }
  const known = [...wanted.roles, ...wanted.collections].map(({ name }) => name)
  const missing = names.filter((name) => !known.includes(name))
  if (missing.length > 0)
    throw new ProblemError({ message: `the requirements do not name ${missing.join(', ')}` })
  return wanted
}

function namedWanted({ kind, names }: Asked): Wanted {
  const asker = { who: 'the command line', isUser: true }
  const folders = [process.cwd()]
  const wanted = names.map((name) => {
    try {
      return kind === 'collection'
        ? wantedCollection(collectionWords(name), asker, folders)
        : wantedRole(roleWords(name), asker, folders)
    } catch (error) {
      throw new ProblemError({ message: (error as Error).message })
    }
  })
  return {
    roles: wanted.flatMap((one) => (one.kind === 'role' ? [one] : [])),
    collections: wanted.flatMap((one) => (one.kind === 'collection' ? [one] : [])),
  }
}

function lineOf({ kind, name, version, state, before, path }: Outcome): string {
  const what = `${kind} ${name}${version === '' ? '' : ` ${version}`}`
  if (state === 'unchanged') return `unchanged: ${what}\n`
  const was = before === undefined || before === version ? '' : ` (was ${before})`
  return `${state}: ${what}${was} => ${shownPath(path)}\n`
}
