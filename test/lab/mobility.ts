import { changes, check, exits, expect, loggedIn, nothingChanged, on, report, run, same } from './support.ts'

const HOA = '192.168.100.3'
const SECOND = '192.168.100.4'
const HANDOVER = 'playbooks/handover.yml'
const REGISTER = 'playbooks/register-mn.yml'
const DEREGISTER = 'playbooks/deregister-mn.yml'
const VERIFY = 'playbooks/verify.yml'
const AGENTS = ['hagent', 'pmagent']

/** Links, routes in all tables, rules, proxy entries and parameters of both agents. */
async function dump(): Promise<string> {
  const look = [
    'ip -d link',
    'ip -4 route show table all',
    'ip -4 rule',
    'ip neigh show proxy',
    "sysctl -a 2>/dev/null | grep -E '^net.ipv4.(conf|neigh.*proxy_delay|ip_forward)'",
  ].join('; ')
  const seen = await Promise.all(AGENTS.map((agent) => on(agent, look)))
  return seen.join('\n')
}

async function answers(address: string): Promise<void> {
  await on('cnode', `ping -n -q -i 0.2 -c 5 -w 5 ${address}`)
}

/** Pings at 10 Hz from cnode, in the background; `ended` gives when each was answered, in seconds. */
async function pinging(): Promise<{ ended: () => Promise<number[]> }> {
  await on(
    'cnode',
    `nohup ping -n -D -i 0.1 -c 3000 ${HOA} >/run/pings 2>&1 </dev/null & echo $! >/run/pings.pid`,
  )
  return {
    async ended() {
      const text = await on('cnode', 'kill -INT $(cat /run/pings.pid); sleep 0.5; cat /run/pings')
      return [...text.matchAll(/^\[([\d.]+)\].*bytes from/gm)].map(([, at]) => Number(at))
    },
  }
}

/** Fails with the lines that are on one side only. */
function sameDump(now: string, before: string): void {
  const [are, were] = [now.split('\n'), before.split('\n')]
  const more = are.filter((line) => !were.includes(line)).map((line) => `+ ${line}`)
  const less = were.filter((line) => !are.includes(line)).map((line) => `- ${line}`)
  expect(now === before, `the agents are not as they were:\n${[...less, ...more].join('\n')}`)
}

const brokenFor = (stdout: string) => /was broken for [\d.]+ s: \d+ of \d+ pings were lost/.exec(stdout)?.[0]

/** A handover while cnode pings: it says what was lost, and nothing is lost once it has ended. */
async function handover(to: string): Promise<string> {
  const pings = await pinging()
  const ended = await run(HANDOVER, '-e', `hoa=${HOA}`, '-e', `to=${to}`)
  const after = Date.now() / 1000
  exits(ended, 0)
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const answered = await pings.ended()
  const late = answered.filter((at) => at > after)
  expect(late.length > 20, `only ${late.length} pings were answered after the handover`)
  const gaps = late.slice(1).map((at, index) => at - late[index]!)
  expect(Math.max(...gaps) < 0.5, `a gap of ${Math.max(...gaps)} s after the handover`)
  const said = brokenFor(ended.stdout)
  expect(said !== undefined, `it does not say how long the path was broken:\n${ended.stdout}`)
  return `${said}, in ${ended.seconds.toFixed(1)} s`
}

const ttl = async () => Number(/ttl=(\d+)/.exec(await on('cnode', `ping -n -c 1 -w 5 ${HOA}`))?.[1])

