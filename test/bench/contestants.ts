import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { FloorJob } from './floor.ts'
import type { Keys, Reached } from './hosts.ts'
import { type Ended, timed } from './process.ts'
import type { Dialect } from './workloads.ts'

/** What is to be run, as a folder that all contestants find their files in. */
export interface Job {
  readonly hosts: readonly Reached[]
  /** How many of them are worked on, the first ones; all without it. */
  readonly first?: number
  readonly keys: Keys
  /** How many the playbooks have. */
  readonly tasks: number
  /** Holds check.yml, ansible-check.yml and maybe jinja-check.yml (playbooks), templates/, and is where inventories go. */
  readonly folder: string
  /** The floor's; without one it does not take part. */
  readonly script?: string
  /** What the floor gives its script on stdin. */
  readonly file?: string
}

export interface Outcome {
  /** Milliseconds from the start of the process to its end. */
  readonly ms: number
  /** The most memory that the controller's process had at a time, in MB. */
  readonly peak: number
  /** Milliseconds of processors that the controller's process had. */
  readonly cpu?: number
  /** What of it the main thread had. */
  readonly thread?: number
  /** Tasks changed, over all hosts; undefined from the floor, which changes nothing. */
  readonly changed: number | undefined
  /** Of the connection that had the most, where a proxy has counted them. */
  readonly roundTrips?: number
  /** Milliseconds of processors that the hosts' server had, where it was looked at. */
  readonly servers?: number
  /** Where the work went through a queue. */
  readonly shared?: Shared
  /** What else there is to say of it in a table. */
  readonly note?: string
}

/** What the processes of a run through a queue took, besides the coordinator's own. */
export interface Shared {
  /** Slices that the hosts were cut into. */
  readonly slices: number
  /** Milliseconds of processors that all workers had, and Redis. */
  readonly workers: number
  readonly redis: number
  /** The most memory of each worker since it was started, in MB. */
  readonly peaks: readonly number[]
  /** Bytes that went into Redis and out of it. */
  readonly bytes: number
}

export interface Contestant {
  readonly name: string
  readonly dialect: Dialect
  /** Why it cannot take part. */
  readonly missing?: string
  /** Runs the job once. Raises when the work was not done on every host. */
  run(job: Job): Promise<Outcome>
}

const HERE = join(import.meta.dirname, '../..')

/** The version of this checkout. */
export const playssh = runner('playssh', HERE)

/** The same with a playbook that is written in Jinja. */
export const playsshInJinja = runner('playssh, Jinja', HERE, { playbook: 'jinja-check.yml' })

export interface Runner extends Contestant {
  readonly checkout: string
  /** The path of its command. */
  readonly command: string
}

interface Way {
  /** The playbook of a job's that it runs. */
  readonly playbook?: string
  /** More words for its command line. */
  readonly options?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Words before its command that start it in another way. */
  readonly within?: readonly string[]
}

/** This runner in the version that a checkout has. */
export function runner(
  name: string,
  checkout: string,
  { playbook = 'check.yml', options = [], env = { PLAYSSH_PERSIST: '0' }, within = [] }: Way = {},
): Runner {
  const command = join(checkout, 'run')
  const contestant: Runner = {
    name,
    checkout,
    command,
    dialect: 'playssh',
    async run(job) {
      writeOnce(join(job.folder, 'playssh-hosts.yml'), inventory(job))
      const { keys } = job
      const argv = [
        ...[...within, command, '-i', 'playssh-hosts.yml', '--private-key', keys.client],
        ...['--ssh-common-args', sshOptions(keys), ...options, playbook],
        ...(job.first === undefined ? [] : ['--limit', `all[0:${job.first - 1}]`]),
      ]
      const ended = await timed(argv, job.folder, env)
      return { ...ended, changed: changesOf(contestant, job, ended) }
    },
  }
  return contestant
}

/** This version, its logins kept by a keeper that is nobody else's, and is there as long as the folder's bench. */
export function keeping(name: string, folder: string): Runner {
  // As behind a run of before, whose keeper has ended.
  mkdirSync(join(folder, 'playssh'), { recursive: true, mode: 0o700 })
  return runner(name, HERE, { env: { PLAYSSH_PERSIST: '60s', XDG_RUNTIME_DIR: folder } })
}

interface Installed {
  readonly playbook: string
  /** What it lacks to do the work, and how to install that. */
  readonly missing?: string
  /** A folder of more strategies. */
  readonly strategies?: string
}

