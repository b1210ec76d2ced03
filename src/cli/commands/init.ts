import { userInfo } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { isCollectionName, isRoleName } from '../../galaxy/names.ts'
import { formatWarning } from '../../report/index.ts'
import { collectionTree, inventoryTree, playbookTree, roleTree, type Tree } from '../../skeletons/trees.ts'
import { writeTree } from '../../skeletons/write.ts'
import { didYouMean, ProblemError } from '../../values/problem.ts'
import { newCommand, readWords } from '../command-line.ts'

interface InitFlags {
  readonly initPath: string
  readonly force: boolean
}

/** What is made for a name: files in a folder, relative to --init-path. */
interface Skeleton {
  readonly folder: string
  readonly tree: Tree
  /** The folder is nothing but this. */
  readonly isWhole: boolean
  readonly warning?: string
}

const EXAMPLES = `
Examples:
  run init role web --init-path roles        roles/web with tasks, defaults, handlers, meta, ...
  run init playbook site                     site.yml, which pings all hosts
  run init inventory production              production/hosts.yml with this machine in it
  run init collection acme.tools             acme/tools with its galaxy.yml
`

const KINDS: Readonly<Record<string, (name: string) => Skeleton>> = { role, playbook, inventory, collection }

/** `run init role|playbook|inventory|collection NAME`: gives the exit status. Raises CommandLineEnd and ProblemError. */
export async function initSkeleton(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const [kind, name] = command.args as [string, string]
  if (!Object.hasOwn(KINDS, kind)) {
    const hint = didYouMean(kind, Object.keys(KINDS)) ?? `it is one of ${Object.keys(KINDS).join(', ')}`
    throw new ProblemError({ message: `run init makes no "${kind}"`, hint })
  }
  const { initPath, force } = command.opts<InitFlags>()
  const { folder, tree, isWhole, warning } = KINDS[kind]!(name)
  if (warning !== undefined) process.stderr.write(`${formatWarning({ message: warning })}\n`)
  const place = join(initPath, folder)
  await writeTree(place, tree, { force, isWhole })
  const made = isWhole ? place : join(place, Object.keys(tree)[0]!)
  const elsewhere = kind === 'role' && basename(resolve(initPath)) !== 'roles'
  const hint = elsewhere ? '  a playbook finds roles in roles/ beside it: --init-path roles\n' : ''
  process.stdout.write(`written: ${kind} ${name} => ${made}\n${hint}`)
  return 0
}

function commandLine(): Command {
  return newCommand('run init', 'Writes the skeleton of a role, playbook, inventory or collection.')
    .argument('<kind>', 'role, playbook, inventory or collection')
    .argument('<name>', 'its name; of a collection NAMESPACE.NAME')
    .option('--init-path <folder>', 'the folder that it is made in', '.')
    .option('-f, --force', 'write its files anew where they are there', false)
    .addHelpText('after', EXAMPLES)
}

function role(name: string): Skeleton {
  if (!isRoleName(name))
    throw wrongName(name, 'role', 'it is made of letters, digits and "_", and begins with a letter')
  const good = /^[a-z][a-z\d_]*$/.test(name)
  const better = name.toLowerCase().replace(/[^a-z\d_]/g, '_')
  return {
    folder: name,
    tree: roleTree(name, userInfo().username),
    isWhole: true,
    ...(!good && {
      warning: `Galaxy and lint take names of roles in lower case with "_", such as ${better}`,
    }),
  }
}

function playbook(name: string): Skeleton {
  if (!/^[\w][\w.-]*$/.test(name))
    throw wrongName(name, 'playbook', 'it is the name of a file; --init-path names its folder')
  return { folder: '', tree: playbookTree(name), isWhole: false }
}

function inventory(name: string): Skeleton {
  if (!/^[\w][\w.-]*$/.test(name))
    throw wrongName(
      name,
      'inventory',
      'it is the name of a folder; --init-path names the one that it is made in',
    )
  return { folder: name, tree: inventoryTree(), isWhole: true }
}

function collection(name: string): Skeleton {
  if (!isCollectionName(name))
    throw wrongName(name, 'collection', 'it is NAMESPACE.NAME, of lower-case letters, digits and "_"')
  return { folder: name.replace('.', '/'), tree: collectionTree(name), isWhole: true }
}

function wrongName(name: string, kind: string, hint: string): ProblemError {
  return new ProblemError({ message: `"${name}" is no name of a ${kind}`, hint })
}
