import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../../sdk/module.ts'
import { failure, inSteps, NOTHING, type PlannedChange, sh } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quote, words } from '../../../shell/quote.ts'
import { type Args, declared, problems } from './options.ts'
import { bytesAt, type Partition, readTable, type Table } from './table.ts'

interface State {
  readonly hasTool: boolean
  /** In the unit that is asked for, and in bytes; undefined for a disk that is not there. */
  readonly table: Table | undefined
  readonly bytes: Table | undefined
}

/** Keeps partitions. Semantics: community.general.parted. */
export const parted = defineModule<typeof declared, State>({
  name: 'parted',
  summary: 'Makes, resizes and removes partitions of a disk, and tells what there are.',
  options: declared,
  validate: problems,
  probe: ({ device, unit }) => `d=${quote(device)}
command -v parted >/dev/null || { printf 'none\\0'; exit 0; }
[ -e "$d" ] || { printf 'nothing\\0'; exit 0; }
printf 'disk\\0'
ask() {
  x=$(${told('"$d"', '"$1"')} 2>&1) && return
  case $x in *'unrecognised disk label'*) ;; *) printf '%s\\n' "$x" >&2; exit 1 ;; esac
}
ask ${quote(unit)}; printf '%s\\0' "$x"
ask B; printf '%s' "$x"`,
  parse,
  plan,
  interpret,
})

function told(device: string, unit: string): string {
  return `LC_ALL=C parted -s -m ${device} -- unit ${unit} print`
}

function parse({ bytes }: ProbeOutput): State {
  const output = new Output(bytes)
  const kind = output.field()
  if (kind !== 'disk') return { hasTool: kind !== 'none', table: undefined, bytes: undefined }
  return { hasTool: true, table: readTable(output.field()), bytes: readTable(output.rest().toString()) }
}

function plan(args: Args, { hasTool, table, bytes }: State, view: ModuleContext): Plan {
  const { device, number, state, unit } = args
  if (!hasTool && !view.check)
    return { ...failure('Failed to find required executable "parted"'), advice: 'install the package parted' }
  // Under check an earlier task may be the one that makes it.
  if (hasTool && table === undefined && !view.check) return failure(`there is no device ${device}`)
  const known = { disk: table?.disk ?? {}, partitions: [...(table?.partitions ?? [])] }
  const found = table?.partitions.find(({ num }) => num === number)
  if (state === 'info') return { ...NOTHING, result: { ...known, script: `unit '${unit}' print` } }
  const steps = state === 'present' ? presentSteps(args, table, bytes, found) : absentSteps(args, found)
  const script = steps.flatMap(({ words }) => words)
  const planned = steps.map((step, index): PlannedChange => {
    const run = sh(scriptOf(args, step))
    // What is told is what there is in the end.
    return index === steps.length - 1
      ? [step.change, run, sh(told(quote(device), quote(unit)))]
      : [step.change, run]
  })
  return { ...inSteps(planned), result: { ...known, script: script.join(' ') } }
}

interface Step {
  readonly change: PlannedChange[0]
  /** The words of parted's commands. */
  readonly words: readonly string[]
  /** Flags that a new partition is to have, and no others. */
  readonly only?: readonly string[]
}

function absentSteps({ number, device }: Args, found: Partition | undefined): Step[] {
  if (found === undefined) return []
  const change = { what: `partition ${number} of ${device}`, before: shown(found), after: null }
  return [{ change, words: ['rm', String(number)] }]
}

function shown({ begin, end, unit }: Partition): string {
  return typeof begin === 'number'
    ? `${begin}${unit} to ${end}${unit}`
    : `${JSON.stringify(begin)} to ${JSON.stringify(end)}`
}

