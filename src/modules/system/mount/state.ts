import { bytesOf } from '../../../host/bytes.ts'
import { type FileState, files, followed, type Reached } from '../../../host/file-state.ts'
import { ancestors, trimmed } from '../../../host/paths.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quotePath } from '../../../shell/quote.ts'
import { type Mount, readMounts } from './mounts.ts'
import { type Args, FSTAB_ONLY } from './options.ts'

export interface State {
  readonly fstab: Reached
  /** What fstab holds, a character a byte. */
  readonly text: string
  /** The folders above the path, topmost first, and the path. */
  readonly places: ReadonlyMap<string, FileState | undefined>
  /** Undefined where only fstab is asked for. */
  readonly live: Live | undefined
}

export interface Live {
  readonly mounts: readonly Mount[]
  /** Paths without links. */
  readonly path: string
  readonly src: string
  /** The folder at the path holds something. */
  readonly isFull: boolean
}

export function probe(args: Args): Probe {
  return [look(args), bytesOf([args.fstab]), ...(FSTAB_ONLY.includes(args.state) ? [] : [liveScript(args)])]
}

function look({ fstab, path }: Args) {
  const place = trimmed(path)
  return files([fstab, ...ancestors(place), ...(place.startsWith('/') ? [place] : [])], { follow: true })
}

function liveScript({ path, src }: Args): string {
  const real = (one: string) => `readlink -f ${quotePath(one)} 2>/dev/null || :; printf '\\0'`
  const place = quotePath(path)
  return [
    real(path),
    src?.startsWith('/') ? real(src) : "printf '\\0'",
    `full=0; if [ -d ${place} ] && [ -n "$(ls -A ${place} 2>/dev/null)" ]; then full=1; fi; printf %s "$full"`,
    'cat /proc/self/mountinfo',
  ].join('\n')
}

export function parse(output: ProbeOutput, args: Args): State {
  const [itself, ...found] = output.of(look(args))
  const [bytes] = output.of(bytesOf([args.fstab]))
  const fstab = followed(args.fstab, itself)
  const paths = look(args).items.slice(1)
  return {
    fstab,
    text: fstab.file === undefined ? '' : bytes!.toString('latin1'),
    places: new Map(paths.map((path, index) => [path, found[index]])),
    live: FSTAB_ONLY.includes(args.state) ? undefined : readLive(output, args),
  }
}

function readLive({ bytes }: ProbeOutput, { path, src = '' }: Args): Live {
  const output = new Output(bytes)
  const real = (text: string, given: string) => text.replace(/\n$/, '') || trimmed(given)
  return {
    path: real(output.field(), path),
    src: real(output.field(), src),
    isFull: output.take(1).toString() === '1',
    mounts: readMounts(output.rest().toString()),
  }
}
