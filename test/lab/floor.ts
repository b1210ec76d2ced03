import { spawn } from 'node:child_process'

/** A mobile node of ./roaming.yml, its gateway, and where it may be. */
export const HOA = '10.78.1.9'
const AGENTS: Readonly<Record<string, string>> = { east: '10.78.3.2', west: '10.78.3.3' }
const HOME_AGENT = '10.78.1.2'

export interface Move {
  readonly name: string
  /** "home", or an agent. */
  readonly from: string
  readonly to: string
}

/** A shell on a host that stays. */
class Shell {
  readonly #child
  #text = ''
  readonly #waiting: ((said: string) => void)[] = []

  constructor(folder: string, host: string) {
    const command = ['-F', `${folder}/ssh_config`, host, 'PATH=$PATH:/usr/sbin:/sbin exec sh']
    this.#child = spawn('ssh', command, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text
      for (;;) {
        const end = this.#text.indexOf('\0')
        if (end === -1) return
        this.#waiting.shift()!(this.#text.slice(0, end))
        this.#text = this.#text.slice(end + 1)
      }
    })
  }

  /** What a script prints. */
  say(script: string): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#child.stdin.write(`${script}\nprintf '\\0'\n`)
    })
  }

  close(): void {
    this.#child.stdin.end()
  }
}

/**
 * Handovers by hand: tunnels, tables, rules and routes are there before, and what is not needed goes afterwards; between
 * are the steps of the break alone, one message to each host, sent at the same moment over sessions that are open.
 */
export async function byHand(correspondents: readonly string[], probe: string, folder: string) {
  const shells = new Map(
    ['titan', 'alpha', ...Object.keys(AGENTS), ...correspondents].map((host) => [
      host,
      new Shell(folder, host),
    ]),
  )
  const on = (host: string, script: string) => shells.get(host)!.say(script)
  const both = (at: string, agent: string, home: string) =>
    at === 'home' ? undefined : Promise.all([on(at, agent), on('alpha', home)])

  const prepared = (at: string) =>
    both(
      at,
      `ip tunnel add ipip-alpha mode ipip local ${AGENTS[at]} remote ${HOME_AGENT}
ip link set ipip-alpha up; ip route add default dev ipip-alpha table 201; ip route add ${HOA} dev radio
ip rule add from ${HOA} lookup 201 priority 1265
sysctl -qw net.ipv4.conf.radio.proxy_arp=1 net.ipv4.neigh.radio.proxy_delay=0`,
      `ip tunnel add ipip-${at} mode ipip local ${HOME_AGENT} remote ${AGENTS[at]}; ip link set ipip-${at} up`,
    )
  const cleared = (at: string) =>
    both(
      at,
      `ip rule del from ${HOA}; ip route del ${HOA} dev radio; ip tunnel del ipip-alpha
sysctl -qw net.ipv4.conf.radio.proxy_arp=0 net.ipv4.neigh.radio.proxy_delay=80`,
      `ip tunnel del ipip-${at}`,
    )

  /** What the home agent does. */
  function changed({ from, to }: Move): string {
    if (to === 'home') return `ip -batch - <<'END'\nneigh del proxy ${HOA} dev wire\nroute del ${HOA}\nEND`
    if (from !== 'home') return `ip route replace ${HOA} dev ipip-${to}`
    return `ip -batch - <<'END'\nroute add ${HOA} dev ipip-${to}\nneigh add proxy ${HOA} dev wire\nEND
arping -q -U -c 1 -W 0.1 -i wire -S ${HOA} ${HOA}`
  }

  /** Behind the move the carrier is away until the mobile node has heard. */
  const moved = (to: string) => `ip link set rover.0 master ${to === 'home' ? 'home-a' : `v-${to}`}
read -r flags </sys/class/net/rover.0/flags; flags=$((flags & ~0x301)); echo $flags >/sys/class/net/rover.0/flags
sleep 0.02; echo $((flags | 1)) >/sys/class/net/rover.0/flags`

  await Promise.all(
    correspondents.map((who) => on(who, `cat >/run/probe <<'END'\n${probe}\nEND\nchmod +x /run/probe`)),
  )
  const probed = async (verb: string) => {
    const said = await Promise.all(
      correspondents.map((who) => on(who, `/run/probe ${verb} /run/floor ${HOA}`)),
    )
    return Object.fromEntries(
      said.map((text, index) => {
        const [seconds, lost] = text.split(' ').map(Number)
        return [correspondents[index]!, { seconds: seconds!, lost: lost! }]
      }),
    )
  }

  return {
    /** How long the path was broken for each of the correspondents. */
    async handover(move: Move) {
      await probed('start')
      await prepared(move.to)
      await Promise.all([on('titan', moved(move.to)), on('alpha', changed(move))])
      await cleared(move.from)
      return probed('report')
    },
    close() {
      for (const shell of shells.values()) shell.close()
    },
  }
}
