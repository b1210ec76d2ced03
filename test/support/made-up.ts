import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Event } from '../../src/protocol/event.ts'

// Plays that are made up: for what must come to the same in two ways.

export const HOSTS = ['a', 'b', 'c']

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

export type Below = ReturnType<typeof random>

const own = (below: Below) => `{{state}}/{{inventory_hostname}}/f${below(4)}`
const link = (below: Below) => `{{state}}/{{inventory_hostname}}/l${below(2)}`

const key = (below: Below) => `ssh-ed25519 AAAA${below(3)} k${below(2)}`

/** Variables that are the same on all hosts, on some, on none, and that tasks set; they are parts of file names, too. */
const VARIABLES = ['agreed', 'differing', 'own', 'moved', 'nested', 'included']
const PLAY_VARS = [
  'agreed: line 1',
  `differing: "{{'two' if inventory_hostname == 'b' else 'one'}}"`,
  'own: "{{inventory_hostname}} {{differing}}"',
  'moved: text 1',
  'nested: "{{moved}} {{included}}"',
  'included: line 2',
]
/** Files that lie beside the playbook. */
const INCLUDED = {
  'one.yml': 'included: text of one\n',
  'two.yml': 'included: "{{differing}} of two"\n',
}

function variable(below: Below): string {
  return VARIABLES[below(VARIABLES.length)]!
}

/** One module call that looks at and may change a few files, so that steps are in each other's way. */
function action(below: Below): string {
  const file = own(below)
  switch (below(32)) {
    case 0:
      return `copy: {content: "text ${below(3)}\\n", dest: "${file}"}`
    case 1:
      return `lineinfile: {path: "${file}", line: "line ${below(4)}", create: true}`
    case 2:
      return `lineinfile: {path: "${file}", regexp: "^(line|text)", line: "text ${below(3)}", create: true}`
    case 3:
      return `file: {path: "${file}", state: ${below(2) ? 'absent' : 'touch, modification_time: preserve, access_time: preserve'}}`
    case 4:
      return `file: {path: "{{state}}/{{inventory_hostname}}/d${below(2)}", state: ${below(2) ? 'absent' : 'directory'}}`
    case 5:
      return `shell: "echo line ${below(4)} >> ${file}"`
    case 6:
      return `command: {cmd: "touch ${file}", creates: "${file}"}`
    case 7:
      return `blockinfile: {path: "${file}", block: "line ${below(3)}", create: true}`
    case 8:
      return `copy: {content: "{{${variable(below)}}} {{agreed}}\\n", dest: "${file}"}`
    case 9:
      return `lineinfile: {path: "{{state}}/{{inventory_hostname}}/{{${variable(below)}}}", line: "{{agreed}}", create: true}`
    case 10:
      return `set_fact: {moved: "text {{${variable(below)}}} ${below(2)}"}`
    case 11:
      return `include_vars: "${below(2) ? 'one' : '{{differing}}'}.yml"`
    case 12:
      return `file: {path: "${link(below)}", src: "${own(below)}", state: link, force: true}`
    case 13:
      return `file: {path: "${link(below)}", src: "{{state}}/{{inventory_hostname}}/d${below(2)}", state: link, force: true}`
    case 14:
      return `copy: {content: "text ${below(3)}\\n", dest: "${link(below)}", follow: ${below(2) === 0}}`
    case 15:
      return `lineinfile: {path: "${link(below)}/f${below(2)}", line: "line ${below(3)}", create: true}`
    case 16:
      return `copy: {content: "text ${below(3)}\\n", dest: "{{state}}/{{inventory_hostname}}/d${below(2)}/f${below(2)}"}`
    case 17:
      // Nobody knows before it is tried.
      return `file: {path: "{{state}}/{{inventory_hostname}}/${'long'.repeat(below(6) === 0 ? 80 : 1)}", state: ${below(2) ? 'absent' : 'touch, modification_time: preserve, access_time: preserve'}}`
    case 18:
      return `file: {path: "${file}", mode: "06${below(2)}0"}`
    case 19:
      return `command: "cat ${file}"`
    case 20:
      return `shell: "cat ${file} 2>/dev/null | wc -l && ls {{state}}/{{inventory_hostname}}"`
    case 21:
      return `copy: {content: "{{default seen.rc 'none'}} {{replace (default seen.stdout 'nothing') state ''}}\\n", dest: "${file}"}`
    case 22:
      return `ini_file: {path: "${below(4) ? file : link(below)}", section: s${below(2)}, option: o${below(2)}, value: "${below(3)}", follow: ${below(2) === 0}}`
    case 23:
      return `cron: {cron_file: "${below(4) ? file : link(below)}", name: j${below(2)}, job: "line ${below(3)}", user: root, state: ${below(3) ? 'present' : 'absent'}}`
    case 24:
      return `authorized_key: {user: root, path: "${below(4) ? file : link(below)}", key: "${key(below)}", manage_dir: false, follow: ${below(2) === 0}}`
    case 25:
      return `authorized_key: {user: root, path: "{{state}}/{{inventory_hostname}}/d${below(2)}/f${below(2)}", key: "${key(below)}", exclusive: ${below(2) === 0}}`
    case 26:
      return `mount: {fstab: "${below(4) ? file : link(below)}", path: /m${below(2)}, src: /dev/m${below(2)}, fstype: ext4, state: ${below(3) ? 'present' : 'absent_from_fstab'}}`
    case 27:
      return `htpasswd: {path: "${file}", name: u${below(3)}, password: "${below(2)}", crypt_scheme: plaintext}`
    case 28:
      return `known_hosts: {path: "${file}", name: h, key: "h ssh-rsa AAAAB3NzaC1yc2E${'AEIM'[below(4)]}"}`
    case 29:
      return `debug: {msg: "{{${variable(below)}}} {{default seen.rc 'none'}}"}`
    case 30:
      return `assert: {that: "ne inventory_hostname '${'abcd'[below(4)]}'"}`
    default:
      return `copy: {content: "{{inventory_hostname}} {{default seen.rc 'none'}}\\n", dest: "${file}"}`
  }
}

