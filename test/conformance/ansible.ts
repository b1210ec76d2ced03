import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { FOLDER } from './cases.ts'
import type { Runner } from './stage.ts'
import type { Told } from './transcript.ts'

/** ansible-playbook, which knows nothing of its user's own settings, and is loaded once for all playbooks. */
export class Ansible {
  readonly #home = mkdtempSync(join(tmpdir(), 'conformance-home-'))
  readonly #waiting = new Map<number, (exit: string) => void>()
  readonly #process: ReturnType<typeof start>
  #runs = 0

  constructor() {
    this.#process = start(this.#home)
    createInterface(this.#process.stdout).on('line', (line) => {
      const [id, exit] = line.split(' ')
      this.#waiting.get(Number(id))?.(exit!)
    })
    this.#process.on('exit', (code) => {
      if (code === 0) return
      console.error(
        'Answers are recorded with ansible-core 2.14 under /usr/bin/python3, which does not start here',
      )
      process.exit(1)
    })
  }

  readonly run: Runner = async (args, folder) => {
    const id = this.#runs++
    const told = join(this.#home, `told-${id}`)
    const exit = await new Promise<string>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#process.stdin.write(`${JSON.stringify({ id, args, folder, told })}\n`)
    })
    if (exit === 'stopped') throw new Error('it did not come to an end')
    const lines = existsSync(told) ? readFileSync(told, 'utf8').split('\n').filter(Boolean) : []
    return { exit: Number(exit), told: lines.map((line) => JSON.parse(line) as Told) }
  }

  end(): void {
    this.#process.stdin.end()
    rmSync(this.#home, { recursive: true, force: true })
  }
}

/** The process that reads what to run and writes how it ended. */
function start(home: string) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    LANG: 'C.UTF-8',
    ANSIBLE_CALLBACK_PLUGINS: resolve(FOLDER, 'callback'),
    ANSIBLE_DEPRECATION_WARNINGS: 'false',
    ANSIBLE_GATHERING: 'explicit',
    ANSIBLE_HOST_KEY_CHECKING: 'false',
    ANSIBLE_NOCOLOR: 'true',
    ANSIBLE_PIPELINING: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
    ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
    ANSIBLE_STDOUT_CALLBACK: 'conformance',
  }
  const says = process.env.CONFORMANCE_SHOWS ? 'inherit' : 'ignore'
  return spawn('/usr/bin/python3', [join(FOLDER, 'playbooks.py')], { env, stdio: ['pipe', 'pipe', says] })
}
