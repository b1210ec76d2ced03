import { randomBytes } from 'node:crypto'
import { contentOf } from '../../../src/shell/content.ts'

// Tells the scripts of these tests from those of others that run beside it.
export const MARK = `# ${randomBytes(6).toString('hex')}\n`

/** A script with this text, and the words behind its path. */
export const cmd = (text: string, words = '') => ({
  file: { path: '/files/job.sh', mode: 0o644, content: contentOf(`${text}\n${MARK}`) },
  words,
})
