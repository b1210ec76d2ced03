import { defineModule, type ModuleResult, type Outcome } from '../../../sdk/module.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quote } from '../../../shell/quote.ts'
import { splitWords } from '../../../values/words.ts'
import { isGroupName } from '../lvm-names.ts'
import { type Args, declared } from './options.ts'
import { calledOf, plan, type State, type Volume } from './plan.ts'
import { readSize } from './size.ts'

/** Keeps logical volumes of LVM. Semantics: community.general.lvol. */
export const lvol = defineModule<typeof declared, State>({
  name: 'lvol',
  summary: 'Makes, resizes and removes logical volumes of LVM.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { vg, lv, thinpool, snapshot, size, opts, pvs = [] } = args
  const found: string[] = []
  for (const [option, name] of Object.entries({ vg, lv, thinpool, snapshot })) {
    const last = option === 'vg' ? name : name?.replace(/^.*\//, '')
    if (last !== undefined && !isGroupName(last))
      found.push(`${option}: ${JSON.stringify(name)} is not a name of LVM's`)
  }
  for (const path of pvs)
    if (!/^\/\S+$/.test(path)) found.push(`pvs: ${JSON.stringify(path)} is not a whole path of a device`)
  try {
    if (size) readSize(size)
    splitWords(opts ?? '')
  } catch (error) {
    found.push((error as Error).message)
  }
  if (complete && lv === undefined && thinpool === undefined)
    found.push('one of the following is required: lv, thinpool')
  return found
}

const LIST = '--noheadings --nosuffix --units b --separator ";"'

function probe({ vg }: Args): string {
  return `command -v lvs >/dev/null && command -v vgs >/dev/null || { printf 'none\\0'; exit 0; }
vgs=$(LC_ALL=C vgs ${LIST} -o vg_size,vg_free,vg_extent_size ${quote(vg)} 2>/dev/null) || { printf 'lvm\\0\\0'; exit 0; }
printf 'lvm\\0%s\\0' "$vgs"
LC_ALL=C lvs -a ${LIST} -o lv_name,lv_size,lv_attr ${quote(vg)} || exit`
}

function parse({ bytes }: ProbeOutput): State {
  const output = new Output(bytes)
  if (output.field() !== 'lvm') return { hasTools: false, group: undefined, volumes: [] }
  const known = output.field().trim()
  if (known === '') return { hasTools: true, group: undefined, volumes: [] }
  const [size, free, extent] = known.split(';').map(Number)
  if (!(size! > 0 && free! >= 0 && extent! > 0))
    throw new Error('vgs of the host did not answer what it was asked for')
  const lines = output
    .rest()
    .toString()
    .split('\n')
    .map((line) => line.trim())
  return {
    hasTools: true,
    group: { size: size!, free: free!, extent: extent! },
    volumes: lines.filter(Boolean).map(readVolume),
  }
}

function readVolume(line: string): Volume {
  const [name = '', size = '', attributes = ''] = line.split(';')
  if (!/^\d+$/.test(size) || attributes.length < 5)
    throw new Error('lvs of the host did not answer what it was asked for')
  return {
    name: name.replace(/[[\]]/g, ''),
    size: Number(size),
    isActive: attributes[4] === 'a',
    isPool: attributes[0] === 't',
    isThin: attributes[0] === 'V',
  }
}

function interpret(outcomes: readonly Outcome[], args: Args): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  const err = last.stderr.trim()
  const what = `Changing logical volume '${calledOf(args)}' failed`
  return { failed: err === '' ? what : `${what}: ${err}`, result: { rc: last.code, err } }
}
