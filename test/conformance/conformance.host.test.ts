import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { areas, FOLDER, patched, readCases } from './cases.ts'
import { runPlayssh } from './playssh.ts'
import { perform } from './stage.ts'
import type { Answer } from './transcript.ts'

const test = suite('what ansible-playbook does')

const mask = process.umask(0o022)
test.after(() => void process.umask(mask))

for (const area of areas()) {
  const file = join(FOLDER, `${area}.json`)
  const recorded = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as Record<string, Answer>
  for (const one of readCases(area)) {
    const answer = recorded[one.title]
    // What nobody has recorded yet is counted as skipped.
    const known = answer === undefined ? test.skip : test
    known(`${area}: ${one.title}`, async () => {
      const wanted = one.differs === undefined ? answer : patched(answer, one.differs.patch)
      if (one.differs !== undefined) assert.not.equal(wanted, answer, 'its difference makes none')
      const isFree = /strategy: *(?:free|host_pinned)/.test(Object.values(one.files).join())
      const compared = (one: Answer) => (isFree ? byHost(alike(one)) : alike(one))
      assert.equal(compared(await perform(one, runPlayssh)), compared(wanted as Answer))
    })
  }
}

/** What is wrong before anything runs has an exit status of its own here, and `{{ 1 }}` keeps its type. */
function alike(answer: Answer): Answer {
  const { tasks } = JSON.parse(JSON.stringify(answer), (name, value) =>
    name === 'said' && typeof value === 'number' ? String(value) : value,
  )
  return answer.broken && answer.tasks.length === 0 ? { ...answer, exit: 1, tasks } : { ...answer, tasks }
}

/** Under free the order of tasks is a matter of chance. */
function byHost({ tasks, ...answer }: Answer) {
  const hosts: Record<string, string[]> = {}
  for (const { task, hosts: ended } of tasks)
    for (const [host, ending] of Object.entries(ended)) {
      hosts[host] ??= []
      hosts[host].push(JSON.stringify({ task, ending }))
    }
  for (const list of Object.values(hosts)) list.sort()
  return { ...answer, hosts }
}

test.run()
