import { existsSync } from 'node:fs'
import { mobility, moreMachines } from './mobility.ts'
import {
  changes,
  check,
  exits,
  expect,
  loggedIn,
  MACHINES,
  nothingChanged,
  on,
  report,
  run,
  same,
  stopHost,
  summary,
} from './support.ts'

const LAB = 'playbooks/lab.yml'
const DESTROY = 'playbooks/destroy.yml'
const PINGS = 'reachability : Which addresses do not answer'

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  galileo: ['192.168.104.254'],
  crouter: ['192.168.102.1', '192.168.103.1', '192.168.104.1'],
  cnode: ['192.168.102.2'],
  hrouter: ['192.168.103.2', '192.168.100.1'],
  frouter: ['192.168.103.3', '192.168.101.1'],
  hagent: ['192.168.100.2'],
  pmagent: ['192.168.101.2'],
  mnode: ['192.168.100.3'],
}

async function allReachAll(): Promise<string> {
  const every = Object.values(ADDRESSES).flat()
  await Promise.all(
    Object.keys(ADDRESSES).map(async (host) => {
      const silent = await on(host, `fping -u -r 3 ${every.join(' ')} || test $? = 1`)
      same(silent, '', `what ${host} does not reach`)
    }),
  )
  return `${Object.keys(ADDRESSES).length} hosts, ${every.length} addresses each`
}

await check('Without a yes, nothing is taken down', async () => {
  const ended = await run(DESTROY)
  expect(ended.code !== 0, 'destroy.yml went on without being told to')
  expect(`${ended.stdout}${ended.stderr}`.includes('confirm=yes'), `it does not say how: ${ended.stdout}`)
  return undefined
})

await check('Everything is taken down, the image too', async () => {
  exits(await run(DESTROY, '-e', 'confirm=yes', '-e', 'purge=yes'), 0)
  expect(!existsSync('.lab/galileo'), '.lab/galileo is still there')
  return undefined
})

await check('Where there is nothing, --check tells of it all and makes none of it', async () => {
  const { report: found, ...checked } = await report(LAB, '--check')
  exits(checked, 3)
  const wanted = ['keys : Host keys', 'embedded_host : Image', 'embedded_host : Start']
  const told = changes(found).map((change) => change.replace(/^.*?: /, ''))
  same(
    wanted.filter((task) => !told.includes(task)),
    [],
    'what is not told',
  )
  expect(!existsSync('.lab/galileo') && !existsSync('.lab/id_ed25519'), 'something was made')
  return undefined
})

await check('From nothing to the lab', async () => {
  const ended = await run(LAB)
  exits(ended, 0)
  return undefined
})

await check('Everybody reaches every address', allReachAll)

await check('From cnode to mnode the way goes through crouter and hrouter', async () => {
  const trace = await on('cnode', 'traceroute -n -q 1 -w 5 192.168.100.3')
  const hops = [...trace.matchAll(/^ *\d+ +(\S+)/gm)].map(([, hop]) => hop)
  same(hops, ['192.168.102.1', '192.168.103.2', '192.168.100.3'], 'the way')
  return hops.join(', ')
})

await check('Once more: nothing to do', async () => {
  const { report: found, ...ended } = await report(LAB)
  exits(ended, 0)
  nothingChanged(found.stats)
  return undefined
})

await check('Once more in words', async () => {
  const ended = await run(LAB)
  exits(ended, 0)
  expect(/in sync/.test(ended.stdout), `it does not say "in sync":\n${ended.stdout.slice(-1000)}`)
  return undefined
})

await check('Twice more, the second time over logins that are kept', async () => {
  const before = process.env.PLAYSSH_PERSIST
  process.env.PLAYSSH_PERSIST = '60s'
  try {
    const [first, second] = [await run(LAB), await run(LAB)]
    for (const ended of [first, second]) exits(ended, 0)
    return `${first.seconds.toFixed(1)} s, ${second.seconds.toFixed(1)} s`
  } finally {
    process.env.PLAYSSH_PERSIST = before
  }
})

await check('--check finds nothing', async () => exits(await run(LAB, '--check'), 0) as undefined)

const DRIFTED = [
  'hrouter: node : Names of the lab',
  'hrouter: node : Routes',
  'hrouter: router : Kernel parameters',
]

await check('Three drifts by hand: --check --diff names exactly these', async () => {
  await on(
    'hrouter',
    'ip route del 192.168.101.0/24; sysctl -qw net.ipv4.ip_forward=0; echo 10.1.1.1 strange >>/etc/hosts',
  )
  const { report: found, ...ended } = await report(LAB, '--check', '--diff')
  exits(ended, 3)
  same(changes(found).sort(), DRIFTED, 'what would change')
  const words = await run(LAB, '--check', '--diff')
  exits(words, 3)
  for (const word of ['10.1.1.1 strange', '192.168.101.0/24', 'net.ipv4.ip_forward'])
    expect(words.stdout.includes(word), `the diff does not show ${word}:\n${words.stdout}`)
  return undefined
})

await check('A run repairs exactly these', async () => {
  const { report: found, ...ended } = await report(LAB)
  exits(ended, 0)
  same(changes(found).sort(), DRIFTED, 'what was changed')
  exits(await run(LAB, '--check'), 0)
  return undefined
})

/** The most that a command line of fping waits for one address, in ms. */
function patienceOf(fping: string): number {
  const option = (name: string, usual: number) =>
    Number(new RegExp(` -${name} ([\\d.]+)`).exec(fping)?.[1] ?? usual)
  const [timeout, backoff, retries] = [option('t', 500), option('B', 1.5), option('r', 3)]
  return Array.from({ length: retries + 1 }, (_, ping) => timeout * backoff ** ping).reduce((a, b) => a + b)
}

