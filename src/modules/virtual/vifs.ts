import { isMap, type Value } from '../../values/value.ts'
import { mapProblems, textIn } from './maps.ts'

/** An interface of a guest, in the words of xl.cfg(5). */
export interface Vif {
  readonly bridge: string | undefined
  /** A network of libvirt, instead of a bridge. */
  readonly network: string | undefined
  readonly mac: string | undefined
  readonly model: string | undefined
  /** Its name on the host. */
  readonly vifname: string | undefined
}

const NAME = /^[A-Za-z0-9_][\w.-]{0,14}$/
const SHAPES = {
  bridge: NAME,
  network: /^[^/\0\n]+$/,
  mac: /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i,
  model: /^[A-Za-z0-9][\w.-]*$/,
  vifname: NAME,
}

/** What is wrong with the interfaces of a guest as they are written, a sentence each. */
export function vifProblems(
  option: string,
  vifs: readonly Value[] | undefined,
  keys: readonly (keyof Vif)[] = ['bridge', 'mac', 'vifname'],
): string[] {
  const shapes = Object.fromEntries(keys.map((key) => [key, SHAPES[key]]))
  const withNetwork = keys.includes('network')
  return mapProblems(option, 'interface', shapes, vifs, (vif) => {
    const [bridge, network] = [textIn(vif, 'bridge'), textIn(vif, 'network')]
    if (bridge !== undefined && network !== undefined) return ['is on a bridge or on a network, not on both']
    if (bridge !== undefined || (withNetwork && network !== undefined)) return []
    return [withNetwork ? 'needs a bridge or a network' : 'needs a bridge']
  })
}

export function vifsOf(vifs: readonly Value[]): Vif[] {
  return vifs.filter(isMap).map((vif) => ({
    bridge: textIn(vif, 'bridge'),
    network: textIn(vif, 'network'),
    mac: textIn(vif, 'mac')?.toLowerCase(),
    model: textIn(vif, 'model'),
    vifname: textIn(vif, 'vifname'),
  }))
}