/** What is done by hand to each agent, one after the other, and what a run then repairs. */
const DRIFTS: Readonly<Record<string, readonly (readonly [command: string, ...repaired: string[]])[]>> = {
  hagent: [
    ['ip tunnel change ipip-pmagent remote 192.168.101.77', 'ha : Tunnel to the care-of address'],
    // With a link the kernel takes down its routes.
    ['ip link set ipip-pmagent down', 'ha : Tunnel to the care-of address', 'handover : Paths change over'],
    ['ip route del 192.168.100.3', 'handover : Paths change over'],
    ['ip route replace 192.168.100.3 dev eth0', 'handover : Paths change over'],
    ['ip neigh del proxy 192.168.100.3 dev eth0', 'handover : Paths change over'],
    ['ip neigh add proxy 192.168.100.3 dev lo', 'handover : Paths change over'],
    ['sysctl -qw net.ipv4.ip_forward=0', 'ha : Forwarding'],
    ['sysctl -qw net.ipv4.conf.ipip-pmagent.forwarding=0', 'tunnel : Packets are passed on from it'],
  ],
  pmagent: [
    ['ip tunnel change ipip-hagent remote 192.168.100.77', 'pma : Tunnel to the home agent'],
    ['ip route del default table 100', 'pma : Default route into the tunnel'],
    ['ip route replace default dev eth0 table 100', 'pma : Default route into the tunnel'],
    ['ip route del 192.168.100.3', 'pma : Route to the mobile node'],
    ['ip route replace 192.168.100.3 dev eth0', 'pma : Route to the mobile node'],
    ['sysctl -qw net.ipv4.conf.eth1.proxy_arp=0', "pma : Answers on the mobile node's link"],
    ['sysctl -qw net.ipv4.neigh.eth1.proxy_delay=80', 'pma : Answers there do not wait for those of others'],
    ['ip rule del from 192.168.100.3', 'pma : What it sends goes into the tunnel'],
    ['ip rule add from 192.168.100.3 priority 99 lookup 100', 'pma : What it sends goes into the tunnel'],
    ['ip rule add from 192.168.100.3 priority 99 lookup 77', 'pma : No other rule for what it sends'],
    [
      'n=$(ip rule | grep 192.168.100.3 | cut -d: -f1); ip rule del from 192.168.100.3; ip rule add from 192.168.100.3 priority $n lookup main',
      'pma : What it sends goes into the tunnel',
    ],
  ],
}

/** Both agents are altered at a time. */
async function driftIsNamedAndRepaired(): Promise<string> {
  const rounds = Math.max(...Object.values(DRIFTS).map(({ length }) => length))
  for (let round = 0; round < rounds; round += 1) {
    const altered = Object.entries(DRIFTS).flatMap(([agent, drifts]) => {
      const [command, ...tasks] = drifts[round] ?? []
      return command === undefined
        ? []
        : [{ agent, command, named: tasks.map((task) => `${agent}: ${task}`) }]
    })
    for (const { agent, command } of altered) await on(agent, command)
    const named = altered.flatMap((one) => one.named).sort()
    const by = altered.map(({ command }) => command).join(' and ')
    const checked = await report(REGISTER, '-e', `hoa=${HOA}`, '--check')
    same(changes(checked.report).sort(), named, `what would change after "${by}"`)
    exits(checked, 3)
    const repaired = await report(REGISTER, '-e', `hoa=${HOA}`)
    exits(repaired, 0)
    same(changes(repaired.report).sort(), named, `what was changed after "${by}"`)
    await answers(HOA)
  }
  return `${Object.values(DRIFTS).flat().length} drifts`
}

/** 10 MB from cnode to mnode over TCP, slow enough that a handover falls into it. */
async function transfer(during: () => Promise<void>): Promise<string> {
  const listen = `use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => 7777, Listen => 1, ReuseAddr => 1) or die;
my $c = $s->accept; binmode $c; open my $f, ">", "/run/got"; binmode $f; print $f $_ while read($c, $_, 65536);`
  const send = `use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => "${HOA}:7777") or die; open my $f, "<", "/run/sent";
while (read($f, my $b, 65536)) { print $s $b; $s->flush; select undef, undef, undef, 0.12 } close $s or die`
  await on('mnode', `nohup perl -e '${listen}' >/run/listen.log 2>&1 </dev/null &`)
  await on('cnode', 'head -c 10000000 /dev/urandom >/run/sent')
  const sending = on('cnode', `sleep 1; timeout 90 perl -e '${send}'`)
  await during()
  await sending
  const [sent, got] = await Promise.all([
    on('cnode', 'sha256sum </run/sent'),
    on('mnode', 'sleep 1; sha256sum </run/got'),
  ])
  same(got, sent, 'the checksum of what arrived')
  await Promise.all([on('cnode', 'rm /run/sent'), on('mnode', 'rm /run/got')])
  return '10 MB, the same checksum'
}