await check(
  'Forwarding is off: --check tells of it, and then waits two seconds at most for answers',
  async () => {
    await on('hrouter', 'sysctl -qw net.ipv4.ip_forward=0')
    const { report: found, ...ended } = await report(LAB, '--check')
    exits(ended, 3)
    same(changes(found), ['hrouter: router : Kernel parameters'], 'what would change')
    const asked = found.plays.flatMap(({ tasks }) => tasks).find(({ task }) => task.name === PINGS)!
    const commands = Object.values(asked.hosts).map(({ cmd }) => cmd!)
    same(commands.length, Object.keys(ADDRESSES).length, 'how many hosts have asked')
    for (const command of commands) {
      const patience = patienceOf(command)
      expect(patience <= 2000, `${command} waits ${patience} ms`)
    }
    const { stdout } = await run(LAB, '--check')
    const told = stdout.indexOf('net.ipv4.ip_forward: 0 -> 1')
    expect(told >= 0 && told < stdout.indexOf(`TASK [${PINGS}]`), `it is told too late:\n${stdout}`)
    expect(
      stdout.includes('cnode does not reach hagent (192.168.100.2) mnode'),
      'what is not reached is not told',
    )
    await on('hrouter', 'sysctl -qw net.ipv4.ip_forward=1')
    return `${patienceOf(commands[0]!)} ms`
  },
)

const PINGED = "awk '/^Icmp: [0-9]/ {print $10}' /proc/net/snmp"

/** hagent hears pings so many ms late, and all else in time. */
async function late<T>(delay: number, meanwhile: () => Promise<T>): Promise<T> {
  const queue = 'tc qdisc add dev hagent.0'
  const pings = 'protocol ip u32 match ip protocol 1 0xff flowid 1:3'
  await on(
    'galileo',
    `modprobe -a sch_prio sch_netem cls_u32 && ${queue} root handle 1: prio &&
    ${queue} parent 1:3 netem delay ${delay}ms && tc filter add dev hagent.0 parent 1: ${pings}`,
  )
  try {
    return await meanwhile()
  } finally {
    await on('galileo', 'tc qdisc del dev hagent.0 root')
  }
}

await check('A machine that answers late: a run waits for it, and --check says that it is not reached', () =>
  late(1200, async () => {
    const before = Number(await on('hagent', PINGED))
    const checked = await run(LAB, '--check')
    exits(checked, 0)
    const said = checked.stdout.slice(-2000)
    expect(checked.stdout.includes('cnode does not reach hagent'), `it is not told:\n${said}`)
    const pings = Number(await on('hagent', PINGED)) - before
    expect(pings > 0 && pings <= 3 * Object.keys(ADDRESSES).length, `${pings} pings came`)
    const { report: found, ...ended } = await report(LAB)
    exits(ended, 0)
    nothingChanged(found.stats)
    return `${pings} pings`
  }),
)

await check('A machine without fping: --check says that it cannot know, a run fails', async () => {
  await on('hagent', 'mv /usr/bin/fping /usr/bin/fping.away')
  const checked = await run(LAB, '--check')
  const ended = await run(LAB)
  await on('hagent', 'mv /usr/bin/fping.away /usr/bin/fping')
  exits(checked, 0)
  exits(ended, 2)
  for (const { stdout } of [checked, ended])
    expect(stdout.includes('fping is not installed on hagent'), `it does not say so:\n${stdout.slice(-2000)}`)
  return undefined
})

const sshd = (machine: string, command: string) =>
  on('galileo', `lxc-attach -n ${machine} -- sh -c '${command}'`)

await check('One SSH server stopped, one frozen: the others are done', async () => {
  await sshd('cnode', 'kill $(cat /run/sshd.pid)')
  await sshd('hagent', 'kill -STOP $(cat /run/sshd.pid)')
  const { report: found, ...ended } = await report(LAB)
  await sshd('hagent', 'kill -CONT $(cat /run/sshd.pid)')
  await on('galileo', 'lxc-stop -k -n cnode; lxc-start -n cnode')
  exits(ended, 4)
  const unreachable = Object.entries(found.stats).filter(([, { unreachable }]) => unreachable)
  same(unreachable.map(([host]) => host).sort(), ['cnode', 'hagent'], 'who is unreachable')
  return undefined
})

await check('A machine stopped: --check says that it would be started, and no more', async () => {
  await on('galileo', 'lxc-stop -k -n frouter')
  const { report: found, ...ended } = await report(LAB, '--check')
  exits(ended, 3)
  same(changes(found), ['galileo: lxc : Start'], 'what would change')
  exits(await run(LAB), 0)
  return undefined
})

await check('All seven rebooted: in sync after at most one run', async () => {
  await on('galileo', `for n in ${MACHINES.join(' ')}; do lxc-stop -k -n $n && lxc-start -n $n || exit; done`)
  await Promise.all(MACHINES.map(loggedIn))
  const { report: found, ...ended } = await report(LAB)
  exits(ended, 0)
  const { report: next, ...again } = await report(LAB)
  exits(again, 0)
  nothingChanged(next.stats)
  const repaired = changes(found)
  return repaired.length === 0 ? 'nothing was to be repaired' : repaired.join(', ')
})

await check('The host itself restarted: the machines come back with it', async () => {
  await stopHost()
  const { report: found, ...ended } = await report(LAB)
  exits(ended, 0)
  return changes(found).join(', ')
})

await mobility()
await moreMachines()

await check('All is taken down, the image is kept', async () => {
  exits(await run(DESTROY, '-e', 'confirm=yes'), 0)
  same(existsSync('.lab/galileo/machine'), false, 'whether the machine is there')
  expect(existsSync('.lab/galileo'), 'the image is gone')
  return undefined
})

process.exitCode = summary()
