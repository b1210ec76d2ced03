import { Output } from '../../../shell/output.ts'
import { quote, words } from '../../../shell/quote.ts'
import { type Ruleset, readRuleset } from './listing.ts'
import { type Args, tableOf, transaction } from './options.ts'

/** What nft says of the host and of what is declared. */
export interface Nft {
  readonly live: Ruleset
  /** Why the transaction would not load. */
  readonly complaint?: string | undefined
  /** What the declared text makes of a network without rules; undefined where none can be had for that. */
  readonly wanted?: Ruleset | undefined
  /** Tables of others that were put there before, and are not there afterwards. */
  readonly takesOthers: boolean
}

const OTHERS = 'tables-of-others'
const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']

/**
 * Lists what there is, has nft check the transaction, and loads it in a network namespace that is gone with its last
 * process: only nft and the kernel know in which form they will list a text.
 */
export function nftProbe(args: Args): string {
  const text = transaction(args)
  const list = words('nft', '-s', 'list', 'ruleset', ...familyWords(args))
  return `command -v nft >/dev/null || { printf 'missing\\0'; exit 0; }
printf 'found\\0'
${list} || exit
printf '\\0'
text=${quote(text)}
x=$(printf '%s' "$text" | nft -c -f - 2>&1) || { printf '%s\\0' "\${x:-nft does not load it}"; exit 0; }
printf '\\0'
${args.state === 'absent' ? 'exit 0' : ''}
set --
for i in /sys/class/net/*; do
  i=\${i##*/}
  case $text in *"$i"*) set -- "$@" "$i" ;; esac
done
how=
if unshare -n true 2>/dev/null; then how=-n; elif unshare -Urn true 2>/dev/null; then how=-Urn; fi
[ -n "$how" ] || { printf 'none\\0'; exit 0; }
printf 'apart\\0'
printf '%s' "$text" | unshare "$how" sh -c ${quote(apart(args))} sh "$@"`
}

function familyWords({ family, table }: Args): string[] {
  return family !== undefined ? [family] : table !== undefined ? ['ip'] : []
}

/** What is run in the namespace: interfaces have to be there before rules name them. */
function apart(args: Args): string {
  const others = `for f in ${FAMILIES.join(' ')}; do nft add table "$f" ${OTHERS} 2>/dev/null; done`
  return `for i; do { ip link add "$i" type dummy || ip link add "$i" type bridge; } </dev/null 2>/dev/null; done
${tableOf(args) === undefined ? '' : others}
nft -s list ruleset || exit
printf '\\0'
nft -f - || exit
nft -s list ruleset`
}

/** What `nftProbe` printed; undefined for a host without nft. */
export function readNft(printed: Buffer): Nft | undefined {
  const output = new Output(printed)
  if (output.field() === 'missing') return undefined
  const live = readRuleset(output.field())
  const complaint = output.field()
  if (complaint !== '') return { live, complaint: complaint.trim(), takesOthers: false }
  const rest = output.rest()
  if (rest.length === 0) return { live, wanted: new Map(), takesOthers: false }
  const scratch = new Output(rest)
  if (scratch.field() === 'none') return { live, takesOthers: false }
  const others = readRuleset(scratch.field())
  const after = readRuleset(scratch.rest().toString())
  const takesOthers = [...others.keys()].some((name) => !after.has(name))
  const wanted = new Map([...after].filter(([name]) => !others.has(name)))
  return { live, wanted, takesOthers }
}
