import { execFileSync } from 'node:child_process'
import { stringify } from 'yaml'

/** Whose playbook: those of Ansible have ip(8) where it has no module. */
export type Dialect = 'playssh' | 'ansible'

/** One task of the check. */
export interface Task {
  readonly kind:
    | 'folder'
    | 'link'
    | 'template'
    | 'line'
    | 'user'
    | 'package'
    | 'sysctl'
    | 'address'
    | 'route'
    | 'command'
  /** The task in a playbook, without its name. */
  readonly playssh: object
  /** Where Ansible needs another one. */
  readonly ansible?: object
  /** What the floor looks at for it. */
  readonly looks: Partial<Record<Look, string>>
  /** POSIX sh that makes a host differ in this one thing; none where a host cannot be made to cheaply. */
  readonly drift?: string
}

type Look = 'stat' | 'sum' | 'text' | 'user' | 'package' | 'proc' | 'address' | 'route' | 'command'

const MOTTO = 'In sync is the usual case'
const LINES = Array.from({ length: 20 }, (_, index) => `option_${index} = {{ motto }}`)
// Nothing in it is the host's own: a crowd of hosts is one machine.
export const TEMPLATE = `# Number {{ number }}\n${LINES.join('\n')}\n`

const SYSCTL_FILE = '/etc/sysctl.d/90-bench.conf'
const KINDS: readonly Exclude<Task['kind'], 'command'>[] = [
  ...(['folder', 'template', 'line', 'user', 'package', 'sysctl', 'address', 'route'] as const),
  ...(['link', 'template', 'line', 'folder', 'package', 'sysctl', 'template'] as const),
]

/** The first `count` tasks of a list without end in which all kinds of work take turns, 15 tasks to a round. */
export function tasksFor(count: number): Task[] {
  const packages = installedPackages()
  const seen = new Map<Task['kind'], number>()
  return Array.from({ length: count }, (_, index) => {
    const kind = KINDS[index % KINDS.length]!
    const number = seen.get(kind) ?? 0
    seen.set(kind, number + 1)
    return kind === 'package' ? packageTask(packages[number]!) : MAKERS[kind](number)
  })
}

/** Everyone has these, so the task finds nothing to do: there is no network to install from. */
function packageTask(name: string): Task {
  return { kind: 'package', playssh: { apt: { name } }, looks: { package: name } }
}

const DPKG_QUERY = `dpkg-query -W -f='\${db:Status-Status} \${Package}\\n'`

function installedPackages(): string[] {
  const listed = execFileSync('/bin/sh', ['-c', DPKG_QUERY], { encoding: 'utf8' })
  return listed.split('\n').flatMap((line) => /^installed (.*)/.exec(line)?.[1] ?? [])
}

const MAKERS: Record<Exclude<Task['kind'], 'package' | 'command'>, (number: number) => Task> = {
  folder(number) {
    const path = `/srv/bench/folder${number}`
    return {
      kind: 'folder',
      playssh: { file: { path, state: 'directory', owner: 'daemon', group: 'daemon', mode: '0750' } },
      looks: { stat: path },
      drift: `chmod 700 ${path}`,
    }
  },
  link(number) {
    const path = `/srv/bench/link${number}`
    return {
      kind: 'link',
      playssh: { file: { path, state: 'link', src: '/srv/bench/folder0' } },
      looks: { stat: path },
      drift: `rm ${path}`,
    }
  },
  template(number) {
    const dest = `/srv/bench/folder0/template${number}`
    return {
      kind: 'template',
      playssh: { template: { src: 'bench.conf', dest, mode: '0644' }, vars: { number } },
      looks: { stat: dest, sum: dest },
      drift: `echo drift >>${dest}`,
    }
  },
  line(number) {
    const path = `/etc/bench/${Math.floor(number / 4)}.conf`
    const task = {
      path,
      regexp: `^option_${number} `,
      line: `option_${number} = yes`,
      create: true,
      mode: '0644',
    }
    return {
      kind: 'line',
      playssh: { lineinfile: task },
      looks: { stat: path, text: path },
      drift: `sed -i '/^option_${number} /s/yes/no/' ${path}`,
    }
  },
  user(number) {
    const name = `bench${number}`
    return {
      kind: 'user',
      playssh: { user: { name, comment: 'Of the bench', shell: '/usr/sbin/nologin', create_home: false } },
      looks: { user: name },
      drift: `usermod --comment drift ${name}`,
    }
  },
  sysctl(number) {
    const [name, usual] = PARAMETERS[Math.floor(number / BRIDGES)]!
    const parameter = `net.ipv4.conf.br${number % BRIDGES}.${name}`
    const file = `/proc/sys/${parameter.replaceAll('.', '/')}`
    const task = { name: parameter, value: String(1 - usual), sysctl_file: SYSCTL_FILE }
    return {
      kind: 'sysctl',
      playssh: { sysctl: task },
      looks: { stat: SYSCTL_FILE, text: SYSCTL_FILE, proc: file },
      drift: `sed -i '/${parameter}=/d' ${SYSCTL_FILE}; echo ${usual} >${file}`,
    }
  },
  address(number) {
    const address = `10.100.${number}.1/24`
    return {
      kind: 'address',
      playssh: { address: { address, dev: 'br0' } },
      ansible: { command: `ip address replace ${address} dev br0`, changed_when: false },
      looks: { address: 'br0' },
      drift: `ip address delete ${address} dev br0`,
    }
  },
  route(number) {
    const to = `10.101.${number}.0/24`
    return {
      kind: 'route',
      playssh: { route: { to, dev: 'eth0' } },
      ansible: { command: `ip route replace ${to} dev eth0`, changed_when: false },
      looks: { route: 'main' },
      drift: `ip route delete ${to} dev eth0`,
    }
  },
}

