import type { ValueMap } from '../language/value.ts'
import type { Change } from './module.ts'
import { quote } from './sh.ts'

/** What systemd says of a unit: the properties that `systemctl show` prints, by name. */
export interface Unit {
  /** systemd runs; without it only what the unit files say is known. */
  readonly running: boolean
  readonly properties: ReadonlyMap<string, string>
  /** Links of an init script in /etc/rc?.d say that it is started at boot. */
  readonly startedByLinks: boolean
}

export type UnitState = 'started' | 'stopped' | 'restarted' | 'reloaded'

export interface UnitWish {
  readonly name: string
  readonly state?: UnitState | undefined
  readonly enabled?: boolean | undefined
  readonly masked?: boolean | undefined
}

export type Scope = 'system' | 'user' | 'global'

/** systemctl for a scope, with a way to reach the user's own systemd. */
export function systemctl(scope: Scope): string {
  if (scope === 'system') return 'systemctl'
  const runtime = scope === 'user' ? `XDG_RUNTIME_DIR="\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" ` : ''
  return `${runtime}systemctl --${scope}`
}

/** sh that prints what systemd knows of a unit; one start of systemctl. */
export function probeUnit(name: string, scope: Scope): string {
  const command = systemctl(scope)
  const base = name.replace(/\.service$/, '')
  const ask = (what: string) => `${command} ${what} -- ${quote(name)}`
  const files = [`echo offline`, `echo "UnitFileState=$(${ask('is-enabled')} 2>/dev/null)"`]
  // The files are all there is for every user's systemd at once.
  if (scope === 'global') return files.join('\n')
  return [
    `for l in /etc/rc[2-5].d/S[0-9][0-9]${quote(base)}; do [ ! -e "$l" ] || { echo links; break; }; done`,
    'if [ -d /run/systemd/system ]; then',
    '  echo running',
    `  ${ask('show')}`,
    'else',
    ...files.map((line) => `  ${line}`),
    'fi',
  ].join('\n')
}

export function parseUnit(lines: readonly string[]): Unit {
  const properties = new Map<string, string>()
  for (const line of lines) {
    const at = line.indexOf('=')
    if (at > 0) properties.set(line.slice(0, at), line.slice(at + 1))
  }
  return { running: lines.includes('running'), startedByLinks: lines.includes('links'), properties }
}

/** Whether there is such a unit, as far as that can be known. */
export function isKnown({ running, properties }: Unit): boolean {
  if (!running) return !['', 'not-found'].includes(properties.get('UnitFileState') ?? '')
  return !['', 'not-found'].includes(properties.get('LoadState') ?? '')
}

// As systemctl is-enabled exits with 0 (systemctl(1)), but for "indirect" and "alias", which start nothing.
const ENABLED = new Set(['enabled', 'enabled-runtime', 'static', 'generated', 'transient'])

export function isEnabled({ properties, startedByLinks }: Unit): boolean {
  const state = properties.get('UnitFileState') ?? ''
  return state === 'generated' ? startedByLinks : ENABLED.has(state)
}

export function isMasked({ properties }: Unit): boolean {
  return /^masked/.test(properties.get('UnitFileState') ?? '') || properties.get('LoadState') === 'masked'
}

export function isActive({ properties }: Unit): boolean {
  return ['active', 'activating', 'reloading'].includes(properties.get('ActiveState') ?? '')
}

/** Why a unit cannot become what is wished, or undefined. */
export function impossibleUnit({ name, state, enabled, masked }: UnitWish, unit: Unit): string | undefined {
  const loadError = unit.properties.get('LoadError')
  if (loadError && !isMasked(unit) && isKnown(unit))
    return `the unit file of ${name} cannot be loaded: ${loadError}`
  if ((state !== undefined || enabled !== undefined) && !isKnown(unit))
    return `there is no service ${name} on this host`
  if (state !== undefined && !unit.running)
    return 'systemd does not run on this host, so nothing can be started or stopped'
  const starts = state !== undefined && state !== 'stopped'
  if (masked !== false && (masked || isMasked(unit)) && (starts || enabled)) {
    return `${name} is masked, so it can be neither started nor enabled; unmask it with masked: no`
  }
  return undefined
}

/** The differences between a unit and the wish, in the order in which they are put right. */
export function unitChanges(wish: UnitWish, unit: Unit): Change[] {
  const changes: Change[] = []
  if (wish.masked !== undefined && wish.masked !== isMasked(unit)) {
    changes.push({ what: 'masked', before: !wish.masked, after: wish.masked })
  }
  if (wish.enabled !== undefined && wish.enabled !== isEnabled(unit)) {
    changes.push({ what: 'enabled', before: !wish.enabled, after: wish.enabled })
  }
  if (wish.state !== undefined && stateDiffers(wish.state, unit)) {
    changes.push({ what: 'state', before: unit.properties.get('ActiveState') ?? null, after: wish.state })
  }
  return changes
}

function stateDiffers(state: UnitState, unit: Unit): boolean {
  if (state === 'started') return !isActive(unit)
  if (state === 'stopped') return isActive(unit) || unit.properties.get('ActiveState') === 'deactivating'
  return true
}

/** The verb of systemctl that carries out a change. */
export function unitVerb({ what, after }: Change, unit: Unit): string {
  if (what === 'masked') return after ? 'mask' : 'unmask'
  if (what === 'enabled') return after ? 'enable' : 'disable'
  if (after === 'stopped') return 'stop'
  if (after === 'started' || !isActive(unit)) return 'start'
  return after === 'restarted' ? 'restart' : 'reload'
}

/** Ansible's return values. */
export function unitResult({ name, state, enabled }: UnitWish, unit: Unit): ValueMap {
  return {
    name,
    ...(state !== undefined && { state: state === 'stopped' ? 'stopped' : 'started' }),
    ...(enabled !== undefined && { enabled }),
    status: Object.fromEntries(unit.properties),
  }
}