function ansible(strategy: 'linear' | 'mitogen_linear', installed: Installed | undefined): Contestant {
  const contestant: Contestant = {
    name: strategy === 'linear' ? 'ansible' : 'ansible+mitogen',
    dialect: 'ansible',
    missing: installed === undefined ? 'not installed' : installed.missing,
    async run(job) {
      const { keys, hosts, folder } = job
      writeFileSync(join(folder, 'ansible-hosts.yml'), inventory(job))
      // What a run leaves behind, masters of ssh not least, is nothing that the next one shall find.
      const own = mkdtempSync(join(folder, 'ansible-'))
      mkdirSync(join(own, 'home'))
      writeFileSync(join(own, 'ansible.cfg'), '')
      const env = {
        HOME: join(own, 'home'),
        ANSIBLE_HOME: join(own, 'home'),
        ANSIBLE_LOCAL_TEMP: join(own, 'tmp'),
        ANSIBLE_SSH_CONTROL_PATH_DIR: join(own, 'cp'),
        ANSIBLE_CONFIG: join(own, 'ansible.cfg'),
        ANSIBLE_PIPELINING: 'True',
        ANSIBLE_FORKS: String(hosts.length),
        ANSIBLE_GATHERING: 'explicit',
        ANSIBLE_STRATEGY: strategy,
        ...(installed?.strategies !== undefined && { ANSIBLE_STRATEGY_PLUGINS: installed.strategies }),
        ANSIBLE_DEPRECATION_WARNINGS: 'False',
        ANSIBLE_PRIVATE_KEY_FILE: keys.client,
        ANSIBLE_SSH_COMMON_ARGS: sshOptions(keys),
        ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
      }
      const ended = await timed(
        [installed!.playbook, '-i', 'ansible-hosts.yml', 'ansible-check.yml'],
        folder,
        env,
      )
      await endMasters(join(own, 'cp'))
      rmSync(own, { recursive: true, force: true })
      return { ...ended, changed: changesOf(contestant, job, ended) }
    },
  }
  return contestant
}

/** `bundle` is floor.ts made one file; so many hosts at a time are connected to. */
export function floor(bundle: string, atATime: number): Contestant {
  const contestant: Contestant = {
    name: 'floor',
    dialect: 'playssh',
    async run({ hosts, keys, folder, script, file }) {
      if (script === undefined) throw new Error('there is no script for the floor')
      const job: FloorJob = {
        addresses: hosts.map(({ address }) => address),
        key: keys.client,
        script,
        file,
        atATime,
      }
      const path = join(folder, 'floor.json')
      writeFileSync(path, JSON.stringify(job))
      const ended = await timed([process.execPath, bundle, path], folder)
      if (ended.status !== 0) throw failure(contestant, ended)
      return { ...ended, changed: undefined }
    },
  }
  return contestant
}

/** Ansible as it comes, with pipelining, and with mitogen's strategy; those that are not installed say so. */
export function ansibles(): Contestant[] {
  const program = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'ansible-playbook'))
  const playbook = program.find((path) => existsSync(path))
  if (playbook === undefined) return [ansible('linear', undefined), ansible('mitogen_linear', undefined)]
  const hasSysctl =
    ask(playbook, 'import ansible_collections.ansible.posix.plugins.modules.sysctl') !== undefined
  const installed = hasSysctl
    ? { playbook }
    : { playbook, missing: 'without sysctl: apt-get install ansible' }
  const strategies = ask(playbook, 'import ansible_mitogen.plugins.strategy as s; print(s.__path__[0])')
  return [
    ansible('linear', installed),
    ansible('mitogen_linear', strategies === undefined ? undefined : { ...installed, strategies }),
  ]
}

/** What the Python that Ansible runs in prints; undefined when it fails. */
function ask(playbook: string, program: string): string | undefined {
  const python = /^#! *(\S+)/.exec(readFileSync(playbook, 'utf8'))?.[1] ?? 'python3'
  const asked = spawnSync(python, ['-c', program])
  return asked.status === 0 ? asked.stdout.toString().trim() : undefined
}

/** The changes on all hosts, by the recap, which both write alike. Raises unless every task ended well on every host. */
function changesOf(
  contestant: Contestant,
  { hosts, first = hosts.length, tasks }: Job,
  ended: Ended,
): number {
  const lines = [...ended.stdout.matchAll(/^\S+ +: ok=(\d+) +changed=(\d+) +unreachable=0 +failed=0 /gm)]
  const isWhole = lines.length === first && lines.every(([, ok]) => Number(ok) === tasks)
  if (ended.status !== 0 || !isWhole) throw failure(contestant, ended)
  return lines.reduce((sum, [, , changed]) => sum + Number(changed), 0)
}

function failure({ name }: Contestant, { status, stdout, stderr }: Ended): Error {
  return new Error(
    `${name} ended with ${status}, or not all hosts got through:\n${stdout.slice(-3000)}${stderr.slice(-3000)}`,
  )
}

/** A file that is the same stays as old as it is: a run over it is a rerun. */
function writeOnce(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
}

function inventory({ hosts }: Job): string {
  const lines = hosts.map(
    ({ name, address, port = 22 }) =>
      `    ${name}: {ansible_host: ${address}, ansible_port: ${port}, ansible_user: root}`,
  )
  return `all:\n  hosts:\n${lines.join('\n')}\n`
}

function sshOptions({ knownHosts }: Keys): string {
  return `-F none -o UserKnownHostsFile=${knownHosts}`
}

async function endMasters(folder: string): Promise<void> {
  const sockets = existsSync(folder) ? readdirSync(folder) : []
  await Promise.all(
    sockets.map((name) =>
      timed(['ssh', '-O', 'exit', '-o', `ControlPath=${join(folder, name)}`, 'x'], folder),
    ),
  )
}
