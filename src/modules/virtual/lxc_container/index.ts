import { bytesOf } from '../../../host/bytes.ts'
import { files, followed } from '../../../host/file-state.ts'
import { defineModule, type ModuleResult, type Outcome, type Plan } from '../../../sdk/module.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quotePath } from '../../../shell/quote.ts'
import { isMap, type ValueMap } from '../../../values/value.ts'
import { groundScript, probes, readGround } from './archive.ts'
import { settingsOf } from './config.ts'
import { type Args, declared, problems } from './options.ts'
import { plan } from './plan.ts'
import { lxc } from './scripts.ts'
import type { State } from './state.ts'

/** Semantics: community.general.lxc_container; memory, vcpus, cpus, vif and restart are as those of xen_domain. */
export const lxc_container = defineModule<typeof declared, State>({
  name: 'lxc_container',
  summary: 'Creates, configures, starts, freezes, stops, copies and removes system containers (lxc).',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function look({ lxc_path, name, clone_name }: Args) {
  const config = (one: string) => `${lxc_path}/${one}/config`
  return files([lxc_path, config(name), ...(clone_name === undefined ? [] : [config(clone_name)])], {
    follow: true,
  })
}

function held({ lxc_path, name }: Args) {
  return bytesOf([`${lxc_path}/${name}/config`])
}

function probe(args: Args): Probe {
  const path = quotePath(args.lxc_path)
  const groups = (unified: boolean) =>
    liveNames(args, unified)
      .map((name) => `printf '%s\\0' "$(${lxc('cgroup', args)} ${name} 2>/dev/null)"`)
      .join('; ') || ':'
  const script = `command -v lxc-info >/dev/null || { echo 'this host has no lxc-info: install lxc on it (Debian: lxc)' >&2; exit 1; }
[ ! -d ${path} ] || { [ -r ${path} ] && [ -w ${path} ]; } || { echo 'the containers of this folder are not yours: say become: true' >&2; exit 1; }
u=0; ! grep -qsw memory /sys/fs/cgroup/cgroup.controllers || u=1
printf '%s\\0%s\\0' "$(id -u)" "$u"
state=; [ ! -e ${path}/${args.name}/config ] || state=$(LC_ALL=C ${lxc('info', args)} -H -s) || exit
pid=; case $state in '' | STOPPED) ;; *) pid=$(LC_ALL=C ${lxc('info', args)} -H -p) || exit ;; esac
printf '%s\\0%s\\0' "$state" "$pid"
case $pid in *[0-9]*)
  printf '%s\\0' "$(timeout 10 ${lxc('info', args)} -H -i 2>/dev/null)" "$(sed -n 's/^ *\\([^ :]*\\):.*/\\1/p' "/proc/\${pid##*[!0-9]}/net/dev")"
  if [ "$u" = 1 ]; then ${groups(true)}; else ${groups(false)}; fi ;;
esac
${groundScript(args)}`
  return [look(args), held(args), ...probes(args), script]
}

function liveNames(args: Args, unified: boolean): string[] {
  return settingsOf(args, unified).flatMap(({ live }) => (live ? [live] : []))
}

function parse(output: ProbeOutput, args: Args): State {
  const [folder, itself, clone] = output.of(look(args))
  const [bytes] = output.of(held(args))
  const told = new Output(output.bytes)
  const [uid, unified] = [Number(told.field()), told.field() === '1']
  const found = lastWord(told.field())
  const pid = Number(lastWord(told.field()) ?? 0)
  const lines = () =>
    told
      .field()
      .split('\n')
      .flatMap((line) => lastWord(line) ?? [])
  const [ips, interfaces] = pid > 0 ? [lines(), lines()] : [[], []]
  const names = pid > 0 ? liveNames(args, unified) : []
  const live = new Map(names.map((name) => [name, told.field().trim()]))
  const reached = followed(`${args.lxc_path}/${args.name}/config`, itself)
  return {
    ...reached,
    ...{ uid, unified, found, folder, ips, interfaces },
    pid: pid > 0 ? pid : null,
    live,
    ground: readGround(output, told, args),
    text: reached.file === undefined ? '' : bytes!.toString('latin1'),
    hasClone: args.clone_name !== undefined && clone !== undefined,
  }
}

/** lxc-info names what it tells, or not. */
function lastWord(line: string): string | undefined {
  return line.trim().split(/\s+/).at(-1) || undefined
}

function interpret(outcomes: Outcome[], args: Args, _: State, planned: Plan): ModuleResult {
  const last = outcomes.at(-1)!
  if (last.code !== 0) {
    const said = [
      ...new Set(
        last.stderr.split('\n').flatMap((line) => line.replace(/^lxc-\w+: .*?: main: \d+ /, '').trim() || []),
      ),
    ].join('; ')
    return {
      failed: said || `${args.name}: lxc ended with exit status ${last.code}`,
      result: { rc: last.code },
    }
  }
  const said = outcomes.map(({ stdout }) => stdout.toString())
  const [stdout, code] = said.find((text) => /\0\d+$/.test(text))?.split('\0') ?? []
  const ran: ValueMap = code === undefined ? {} : { rc: Number(code), stdout: stdout! }
  const now = said.find((text) => text.startsWith('now\0'))?.split('\0')
  const before = planned.result?.lxc_container ?? null
  if (now === undefined || !isMap(before)) return { result: ran }
  const [pid, ips, interfaces] = now
    .slice(1)
    .map((text) => text.split('\n').flatMap((line) => lastWord(line) ?? []))
  return {
    result: {
      ...ran,
      lxc_container: { ...before, init_pid: Number(pid![0] ?? -1), ips: ips!, interfaces: interfaces! },
    },
  }
}