/** One mobile node and its agents, in the lab that lab.yml has brought up; it is at home at the end. */
export async function mobility(): Promise<void> {
  let before = ''

  await check('At home: cnode reaches the mobile node, and there is no tunnel', async () => {
    // A kernel of its own has tunl0 from then on, whether there is a tunnel or not.
    await Promise.all(AGENTS.map((agent) => on(agent, 'modprobe ipip || test -e /sys/class/net/tunl0')))
    await answers(HOA)
    exits(await run(VERIFY), 0)
    before = await dump()
    expect(!/ipip-/.test(before), 'there is a tunnel')
    same(await ttl(), 62, 'TTL at cnode')
    return undefined
  })

  await check('Values that make no sense are found before any host is touched', async () => {
    await on('pmagent', 'ip route add 10.5.0.0/16 via 192.168.101.1 table 77')
    for (const [args, word] of [
      [['hoa=192.168.100.300'], 'no IPv4 address'],
      [[`hoa=${HOA}.`], 'no IPv4 address'],
      [['hoa=192.168.1.7'], 'in no network of a home agent'],
      [[`hoa=${HOA}`, 'tab=254'], 'reserved'],
      [[`hoa=${HOA}`, 'tif=a-name-that-is-long'], 'at most 15 characters'],
      [[`hoa=${HOA}`, 'mif=eth9'], 'pmagent has no interface eth9'],
      [[`hoa=${HOA}`, 'if=eth9'], 'hagent has no interface eth9'],
      [[`hoa=${HOA}`, 'coa=192.168.101.9'], 'care-of address 192.168.101.9'],
      [[`hoa=${HOA}`, 'tif=eth0'], 'eth0 is an interface of'],
      [[`hoa=${HOA}`, 'tab=77'], 'routing table 77 of pmagent is in use by something else'],
    ] as const) {
      const ended = await run(REGISTER, ...args.flatMap((arg) => ['-e', arg]))
      exits(ended, 2)
      expect(ended.stdout.includes(word), `no word of "${word}":\n${ended.stdout}`)
    }
    await on('pmagent', 'ip route del 10.5.0.0/16 table 77')
    sameDump(await dump(), before)
    return undefined
  })

  await check('Handover to pmagent under pings', async () => handover('pmagent'))

  await check('The tunnel is used in both directions, and the address stays', async () => {
    exits(await run(VERIFY), 0)
    same(await ttl(), 60, 'TTL at cnode')
    expect((await on('mnode', 'ip -4 address show dev eth0')).includes(`${HOA}/24`), 'another address')
    return undefined
  })

  await check('The same again changes nothing', async () => {
    const again = await report(HANDOVER, '-e', `hoa=${HOA}`, '-e', 'to=pmagent')
    exits(again, 0)
    nothingChanged(again.report.stats)
    exits(await run(HANDOVER, '-e', `hoa=${HOA}`, '-e', 'to=pmagent', '--check'), 0)
    return undefined
  })

  await check(
    'Each object altered by hand: named by --check, repaired, and nothing else',
    driftIsNamedAndRepaired,
  )

  await check('verify.yml says which leg is broken', async () => {
    await on('pmagent', 'ip rule del from 192.168.100.3')
    const ended = await run(VERIFY)
    exits(ended, 2)
    expect(/broken between mnode and the tunnel back/.test(ended.stdout), ended.stdout.slice(-2000))
    exits(await run(REGISTER, '-e', `hoa=${HOA}`), 0)
    return undefined
  })

  await check('Back home under pings', async () => handover('home'))

  await check('Nothing of the binding is left', async () => {
    sameDump(await dump(), before)
    exits(await run(VERIFY), 0)
    return undefined
  })

  await check('A TCP transfer, begun at home, ends after a handover', async () => {
    return transfer(async () => {
      exits(await run(HANDOVER, '-e', `hoa=${HOA}`, '-e', 'to=pmagent'), 0)
    })
  })

  await check('Home once more', async () => {
    exits(await run(HANDOVER, '-e', `hoa=${HOA}`, '-e', 'to=home'), 0)
    sameDump(await dump(), before)
    return undefined
  })
}

