import { defineModule, type Plan, type Restart } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { Output } from '../../shell/output.ts'
import { quote, quotePath } from '../../shell/quote.ts'

const declared = options({
  pre_reboot_delay: {
    type: 'int',
    default: 0,
    help: 'Seconds until the host goes down, as the whole minutes that shutdown is told; less than 60 is at once.',
  },
  post_reboot_delay: {
    type: 'int',
    default: 0,
    help: 'Seconds to wait before it is first asked whether the host is back.',
  },
  reboot_timeout: {
    type: 'int',
    default: 600,
    help: 'Seconds that the host may take to be back, and then once more for test_command.',
  },
  connect_timeout: {
    type: 'int',
    help: 'Seconds that one login may take meanwhile; as at other times if it is not given.',
  },
  test_command: { type: 'str', default: 'whoami', help: 'What must succeed on the host before it is done.' },
  msg: { type: 'str', default: 'Reboot initiated by Ansible', help: 'What users of the host are told.' },
  search_paths: {
    type: 'strings',
    default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'],
    help: 'Folders in which the command is looked for.',
  },
  boot_time_command: {
    type: 'str',
    default: 'cat /proc/sys/kernel/random/boot_id',
    help: 'What prints another text after each start of the host.',
  },
  reboot_command: {
    type: 'str',
    help: 'What restarts the host; shutdown if it is not given, or reboot where there is no shutdown.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** What `boot_time_command` prints. */
  readonly boot: string
  /** Programs by their names, as far as they are there. */
  readonly programs: ReadonlyMap<string, string>
  readonly system: 'alpine' | 'void' | 'other'
}

/** Restarts the host and waits until it is back, which the engine sees to. Semantics: ansible.builtin.reboot. */
export const reboot = defineModule<typeof declared, State>({
  name: 'reboot',
  summary: 'Restarts a host, and waits until it has and can be used again.',
  options: declared,
  validate({ search_paths = [], reboot_command }) {
    const relative = search_paths.filter((path) => !/^[/~]/.test(path))
    return [
      ...relative.map((path) => `search_paths: ${JSON.stringify(path)} is not a whole path of a folder`),
      ...(reboot_command?.trim() === '' ? ['reboot_command is empty'] : []),
    ]
  },
  inForeground: true,
  probe,
  parse,
  plan,
  interpret(outcomes) {
    const last = outcomes.at(-1)
    if (last === undefined || last.code === 0) return {}
    const said = `${last.stdout.trim()}, ${last.stderr.trim()}`
    return {
      failed: `Reboot command failed. Error was: '${said}'`,
      changed: false,
      result: { rebooted: false, elapsed: 0 },
    }
  },
  restart,
})

function probe({ boot_time_command, search_paths, ...args }: Args): string {
  const folders = search_paths.map(quotePath).join(' ')
  return `boot=$( (
${boot_time_command}
) </dev/null )
rc=$?
[ $rc -eq 0 ] || { echo "reboot: failed to get host boot time info, rc: $rc, stdout: $boot" >&2; exit 1; }
printf '%s\\0' "$boot"
if [ -e /etc/alpine-release ]; then echo alpine
elif grep -qs '^ID="*void' /etc/os-release; then echo void
else echo other; fi
for c in ${namesOf(args).map(quote).join(' ')}; do
  for d in ${folders || "''"}; do
    if [ -x "$d/$c" ]; then printf '%s\\0%s\\0' "$c" "$d/$c"; break; fi
  done
done`
}

/** The programs that are looked for. */
function namesOf({ reboot_command }: Pick<Args, 'reboot_command'>): string[] {
  return reboot_command === undefined ? ['shutdown', 'reboot'] : [wordsOf(reboot_command)[0]]
}

/** A command line as its first word and the rest. */
function wordsOf(command: string): [program: string, rest: string] {
  const [, program = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(command)!
  return [program, rest]
}

function parse({ bytes }: ProbeOutput): State {
  const output = new Output(bytes)
  const boot = output.field().trim()
  const system = output.line()
  const programs = new Map<string, string>()
  while (!output.done) programs.set(output.field(), output.field())
  return { boot, programs, system: system === 'alpine' || system === 'void' ? system : 'other' }
}

function plan(args: Args, state: State): Plan {
  const command = commandOf(args, state)
  if (command === undefined) {
    const paths = args.search_paths.map((path) => `'${path}'`).join(', ')
    const name = namesOf(args)[0]
    return {
      ...failure(`Unable to find command "${name}" in search paths: [${paths}]`),
      result: { rebooted: false, elapsed: 0 },
      advice: 'give reboot_command, or search_paths with the folder that it lies in',
    }
  }
  const change = { what: 'host', before: 'running', after: 'restarted' }
  return { ...inSteps([[change, { do: 'exec', script: command }]]), result: { rebooted: true, elapsed: 0 } }
}

/** The command line that restarts the host; undefined when there is no such program. */
function commandOf({ reboot_command, pre_reboot_delay, msg }: Args, state: State): string | undefined {
  const { programs, system } = state
  if (reboot_command !== undefined) {
    const [name, rest] = wordsOf(reboot_command)
    const program = name.startsWith('/') ? name : programs.get(name)
    return program === undefined ? undefined : `${quote(program)} ${rest}`.trim()
  }
  const shutdown = system === 'alpine' ? undefined : programs.get('shutdown')
  const restart = programs.get('reboot')
  if (shutdown === undefined) return restart === undefined ? undefined : quote(restart)
  const minutes = Math.floor(Math.max(pre_reboot_delay, 0) / 60)
  return `${quote(shutdown)} -r ${system === 'void' ? '+' : ''}${minutes} ${quote(msg)}`
}

function restart(args: Args, { boot }: State): Restart {
  return {
    ask: args.boot_time_command,
    before: boot,
    test: args.test_command,
    delay: Math.max(args.post_reboot_delay, 0),
    timeout: args.reboot_timeout,
    patience: args.connect_timeout,
  }
}
