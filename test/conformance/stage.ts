import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { splitWords } from '../../src/values/words.ts'
import type { Case } from './cases.ts'
import { type Answer, answerOf, type Told } from './transcript.ts'

/** Runs a playbook with arguments in a folder, and gives what was told of it. */
export type Runner = (args: readonly string[], folder: string) => Promise<{ exit: number; told: Told[] }>

/** What a case does, in a folder of its own. */
export async function perform({ files, args }: Case, run: Runner): Promise<Answer> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'conformance-')))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    mkdirSync(join(folder, 'out'), { recursive: true })
    const words = splitWords(args).map(({ text }) => text.replaceAll('HERE', folder))
    const inventory = words.includes('-i') ? [] : ['-i', files.hosts === undefined ? 'a,b,c,' : 'hosts']
    const { exit, told } = await run(['-c', 'local', ...inventory, ...words, 'play.yml'], folder)
    const answer = answerOf(exit, told, leftIn(join(folder, 'out')))
    return JSON.parse(JSON.stringify(answer).replaceAll(folder, 'HERE')) as Answer
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function leftIn(folder: string): NonNullable<Answer['files']> {
  const paths = readdirSync(folder, { recursive: true }).map(String).sort()
  return Object.fromEntries(paths.map((path) => [path, look(join(folder, path))]))
}

function look(path: string) {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return { link: readlinkSync(path) }
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0')
  return stat.isDirectory() ? { mode } : { mode, text: readFileSync(path, 'utf8') }
}