/** What takes machines to be added, rebooted and made: in containers, which cost little. */
export async function moreMachines(): Promise<void> {
  const before = await dump()

  await check('Two mobile nodes at one agent: what they share goes with the last', async () => {
    const both = ['-i', 'inventory', '-i', 'test/lab/second.yml']
    exits(await run(...both, 'playbooks/lab.yml'), 0)
    exits(await run(...both, HANDOVER, '-e', `hoa=${SECOND}`, '-e', 'to=pmagent'), 0)
    exits(await run(...both, VERIFY), 0)
    exits(await run(...both, DEREGISTER, '-e', `hoa=${HOA}`), 0)
    await answers(SECOND)
    expect(/ipip-hagent/.test(await dump()), 'the tunnel is gone with the first of two')
    exits(await run(...both, 'playbooks/bindings.yml'), 0)
    sameDump(await dump(), before)
    exits(await run(...both, VERIFY), 0)
    await on('galileo', 'lxc-stop -k -n mnode2; rm -r /var/lib/lxc/mnode2')
    exits(await run('playbooks/lab.yml'), 0)
    return undefined
  })

  await check('hagent rebooted: one rerun restores the binding', async () => {
    exits(await run(HANDOVER, '-e', `hoa=${HOA}`, '-e', 'to=pmagent'), 0)
    await on('galileo', 'lxc-stop -k -n hagent; lxc-start -n hagent')
    await loggedIn('hagent')
    exits(await run(REGISTER, '-e', `hoa=${HOA}`), 0)
    await answers(HOA)
    exits(await run(REGISTER, '-e', `hoa=${HOA}`, '--check'), 0)
    exits(await run('playbooks/bindings.yml'), 0)
    return undefined
  })

  await check('Another lab from data alone: from agent to agent', async () => {
    const roaming = ['-i', 'test/lab/roaming.yml']
    exits(await run(...roaming, 'playbooks/lab.yml'), 0)
    const { report: settled, ...ended } = await report(...roaming, 'playbooks/lab.yml')
    exits(ended, 0)
    nothingChanged(settled.stats)
    const places = [
      ['10.78.1.9', 'east'],
      ['10.78.2.9', 'east'],
      ['10.78.1.9', 'west'],
    ]
    const said: string[] = []
    for (const [hoa, to] of places) {
      const ended = await run(...roaming, HANDOVER, '-e', `hoa=${hoa}`, '-e', `to=${to}`)
      exits(ended, 0)
      said.push(brokenFor(ended.stdout) ?? 'not said')
      exits(await run(...roaming, VERIFY), 0)
    }
    exits(await run(...roaming, 'playbooks/bindings.yml'), 0)
    exits(await run(...roaming, VERIFY), 0)
    const again = await report(...roaming, 'playbooks/bindings.yml')
    exits(again, 0)
    nothingChanged(again.report.stats)
    exits(await run(...roaming, 'playbooks/destroy.yml', '-e', 'confirm=yes'), 0)
    exits(await run('playbooks/lab.yml', '--check'), 0)
    return said.join('; ')
  })
}
