import { type PlannedChange, sh } from '../../sdk/plans.ts'
import { quote, words } from '../../shell/quote.ts'
import { splitWords } from '../../values/words.ts'
import type { UnitState } from './units.ts'

/** A service that systemd does not manage: OpenRC's, or a script in /etc/init.d. */
export interface InitService {
  readonly kind: 'openrc' | 'sysv'
  /** The script, such as /etc/init.d/ssh; undefined when there is none. */
  readonly script: string | undefined
  readonly running: boolean
  readonly enabled: boolean
  /** OpenRC takes it for started although its process is gone: it starts it only once it has forgotten that. */
  readonly crashed: boolean
}

export interface DesiredInitService {
  readonly name: string
  readonly state?: UnitState | undefined
  readonly enabled?: boolean | undefined
  readonly pattern?: string | undefined
  readonly runlevel: string
  readonly arguments: string
  readonly sleep?: number | undefined
}

/** sh that prints what OpenRC knows of a service. */
export function probeOpenrc(desired: DesiredInitService): string {
  const name = quote(desired.name)
  return [
    'echo openrc',
    `if rc-service -e ${name}; then echo script ${name}; fi`,
    runs(desired, `said=$(rc-service ${name} status 2>&1)`),
    ...(desired.pattern === undefined ? ["case $said in *'status: crashed'*) echo crashed ;; esac"] : []),
    `rc-update show ${quote(desired.runlevel)} 2>/dev/null | while read -r n _; do [ "$n" != ${name} ] || echo enabled; done`,
  ].join('\n')
}

/**
 * sh that prints what is known of an init script: System V's with links in /etc/rc?.d, or busybox's, which are
 * started at boot for being called S50name and executable.
 */
export function probeSysv(desired: DesiredInitService): string {
  const name = quote(desired.name)
  return [
    'echo sysv',
    'script=',
    `for f in /etc/init.d/${name} /etc/rc.d/init.d/${name} /etc/init.d/S[0-9][0-9]${name}; do`,
    '  if [ -f "$f" ]; then script=$f; echo "script $f"; break; fi',
    'done',
    `case $script in */S[0-9][0-9]${name}) [ ! -x "$script" ] || echo enabled ;; esac`,
    `for f in /etc/rc[2-5].d/S[0-9][0-9]${name} /etc/rc.d/rc[2-5].d/S[0-9][0-9]${name}; do`,
    '  [ ! -e "$f" ] || { echo enabled; break; }',
    'done',
    runs(desired, sysvStatus(name)),
  ].join('\n')
}

/** A command that succeeds when the service runs, and prints "running" then. */
function runs({ pattern }: DesiredInitService, status: string): string {
  if (pattern === undefined) return `if ${status}; then echo running; fi`
  return `processes=$(ps -ef 2>/dev/null || ps w)\ncase $processes in *${quote(pattern)}*) echo running ;; esac`
}

// Scripts without "status" say how they are used, and mostly leave the number of their process behind.
function sysvStatus(name: string): string {
  return [
    '{ [ -n "$script" ] && said=$(if [ -x "$script" ]; then "$script" status; else /bin/sh "$script" status; fi 2>&1); code=$?',
    '  case $code:$said in',
    '    0:*"not running"*|0:*stopped*|0:*"is not"*|[34]:*) false ;;',
    '    0:*[Uu]sage*|[12]:*[Uu]sage*|127:*)',
    `      pid=; for f in /run/${name}.pid /var/run/${name}.pid; do [ ! -r "$f" ] || read -r pid <"$f"; done`,
    '      [ -n "$pid" ] && [ -d "/proc/$pid" ] ;;',
    '    0:*) true ;;',
    '    *) false ;;',
    '  esac; }',
  ].join('\n')
}

export function parseInit(lines: readonly string[]): InitService {
  const script = lines.find((line) => line.startsWith('script '))?.slice('script '.length)
  return {
    kind: lines[0] === 'openrc' ? 'openrc' : 'sysv',
    script,
    running: lines.includes('running'),
    enabled: lines.includes('enabled'),
    crashed: lines.includes('crashed'),
  }
}

/** How a service becomes what is wished. */
export function initSteps(desired: DesiredInitService, service: InitService): PlannedChange[] {
  const { enabled, state } = desired
  const { running } = service
  const steps: PlannedChange[] = []
  if (enabled !== undefined && enabled !== service.enabled) {
    const change = { what: 'enabled', before: service.enabled, after: enabled }
    steps.push([change, sh(enabled ? enable(desired, service) : disable(desired, service))])
  }
  const steady = state === 'started' ? running : state === 'stopped' ? !running : false
  if (state !== undefined && !steady) {
    const change = { what: 'state', before: running ? 'started' : 'stopped', after: state }
    steps.push([change, sh(acting(state, desired, service))])
  }
  return steps
}

function acting(state: UnitState, desired: DesiredInitService, service: InitService): string {
  const given = splitWords(desired.arguments).map(({ text }) => text)
  const act = (verb: string) => quietly(`${caller(desired, service)} ${words(verb, ...given)}`)
  if (state === 'stopped') return act('stop')
  if (state === 'started' || !service.running)
    return service.crashed ? `${act('zap')}\n${act('start')}` : act('start')
  if (state === 'reloaded') return act('reload')
  if (desired.sleep === undefined) return act('restart')
  return `${act('stop')}\nsleep ${desired.sleep}\n${act('start')}`
}

function caller({ name }: DesiredInitService, { kind, script }: InitService): string {
  if (kind === 'openrc') return `rc-service ${quote(name)}`
  const path = quote(script ?? `/etc/init.d/${name}`)
  // One that is not started at boot is not executable either.
  return isBusybox(script ?? '') ? `/bin/sh ${path}` : path
}

/** A daemon keeps its starter's stdout open: into a file, so that nobody waits for it, and it garbles nothing. */
function quietly(command: string): string {
  return [
    't=$(mktemp) || exit',
    `${command} >"$t" 2>&1`,
    'code=$?',
    'cat "$t" >&2',
    'rm -f "$t"',
    '[ $code = 0 ] || exit $code',
  ].join('\n')
}

function enable({ name, runlevel }: DesiredInitService, { kind, script = '' }: InitService): string {
  const word = quote(name)
  if (kind === 'openrc') return `rc-update add ${word} ${quote(runlevel)}`
  if (isBusybox(script)) return `chmod +x ${quote(script)}`
  return [
    `if command -v update-rc.d >/dev/null; then update-rc.d ${word} defaults && update-rc.d ${word} enable`,
    `elif command -v chkconfig >/dev/null; then chkconfig --add ${word} && chkconfig ${word} on`,
    `else for n in 2 3 4 5; do mkdir -p /etc/rc$n.d && rm -f /etc/rc$n.d/K[0-9][0-9]${word} && ln -s ${quote(`../init.d/${name}`)} /etc/rc$n.d/S20${word} || exit; done`,
    'fi',
  ].join('\n')
}

function disable({ name, runlevel }: DesiredInitService, { kind, script = '' }: InitService): string {
  const word = quote(name)
  if (kind === 'openrc') return `rc-update del ${word} ${quote(runlevel)}`
  if (isBusybox(script)) return `chmod -x ${quote(script)}`
  return [
    `if command -v update-rc.d >/dev/null; then update-rc.d ${word} disable`,
    `elif command -v chkconfig >/dev/null; then chkconfig ${word} off`,
    `else rm -f /etc/rc[2-5].d/S[0-9][0-9]${word}`,
    'fi',
  ].join('\n')
}

function isBusybox(script: string): boolean {
  return /\/S\d\d[^/]*$/.test(script)
}
