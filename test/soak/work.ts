import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Member, SHELF } from './fleet.ts'

/** What the tasks' arguments name besides. */
export interface Round {
  /** The folder of the playbook; holds `large`, and what is fetched in `fetched/`. */
  readonly folder: string
  readonly member: Member
}

interface Work {
  readonly task: object
  /** What its values hold when it went well. */
  right(round: Round): Readonly<Record<string, unknown>>
  /** What is wrong with the files it is about; `done` is false when it did not come to it or was cut off. */
  files?(round: Round, done: boolean): string | undefined
}

const WORD = `${SHELF}/word`
const LINES = 400

/** Every task says something that only its host can know. */
export const WORK: Readonly<Record<string, Work>> = {
  word: {
    task: { command: `cat ${WORD}`, register: 'word' },
    right: ({ member }) => ({ stdout: member.word, rc: 0 }),
  },
  lines: {
    task: {
      shell: `w=$(cat ${WORD}); echo "$w" >&2; for i in $(seq ${LINES}); do echo "$i $w"; done`,
    },
    right: ({ member: { word } }) => ({ stdout: numbered(word), stderr: word }),
  },
  slurped: {
    task: { slurp: { src: WORD } },
    right: ({ member }) => ({ content: Buffer.from(member.word).toString('base64') }),
  },
  waiting: {
    task: { shell: `sleep 1; cat ${WORD}` },
    right: ({ member }) => ({ stdout: member.word }),
  },
  become: {
    task: { command: `cat ${WORD}`, become: true, become_user: 'daemon', become_method: 'su' },
    right: ({ member }) => ({ stdout: member.word }),
  },
  written: {
    task: {
      copy: {
        dest: `${SHELF}/written`,
        content: '{{word.stdout}} of {{inventory_hostname}}\n',
        mode: '0644',
      },
    },
    right: () => ({ changed: true }),
    files: ({ member }, done) => {
      const text = read(member.path(`${SHELF}/written`))
      const whole = new RegExp(`^W${member.secret}[0-9a-f]{24} of ${member.name}\n$`)
      return isRight(text, done ? `${member.word} of ${member.name}\n` : whole)
    },
  },
  line: {
    task: {
      lineinfile: {
        path: `${SHELF}/lines`,
        regexp: '^word ',
        line: 'word {{word.stdout}}',
        create: true,
        mode: '0644',
      },
    },
    right: () => ({ changed: true }),
    files: ({ member }, done) => {
      const text = read(member.path(`${SHELF}/lines`))
      return isRight(
        text,
        done ? `word ${member.word}\n` : new RegExp(`^word W${member.secret}[0-9a-f]{24}\n$`),
      )
    },
  },
  large: {
    task: { copy: { src: 'large', dest: `${SHELF}/large`, mode: '0644' } },
    right: () => ({ changed: true }),
    files: ({ member, folder }, done) => {
      const text = read(member.path(`${SHELF}/large`))
      return isRight(text, done ? read(join(folder, 'large'))! : /^(L\d+ )\1{39999}$/)
    },
  },
  fetched: {
    task: { fetch: { src: WORD, dest: 'fetched/{{inventory_hostname}}', flat: true } },
    right: () => ({ changed: true }),
    files: ({ member, folder }) => isRight(read(join(folder, 'fetched', member.name)), member.word),
  },
  said: {
    task: { debug: { msg: 'it is {{word.stdout}}' } },
    right: ({ member }) => ({ msg: `it is ${member.word}` }),
  },
}

/** What `large` holds, another one every round. */
export const large = (round: number) => `L${round} `.repeat(40_000)

export function playbook(strategy: string): string {
  const tasks = Object.entries(WORK).map(([name, { task }]) => ({ name, ...task }))
  return stringify([{ hosts: 'all', gather_facts: false, strategy, tasks }])
}

function numbered(word: string): string {
  return Array.from({ length: LINES }, (_, index) => `${index + 1} ${word}`).join('\n')
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** A file that was to be written is as it should be; any other one is whole, or is not there. */
function isRight(text: string | undefined, wanted: string | RegExp): string | undefined {
  if (typeof wanted === 'string' ? text === wanted : text === undefined || wanted.test(text)) return undefined
  return `the file holds ${text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 200))}`
}
