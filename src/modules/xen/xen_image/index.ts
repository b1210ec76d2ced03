import { type Change, defineModule, type ModuleResult, type Outcome, type Plan } from '../../../sdk/module.ts'
import { together } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { quote } from '../../../shell/quote.ts'
import { buildScript, removeScript } from './build.ts'
import { type ImagePaths, imageProblems, placeOf, type XenImageArgs, xenImageOptions } from './options.ts'

/** What there is of an image. */
interface State {
  readonly disk: boolean
  readonly swap: boolean
  /** Whoever was making it has not come to the end. */
  readonly unfinished: boolean
  readonly config: boolean
  /** Links by which the domain is started at boot. */
  readonly auto: readonly string[]
  readonly running: boolean
  /** There is no volume group of that name. */
  readonly groupless: boolean
}

/** The image of a Xen domain, as xen-create-image(8) makes it: disks and, unless there is one, its configuration. */
export const xen_image = defineModule<typeof xenImageOptions, State>({
  name: 'xen_image',
  summary:
    "Makes a Xen domain's image by xen-create-image, or takes it away. An image that is there is left as it is, and so is a configuration.",
  options: xenImageOptions,
  validate: imageProblems,
  probe,
  parse,
  plan: (args, state) => (args.state === 'absent' ? planAbsent(args, state) : planPresent(args, state)),
  interpret: conclude,
})

function probe(args: XenImageArgs): string {
  const place = placeOf(args)
  const config = quote(place.config)
  const wanted =
    args.state === 'absent' ? '[ -n "$disk$unfinished" ]' : '[ -z "$disk" ] || [ -n "$unfinished" ]'
  return [
    'disk=; unfinished=',
    ...(place.group === undefined ? filesProbe(place) : volumesProbe(place)),
    '[ -z "$disk" ] || echo disk',
    `[ ! -e ${quote(place.unfinished)} ] || { unfinished=y; echo unfinished; }`,
    `[ ! -e ${config} ] || echo config`,
    'for link in /etc/xen/auto/*; do',
    `  [ ! -L "$link" ] || [ "$(readlink -m "$link")" != "$(readlink -m ${config})" ] || echo "auto $link"`,
    'done',
    // Asked only when the disk is to be torn away: xl takes its time.
    `if { ${wanted}; } && command -v xl >/dev/null && xl list ${quote(args.hostname)} >/dev/null 2>&1; then echo running; fi`,
  ].join('\n')
}

function filesProbe({ disk, swap }: ImagePaths): string[] {
  return [`[ ! -e ${quote(disk)} ] || disk=y`, `[ ! -e ${quote(swap)} ] || echo swap`]
}

// An inactive volume has no file below /dev.
function volumesProbe({ group, disk, swap }: ImagePaths): string[] {
  const name = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  return [
    `volumes=$(lvs --noheadings -o lv_name ${quote(group!)} 2>/dev/null) || echo groupless`,
    'for volume in $volumes; do',
    `  case $volume in ${quote(name(disk))}) disk=y ;; ${quote(name(swap))}) echo swap ;; esac`,
    'done',
  ]
}

function parse({ text }: ProbeOutput): State {
  const lines = text.split('\n')
  return {
    disk: lines.includes('disk'),
    swap: lines.includes('swap'),
    unfinished: lines.includes('unfinished'),
    config: lines.includes('config'),
    auto: lines.filter((line) => line.startsWith('auto ')).map((line) => line.slice('auto '.length)),
    running: lines.includes('running'),
    groupless: lines.includes('groupless'),
  }
}

function planPresent(args: XenImageArgs, state: State): Plan {
  const { hostname, size, dist, swap } = args
  const place = placeOf(args)
  const result = { disk: place.disk, config: place.config }
  const refuse = (failed: string): Plan => ({ changes: [], result, failed })
  if (state.groupless) return refuse(`there is no volume group ${place.group}`)
  if (state.disk && !state.unfinished) {
    if (swap === undefined || swap === 'none' || state.swap) return { changes: [], result }
    return refuse(
      `${place.disk} is there, but not ${place.swap}: make it with mkswap, say "swap: none", or make the image anew after state: absent`,
    )
  }
  if (state.running) {
    return refuse(
      `the domain ${hostname} runs, but its image is ${state.unfinished ? 'unfinished' : 'not there'}; destroy it first`,
    )
  }
  const after = [place.disk, size, dist].filter((one) => one !== undefined).join(', ')
  const changes: Change[] = [{ what: 'image', before: state.unfinished ? 'unfinished' : null, after }]
  if (!state.config) changes.push({ what: 'configuration', before: null, after: place.config })
  const build = { do: 'exec', script: buildScript(args), stdin: args.password ?? '' } as const
  return { ...together(changes, build), result }
}

function planAbsent(args: XenImageArgs, state: State): Plan {
  const place = placeOf(args)
  const result = { disk: place.disk, config: place.config }
  const changes: Change[] = []
  const gone = (what: string, before: string) => changes.push({ what, before, after: null })
  if (state.disk || state.swap || state.unfinished) gone('image', state.disk ? place.disk : 'unfinished')
  if (state.config) gone('configuration', place.config)
  for (const link of state.auto) gone('autostart', link)
  if (state.running)
    return { changes: [], result, failed: `the domain ${args.hostname} runs on this image; destroy it first` }
  return { ...together(changes, { do: 'exec', script: removeScript(args, state.auto) }), result }
}

function conclude([outcome]: Outcome[]): ModuleResult {
  const { code, stderr, seconds } = outcome!
  if (code === 0) return { result: { seconds: Math.round(seconds) } }
  return { failed: stderr.trim() || `the making of the image was ended (exit status ${code})` }
}
