/** Connects twice to the target given as JSON, and prints what came of it: for tests that need a terminal of their own. */
import { SessionPool } from '../../src/remote/session-pool.ts'
import type { Target } from '../../src/remote/target.ts'

const target: Target = JSON.parse(process.argv[2] ?? '{}')
const outcomes: string[] = []
for (let attempt = 0; attempt < 2; attempt += 1) {
  const pool = new SessionPool()
  await pool.connect(target).then(
    () => outcomes.push('in'),
    (error: Error & { advice?: string }) => outcomes.push(`${error.message}; ${error.advice}`),
  )
  await pool.close()
}
console.log(outcomes.join(', '))
