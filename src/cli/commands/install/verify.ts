import { collectionsIn } from '../../../galaxy/installed.ts'
import { verify } from '../../../galaxy/verify.ts'
import { ProblemError } from '../../../values/problem.ts'
import { masked } from '../../../vault/secrets.ts'
import { shownPath } from '../../../yaml/files.ts'
import { type Asked, serversOf } from './asked.ts'

/** `run install verify [NAME...]`: whether installed collections are what the server has; 1 when one is not. Raises ProblemError. */
export async function verifyInstalled(asked: Asked): Promise<number> {
  const { kind, names, flags } = asked
  if (kind === 'role')
    throw new ProblemError({ message: 'roles have no list of their files that they could be compared with' })
  const all = asked.collectionsPath.flatMap((root) => collectionsIn(root))
  const wanted = names.length === 0 ? all : names.map((word) => one(word, all))
  const servers = flags.offline ? [] : serversOf(asked)
  let status = 0
  for (const collection of wanted) {
    const { name, version, path } = collection
    const wrong = await verify(collection, servers).catch((error: Error) => [error.message])
    if (wrong.length === 0) process.stdout.write(`in order: collection ${name} ${version}\n`)
    else {
      status = 1
      process.stdout.write(masked(`differs: collection ${name} ${version} (${shownPath(path)})\n`))
      process.stdout.write(masked(wrong.map((line) => `  ${line}\n`).join('')))
    }
  }
  return status
}

function one<T extends { name: string; version: string }>(word: string, all: readonly T[]): T {
  const [name, version] = word.split(':') as [string, string | undefined]
  const found = all.find((each) => each.name === name)
  if (found === undefined)
    throw new ProblemError({
      message: `collection ${name} is not installed`,
      hint: 'run install collection list shows what is',
    })
  if (version !== undefined && version !== found.version)
    throw new ProblemError({
      message: `collection ${name} is installed as ${found.version}, and not as ${version}`,
    })
  return found
}
