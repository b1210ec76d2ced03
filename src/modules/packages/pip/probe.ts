import { readSections, section } from '../../../host/sections.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import { splitWords } from '../../../values/words.ts'
import type { PipArgs } from './options.ts'
import { parseRequirement, type Requirement, readList, requirementsOf, withVersion } from './requirements.ts'

export interface State {
  /** The virtual environment is there, if one is asked for. */
  readonly hasEnvironment: boolean
  /** What makes one is there. */
  readonly canMake: boolean
  readonly hasPip: boolean
  /** The system's package manager keeps pip from changing anything (PEP 668). */
  readonly isManaged: boolean
  /** What is installed: versions by name. */
  readonly installed: ReadonlyMap<string, string>
  /** Of those that are asked for with more than a name: which are as they should be. */
  readonly satisfied: ReadonlySet<string>
  /** The file of requirements; undefined if it is not there. */
  readonly file: string | undefined
  /** What pip says that it would install for the newest versions; undefined if it cannot be known. */
  readonly would: string | undefined
}

export function wanted({ name, version }: PipArgs): Requirement[] {
  const all = requirementsOf(name ?? [])
  return all.map((text) => parseRequirement(version === undefined ? text : withVersion(text, version)))
}

/** The key of the file of requirements among those that are as they should be. */
export const FILE = '-r'

/**
 * Lines of sh that enter the folder where pip works, and make a function of it. Where no folder is named it is one in
 * which nobody puts modules for Python.
 */
export function pipFunction({ chdir, virtualenv, executable, umask }: PipArgs): string[] {
  return [
    ...(umask === undefined ? [] : [`umask ${umask.replace('0o', '')}`]),
    `cd -- ${chdir === undefined ? '/' : quotePath(chdir)} || exit`,
    'p= m=',
    ...(virtualenv === undefined
      ? executable === undefined
        ? [OF_SYSTEM]
        : [`p=$(command -v ${quotePath(executable)}) || p=`]
      : [
          `e=${quotePath(virtualenv)}; case $e in /*) ;; *) e=$PWD/$e ;; esac`,
          'for n in pip3 pip; do [ ! -x "$e/bin/$n" ] || { p=$e/bin/$n; break; }; done',
          'export PATH="$e/bin:$PATH"',
        ]),
    'export LC_ALL=C PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1',
    `pip() { if [ "$m" ]; then "$p" -c ${quote(RUN_MODULE)} "$@"; else "$p" "$@"; fi; }`,
  ]
}

// As Ansible prefers it: the module of the system's Python, even if another pip comes first in the PATH.
const OF_SYSTEM = `for n in /usr/bin/python3 python3; do
  if "$n" -I -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pip") is None)' 2>/dev/null; then
    p=$n m=1; break
  fi
done
[ "$p" ] || p=$(command -v pip3) || p=`

// Python looks for modules in the working folder too, which may be somebody else's.
const RUN_MODULE =
  'import sys; sys.path = [d for d in sys.path if d != ""]; sys.argv[0] = "pip"; import runpy; runpy.run_module("pip", run_name="__main__")'

/** Arguments for pip of the user's own. */
export function extraWords({ extra_args }: PipArgs): string[] {
  return splitWords(extra_args ?? '').map(({ text }) => text)
}

export function probe(args: PipArgs): string {
  const { virtualenv, requirements, state } = args
  const [maker = ''] = splitWords(args.virtualenv_command).map(({ text }) => text)
  return [
    ...pipFunction(args),
    ...(virtualenv === undefined
      ? []
      : [
          section('maker', `command -v ${quotePath(maker)}`),
          section('environment', '[ -e "$e/bin/activate" ]'),
          '[ -e "$e/bin/activate" ] || exit 0',
        ]),
    section('pip', '[ "$p" ]'),
    '[ "$p" ] || exit 0',
    'list=$(pip list --format=freeze 2>/dev/null) || list=$(pip freeze --all 2>/dev/null)',
    section('list', `printf '%s' "$list"`),
    ...(requirements === undefined ? [] : [section('file', `cat <${quotePath(requirements)}`)]),
    DRY,
    ...(virtualenv === undefined ? [section('managed', MANAGED)] : []),
    ...(state === 'present' ? checks(args) : []),
    ...(state === 'latest' ? [section('would', wouldScript(args))] : []),
  ].join('\n')
}

// From this version on pip can be asked what it would do.
const DRY = `v=$(printf '%s\\n' "$list" | sed -n 's/^pip==\\([0-9]*\\)\\..*/\\1/p')
dry=; [ "\${v:-0}" -lt 23 ] || dry=--dry-run`

const MANAGED = `[ "$m" ] && [ "$dry" ] && [ -z "\${PIP_BREAK_SYSTEM_PACKAGES-}" ] && "$p" -I -c ${quote(
  'import os, sys, sysconfig; sys.exit(sys.prefix != sys.base_prefix or not os.path.exists(os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")))',
)}`

/** Without any place to take packages from, pip can only find what is there; its user's own arguments may name some. */
function checks(args: PipArgs): string[] {
  const extra = extraWords(args)
  const isSure = extra.length === 0 ? '' : '[ "$dry" ] && '
  const offline = `PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= pip install --no-index $dry ${words(...extra)}`
  const check = (key: string, what: string) =>
    section(
      `same ${key}`,
      `${isSure}out=$(${offline} ${what}) && case $out in *'Would install '*) false ;; esac`,
    )
  if (args.requirements !== undefined) {
    const file = quotePath(args.requirements)
    return [`if ! grep -qE ${quote(ELSEWHERE)} ${file} 2>/dev/null; then`, check(FILE, `-r ${file}`), 'fi']
  }
  if (args.editable) return []
  return wanted(args)
    .filter(({ name, isSpecific }) => name !== undefined && isSpecific)
    .map(({ text }) => check(text, `-- ${quote(text)}`))
}

/** What pip would build to know what it is: sources, and other files that may name some. */
const ELSEWHERE = '^[[:space:]]*(-[er]|--editable|--requirement|[./])|://|[[:space:]]@[[:space:]]'

function wouldScript(args: PipArgs): string {
  const all = wanted(args)
  const isPlain = !args.editable && all.every(({ name }) => name !== undefined)
  const what =
    args.requirements === undefined
      ? `-- ${words(...all.map(({ text }) => text))}`
      : `-r ${quotePath(args.requirements)}`
  return `[ "$dry" ] && ${isPlain} && pip install --no-cache-dir --dry-run -U ${words(...extraWords(args))} ${what}`
}

export function parse(bytes: Buffer, args: PipArgs): State {
  const keys = [FILE, ...wanted(args).map(({ text }) => text)].map((key) => `same ${key}`)
  const names = ['maker', 'environment', 'pip', 'managed', 'list', 'file', 'would', ...keys]
  const sections = readSections(bytes, names)
  const isGood = (name: string) => sections.get(name)?.code === 0
  const printed = (name: string) => (isGood(name) ? sections.get(name)!.printed : undefined)
  return {
    hasEnvironment: args.virtualenv === undefined || isGood('environment'),
    canMake: isGood('maker'),
    hasPip: isGood('pip'),
    isManaged: isGood('managed'),
    installed: readList(printed('list') ?? ''),
    satisfied: new Set(keys.filter(isGood).map((key) => key.slice('same '.length))),
    file: printed('file'),
    would: printed('would'),
  }
}
