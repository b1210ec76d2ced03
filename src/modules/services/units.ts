import { type PlannedChange, sh } from '../../sdk/plans.ts'
import { quote } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'

/** What systemd says of a unit: the properties that `systemctl show` prints, by name. */
export interface Unit {
  /** systemd runs; without it only what the unit files say is known. */
  readonly running: boolean
  /** systemctl only looks at files, for it is in a chroot or told so by SYSTEMD_OFFLINE: it neither starts nor stops. */
  readonly inChroot: boolean
  readonly properties: ReadonlyMap<string, string>
  /** Links of an init script in /etc/rc?.d say that it is started at boot. */
  readonly startedByLinks: boolean
  /** Path of its unit file or of a link in its place; undefined for one that a generator made, or for none. */
  readonly file: string | undefined
  /** The settings in its [Install]; read where they say what enabling does. */
  readonly install: ReadonlySet<string>
  /** The states of the unit files in its Also=. */
  readonly also: readonly string[]
}

export type UnitState = 'started' | 'stopped' | 'restarted' | 'reloaded'

export interface DesiredUnit {
  readonly name: string
  readonly state?: UnitState | undefined
  readonly enabled?: boolean | undefined
  readonly masked?: boolean | undefined
}

export type Scope = 'system' | 'user' | 'global'

const TYPES = 'service|socket|device|mount|automount|swap|target|path|timer|slice|scope'

/** A unit's name with its type, without which systemctl takes a number for a job. */
function fullName(name: string): string {
  return new RegExp(`\\.(${TYPES})$`).test(name) ? name : `${name}.service`
}

/** Whether a name is that of a template, of which there are instances only. */
function isTemplate(name: string): boolean {
  return /@\.[a-z]+$/.test(fullName(name))
}

