import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, NOTHING, type PlannedChange, sh } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { Output } from '../../shell/output.ts'
import { quote, words } from '../../shell/quote.ts'
import { isGroupName } from './lvm-names.ts'

const declared = options({
  vg: { type: 'str', required: true, help: 'The volume group.' },
  pvs: { type: 'strings', help: 'The devices that it consists of; needed unless state is absent.' },
  pesize: {
    type: 'str',
    default: '4',
    help: 'The size of an extent of a new group: megabytes, or with a unit such as K or G.',
  },
  pv_options: { type: 'str', default: '', help: 'More words for pvcreate.' },
  pvresize: { type: 'bool', default: false, help: 'Take the whole of devices that have grown.' },
  vg_options: { type: 'str', default: '', help: 'More words for vgcreate.' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the group is there, of just these devices.',
  },
  force: { type: 'bool', default: false, help: 'Remove a group that has logical volumes.' },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly hasTools: boolean
  /** The wanted devices behind their links; undefined for one that is not there. */
  readonly devices: readonly (string | undefined)[]
  /** How many logical volumes the group has; undefined when there is no such group. */
  readonly volumes: number | undefined
  readonly physical: readonly Physical[]
}

interface Physical {
  readonly device: string
  /** The group that it is in; "" for none. */
  readonly group: string
  /** Extents that it could have more. */
  readonly canGrow: boolean
}

/** Keeps volume groups of LVM. Semantics: community.general.lvg. */
export const lvg = defineModule<typeof declared, State>({
  name: 'lvg',
  summary: 'Keeps a volume group of LVM, and the devices that it consists of.',
  options: declared,
  validate({ vg, pvs, pesize, state }, complete) {
    const found = (pvs ?? [])
      .filter((path) => !/^\/\S+$/.test(path))
      .map((path) => `pvs: ${JSON.stringify(path)} is not a whole path of a device`)
    if (vg !== undefined && !isGroupName(vg)) found.push(`vg: ${JSON.stringify(vg)} is not a name of a group`)
    if (pesize !== undefined && !/^\d+[bskmgtpe]?$/i.test(pesize))
      found.push(`pesize: ${JSON.stringify(pesize)} is not a size`)
    if (complete && state === 'present' && (pvs === undefined || pvs.length === 0))
      found.push('No physical volumes given.')
    return found
  },
  probe,
  parse,
  plan,
  interpret,
})

const LIST = '--noheadings --nosuffix --units b --separator ";"'

function probe({ pvs = [] }: Args): string {
  return `command -v vgs >/dev/null && command -v pvs >/dev/null || { printf 'none\\0'; exit 0; }
printf 'lvm\\0'
for d in ${pvs.map(quote).join(' ')}; do if [ -e "$d" ]; then readlink -f "$d" || echo "$d"; else echo; fi; done
printf '\\0'
LC_ALL=C vgs ${LIST} -o vg_name,lv_count || exit
printf '\\0'
x=$(LC_ALL=C pvs ${LIST} -o pv_name,vg_name,dev_size,pv_size,pe_start,vg_extent_size) || exit
[ -z "$x" ] || printf '%s\\n' "$x" | while IFS=';' read -r name rest; do
  name=\${name##* }
  printf '%s;%s\\n' "$(readlink -f "$name" || echo "$name")" "$rest"
done`
}

function parse({ bytes }: ProbeOutput, { vg }: Args): State {
  const output = new Output(bytes)
  if (output.field() !== 'lvm') return { hasTools: false, devices: [], volumes: undefined, physical: [] }
  const devices = output.field().split('\n').slice(0, -1)
  const rows = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .map((line) => line.split(';'))
  const group = rows(output.field()).find(([name]) => name === vg)
  return {
    hasTools: true,
    devices: devices.map((device) => device || undefined),
    volumes: group === undefined ? undefined : Number(group[1]),
    physical: rows(output.rest().toString()).map(readPhysical),
  }
}

function readPhysical([device, group, ...sizes]: string[]): Physical {
  const [whole, taken, start, extent] = sizes.map(Number)
  if (device === undefined || group === undefined || extent === undefined)
    throw new Error('pvs of the host did not answer what it was asked for')
  return { device, group, canGrow: extent > 0 && whole! - start! - taken! > extent }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { vg, pvs = [], force } = args
  if (!state.hasTools && !view.check)
    return { ...failure('Failed to find required executable "vgs"'), advice: 'install the package lvm2' }
  if (args.state === 'absent') {
    if (state.volumes === undefined) return NOTHING
    if (state.volumes > 0 && !force)
      return failure(`Refuse to remove non-empty volume group ${vg} without force=true`)
    const change = { what: `volume group ${vg}`, before: 'present', after: null }
    return inSteps([[change, sh(`vgremove --force ${quote(vg)}`)]])
  }
  // Under check an earlier task may be the one that makes the device.
  const missing = pvs.find((_, index) => state.devices[index] === undefined)
  if (missing !== undefined && !view.check) return failure(`Device ${missing} not found.`)
  const devices = [...new Set(pvs.map((path, index) => state.devices[index] ?? path))]
  const taken = state.physical.find(
    ({ device, group }) => devices.includes(device) && !['', vg].includes(group),
  )
  if (taken !== undefined) return failure(`Device ${taken.device} is already in ${taken.group} volume group.`)
  return inSteps(state.volumes === undefined ? made(args, devices) : changed(args, devices, state))
}

function list(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}

function creating({ pv_options }: Args, devices: readonly string[]): string[] {
  return devices.map((device) => `pvcreate ${words(...list(pv_options), '-f', device)} || exit`)
}

function made(args: Args, devices: readonly string[]): PlannedChange[] {
  const { vg, vg_options, pesize } = args
  const change = { what: `volume group ${vg}`, before: null, after: devices.join(' ') }
  const script = [
    ...creating(args, devices),
    `vgcreate ${words(...list(vg_options), '-s', pesize, vg, ...devices)}`,
  ].join('\n')
  return [[change, sh(script)]]
}

function changed(args: Args, devices: readonly string[], { physical }: State): PlannedChange[] {
  const { vg, pvresize } = args
  const own = physical.filter(({ group }) => group === vg)
  const present = own.map(({ device }) => device)
  const steps = (pvresize ? own : [])
    .filter(({ canGrow }) => canGrow)
    .map(
      ({ device }): PlannedChange => [
        { what: `size of ${device}`, before: 'smaller than the device', after: 'all of the device' },
        sh(`pvresize ${quote(device)}`),
      ],
    )
  const added = devices.filter((device) => !present.includes(device))
  const removed = present.filter((device) => !devices.includes(device))
  const scripts = [
    ...creating(args, added),
    ...(added.length > 0 ? [`vgextend ${words(vg, ...added)} || exit`] : []),
    ...(removed.length > 0 ? [`vgreduce --force ${words(vg, ...removed)}`] : []),
  ]
  if (scripts.length === 0) return steps
  const change = { what: `volume group ${vg}`, before: present.join(' '), after: devices.join(' ') }
  return [...steps, [change, sh(scripts.join('\n'))]]
}

function interpret(outcomes: readonly Outcome[], { vg, state }: Args): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  const err = last.stderr.trim()
  const what =
    state === 'absent' ? `Failed to remove volume group ${vg}` : `Changing volume group '${vg}' failed`
  return { failed: err === '' ? what : `${what}: ${err}`, result: { rc: last.code, err } }
}
