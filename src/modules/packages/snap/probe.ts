import { jsonOf } from '../../../host/json.ts'
import { answered, type Section } from '../../../host/sections.ts'
import { quotePath } from '../../../shell/quote.ts'
import { isMap, type ValueMap } from '../../../values/value.ts'
import { answersIn, complaintOf, type Snap, snapProbe, snapsIn, tried } from '../snaps.ts'
import { type Args, isFile, namesOf } from './options.ts'

/** What is named, as the host knows it. */
export interface Target {
  /** As the task has it: what snap is told to install. */
  readonly source: string
  /** The snap's own name; undefined if the file cannot be read. */
  readonly name: string | undefined
  readonly complaint: string
  readonly snap: Snap | undefined
  readonly configuration: ValueMap
}

export interface SnapState {
  readonly hasSnap: boolean
  readonly targets: readonly Target[]
}

export function probeSnap(args: Args): string {
  const parts = namesOf(args).flatMap((name, index) => {
    if (!isFile(name)) return isConfigured(args) ? [tried(`get${index}`, `snap get -d ${name}`)] : []
    const info = `snap info ${quotePath(name)}`
    const inside = `$(${info} 2>/dev/null | sed -n 's/^name: *\\([a-z0-9-]*\\) *$/\\1/p')`
    const get = `snap get -d "${inside}"`
    return [tried(`info${index}`, info), ...(isConfigured(args) ? [tried(`get${index}`, get)] : [])]
  })
  return snapProbe(answered('list', 'snap list'), ...parts)
}

function isConfigured({ options, state }: Args): boolean {
  return options !== undefined && state === 'present'
}

export function parseSnap(bytes: Buffer, args: Args): SnapState {
  const names = namesOf(args)
  const answers = answersIn(bytes, ['list', ...names.flatMap((_, index) => [`get${index}`, `info${index}`])])
  const snaps = snapsIn(answers?.get('list')?.printed ?? '')
  const targets = names.map((source, index): Target => {
    const info = answers?.get(`info${index}`)
    const name = isFile(source) ? nameIn(info) : source
    const snap = name === undefined ? undefined : snaps.get(name)
    return {
      source,
      name,
      complaint: name === undefined ? complaintOf(info?.printed ?? '') : '',
      snap,
      configuration: snap === undefined ? {} : configurationIn(name!, answers?.get(`get${index}`)),
    }
  })
  return { hasSnap: answers !== undefined, targets }
}

function nameIn(info: Section | undefined): string | undefined {
  return info?.code === 0 ? /^name: *([a-z0-9-]+) *$/m.exec(info.printed)?.[1] : undefined
}

function configurationIn(name: string, answer: Section | undefined): ValueMap {
  if (answer === undefined) return {}
  if (answer.code !== 0) {
    if (answer.printed.includes('has no configuration')) return {}
    throw new Error(`the configuration of snap ${name} cannot be read: ${complaintOf(answer.printed)}`)
  }
  const value = jsonOf('snap', answer.printed)
  if (!isMap(value)) throw new Error('snap on the host printed no map of options')
  return value
}
