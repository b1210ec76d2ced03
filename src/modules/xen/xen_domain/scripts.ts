import { quote, quotePath } from '../../../shell/quote.ts'
import type { Domain } from '../domains.ts'

/** Exit status of `askScript` when the guest has not done as asked. */
export const TIMED_OUT = 124
/** Exit status of `createScript` when the domain did not stay. */
export const VANISHED = 125

/** sh that asks a guest to shut down, and waits so many seconds for it. */
export function askScript({ id, state }: Domain, seconds: number): string {
  return `${state === 'paused' ? `xl unpause ${id} || exit\n` : ''}end=$(($(date +%s) + ${seconds}))
while
  # A guest that has just begun to boot does not hear it: it is asked again.
  left=$((end - $(date +%s)))
  [ "$left" -gt 0 ] || exit ${TIMED_OUT}
  timeout "$((left < 10 ? left : 10))" xl shutdown -w ${id} >/dev/null
  code=$?
  [ "$code" != 0 ] && xl list ${id} >/dev/null 2>&1
do
  case $code in 124 | 143) ;; *) exit "$code" ;; esac
done
`
}

/** sh that stops a domain, unless it goes by itself meanwhile. */
export function destroyScript(id: number): string {
  return `xl destroy ${id} || ! xl list ${id} >/dev/null 2>&1`
}

/** sh that waits until a domain that was shut down has gone, and sends it off if its configuration preserves it. */
export function waitScript(id: number): string {
  return `left=10
while xl list ${id} >/dev/null 2>&1; do
  [ "$left" -gt 0 ] || { ${destroyScript(id)} || exit; break; }
  left=$((left - 1))
  sleep 1
done`
}

/** sh that creates a domain and sees that it stays. */
export function createScript(file: string, name: string, paused: boolean): string {
  const create = `xl create ${paused ? '-p ' : ''}${quotePath(file)} >/dev/null`
  if (paused) return create
  return `${create} || exit
sleep 1
xl list ${quote(name)} >/dev/null 2>&1 || exit ${VANISHED}`
}