function condition(below: Below): string {
  const conditions = ["eq inventory_hostname 'a'", "ne inventory_hostname 'b'", 'defined seen']
  return below(4) === 0 ? conditions[below(3)]! : ''
}

function task(below: Below, name: string, when = condition(below)): string {
  const lines = [`- name: ${name}`, `  ${action(below)}`]
  // It does not hold of those that write.
  if (/^ {2}(shell|command):/.test(lines[1]!) && below(2)) lines.push('  changed_when: false')
  if (when !== '') lines.push(`  when: ${when}`)
  if (below(5) === 0) {
    lines.push('  register: seen')
    if (below(3) === 0) lines.push('  until: not seen.changed', '  retries: 1', '  delay: 0')
  }
  if (below(4) === 0) lines.push(`  notify: h${below(2)}`)
  if (below(8) === 0) lines.push('  run_once: true')
  if (below(8) === 0) lines.push('  loop: [1, 2]')
  else if (below(4) === 0) {
    // Some of the same file, and some of others.
    lines[1] = lines[1]!.replace(/\/f\d/, '/f{{item}}')
    lines.push(`  loop: [${Array.from({ length: 1 + below(4) }, () => below(4)).join(', ')}]`)
  }
  if (below(10) === 0) lines.push(`  delegate_to: ${HOSTS[below(3)]}`)
  if (below(12) === 0) lines.push('  ignore_errors: true', '  failed_when: true')
  return lines.join('\n')
}

function block(below: Below, name: string): string {
  const part = (list: string) => list.replaceAll(/^/gm, '    ')
  const fails =
    below(2) === 0 ? `\n    - {name: ${name} fails, fail: , when: "eq inventory_hostname 'b'"}` : ''
  return `- block:
${part(task(below, `${name} in block`))}${fails}
  rescue:
${part(task(below, `${name} rescue`))}
  always:
${part(task(below, `${name} always`))}`
}

export function playbook(below: Below): string {
  const steps = Array.from({ length: 3 + below(12) }, (_, index) => {
    const kind = below(10)
    if (kind === 0) return '- meta: flush_handlers'
    if (kind === 1) {
      const look = `- {name: s${index}, stat: {path: "${own(below)}"}, register: looked}`
      return `${look}\n${task(below, `t${index}`, 'looked.stat.exists')}`
    }
    return kind < 4 ? block(below, `t${index}`) : task(below, `t${index}`)
  })
  // Under free, what one host's failure means for the others is a matter of chance, with prefetch or without.
  const isFree = below(4) === 0
  const indent = (text: string) => text.replaceAll(/^/gm, '    ')
  return `
- hosts: all
  serial: ${['3', '1', '2'][below(3)]}
  strategy: ${isFree ? 'free' : 'linear'}
  any_errors_fatal: ${!isFree && below(6) === 0}
  vars:
${PLAY_VARS.map((line) => `    ${line}`).join('\n')}
  tasks:
${steps.map(indent).join('\n').replaceAll('run_once: true', `run_once: ${!isFree}`)}
  handlers:
${[0, 1].map((index) => indent(`- {name: h${index}, ${action(below)}}`)).join('\n')}
`
}

export function drift(below: Below, state: string): void {
  for (const host of HOSTS) {
    mkdirSync(join(state, host), { recursive: true })
    for (let file = 0; file < 4; file += 1) {
      if (below(2))
        writeFileSync(join(state, host, `f${file}`), ['', 'line 1\n', 'text 1\nline 2\n', 'odd'][below(4)]!)
    }
    if (below(2)) mkdirSync(join(state, host, 'd0'))
  }
}

/** What happened on each host, in its order: task, status, and what was changed. */
export function stepsOf(events: readonly Event[]): Record<string, string[]> {
  const steps: Record<string, string[]> = {}
  for (const event of events) {
    if (event.type !== 'host-finished') continue
    const { task: done, host, result } = event
    const changes = result.changes.map(({ what, before, after }) => JSON.stringify([what, before, after]))
    const list = steps[host] ?? []
    steps[host] = list
    list.push(withoutFolder(`${done.name} ${result.status} ${changes.join(' ')}`))
  }
  return steps
}

export function filesBelow(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(entries.map((path) => [path, shown(join(folder, path))]))
}

function shown(path: string): string {
  const stat = lstatSync(path)
  if (stat.isDirectory()) return `${stat.mode} directory`
  if (stat.isSymbolicLink()) return `link to ${withoutFolder(readlinkSync(path))}`
  return `${stat.mode} ${readFileSync(path, 'utf8')}`
}

/** Each run has a folder of its own. */
function withoutFolder(text: string): string {
  return text.replaceAll(/\/tmp\/made-up-\w+/g, '')
}

/** Writes a play and what it includes into a folder, and gives the path of the play. */
export function writePlay(folder: string, play: string): string {
  for (const [name, text] of Object.entries({ 'play.yml': play, ...INCLUDED }))
    writeFileSync(join(folder, name), text)
  return join(folder, 'play.yml')
}
