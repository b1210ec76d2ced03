import { virsh } from '../virsh.ts'
import type { Args } from './options.ts'

type Named = Pick<Args, 'name' | 'uri'>

/** Exit status of `askScript` when the guest has not done as asked. */
export const TIMED_OUT = 124
/** Exit status of `memoryScript` when the guest has not given the memory. */
export const NO_BALLOON = 125

export function guest({ name, uri }: Named, command: string, ...more: readonly string[]): string {
  return virsh(uri, command, `--domain=${name}`, ...more)
}

/** sh that asks a guest to shut down, and waits so many seconds for it. */
export function askScript(args: Named & Pick<Args, 'timeout'>, isPaused: boolean): string {
  return `${isPaused ? `${guest(args, 'resume')} || exit\n` : ''}end=$(($(date +%s) + ${args.timeout}))
again=0
while state=$(${guest(args, 'domstate')} 2>/dev/null) && [ "$state" != 'shut off' ]; do
  now=$(date +%s)
  [ "$now" -lt "$end" ] || exit ${TIMED_OUT}
  # A guest that has just begun to boot does not hear it: it is asked again.
  if [ "$now" -ge "$again" ]; then
    ${guest(args, 'shutdown')} || [ "$(${guest(args, 'domstate')})" = 'shut off' ] || exit
    again=$((now + 5))
  fi
  sleep 0.3 2>/dev/null || sleep 1
done`
}

/** sh that stops a guest, unless it goes by itself meanwhile. */
export function destroyScript(args: Named): string {
  return `${guest(args, 'destroy')} || [ "$(${guest(args, 'domstate')})" = 'shut off' ] || exit`
}

/** sh that tells a running guest how much memory it has, and sees that it does so. */
export function memoryScript(args: Named, kibibytes: number): string {
  return `${guest(args, 'setmem', `--size=${kibibytes}`, '--live')} || exit
left=10
until ${guest(args, 'dommemstat')} | grep -qx 'actual ${kibibytes}'; do
  [ "$left" -gt 0 ] || exit ${NO_BALLOON}
  left=$((left - 1))
  sleep 1
done`
}

/** sh that forgets a guest with what libvirt keeps of it; its disks stay. */
export function undefineScript(args: Named): string {
  return guest(args, 'undefine', '--managed-save', '--snapshots-metadata', '--nvram')
}
