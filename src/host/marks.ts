import { type ArgsOf, options } from '../sdk/options.ts'
import type { BatchedProbe } from '../sdk/probe.ts'
import type { Output } from '../shell/output.ts'
import { quote, quotePath } from '../shell/quote.ts'
import { chunks } from './look.ts'

/** What every module that leaves a file behind takes besides `fileOptions`: attributes of chattr, labels of SELinux. */
export const markOptions = options({
  attributes: {
    type: 'str',
    aliases: ['attr'],
    help: 'Letters of chattr(1), such as "i", that the file has; behind "+" or "-", that it has or has not besides others.',
  },
  seuser: { type: 'str', help: "User of the file's label; without SELinux on the host it does nothing." },
  serole: { type: 'str', help: "Role of the file's label; without SELinux on the host it does nothing." },
  setype: {
    type: 'str',
    help: 'Type of the file\'s label, "_default" for that of the policy; without SELinux it does nothing.',
  },
  selevel: { type: 'str', help: "Level of the file's label; without SELinux on the host it does nothing." },
})

export type WantedMarks = Partial<ArgsOf<typeof markOptions>>

/** The parts of a label in their order. */
export const PARTS = ['seuser', 'serole', 'setype', 'selevel'] as const

export const DEFAULT = '_default'

export function wantsLabel(wanted: WantedMarks): boolean {
  return PARTS.some((part) => wanted[part] !== undefined)
}

export function wantsMarks(wanted: WantedMarks): boolean {
  return wanted.attributes !== undefined || wantsLabel(wanted)
}

/** What is wrong with the arguments, a sentence each. */
export function markProblems(wanted: WantedMarks): string[] {
  const found: string[] = []
  const { attributes } = wanted
  if (attributes !== undefined && !/^[-+=]?[aAcCdDeEFiIjmNPsStTuVx]*$/.test(attributes))
    found.push(`attributes: "${attributes}" is not +, - or = and letters of chattr(1), such as "+i"`)
  if (attributes === '+' || attributes === '-') found.push(`attributes: "${attributes}" names no attribute`)
  for (const part of PARTS) {
    const value = wanted[part]
    const sign = part === 'selevel' ? /^[\w.,:][\w.,:-]*$/ : /^[\w.][\w.-]*$/
    if (value !== undefined && !sign.test(value))
      found.push(`${part}: ${JSON.stringify(value)} is not a name of SELinux`)
  }
  return found
}

/** What there is of attributes and label at a path, links followed if that was asked. */
interface Marks {
  /** Letters as lsattr(1) prints them; undefined for what has no attributes. */
  readonly attributes: string | undefined
  /** "user:role:type:level"; undefined for what is not there. */
  readonly label: string | undefined
  /** The policy's label for the path, if it was asked for and is known. */
  readonly policy: string | undefined
  /** It lies where all files have the label of the mount. */
  readonly isFixed: boolean
}

/** What the host says of marks at all. */
interface Ground {
  readonly knowsAttributes: boolean
  readonly hasSelinux: boolean
  readonly knowsPolicy: boolean
}

export type Marked = Marks & Ground

/** A batched probe of the marks of paths. */
export function marksOf(
  paths: readonly string[],
  wanted: WantedMarks,
  follow: boolean,
): BatchedProbe<Marked> {
  return {
    kind: `marks ${asks(wanted)}${follow ? ' followed' : ''}`,
    items: paths,
    script: (items) =>
      [
        `${asks(wanted)} follow=${follow ? 1 : ''}`,
        MARKS,
        ...chunks(items).map((some) => `marks ${some.map(quotePath).join(' ')}`),
      ].join('\n'),
    read(output, items) {
      const ground = readGround(output)
      return chunks(items).flatMap((some) => readMarks(output, some.length, ground).map(([, marks]) => marks))
    },
  }
}

/** A batched probe of the marks of all that is below folders, by path; links themselves. */
export function marksBelow(
  folders: readonly string[],
  wanted: WantedMarks,
): BatchedProbe<ReadonlyMap<string, Marked>> {
  const each = `${asks(wanted)} follow=\n${MARKS}\necho $#\nmarks "$@"`
  return {
    kind: `marks below ${asks(wanted)}`,
    items: folders,
    script: (items) =>
      items
        .map(
          (folder) =>
            `if [ -d ${quotePath(folder)} ]; then (cd ${quotePath(folder)} && find . ! -name . -exec sh -c ${quote(each)} sh {} +) || exit; fi\necho 0`,
        )
        .join('\n'),
    read: (output, items) => items.map((folder) => readBelow(output, folder)),
  }
}

