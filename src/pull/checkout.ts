import { ProblemError } from '../values/problem.ts'

/** What is checked out, and how; the flags of ansible-pull. */
export interface Checkout {
  readonly module: string
  readonly url: string
  /** Absolute. */
  readonly dest: string
  /** A branch, a tag, or a commit. */
  readonly version?: string
  readonly acceptsHostKey: boolean
  readonly keyFile?: string
  readonly verifies: boolean
  readonly tracksSubmodules: boolean
  /** All of the history comes along. */
  readonly isFull: boolean
  /** Changes of files are thrown away. */
  readonly isClean: boolean
}

/** The modules by which it is done, with their arguments. */
const MODULES: Readonly<Record<string, (asked: Checkout) => Readonly<Record<string, unknown>>>> = {
  git: ({ version, acceptsHostKey, keyFile, verifies, tracksSubmodules, isFull }) => ({
    version,
    accept_hostkey: acceptsHostKey || undefined,
    key_file: keyFile,
    verify_commit: verifies || undefined,
    track_submodules: tracksSubmodules || undefined,
    depth: isFull ? undefined : 1,
  }),
  subversion: ({ version, isFull }) => ({ revision: version, export: isFull ? undefined : true }),
}

/** The names of the modules that check out. */
export const CHECKOUT_MODULES = Object.keys(MODULES)

/** A playbook that checks it out on this machine. Raises ProblemError for a module that cannot. */
export function checkoutText(asked: Checkout): string {
  const { module, url, dest, isClean } = asked
  const own = Object.hasOwn(MODULES, module) ? MODULES[module]! : undefined
  if (own === undefined) {
    const hint = `it is ${CHECKOUT_MODULES.join(' or ')}`
    throw new ProblemError({ message: `--module-name: nothing is checked out with "${module}" here`, hint })
  }
  return localTask(module, { repo: url, dest, ...own(asked), force: isClean || undefined })
}

/** A playbook that removes a folder of this machine. */
export function removalText(path: string): string {
  return localTask('file', { path, state: 'absent' })
}

/** A playbook of one task on this machine. Its texts are no templates. */
function localTask(module: string, args: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(args).filter(([, value]) => value !== undefined)
  const lines = given.map(
    ([name, value]) =>
      `        ${name}: ${typeof value === 'string' ? '!unsafe ' : ''}${JSON.stringify(value)}\n`,
  )
  return `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n    - ${module}:\n${lines.join('')}`
}