const BRIDGES = 4
/** Parameters of every interface, and their values on a new bridge. */
const PARAMETERS: readonly [name: string, usual: 0 | 1][] = [
  ...(['accept_redirects', 'secure_redirects', 'send_redirects', 'shared_media'] as const).map(
    (name): [string, 1] => [name, 1],
  ),
  ...[
    ...[
      'accept_local',
      'arp_accept',
      'arp_announce',
      'arp_evict_nocarrier',
      'arp_filter',
      'arp_ignore',
      'arp_notify',
    ],
    ...[
      'bootp_relay',
      'disable_policy',
      'disable_xfrm',
      'drop_gratuitous_arp',
      'ignore_routes_with_linkdown',
    ],
    ...['log_martians', 'medium_id', 'promote_secondaries', 'proxy_arp', 'route_localnet'],
  ].map((name): [string, 0] => [name, 0]),
]

/** A playbook, in YAML, of one play on all hosts. */
export function playbookOf(tasks: readonly Task[], dialect: Dialect, more: object = {}): string {
  return play(
    tasks.map((task, index) => written(task, index, dialect)),
    more,
  )
}

function written(task: Task, index: number, dialect: Dialect): object {
  const name = `Task ${index + 1}: ${task.kind}`
  return { name, ...(dialect === 'ansible' ? (task.ansible ?? task.playssh) : task.playssh) }
}

export function play(tasks: readonly object[], more: object = {}): string {
  return stringify([{ hosts: 'all', gather_facts: false, vars: { motto: MOTTO }, tasks, ...more }])
}

/** The same in each language that templates may be written in. */
const WORDS = {
  handlebars: { condition: `eq motto "${MOTTO}"`, items: '{{rounds}}', template: 'bench.conf.hbs' },
  jinja: { condition: `motto == "${MOTTO}"`, items: '{{ rounds }}', template: 'bench.conf.j2' },
} as const

/** A playbook in which all tasks have a condition and notify a handler, and folders are in a loop. */
export function wordyPlaybook(tasks: readonly Task[], language: keyof typeof WORDS): string {
  const { condition, items, template } = WORDS[language]
  const wordy = tasks.map((task, index) => ({
    ...written(task, index, 'playssh'),
    ...(task.kind === 'template' && {
      template: { ...(task.playssh as { template: object }).template, src: template },
    }),
    ...(task.kind === 'folder' && { loop: items }),
    when: condition,
    notify: 'Reload',
  }))
  return play(wordy, {
    vars: { motto: MOTTO, rounds: [1, 2] },
    handlers: [{ name: 'Reload', command: 'true', when: condition }],
  })
}

/** So many tasks, among which are two commands: one that says that it changes nothing, and one whose result is there. */
export function tasksWithCommands(count: number, cmd: string): Task[] {
  const tasks = tasksFor(count - 2)
  const command = (playssh: object, looks: Task['looks']): Task => ({ kind: 'command', playssh, looks })
  const declared = command({ command: cmd, changed_when: false }, { command: cmd })
  const there = command({ command: { cmd: `touch ${THERE}`, creates: THERE } }, { stat: THERE })
  const [third, twoThirds] = [Math.floor(count / 3), Math.floor((2 * count) / 3)]
  return [
    ...tasks.slice(0, third),
    declared,
    ...tasks.slice(third, twoThirds),
    there,
    ...tasks.slice(twoThirds),
  ]
}

const THERE = '/etc/hostname'

/** How many of these tasks a runner says it has changed when every one of them had something to do. */
export function changesIn(tasks: readonly Task[], dialect: Dialect): number {
  const changing = tasks.filter(
    ({ drift, ansible }) => drift && (dialect === 'playssh' || ansible === undefined),
  )
  return changing.length
}

/** The first `count` of these tasks that have something to do on a fresh host. */
export function changingTasks(count: number): Task[] {
  return tasksFor(2 * count)
    .filter(({ drift }) => drift !== undefined)
    .slice(0, count)
}

/** As many of the tasks, evenly spread, as can be made to have something to do. */
export function driftingOf(tasks: readonly Task[], count: number): Task[] {
  const able = tasks.filter(({ drift }) => drift !== undefined)
  return Array.from({ length: count }, (_, index) => able[Math.floor(((index + 0.5) * able.length) / count)]!)
}

/** One sh script that looks at all that the tasks are about, a program started once for each kind of look. */
export function floorScript(tasks: readonly Task[]): string {
  const all = (look: Look) => [...new Set(tasks.flatMap(({ looks }) => looks[look] ?? []))]
  const PROGRAMS: [Look, string][] = [
    ['stat', "stat -c '%N %F %a %u %g %s'"],
    ['sum', 'sha256sum'],
    ['text', 'cat'],
    ['user', 'getent passwd'],
    ['package', DPKG_QUERY],
    ['proc', 'cat'],
  ]
  return [
    'set -e',
    ...PROGRAMS.flatMap(([look, program]) =>
      all(look).length === 0 ? [] : `${program} ${all(look).join(' ')}`,
    ),
    ...all('command'),
    ...(all('address').length === 0 ? [] : ['ip -j address show']),
    ...(all('route').length === 0 ? [] : ['ip -j route show']),
  ].join('\n')
}
