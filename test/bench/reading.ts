import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bed } from './bed.ts'
import { type Measurement, measure } from './measure.ts'
import { type Extent, inSeries } from './part.ts'
import { timed } from './process.ts'

interface Reader {
  readonly name: string
  readonly command: string
  /** Of the cache, what there is before it starts: nothing, what the run before left, or no cache at all. */
  readonly cache: 'cold' | 'warm' | 'none'
}

/** Large projects that are read and checked, and no host is connected to: without a cache, with a cold and a warm one. */
export function readings(bed: Bed, { runs }: Extent): Promise<Measurement[]> {
  const contestants: Reader[] = bed.runners.flatMap(({ name, command }) => [
    { name: `${name}, nothing kept`, command, cache: 'none' },
    { name: `${name}, first`, command, cache: 'cold' },
    { name: `${name}, again`, command, cache: 'warm' },
  ])
  return inSeries(Object.entries(PROJECTS), ([what, make]) => {
    const folder = bed.path(`reading-${what.replace(/\W+/g, '-')}`)
    mkdirSync(folder)
    const words = make((path, text) => {
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), text)
    })
    const once = async ({ name, command, cache }: Reader) => {
      const kept = join(folder, `cache of ${command.replaceAll('/', '-')}`)
      if (cache === 'cold') rmSync(kept, { recursive: true, force: true })
      const env = { XDG_CACHE_HOME: kept, PLAYSSH_YAML_CACHE: String(cache !== 'none') }
      const ended = await timed([command, ...words], folder, env)
      if (ended.status !== 0) throw new Error(`${name} ended with ${ended.status}: ${ended.stderr}`)
      return { ...ended, changed: undefined }
    }
    return measure({ part: 'reading', what, contestants, runs: () => runs, once })
  })
}

type Write = (path: string, text: string) => void

/** Each writes its files, and gives the words of the command. */
const PROJECTS: Readonly<Record<string, (write: Write) => readonly string[]>> = {
  '1,000 hosts in YAML': (write) => ofInventory(write, 'hosts.yml', inYaml(1000)),
  '10,000 hosts in YAML': (write) => ofInventory(write, 'hosts.yml', inYaml(10_000)),
  '10,000 hosts in INI': (write) => ofInventory(write, 'hosts', inIni(10_000)),
  '1,000 files in host_vars': (write) => {
    for (const host of numbers(1000)) write(`host_vars/web${host}.yml`, HOST_VARS(host))
    return ofInventory(
      write,
      'hosts',
      `[web]\n${numbers(1000)
        .map((host) => `web${host}\n`)
        .join('')}`,
    )
  },
  '100 roles, 3,000 tasks': (write) => {
    for (const role of numbers(100)) {
      write(
        `roles/r${role}/tasks/main.yml`,
        numbers(30)
          .map((task) => TASK(role, task))
          .join(''),
      )
      write(`roles/r${role}/handlers/main.yml`, '- name: told\n  command: "true"\n')
      write(
        `roles/r${role}/defaults/main.yml`,
        numbers(20)
          .map((number) => DEFAULT(role, number))
          .join(''),
      )
    }
    write(
      'site.yml',
      `- hosts: all\n  roles: [${numbers(100)
        .map((role) => `r${role}`)
        .join(', ')}]\n`,
    )
    return ['-i', 'localhost,', 'site.yml', '--syntax-check']
  },
}

function ofInventory(write: Write, name: string, text: string): readonly string[] {
  write(name, text)
  write(
    'site.yml',
    '- hosts: all\n  tasks:\n    - debug: {msg: "{{ inventory_hostname }} {{ rack | default(1) }}"}\n',
  )
  return ['-i', name, 'site.yml', '--syntax-check']
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number)
}

const DISKS = '[{name: sda, size: 10}, {name: sdb, size: 20}]'

const HOST_VARS = (host: number) =>
  `---\nansible_host: 10.0.${host >> 8}.${host & 255}\nrack: r${host % 40}\nweight: ${host}\ndisks: ${DISKS}\nusers:\n  - name: alice\n    groups: [wheel, adm]\n  - name: bob\n    shell: /bin/sh\n`

const TASK = (role: number, task: number) => `- name: Task ${task} of ${role}
  copy:
    content: "{{ r${role}_name_${task % 20} }} is {{ r${role}_size_${task % 20} | int + 1 }}"
    dest: /etc/made/${role}/${task}
    mode: "0644"
  when: r${role}_size_${task % 20} | int > 1 and inventory_hostname is defined
  notify: told
`

const DEFAULT = (role: number, number: number) =>
  `r${role}_name_${number}: "number ${number}"\nr${role}_size_${number}: ${number}\n`

function inYaml(hosts: number): string {
  const one = (host: number) =>
    `        web${host}.example.net:\n          ansible_host: 10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}\n          rack: r${host % 40}\n          weight: ${host}\n          disks: ${DISKS}\n`
  return `all:\n  children:\n    web:\n      vars: {zone: a}\n      hosts:\n${numbers(hosts).map(one).join('')}`
}

function inIni(hosts: number): string {
  const one = (host: number) =>
    `web${host}.example.net ansible_host=10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255} rack=r${host % 40} weight=${host}\n`
  return `[web]\n${numbers(hosts).map(one).join('')}[web:vars]\nzone=a\n`
}
