import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { basic, splitLogin } from './address.ts'
import { printed } from './program.ts'

export interface GitOptions {
  readonly validateCerts: boolean
}

const COMMIT = /^[\da-f]{40}([\da-f]{24})?$/
/** Seconds that git may take for a repository. */
const AT_MOST = 1800

/**
 * Writes what a repository holds at a version (branch, tag, commit; undefined: its HEAD) into the tar archive `into`, and
 * gives the commit. `work` is a new folder. Raises an Error with git's words.
 */
export async function archiveOf(
  url: string,
  version: string | undefined,
  { into, work }: { readonly into: string; readonly work: string },
  options: GitOptions,
): Promise<string> {
  if (/^-/.test(url) || /^-/.test(version ?? ''))
    throw new Error('the addresses and versions of repositories do not begin with "-"')
  const { address, login } = splitLogin(url)
  const git = (...words: string[]) =>
    printed('git', { words, cwd: work, env: environment(login, options), timeout: AT_MOST })
  await mkdir(work, { mode: 0o700 })
  await git('init', '--quiet', '--bare')
  const commit = await fetched(git, address, version)
  await git('archive', '--format=tar', `--output=${into}`, commit)
  return commit
}

type Git = (...words: string[]) => Promise<string>

async function fetched(git: Git, address: string, version = 'HEAD'): Promise<string> {
  const reference = COMMIT.test(version) ? version : await referenceOf(git, address, version)
  if (reference !== undefined) {
    try {
      await git('fetch', '--quiet', '--depth=1', '--no-tags', '--', address, reference)
      return (await git('rev-parse', '--verify', '--quiet', 'FETCH_HEAD^{commit}')).trim()
    } catch (error) {
      // Some servers give no commits by themselves, and some nothing but all.
      if (!COMMIT.test(reference) && !/shallow|depth/.test((error as Error).message)) throw error
    }
  }
  await git(
    'fetch',
    '--quiet',
    '--no-tags',
    '--',
    address,
    '+refs/heads/*:refs/heads/*',
    '+refs/tags/*:refs/tags/*',
  )
  const name = reference ?? version
  try {
    return (await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)).trim()
  } catch {
    throw new Error(`the repository has no branch, tag or commit "${version}"`)
  }
}

/** The reference that a name means there: that itself, a tag, or a branch. */
async function referenceOf(git: Git, address: string, name: string): Promise<string | undefined> {
  const listed = await git('ls-remote', '--quiet', '--', address)
  const references = new Set(listed.split('\n').map((line) => line.split('\t')[1]))
  return [name, `refs/tags/${name}`, `refs/heads/${name}`].find((one) => references.has(one))
}

/** Git asks nobody, takes no transport that runs programs, and gets the login where other users cannot read it. */
function environment(login: string | undefined, { validateCerts }: GitOptions): Record<string, string> {
  const header = login && {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: ${basic(login)}`,
  }
  return {
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    GIT_SSH_COMMAND: process.env.GIT_SSH_COMMAND ?? 'ssh -o BatchMode=yes -o ConnectTimeout=30',
    GIT_HTTP_LOW_SPEED_LIMIT: '1',
    GIT_HTTP_LOW_SPEED_TIME: '60',
    ...(!validateCerts && { GIT_SSL_NO_VERIFY: '1' }),
    ...(header || {}),
  }
}

/** A folder and a file in `within` that `archiveOf` takes. */
export function gitPlaces(within: string): { into: string; work: string } {
  return { into: join(within, 'archive.tar'), work: join(within, 'repository.git') }
}
