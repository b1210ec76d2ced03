/**
 * Records what ansible-playbook does with the cases: `record.ts [AREA...]`, all areas without one. Cases that are recorded
 * stay as they are with `--new`. Needs ansible-core 2.14.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { Ansible } from './ansible.ts'
import { areas, type Case, FOLDER, readCases } from './cases.ts'
import { perform } from './stage.ts'
import type { Answer } from './transcript.ts'

const { values, positionals } = parseArgs({ options: { new: { type: 'boolean' } }, allowPositionals: true })

process.umask(0o022)
const ansible = new Ansible()
const sideBySide = pLimit(Number(process.env.CONFORMANCE_FORKS ?? availableParallelism()))
for (const area of positionals.length > 0 ? positionals : areas()) await record(area)
ansible.end()

async function record(area: string): Promise<void> {
  const file = join(FOLDER, `${area}.json`)
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Answer>) : {}
  const cases = readCases(area)
  const answers = new Map<string, Answer>()
  for (const { title } of cases) {
    const answer = known[title]
    if (answer !== undefined) answers.set(title, answer)
  }
  const keep = () => {
    const sorted = [...answers].sort(([a], [b]) => (a < b ? -1 : 1))
    writeFileSync(file, JSON.stringify(Object.fromEntries(sorted)))
  }
  const answered = async (one: Case) => {
    try {
      answers.set(one.title, await perform(one, ansible.run))
      keep()
    } catch (error) {
      console.error(`${area}: ${one.title}: ${(error as Error).message}`)
      process.exitCode = 1
    }
  }
  const wanted = cases.filter(({ title }) => !values.new || !answers.has(title))
  await Promise.all(wanted.map((one) => sideBySide(() => answered(one))))
  keep()
  execFileSync('node_modules/.bin/biome', ['format', '--write', file], { stdio: 'ignore' })
  console.log(`${area}: ${wanted.length} cases`)
}
