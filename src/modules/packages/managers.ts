import { quote, words } from '../../shell/quote.ts'
import { toolFunctions } from './dnf/command.ts'
import type { RedHatArgs } from './dnf/options.ts'

/** A package manager: what it is asked, and what carries out the answer. Each is sh in which "$@" are names. */
export interface Manager {
  readonly name: string
  /** The program whose presence means this manager. */
  readonly program: string
  /** Succeeds when "$1" is installed. */
  readonly installed: string
  /** Prints the names among "$@", all installed, for which there is something newer. */
  readonly outdated: string
  readonly refresh: string
  readonly install: string
  readonly upgrade: string
  readonly remove: string
  /** It takes the arguments of the module dnf; the program is then called `tool`. */
  readonly asDnf?: true
}

const rpm = 'rpm -q --whatprovides -- "$1" >/dev/null 2>&1'

/** Prints those of "$@" that stand at the start of a line of what `command` prints. */
function among(command: string, end: string): string {
  return `out=$(${command} 2>/dev/null)
for n do case "
$out" in *"
$n"${end}*) echo "$n" ;; esac; done`
}

function redHat(program: string): Manager {
  return {
    name: program,
    program,
    installed: rpm,
    outdated: among('tool -q check-update "$@"', '[.\\ ]'),
    refresh: 'tool -q makecache',
    install: 'tool -y install "$@"',
    upgrade: 'tool -y update "$@"',
    remove: 'tool -y remove "$@"',
    asDnf: true,
  }
}

/** In the order in which they are looked for; apt, apk, pacman and zypper have modules that do the same. */
export const managers: readonly Manager[] = [
  redHat('dnf'),
  redHat('yum'),
  {
    name: 'opkg',
    program: 'opkg',
    installed:
      'case $(opkg status "$1" 2>/dev/null) in *"Status: install "*" installed"*) true ;; *) false ;; esac',
    outdated: among('opkg list-upgradable', '\\ -'),
    refresh: 'opkg update',
    install: 'opkg install "$@"',
    upgrade: 'opkg upgrade "$@"',
    remove: 'opkg remove "$@"',
  },
]

/** Sh that `manager`'s own comes after; `args` are for dnf and yum. */
function prepared(manager: Manager, args: RedHatArgs): string[] {
  return manager.asDnf ? toolFunctions({ ...args, use_backend: manager.name as 'dnf' | 'yum' }) : []
}

/** sh that prints "installed NAME" for each of the names that is, and with `latest`, "outdated NAME". */
export function probeManager(
  manager: Manager,
  names: readonly string[],
  latest: boolean,
  args: RedHatArgs,
): string {
  return [
    `echo ${manager.name}`,
    `installed() { ${manager.installed}\n}`,
    'found=',
    `for n in ${words(...names)}; do`,
    '  if installed "$n"; then echo "installed $n"; found="$found $n"; fi',
    'done',
    ...(latest
      ? [
          `outdated() (\n${[...prepared(manager, args), manager.outdated].join('\n')}\n)`,
          `[ -z "$found" ] || outdated $found | sed 's/^/outdated /'`,
        ]
      : []),
  ].join('\n')
}

/** The script that carries out what a manager is told. */
export function manage(manager: Manager, lines: readonly string[], args: RedHatArgs): string {
  return [...prepared(manager, args), ...lines].join('\n')
}

/** One of the manager's verbs for some packages. */
export function told(command: string, names: readonly string[]): string {
  return `set -- ${names.map(quote).join(' ')}\n${command} || exit`
}