/** What is wrong with the name of a unit, or with a state for it: a sentence each. */
export function unitProblems(module: string, { name, state }: Partial<DesiredUnit>): string[] {
  if (name === undefined) return []
  if (!/^[A-Za-z0-9:_.\\@-]{1,255}$/.test(name)) {
    const escaped = name.replace(/[^A-Za-z0-9:_.\\@-]/g, (odd) => `\\x${Buffer.from(odd).toString('hex')}`)
    const hint = /[*?[\n/]/.test(name) || name === '' ? '' : `; systemd writes it ${escaped}`
    return [
      `${module}: ${JSON.stringify(name)} is not a name of a unit: letters, digits and : - _ . \\ @ are allowed, and no patterns and paths${hint}`,
    ]
  }
  if (state !== undefined && isTemplate(name)) {
    const instance = fullName(name).replace('@.', '@NAME.')
    return [`${module}: ${name} is a template, which cannot run itself; name an instance of it: ${instance}`]
  }
  return []
}

/** systemctl for a scope, with a way to reach the user's own systemd. */
export function systemctl(scope: Scope): string {
  if (scope === 'system') return 'systemctl'
  const runtime = scope === 'user' ? `XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" ` : ''
  return `${runtime}systemctl --${scope}`
}

/** sh that prints what systemd knows of a unit; one start of systemctl, and more where enabling has its ways. */
export function probeUnit(name: string, scope: Scope): string {
  const unit = fullName(name)
  const command = systemctl(scope)
  const base = quote(unit.replace(/\.service$/, ''))
  // The files are all there is for every user's systemd at once, and for a template.
  const show = isTemplate(name) ? 'shown=files' : `shown=$(${command} show -- "$u") || exit`
  return [
    `u=${quote(unit)} t=${quote(templateOf(unit))}`,
    FIND,
    `find_file ${foldersOf(scope)}`,
    'files() {',
    `  s=$(${command} is-enabled -- "$u" 2>/dev/null)`,
    '  if [ "$s" = alias ]; then',
    `    u=$(readlink -f "$file"); u=\${u##*/}; find_file ${foldersOf(scope)}`,
    `    s=$(${command} is-enabled -- "$u" 2>/dev/null)`,
    '  fi',
    '  shown="Id=$u\nUnitFileState=$s\nLoadState=$([ -n "$s" ] && echo loaded || echo not-found)"',
    '}',
    ...(scope === 'global'
      ? ['echo offline', 'files']
      : [
          `for l in /etc/rc[2-5].d/S[0-9][0-9]${base}; do [ ! -e "$l" ] || { echo links; break; }; done`,
          `shown=\nif [ -d /run/systemd/system ]; then ${show}; fi`,
          'case $shown in',
          'files) echo running; files ;;',
          "'') echo offline",
          `  case $(${command} show -- "$u" 2>&1) in 'Running in chroot, ignoring'*) echo chroot ;; esac`,
          '  files ;;',
          '*) echo running ;;',
          'esac',
        ]),
    `printf '%s\\n' "$shown"`,
    'case $shown in',
    isTemplate(name) ? '*)' : '*UnitFileState=indirect* | *UnitFileState=linked*)',
    '  installed=$(settings)',
    `  printf '%s\\n' "$installed" | sed -n 's/^\\([A-Za-z]*\\)=.*/install \\1/p'`,
    `  also=$(printf '%s\\n' "$installed" | sed -n ${quote(`/^Also=/{s/^Also=//;s/%[iI]/${instanceOf(unit)}/g;p;}`)})`,
    `  [ -z "$also" ] || ${command} is-enabled -- $also 2>/dev/null | sed 's/^/also /'`,
    'esac',
    `[ -z "$file" ] || printf 'file %s\\n' "$file"`,
  ].join('\n')
}

// The first of a unit's files, and what it and its drop-ins say in [Install].
const FIND = `find_file() {
  file= folders=$*
  for d; do
    if [ -e "$d/$u" ] || [ -L "$d/$u" ]; then file=$d/$u; break; fi
    if [ -e "$d/$t" ] || [ -L "$d/$t" ]; then file=$d/$t; break; fi
  done
}
settings() {
  set -- "$file"
  for d in $folders; do set -- "$@" "$d/\${file##*/}".d/*.conf; done
  sed -n -E 's/^[[:space:]]*(WantedBy|RequiredBy|Alias|Also|DefaultInstance)[[:space:]]*=[[:space:]]*/\\1=/p' "$@" 2>/dev/null
}`

/** The folders of unit files in the order of systemd.unit(5), but for those of generators. */
function foldersOf(scope: Scope): string {
  const kind = scope === 'system' ? 'system' : 'user'
  const own = scope === 'user' ? [`"\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"`] : []
  const all = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((top) => `${top}/systemd/${kind}`)
  return [...own, ...all].join(' ')
}

function templateOf(unit: string): string {
  return unit.replace(/@.*(\.[a-z]+)$/, '@$1')
}

/** What %i stands for, in the words of sed. */
function instanceOf(unit: string): string {
  return (/@(.*)\.[a-z]+$/.exec(unit)?.[1] ?? '').replace(/[\\&/]/g, '\\$&')
}

export function parseUnit(lines: readonly string[]): Unit {
  const properties = new Map<string, string>()
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  for (const line of lines) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (name !== undefined) properties.set(name, value!)
  }
  return {
    running: lines.includes('running'),
    inChroot: lines.includes('chroot'),
    startedByLinks: lines.includes('links'),
    properties,
    file: after('file')[0],
    install: new Set(after('install')),
    also: after('also'),
  }
}

/** Whether there is such a unit, as far as that can be known. */
export function isKnown({ running, properties }: Unit): boolean {
  if (!running) return !['', 'not-found'].includes(properties.get('UnitFileState') ?? '')
  return !['', 'not-found'].includes(properties.get('LoadState') ?? '')
}

/**
 * Whether enabling a unit, or disabling it, would change anything: what cannot be enabled is as it is wished either way.
 */
function enablingDiffers(enable: boolean, unit: Unit): boolean {
  const { properties, startedByLinks, install, also } = unit
  switch (properties.get('UnitFileState') ?? '') {
    case 'enabled':
    case 'enabled-runtime':
      return !enable
    case 'static':
    case 'transient':
      return false
    case 'generated':
      return isInitScript(unit) && startedByLinks !== enable
    case 'linked':
    case 'linked-runtime':
      return enable && install.size > 0
    case 'indirect':
      return enable
        ? [...install].some((name) => name !== 'Also') || also.includes('disabled')
        : install.has('DefaultInstance') || also.some((state) => /^enabled/.test(state))
    default:
      return enable
  }
}

function isInitScript({ properties, startedByLinks }: Unit): boolean {
  return startedByLinks || (properties.get('SourcePath') ?? '').startsWith('/etc/init.d/')
}

function isMasked({ properties }: Unit): boolean {
  return /^masked/.test(properties.get('UnitFileState') ?? '') || properties.get('LoadState') === 'masked'
}

function isActive({ properties }: Unit): boolean {
  return ['active', 'activating', 'reloading'].includes(properties.get('ActiveState') ?? '')
}

/** Why a unit cannot become what is wished, or undefined. */
export function impossibleUnit(desired: DesiredUnit, unit: Unit): string | undefined {
  const { name, state, enabled } = desired
  const loadError = unit.properties.get('LoadError')
  if (loadError && !isMasked(unit) && isKnown(unit))
    return `the unit file of ${name} cannot be loaded: ${loadError}`
  if ((state !== undefined || enabled !== undefined) && !isKnown(unit))
    return `Could not find the requested service ${name}`
  if (state !== undefined && !unit.running && !unit.inChroot)
    return 'systemd does not run on this host, so nothing can be started or stopped'
  return impossibleMask(desired, unit) ?? impossibleEnabling(desired, unit)
}

function impossibleMask({ name, state, enabled, masked }: DesiredUnit, unit: Unit): string | undefined {
  const starts = state !== undefined && state !== 'stopped'
  const isVendors = isMasked(unit) && /^(\/usr)?\/lib\//.test(unit.file ?? '')
  if (masked !== false && (masked || isMasked(unit)) && (starts || enabled))
    return `${name} is masked, so it can be neither started nor enabled; unmask it with masked: no`
  if (masked === false && isVendors)
    return `${name} is masked by its package (${unit.file}), which cannot be undone; put a unit file of your own into /etc/systemd/system`
  if (masked && !isMasked(unit) && unit.file === `/etc/systemd/system/${ownName(name, unit)}`)
    return `${unit.file} is in the place of the link that would mask ${name}; remove it first, or move it to /usr/local/lib/systemd/system`
  return undefined
}

function impossibleEnabling({ name, enabled }: DesiredUnit, unit: Unit): string | undefined {
  const state = unit.properties.get('UnitFileState') ?? ''
  if (enabled !== undefined && state === 'bad') return `the unit file of ${name} is not valid`
  if (enabled && isTemplate(name) && !unit.install.has('DefaultInstance') && enablingDiffers(true, unit)) {
    const instance = fullName(name).replace('@.', '@NAME.')
    return `${name} is a template without an instance that stands for it (DefaultInstance); name one: ${instance}`
  }
  if (enabled === false && state === 'generated' && !isInitScript(unit)) {
    const source = unit.properties.get('SourcePath') || 'another file'
    return `${name} is generated from ${source}, and is enabled as long as that says so`
  }
  return undefined
}

/** How a unit becomes what is wished, in this order; `command` is systemctl with its options. */
export function unitSteps(command: string, desired: DesiredUnit, unit: Unit): PlannedChange[] {
  const { name, enabled, masked, state } = desired
  // systemctl neither enables nor masks by another name, and changes either /etc or /run.
  const own = quote(ownName(name, unit))
  const isRuntime = /-runtime$/.test(unit.properties.get('UnitFileState') ?? '')
  const act = (verb: string) => `${command} ${verb} -- ${own}`
  const everywhere = (verb: string) => `${isRuntime ? `${act(`--runtime ${verb}`)} && ` : ''}${act(verb)}`
  const steps: PlannedChange[] = []
  if (masked !== undefined && masked !== isMasked(unit)) {
    const change = { what: 'masked', before: !masked, after: masked }
    steps.push([change, sh(masked ? act('mask') : everywhere('unmask'))])
  }
  // Behind a mask one cannot see whether it is enabled.
  const unmasks = masked === false && isMasked(unit)
  if (enabled !== undefined && (unmasks || (!isMasked(unit) && enablingDiffers(enabled, unit)))) {
    const change = { what: 'enabled', before: unmasks ? null : !enabled, after: enabled }
    steps.push([change, sh(enabled ? act('enable') : linkedAgain(command, everywhere('disable'), unit))])
  }
  if (state !== undefined && !unit.inChroot && stateDiffers(state, unit)) {
    const change = { what: 'state', before: unit.properties.get('ActiveState') ?? null, after: state }
    steps.push([change, sh(`${command} ${stateVerb(state, unit)} -- ${quote(fullName(name))}`)])
  }
  return steps
}

function stateDiffers(state: UnitState, unit: Unit): boolean {
  if (state === 'started') return !isActive(unit)
  if (state === 'stopped') return isActive(unit) || unit.properties.get('ActiveState') === 'deactivating'
  return true
}

function ownName(name: string, { properties }: Unit): string {
  return properties.get('Id') || fullName(name)
}

/** To disable a unit takes away the link too by which systemd knows a file elsewhere: it is put back. */
function linkedAgain(command: string, disable: string, { file }: Unit): string {
  if (file === undefined || /^(\/usr)?\/lib\//.test(file)) return disable
  const link = quote(file)
  return `target=$(readlink -f ${link}) && ${disable} && { [ -e ${link} ] || [ ! -e "$target" ] || ${command} link -- "$target"; }`
}

function stateVerb(state: UnitState, unit: Unit): string {
  if (state === 'stopped') return 'stop'
  if (state === 'started' || !isActive(unit)) return 'start'
  return state === 'restarted' ? 'restart' : 'reload'
}

/** Ansible's return values. */
export function unitResult({ name, state, enabled }: DesiredUnit, unit: Unit): ValueMap {
  return {
    name,
    ...(state !== undefined && { state: state === 'stopped' ? 'stopped' : 'started' }),
    ...(enabled !== undefined && { enabled }),
    status: Object.fromEntries(unit.properties),
  }
}
