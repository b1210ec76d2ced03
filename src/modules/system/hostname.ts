import { writeFile } from '../../host/write.ts'
import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { inSteps, type PlannedChange, sh } from '../../sdk/plans.ts'
import { contentOf } from '../../shell/content.ts'

const hostnameOptions = options({
  name: { type: 'str', help: 'What the host is called.', required: true },
  use: {
    type: 'str',
    help: 'How to set it; found out by itself if not given. All but systemd are "hostname" and /etc/hostname.',
    choices: ['systemd', 'debian', 'alpine', 'redhat', 'generic'],
  },
})

interface State {
  /** The kernel's. */
  readonly live: string
  /** /etc/hostname's, or undefined without that file. */
  readonly stored: string | undefined
  readonly systemd: boolean
}

const STORED = '/etc/hostname'

export const hostname = defineModule<typeof hostnameOptions, State>({
  name: 'hostname',
  summary: 'Sets what the host is called, now and after the next boot.',
  options: hostnameOptions,
  validate: ({ name }) =>
    // The kernel holds 64 characters; RFC 1123 section 2.1 has letters, digits and hyphens, and dots between.
    name === undefined || /^(?!.{65})[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/.test(name)
      ? []
      : [
          `hostname: ${JSON.stringify(name)} is not a host name; up to 64 letters, digits, hyphens and dots are`,
        ],
  probe: () =>
    [
      'read -r live </proc/sys/kernel/hostname || live=$(uname -n)',
      'printf "%s\\n" "$live"',
      'if [ -d /run/systemd/system ] && command -v hostnamectl >/dev/null; then echo systemd; else echo files; fi',
      `if [ -e ${STORED} ]; then while read -r line; do case $line in '#'*|'') ;; *) break ;; esac; done <${STORED}; echo "=$line"; fi`,
    ].join('\n'),
  parse({ text }) {
    const [live = '', method, stored = ''] = text.split('\n')
    return {
      live,
      systemd: method === 'systemd',
      stored: stored.startsWith('=') ? stored.slice(1) : undefined,
    }
  },
  plan({ name, use }, { live, stored, systemd }) {
    const managed = use === undefined ? systemd : use === 'systemd'
    const setLive = sh(managed ? `hostnamectl --transient set-hostname ${name}` : `hostname ${name}`)
    const store = managed
      ? sh(`hostnamectl --static set-hostname ${name}`)
      : writeFile({ path: STORED, content: contentOf(`${name}\n`), owner: 0, group: 0, mode: 0o644 })
    const steps: PlannedChange[] = []
    if (live !== name) steps.push([{ what: 'hostname', before: live, after: name }, setLive])
    if (stored !== name) steps.push([{ what: STORED, before: stored ?? null, after: name }, store])
    return { ...inSteps(steps), result: { name, ansible_facts: factsOf(name) } }
  },
})

function factsOf(name: string) {
  const [short = '', ...domain] = name.split('.')
  return {
    ansible_hostname: short,
    ansible_nodename: name,
    ansible_fqdn: name,
    ansible_domain: domain.join('.'),
  }
}