function presentSteps(
  args: Args,
  table: Table | undefined,
  bytes: Table | undefined,
  found: Partition | undefined,
): Step[] {
  const { device, number, unit, label, part_type, part_start, part_end, fs_type, name } = args
  const isNewTable = table === undefined || table.disk.table !== label
  const steps: Step[] = []
  if (isNewTable) {
    const change = { what: `partition table of ${device}`, before: table?.disk.table ?? null, after: label }
    steps.push({ change, words: ['unit', unit, 'mklabel', label] })
  }
  const isNew = isNewTable || found === undefined
  if (isNew) {
    const change = {
      what: `partition ${number} of ${device}`,
      before: null,
      after: `${part_start} to ${part_end}`,
    }
    const type = fs_type === undefined ? [] : [fs_type]
    steps.push({ change, words: ['unit', unit, 'mkpart', part_type, ...type, part_start, part_end] })
  } else if (args.resize && !endsThere(args, bytes!)) {
    const change = { what: `end of partition ${number} of ${device}`, before: shown(found), after: part_end }
    steps.push({ change, words: ['unit', unit, 'resizepart', String(number), part_end] })
  }
  const old = isNew ? undefined : found
  if (name !== undefined && old?.name !== name) {
    const change = {
      what: `name of partition ${number} of ${device}`,
      before: old?.name ?? null,
      after: name,
    }
    steps.push({ change, words: ['name', String(number), `"${name}"`] })
  }
  return [...steps, ...flagSteps(args, old)]
}

function flagSteps({ device, number, label, flags = [] }: Args, old: Partition | undefined): Step[] {
  if (flags.length === 0) return []
  // parted sets the one with the other, in tables of GPT both ways.
  const isBoth = flags.includes('esp') || (label === 'gpt' && flags.includes('boot'))
  const wanted = [...new Set([...flags, ...(isBoth ? ['boot', 'esp'] : [])])]
  const present = old?.flags ?? []
  const on = wanted.filter((flag) => !present.includes(flag))
  const off = present.filter((flag) => !wanted.includes(flag))
  if (on.length + off.length === 0) return []
  const change = {
    what: `flags of partition ${number} of ${device}`,
    before: present.join(' ') || null,
    after: wanted.join(' '),
  }
  const set = (names: readonly string[], to: string) =>
    names.flatMap((flag) => ['set', String(number), flag, to])
  return [
    { change, words: [...set(on, 'on'), ...set(off, 'off')], ...(old === undefined && { only: wanted }) },
  ]
}

/** parted aligns what it is told: what ends less than 1 MiB away ends there. */
function endsThere({ number, part_end, unit }: Args, { disk, partitions }: Table): boolean {
  const end = partitions.find(({ num }) => num === number)!.end as number
  const wanted = bytesAt(part_end, unit, disk.size as number, disk.logical_block as number)
  return wanted !== undefined && Math.abs(end + 1 - wanted) <= 1024 ** 2
}

function scriptOf({ device, align, number }: Args, { words: commands, only }: Step): string {
  const aligned = align === 'undefined' ? [] : ['-a', align]
  const run = (rest: string) => `LC_ALL=C parted ${words('-s', '-m', ...aligned, device)} -- ${rest}`
  if (only === undefined) return run(words(...commands))
  // What a new partition is given by itself is known only once it is there, and not to be given again.
  const pattern = only.map((flag) => `${quote(flag)}) ;;`).join(' ')
  return `flags=$(${told(quote(device), 'B')} | sed -n 's/^${number}:.*:\\([^:]*\\);$/\\1/p' | tr -d ,) || exit
for f in ${words(...only)}; do
  case " $flags " in *" $f "*) ;; *) ${run(`set ${number} "$f" on`)} || exit ;; esac
done
for f in $flags; do
  case $f in ${pattern} *) ${run(`set ${number} "$f" off`)} || exit ;; esac
done`
}

function interpret(outcomes: readonly Outcome[], _args: Args, _state: State, { result }: Plan): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined) return {}
  if (last.code !== 0) {
    const err = last.stderr.trim() || last.stdout.trim()
    return {
      failed: `Error while running parted script: ${String(result?.script)}: ${err}`,
      result: { rc: last.code, err },
    }
  }
  const { disk, partitions } = readTable(last.stdout)
  return { result: { disk, partitions: [...partitions] } }
}