function readBelow(output: Output, folder: string): ReadonlyMap<string, Marked> {
  const all = new Map<string, Marked>()
  for (;;) {
    // The ground comes first, in each of the processes of find.
    const line = output.line()
    if (line === '0') return all
    const ground = groundOf(line)
    const count = Number(output.line())
    for (const [name, marks] of readMarks(output, count, ground))
      all.set(`${folder === '/' ? '' : folder}/${name.slice(2)}`, marks)
  }
}

function asks(wanted: WantedMarks): string {
  const isDefault = PARTS.some((part) => wanted[part] === DEFAULT)
  return `attrs=${wanted.attributes === undefined ? '' : 1} labels=${wantsLabel(wanted) ? 1 : ''} policy=${isDefault ? 1 : ''}`
}

// A line says what the host knows. Then, for paths at once: their names, links followed; what lsattr prints of them; and
// their labels, those of the policy, and the kind of the file system.
const MARKS = `selinux=
if [ "$labels" ] && [ -e /sys/fs/selinux/enforce ]; then selinux=1; fi
knows() { if command -v "$1" >/dev/null; then printf 1; else printf 0; fi; }
printf 'ground %s%s%s\\n' "$(knows lsattr)" "\${selinux:-0}" "$(knows matchpathcon)"
marks() {
  n=$#
  for p; do
    if [ "$follow" ] && [ -h "$p" ]; then x=$(readlink -f -- "$p" && echo .) && p=\${x%??}; fi
    set -- "$@" "$p"
  done
  shift $n
  printf '%s\\0' "$@"
  [ -z "$attrs" ] || ! command -v lsattr >/dev/null || lsattr -d -- "$@" 2>/dev/null
  printf '\\0'
  [ "$selinux" ] || return 0
  for p; do
    printf '%s\\0' "$(stat -c %C -- "$p" 2>/dev/null)"
    if [ "$policy" ]; then matchpathcon -n -- "$p" 2>/dev/null; fi
    printf '\\0'
    printf '%s\\0' "$(stat -f -c %T -- "$p" 2>/dev/null)"
  done
}`

function readGround(output: Output): Ground {
  return groundOf(output.line())
}

function groundOf(line: string): Ground {
  const found = /^ground ([01])([01])([01])$/.exec(line)
  if (found === null) throw new Error(`the host answered "${line}" where attributes were asked for`)
  return { knowsAttributes: found[1] === '1', hasSelinux: found[2] === '1', knowsPolicy: found[3] === '1' }
}

/** Marks by name, in the order in which they were asked for. */
function readMarks(output: Output, count: number, ground: Ground): [string, Marked][] {
  const names = Array.from({ length: count }, () => output.field())
  const attributes = readAttributes(output.field(), names)
  return names.map((name, index) => {
    const label = ground.hasSelinux ? output.field() : ''
    const policy = ground.hasSelinux ? output.field().trim() : ''
    const system = ground.hasSelinux ? output.field() : ''
    return [
      name,
      {
        ...ground,
        attributes: attributes[index],
        label: labelIn(label),
        policy: labelIn(policy),
        isFixed: /^(nfs|fuse|ramfs|v9fs|9p|msdos|vfat|vboxsf)/.test(system),
      },
    ]
  })
}

/** What has no label is printed as "?", and by some programs as the letter that was asked for. */
function labelIn(text: string): string | undefined {
  return /^[^:]+:[^:]+:[^:]+/.test(text) ? text : undefined
}

/** "----i---- NAME" for each that has attributes. The names are known, so that none can look like more than one. */
function readAttributes(text: string, names: readonly string[]): (string | undefined)[] {
  let rest = text
  const found = names.map((name) => {
    const flags = /^[-A-Za-z]+(?= )/.exec(rest)?.[0]
    const line = `${flags} ${name}\n`
    if (flags === undefined || name === '' || !rest.startsWith(line)) return undefined
    rest = rest.slice(line.length)
    return flags.replaceAll('-', '')
  })
  if (rest !== '') throw new Error(`lsattr on the host answered "${rest}", which makes no sense`)
  return found
}
