import { quote, quotePath, words } from '../../../shell/quote.ts'
import { splitWords } from '../../../values/words.ts'
import type { Args } from './options.ts'

/** A tool of lxc, called for the container. */
export function lxc(tool: string, { lxc_path, name }: Pick<Args, 'lxc_path' | 'name'>): string {
  return `lxc-${tool} -P ${quotePath(lxc_path)} -n ${quote(name)}`
}

/** What was asked for besides, of the options that the kind of storage knows. */
const STORES: Readonly<Record<Args['backing_store'], readonly (keyof Args)[]>> = {
  dir: ['directory'],
  lvm: ['lv_name', 'vg_name', 'thinpool', 'fs_type', 'fs_size'],
  loop: ['fs_type', 'fs_size'],
  btrfs: [],
  overlayfs: ['directory'],
  zfs: ['zfs_root'],
}

const FLAGS: Readonly<Record<string, string>> = {
  ...{ directory: '--dir', lv_name: '--lvname', vg_name: '--vgname', thinpool: '--thinpool' },
  ...{ fs_type: '--fstype', fs_size: '--fssize', zfs_root: '--zfsroot' },
}

/** sh that makes a container; what goes wrong leaves nothing behind. */
export function createScript(args: Args): string {
  const template = args.template ?? (args.rootfs === undefined ? 'ubuntu' : 'none')
  const store = STORES[args.backing_store].flatMap((option) =>
    args[option] === undefined ? [] : [`${FLAGS[option]}=${String(args[option])}`],
  )
  const log = args.container_log
    ? [
        `--logfile=/var/log/lxc/lxc-${args.name}.log`,
        `--logpriority=${args.container_log_level.toUpperCase()}`,
      ]
    : []
  const options = splitWords(args.template_options ?? '').map(({ text }) => text)
  const create = [
    lxc('create', args),
    ...(args.config === undefined ? [] : [`-f ${quotePath(args.config)}`]),
    words('-t', template, ...(args.rootfs === undefined ? ['-B', args.backing_store, ...store] : []), ...log),
    ...(options.length > 0 ? [`-- ${words(...options)}`] : []),
  ].join(' ')
  return [
    ...(args.container_log ? ['mkdir -p /var/log/lxc || exit'] : []),
    `${create} </dev/null >/dev/null || { code=$?; ${lxc('destroy', args)} >/dev/null 2>&1; exit $code; }`,
  ].join('\n')
}

// What lxc-start says after the reason, whatever it was.
const NOISE =
  '^Received container state\\|^The container failed to start\\|^To get more details\\|^Additional information\\|^Failed to spawn container\\|^Failed to create \\(the network\\|network device\\)'

/** sh that starts it; its log says why it did not. */
export function startScript(args: Args): string {
  return `log=$(mktemp) || exit
${lxc('start', args)} -d -l ERROR -o "$log" >/dev/null 2>&1 </dev/null
code=$?
[ "$code" = 0 ] || sed -n 's/^.* ERROR .*:[0-9]* - //p' "$log" | grep -v ${quote(NOISE)} >&2
rm -f "$log"
[ "$code" = 0 ] || exit "$code"`
}

/** sh that has its init end, and kills it when the time is over. */
export function stopScript(args: Args, frozen: boolean): string {
  const stop = args.timeout === 0 ? '-k' : `-t ${args.timeout}`
  return `${frozen ? `${unfreezing(args)} || exit\n` : ''}${lxc('stop', args)} ${stop} || [ "$(${lxc('info', args)} -H -s)" = STOPPED ] || exit`
}

// It waits without end for a word of the container that may have come before.
export function freezing(args: Args): string {
  return `timeout 20 ${lxc('freeze', args)} || [ "$(${lxc('info', args)} -H -s)" = FROZEN ]`
}

export function unfreezing(args: Args): string {
  return `timeout 20 ${lxc('unfreeze', args)} || [ "$(${lxc('info', args)} -H -s)" = RUNNING ]`
}

/** sh that runs a script in it, and says how that ended. */
export function commandScript(args: Args): string {
  const inside = 'if command -v bash >/dev/null 2>&1; then exec bash -c "$1"; else exec /bin/sh -c "$1"; fi'
  return `${lxc('attach', args)} -- /bin/sh -c ${quote(inside)} sh ${quote(args.container_command!)} </dev/null
printf '\\0%s' "$?"`
}

export function cloneScript(args: Args): string {
  const snapshot = args.clone_snapshot || args.backing_store === 'overlayfs' ? ' -s' : ''
  return `lxc-copy -P ${quotePath(args.lxc_path)} -n ${quote(args.name)} -N ${quote(args.clone_name!)} -B ${args.backing_store}${snapshot} >/dev/null || exit`
}

/** sh that tells the first process, addresses and interfaces of a container that has just been started. */
export function tellScript(args: Args): string {
  return `pid=$(LC_ALL=C ${lxc('info', args)} -H -p) || exit
pid=\${pid##*[!0-9]}
printf 'now\\0%s\\0%s\\0%s\\0' "$pid" "$(timeout 10 ${lxc('info', args)} -H -i 2>/dev/null)" "$(sed -n 's/^ *\\([^ :]*\\):.*/\\1/p' "/proc/$pid/net/dev")"`
}
