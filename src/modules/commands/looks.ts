// Which commands only look. Those that look at their host, and are over at once, may be run ahead of their turn like a probe;
// those that ask other machines may not. What is not known here, or cannot be told for sure, is a command that may do anything.
import { splitWords } from '../../values/words.ts'

type Options = readonly string[]

const anything = () => true
const all = (pattern: RegExp) => (options: Options) => options.every((word) => pattern.test(word))
const none = (pattern: RegExp) => (options: Options) => !options.some((word) => pattern.test(word))

/** What never ends, or takes what it reads away. */
const SPECIAL = /^\/dev\/|^\/proc\/kmsg|\/trace_pipe/
const reads = none(SPECIAL)

/** The first word says what is asked for; there are no others than these options and names. */
function asks(verb: RegExp, option: RegExp) {
  return ([first, ...rest]: Options) =>
    first !== undefined &&
    verb.test(first) &&
    rest.every((word) => !word.startsWith('-') || option.test(word))
}

type Rule = (options: Options) => boolean
type Programs = Readonly<Record<string, Rule>>

/** The same rule for several names. */
function named(names: string, rule: Rule): Programs {
  return Object.fromEntries(names.split(' ').map((name) => [name, rule]))
}

/** Programs, and whether words behind their name leave it at a look. */
const PROGRAMS: Programs = {
  ...named(
    'bash curl docker gcc git gpg java make nginx node openssl perl php podman python python3 rsync ruby sudo tar wget',
    ([word, ...rest]) => /^(--version|-V)$/.test(word ?? '') && rest.length === 0,
  ),
  ...named(
    'arch basename dirname dpkg-query echo false getconf getfacl groups id locale logname lsblk lscpu lsmod modinfo nproc',
    anything,
  ),
  ...named('printenv printf pwd readlink realpath stat test tr true uname which whoami [', anything),
  ...named('cat cut head wc', reads),
  // A whole tree may take its time.
  ...named(
    'egrep fgrep grep',
    (options) => reads(options) && none(/^-\w*[dDrR]|^--(r|deref|dir|incl|excl)/)(options),
  ),
  dpkg: asks(
    /^(-[lLsS]|--list|--listfiles|--status|--search|--get-selections|--print-architecture)$/,
    /^-+no-pager$/,
  ),
  ...named('dpkg-divert dpkg-statoverride', asks(/^--list$/, /^$/)),
  findmnt: none(/^-\w*p|^--poll/),
  // Names of hosts may take their time.
  getent: asks(/^(passwd|group|shadow|gshadow|services|protocols|aliases)$/, /^$/),
  hostname: all(/^(-[sfdiI]|--short|--fqdn|--domain)$/),
  ip: onlyShows,
  ls: none(/^-\w*R|^--rec/),
  mount: all(/^-l$/),
  rpm: asks(/^(-q[adfilRs]*|--query)$/, /^--(qf|queryformat|requires|provides|whatprovides|last|info|list)/),
  'ssh-keygen': (options) => options.includes('-F') && all(/^-[fF]$|^[^-]/)(options),
  sysctl: all(/^(-[aAbeNnq]+|\w[\w./*-]*)$/),
  systemctl: asks(
    /^(is-active|is-enabled|is-failed|show|cat|status|get-default|list-units|list-unit-files)$/,
    /^(-[apqlt]|--(no-pager|quiet|all|full|plain|value|no-legend|failed|(property|type|state)(=.*)?))$/,
  ),
  tail: (options) => reads(options) && none(/^-\w*[fF]|^--(f|pid|retry)/)(options),
  xl: asks(/^(list|info|domid|domname|uptime|vcpu-list|network-list|block-list)$/, /^-[lvn]$/),
}

/** Programs that ask other machines, and come to an end by themselves. */
const ASKING: Programs = {
  ...named('dig nslookup', (options) => options.length > 0 && none(/^-\w*f/)(options)),
  ...named('fping fping6', none(/^-\w*[lf]|^--(loop|file)/)),
  getent: asks(/^(hosts|ahosts|ahostsv4|ahostsv6)$/, /^$/),
  host: (options) => options.length > 0 && none(/^-\w*w/)(options),
  nc: (options) => options.some((word) => /^-\w*z/.test(word)) && none(/^-\w*[lkecx]/)(options),
  ...named(
    'ping ping6',
    (options) =>
      all(/^(-[46nqO]*c\d*|-[46nqO]+|-[wWisIt]\S*|[^-].*)$/)(options) &&
      options.some((word) => /^-([46nqO]*c|w)/.test(word)),
  ),
  'ssh-keyscan': none(/^-\w*f/),
}

/** Programs at the end of a pipe that make other words of what they read from it. */
const FILTERS: Programs = {
  awk: (options) =>
    all(/^(-F.{0,3}|[^-].*)$/s)(options) && none(/[>|@]|system|getline|close|fflush/)(options),
  sed: ([...options]) =>
    all(
      /^(-[nEre]+|s([/|,#])(?:(?!\2)[^\\]|\\.)*\2(?:(?!\2)[^\\]|\\.)*\2[gip\d]*|\d+(,(\d+|\$))?[pdq]|\$[pd])$/,
    )(options),
  sort: all(/^-([bdfghMnruV]+|[kt].{1,8})$/),
  uniq: all(/^-[cdui]+$/),
}

/** Shells that a command line may be given to, by their paths. */
const SHELLS = /^(\/usr)?\/bin\/(sh|bash|dash|ash)$/

/** When a command that only looks may be run: also ahead of its turn, or only then. */
export type When = 'ahead' | 'in turn'

/**
 * When a program with its arguments may be run if it only looks, undefined if it may do anything; no word of it is expanded by
 * anybody but for a leading ~.
 */
export function programLooks(words: readonly string[]): When | undefined {
  return words.some((word) => word.includes('$')) ? undefined : whenOf(words)
}

/** The same of a command line of sh, for a shell that is named by its path. */
export function lineLooks(line: string, shell = '/bin/sh'): When | undefined {
  if (!SHELLS.test(shell) || line.length > 1000) return undefined
  const parts = partsOf(line) ?? []
  const all = parts.map(({ words, isPiped }) => {
    const isPart = sets(words) || (isPiped && looks(words, FILTERS))
    return isPart ? 'ahead' : whenOf(words)
  })
  if (all.length === 0 || all.includes(undefined)) return undefined
  return all.includes('in turn') ? 'in turn' : 'ahead'
}

function whenOf(words: readonly string[]): When | undefined {
  if (looks(words, PROGRAMS)) return 'ahead'
  return looks(words, ASKING) ? 'in turn' : undefined
}

function looks([name = '', ...options]: readonly string[], programs: Programs): boolean {
  const program = /^(?:\/usr)?\/s?bin\/([^/]+)$/.exec(name)?.[1] ?? name
  return Object.hasOwn(programs, program) && programs[program]!(options)
}

/** Words of the shell itself that leave no trace: those that look for programs, and options of its own. */
function sets([name, ...options]: readonly string[]): boolean {
  if (name === 'command') return options[0] === '-v'
  if (name === 'type') return true
  return name === 'set' && all(/^([-+][eufox]+|pipefail|errexit|nounset)$/)(options)
}

/** `ip` with options and names of objects, and no verb that changes one. */
function onlyShows(options: Options): boolean {
  const [object, verb = 'show'] = options.filter((word) => !word.startsWith('-'))
  return (
    options.every((word) => !/^-\w*b|^-(n|netns|force|rc)/.test(word) || /^-br(ief)?$/.test(word)) &&
    /^(a|addr|address|l|link|r|ro|route|n|neigh|neighbor|ru|rule)$/.test(object ?? '') &&
    /^(s|sh|show|l|ls|lst|list|get)$/.test(verb)
  )
}

interface Part {
  readonly words: readonly string[]
  /** It reads what the one before prints. */
  readonly isPiped: boolean
}

// What leads to no other place than words: an operator, an output that is not wanted, or a word without expansions.
const PIECE =
  /[ \t]*(?:(\|\||&&|[|;\n])|((?:2>&1|[12]?>[ \t]*\/dev\/null)(?=[\s|;&]|$))|((?:'[^']*'|"(?:[^"\\$`]|\\["\\])*"|[\w./:,@%+=^\]-]|\[(?=[ \t])|[*?](?<=\w[*?]|[/.][*?]))+)(?=[\s|;&]|$))/y

/** The commands of a line that has nothing else in it; undefined if it has. */
function partsOf(line: string): Part[] | undefined {
  const parts: { words: string[]; isPiped: boolean }[] = [{ words: [], isPiped: false }]
  const text = line.replaceAll('\\\n', ' ').trim()
  PIECE.lastIndex = 0
  while (PIECE.lastIndex < text.length) {
    const piece = PIECE.exec(text)
    if (piece === null) return undefined
    const [, operator, , word] = piece
    if (operator !== undefined) parts.push({ words: [], isPiped: operator === '|' })
    else if (word !== undefined) parts.at(-1)!.words.push(splitWords(word)[0]?.text ?? '')
  }
  const given = parts.filter(({ words }) => words.length > 0)
  return given.some(({ words }) => words[0]!.includes('=')) ? undefined : given
}
