import type { Change, ModuleContext } from '../../sdk/module.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { isMap, type Value } from '../../values/value.ts'
import { type IpPlan, ip, ipProbe, nothing, type Row, rowsOf } from './iproute2.ts'
import { failure } from './link/plan.ts'

/** What is wanted of a link as a port of another one. */
export interface WantedSlave {
  readonly name: string
  readonly netns: string | undefined
  /** What it is a port of, as ip calls it (`type KIND_slave`). */
  readonly kind: 'bridge' | 'bond'
  readonly settings: Readonly<Record<string, Value | undefined>>
  /** An option as ip shows it, null if it does not; `asked` is what it is to be. */
  shown(port: Row, option: string, asked: Value): Value
  /** An option in words of ip. */
  words(option: string, value: Value): string[]
}

/** The probe for a link that is a port, and its row, if there is such a link. */
export function slaveLook({ name, netns }: Pick<WantedSlave, 'name' | 'netns'>): BatchedProbe<string> {
  return ipProbe(netns, 'link', 'show', 'dev', name)
}

export function slaveIn(printed: string, name: string, view: ModuleContext): Row | undefined {
  const rows = rowsOf(printed, nothing(view, /does not exist|Cannot find device/))
  return rows.find(({ ifname }) => ifname === name)
}

export function planSlave(wanted: WantedSlave, row: Row | undefined, check: boolean): IpPlan {
  const { name, netns, kind, settings } = wanted
  const port = portOf(row, kind)
  // An earlier task may make the link, or put it where it is to be.
  if (port === undefined && !check) {
    return failure(
      row === undefined
        ? `there is no link ${name}`
        : `${name} is no port of a ${kind}: give it one, "master" of link`,
    )
  }
  const changes = Object.entries(settings).flatMap(([option, after]): Change[] => {
    if (after === undefined) return []
    const before = port === undefined ? null : wanted.shown(port, option, after)
    return before === after ? [] : [{ what: option, before, after }]
  })
  const said = changes.flatMap(({ what, after }) => wanted.words(what, after))
  return { changes, commands: [ip(netns, 'link', 'set', 'dev', name, 'type', `${kind}_slave`, ...said)] }
}

function portOf(row: Row | undefined, kind: WantedSlave['kind']): Row | undefined {
  const info = row?.linkinfo
  if (!isMap(info) || info.info_slave_kind !== kind) return undefined
  return isMap(info.info_slave_data) ? info.info_slave_data : undefined
}
