import { mobility } from './mobility.ts'
import {
  changes,
  check,
  exits,
  expect,
  loggedIn,
  nothingChanged,
  on,
  report,
  run,
  MACHINES as SEVEN,
  same,
  stopHost,
  summary,
} from './support.ts'

const ALL = process.argv[2] === 'all'
const LAB = 'playbooks/lab.yml'
const DOMAIN = ['-i', 'test/lab/domain.yml']
const UP = ALL
  ? [LAB, '-e', 'substrate=xen']
  : [...DOMAIN, '-i', 'test/lab/embedded.yml', LAB, '-e', '@inventory/group_vars/embedded_machines.yml']
const MACHINES = ALL ? SEVEN : ['alone']
const DRIFTED = ALL ? 'hrouter' : 'alone'
const WRONG_BRIDGE = ALL ? 'xenbr5' : 'lan-b'
// Of its second interface: by the first it is managed.
const OTHER_BRIDGE = ALL ? 'xenbr5' : 'lan-a'

/** Names of the domains besides dom0. */
async function domains(): Promise<string[]> {
  const list = await on('galileo', 'xl list')
  return list
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/)[0]!)
    .filter((name) => name !== 'Domain-0')
    .sort()
}

/** Mounts and loop devices of images that are being made, and images that are half made. */
const LEFT_OVER = `grep -E ' /tmp/' /proc/mounts | grep -v '^tmp '; losetup -a | grep '${DRIFTED}/'; ls -d /srv/xen/domains/${DRIFTED}* 2>/dev/null; true`

/** Configured within the machine that drifted. */
const isInside = (task: string) => new RegExp(`^${DRIFTED}: (node|router) : `).test(task)

interface Anew {
  /** Between what --check says and the repair. */
  readonly meanwhile: () => Promise<void>
}

/**
 * Alters something by hand: --check names exactly `wanted` (exit status 3), a run repairs exactly that, no other domain
 * notices. A machine that is made anew is configured besides.
 */
async function drift(name: string, command: string, wanted: string[], anew?: Anew) {
  await check(`Drift: ${name}`, async () => {
    const others = async () =>
      (await on('galileo', 'xl list')).split('\n').flatMap((line) => {
        const [domain, id] = line.split(/\s+/)
        return domain === DRIFTED || domain === 'Name' ? [] : [`${domain} ${id}`]
      })
    const before = await others()
    await on('galileo', command)
    const { report: found, ...checked } = await report(...UP, '--check')
    exits(checked, 3)
    same(changes(found).sort(), wanted, 'what would change')
    await anew?.meanwhile()
    const { report: done, ...ended } = await report(...UP)
    exits(ended, 0)
    const repaired = changes(done).filter((task) => anew === undefined || !isInside(task))
    same(repaired.sort(), wanted, 'what was changed')
    exits(await run(...UP, '--check'), 0)
    same(await others(), before, 'the other domains')
    return wanted.map((one) => one.replace(/^.*: /, '')).join(', ')
  })
}

const named = (...tasks: string[]) => tasks.map((task) => `${DRIFTED}: xen : ${task}`)

await check(`From nothing to ${MACHINES.length} domains`, async () => {
  exits(await run('playbooks/destroy.yml', '-e', 'confirm=yes'), 0)
  exits(await run(...UP), 0)
  same(await domains(), [...MACHINES].sort(), 'domains')
  const made = await on('galileo', 'grep -l "^Installation method" /var/log/xen-tools/*.log')
  for (const machine of MACHINES)
    expect(made.includes(`/${machine}.log`), `xen-create-image has not made ${machine}: ${made}`)
  const routed = await on('galileo', `grep -l "^Gateway" /var/log/xen-tools/${DRIFTED}.log; true`)
  same(routed !== '', DRIFTED === 'alone', `xen-create-image knows a gateway of ${DRIFTED}`)
  return undefined
})

await check('Their root is the disk that their own files name', async () => {
  const roots = MACHINES.map((machine) =>
    on(machine, 'awk \'$2 == "/" && $1 ~ /^.dev/ {print $1}\' /etc/fstab; findmnt -no SOURCE /'),
  )
  for (const root of await Promise.all(roots))
    same(root.split('\n').filter(Boolean), ['/dev/xvda1', '/dev/xvda1'], 'the root')
  return undefined
})

await check('Once more: nothing to do', async () => {
  const { report: found, ...ended } = await report(...UP)
  exits(ended, 0)
  nothingChanged(found.stats)
  exits(await run(...UP, '--check'), 0)
  return undefined
})

await drift('a domain destroyed', `xl destroy ${DRIFTED}`, named('It runs'))
await drift(
  'memory in a configuration',
  `sed -i 's/^memory.*/memory = 128/' /etc/xen/${DRIFTED}.cfg`,
  named('Configuration'),
)
await drift(
  'a bridge in a configuration',
  `sed -i '0,/bridge=[^,]*/s//bridge=${WRONG_BRIDGE}/' /etc/xen/${DRIFTED}.cfg`,
  named('Configuration'),
)
await drift(
  'an interface on the wrong bridge',
  `ip link set ${DRIFTED}.1 master ${OTHER_BRIDGE}`,
  named('Its interfaces are on their bridges'),
)
await drift(
  'an image deleted, and xen-create-image fails at first',
  `xl destroy ${DRIFTED} && sleep 2 && rm -r /srv/xen/domains/${DRIFTED}`,
  named('Image', 'It runs'),
  {
    async meanwhile() {
      const failed = await run(...UP, '-e', 'xen_install_source=/var/lib/none')
      exits(failed, 2)
      expect(failed.stdout.includes('/var/lib/none'), `it does not say why:\n${failed.stdout.slice(-3000)}`)
      same(await on('galileo', LEFT_OVER), '', 'what it left behind')
    },
  },
)

await check('The host itself restarted: the domains come back with it', async () => {
  await stopHost()
  const { report: found, ...ended } = await report(...UP)
  exits(ended, 0)
  await Promise.all(MACHINES.map(loggedIn))
  exits(await run(...UP, '--check'), 0)
  return changes(found).join(', ')
})

if (ALL) await mobility()
else
  await check('Taken down, and the host is as it was', async () => {
    // The keys are still needed, to look.
    exits(
      await run(...DOMAIN, 'playbooks/destroy.yml', '-e', 'confirm=yes', '-e', 'keys_dir=/nonexistent'),
      0,
    )
    same(await domains(), [], 'domains')
    const left =
      'cd /var/lib/playssh; ls -d host_keys authorized_keys init roles /srv/xen /etc/xen/*alone* /etc/xen/auto/* /etc/network/interfaces.d/domain /sys/class/net/lan-* 2>/dev/null; losetup -a'
    same(await on('galileo', left), '', 'what is left')
    return undefined
  })

await check('All is taken down', async () => {
  exits(await run('playbooks/destroy.yml', '-e', 'confirm=yes'), 0)
  return undefined
})

process.exitCode = summary()
