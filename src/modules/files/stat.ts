import { type FileState, readFiles } from '../../host/file-state.ts'
import { filesProbe } from '../../host/look.ts'
import { folderOf, nameOf } from '../../host/paths.ts'
import type { Footprint } from '../../sdk/footprint.ts'
import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { Output } from '../../shell/output.ts'
import { quotePath } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'
import { statValues } from './stat-values.ts'

const declared = options({
  path: { type: 'path', required: true, aliases: ['dest', 'name'], help: 'What is to be looked at.' },
  follow: { type: 'bool', default: false, help: 'Whether it is looked at what a link leads to.' },
  get_checksum: { type: 'bool', default: true, help: 'Whether to return the checksum of a file.' },
  checksum_algorithm: {
    type: 'str',
    default: 'sha1',
    choices: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
    aliases: ['checksum', 'checksum_algo'],
    help: 'What the checksum is made with.',
  },
  get_md5: { type: 'bool', default: false, help: "Whether to return a file's MD5 too." },
  get_mime: {
    type: 'bool',
    default: true,
    aliases: ['mime', 'mime_type', 'mime-type'],
    help: 'Whether to ask file(1), where there is one, what kind of content it is.',
  },
  get_attributes: {
    type: 'bool',
    default: true,
    aliases: ['attr', 'attributes'],
    help: 'Whether to ask lsattr(1), where there is one, for the attributes of the file system.',
  },
})

type Args = ArgsOf<typeof declared>

/** Reports the state of something in the file system, and never changes it. Semantics: ansible.builtin.stat. */
export const stat = defineModule<typeof declared, ValueMap>({
  name: 'stat',
  summary: 'Returns what a host knows of a file, folder or anything else in its file system.',
  options: declared,
  probe,
  parse: ({ bytes }, args) => read(new Output(bytes), args),
  plan: (_, state) => ({ changes: [], result: { stat: state } }),
  footprint: { paths: ({ path }) => [path], of: footprint },
})

/** Of what has other paths too, and of what others are in, it cannot be said who changes it. */
function footprint(
  { path, follow }: Args,
  { exists, isreg, nlink, pw_name, gr_name }: ValueMap,
): Footprint | undefined {
  if (follow || (exists && !(isreg && nlink === 1))) return undefined
  // Who has no name yet may be given one.
  const isNameless = exists && (pw_name === undefined || gr_name === undefined)
  return { reads: { paths: [path], names: isNameless ? ['users', 'groups'] : [] }, writes: {} }
}

function probe(args: Args): string {
  const { path, follow, get_checksum, checksum_algorithm, get_md5, get_mime, get_attributes } = args
  const target = quotePath(path)
  const lines = [
    filesProbe([path], { follow }),
    `p=${target}`,
    'for t in r w x; do [ -$t "$p" ] && printf 1 || printf 0; done',
    // From the folder it is in, for busybox takes a link to nowhere as if it were in the current one.
    `[ ! -h "$p" ] || (cd ${quotePath(folderOf(path))} && readlink -f -n ${quotePath(`./${nameOf(path)}`)})`,
    "printf '\\0'",
    ...(isOfHome(path) ? [`printf '%s\\0' "$p"`] : []),
  ]
  if (get_checksum) lines.push(...digestLines(checksum_algorithm, follow))
  if (get_md5) lines.push(...digestLines('md5', follow))
  if (get_mime) {
    lines.push(
      `! command -v file >/dev/null || file -b ${follow ? '-L ' : ''}--mime-type --mime-encoding -- "$p"`,
    )
    lines.push("printf '\\0'")
  }
  if (get_attributes) {
    lines.push('! command -v lsattr >/dev/null || lsattr -vd "$p" 2>/dev/null')
    lines.push("printf '\\0'")
  }
  return lines.join('\n')
}

/** Whether the host has to say what a path stands for. */
function isOfHome(path: string): boolean {
  return path.startsWith('~')
}

function digestLines(algorithm: string, follow: boolean): string[] {
  const isWanted = `[ -f "$p" ] && [ -r "$p" ]${follow ? '' : ' && [ ! -h "$p" ]'}`
  const program = `${algorithm}sum`
  const missing = `echo "there is no ${program} on this host; choose another checksum_algorithm" >&2; exit 1`
  return [
    `if ${isWanted}; then`,
    `command -v ${program} >/dev/null || { ${missing}; }`,
    `${program} <"$p" || exit`,
    'fi',
    "printf '\\0'",
  ]
}

function read(output: Output, args: Args): ValueMap {
  const [itself] = readFiles(output, 1, { follow: args.follow })
  const access = output.take(3).toString()
  const source = output.field()
  const path = isOfHome(args.path) ? output.field() : args.path
  const sum = args.get_checksum ? output.field() : ''
  const md5 = args.get_md5 ? output.field() : ''
  const mime = args.get_mime ? output.field() : undefined
  const attributes = args.get_attributes ? output.field() : undefined
  const file = args.follow && itself?.real !== undefined ? itself.real.state : itself
  if (file === undefined) return { exists: false }
  const [readable, writeable, executable] = [...access].map((mark) => mark === '1')
  return {
    exists: true,
    path,
    ...ofStat(file),
    ...{ readable: readable!, writeable: writeable!, executable: executable! },
    ...(file.target !== undefined && { lnk_source: source || file.target, lnk_target: file.target }),
    ...(sum !== '' && { checksum: sum.split(' ')[0]! }),
    ...(md5 !== '' && { md5: md5.split(' ')[0]! }),
    ...(mime !== undefined && ofMime(mime)),
    ...(attributes !== undefined && ofAttributes(attributes)),
  }
}

function ofStat(file: FileState): ValueMap {
  const { uid, gid, owner, group } = file
  return {
    ...statValues(file),
    ...{ blocks: file.blocks, block_size: file.blockSize, device_type: deviceNumber(file.deviceType) },
    ...(owner !== String(uid) && { pw_name: owner }),
    ...(group !== String(gid) && { gr_name: group }),
  }
}

/** Major and minor as Linux puts them into one number (makedev(3)). */
function deviceNumber([major, minor]: readonly [number, number]): number {
  return (major & 0xfff) * 2 ** 8 + (minor & 0xff) + Math.floor(minor / 2 ** 8) * 2 ** 20
}

/** "text/plain; charset=us-ascii" as file(1) prints it; nothing where there is no such program. */
function ofMime(text: string): ValueMap {
  const [, mimetype = 'unknown', charset = 'unknown'] = /^(\S+); charset=(\S+)/.exec(text) ?? []
  return { mimetype, charset }
}

/** "2468 ----i---e--- path" as lsattr(1) prints it; nothing where it does not know. */
function ofAttributes(text: string): ValueMap {
  const [, version = null, flags = ''] = /^(\d+) +(\S+) /.exec(text.trimStart()) ?? []
  const letters = flags.replaceAll('-', '')
  const attributes = [...letters].flatMap((letter) => ATTRIBUTES[letter] ?? [])
  return { version, attr_flags: letters, attributes }
}

/** Ansible's names for the letters of chattr(1). */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
}
