import type { BatchedProbe } from '../../../sdk/probe.ts'
import { words } from '../../../shell/quote.ts'

/** How a program has ended, and what it has said: what it lists, or why it failed. */
export interface Said {
  readonly code: number
  readonly text: string
}

/** A batched probe by commands of iptables(8) that only look; 127 stands for a program that is not there. */
export function looks(commands: readonly (readonly string[])[]): BatchedProbe<Said> {
  return {
    kind: 'iptables',
    items: commands.map((command) => words(...command)),
    // What it says beside is kept only of one that fails: iptables warns of tables that others have made.
    script: (items) => `look() {
  code=127 said=
  if command -v "$1" >/dev/null; then
    if said=$(LC_ALL=C "$@" 2>/dev/null </dev/null); then code=0
    else said=$(LC_ALL=C "$@" 2>&1 </dev/null); code=$?; fi
  fi
  printf '%s\\n%s\\0' "$code" "$said"
}
${items.map((item) => `look ${item}`).join('\n')}`,
    read: (output, items) =>
      items.map(() => {
        const [code = '', ...text] = output.field().split('\n')
        return { code: Number(code), text: text.join('\n') }
      }),
  }
}

/** What a table holds. */
export interface Table {
  /** Chains by name: policies of those of the system, null for others. */
  readonly chains: ReadonlyMap<string, string | null>
  /** Rules as iptables -S writes them, with the chains that they are in. */
  readonly rules: readonly { readonly chain: string; readonly line: string }[]
}

/** Raises an Error for lines that are none of iptables -S. */
export function readTable(text: string): Table {
  const chains = new Map<string, string | null>()
  const rules: { chain: string; line: string }[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, kind, chain, policy] = /^-([PNA]) (\S+)(?: (\S+))?/.exec(line) ?? []
    if (kind === 'A') rules.push({ chain: chain!, line })
    else if (kind === 'P' && policy !== undefined) chains.set(chain!, policy)
    else if (kind === 'N') chains.set(chain!, null)
    else throw new Error(`iptables on the host listed ${JSON.stringify(line)}, which makes no sense`)
  }
  return { chains, rules }
}
