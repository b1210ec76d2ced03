/** A line of /proc/self/mountinfo, proc_pid_mountinfo(5). */
export interface Mount {
  readonly id: string
  readonly parent: string
  /** Major and minor number of what is mounted. */
  readonly device: string
  /** What of that file system is mounted. */
  readonly root: string
  /** Where. */
  readonly at: string
  readonly options: string
  readonly type: string
  readonly source: string
}

const LINE = /^(\d+) (\d+) (\d+:\d+) (\S+) (\S+) (\S+) (?:\S+ )*?- (\S+) (\S*) \S*$/

/** What is mounted. Raises an Error for what is no mountinfo. */
export function readMounts(text: string): Mount[] {
  const lines = text.split('\n').filter(Boolean)
  if (lines.length === 0) throw new Error('the host says nothing of what is mounted; is /proc mounted there?')
  return lines.map((line) => {
    const fields = LINE.exec(line)
    if (fields === null) throw new Error(`/proc/self/mountinfo has the line "${line}", which makes no sense`)
    const [, id, parent, device, root, at, options, type, source] = fields.map(plain)
    return {
      id: id!,
      parent: parent!,
      device: device!,
      root: root!,
      at: at!,
      options: options!,
      type: type!,
      source: source!,
    }
  })
}

function plain(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))
}

/** What is mounted at a path, on top of all, and not hidden by what is mounted above it. */
export function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  const holder = holderOf(mounts, path)
  return holder?.at === path ? holder : undefined
}

/** The mount that a path, which has no links, is in. */
function holderOf(mounts: readonly Mount[], path: string): Mount | undefined {
  const ids = new Set(mounts.map(({ id }) => id))
  const passed = new Set<Mount>()
  let holder: Mount | undefined
  for (const place of placesOn(path)) {
    const isNext = (one: Mount) =>
      one.at === place && !passed.has(one) && (one.parent === holder?.id || !ids.has(one.parent))
    for (let next = mounts.find(isNext); next !== undefined; next = mounts.find(isNext)) {
      passed.add(next)
      holder = next
    }
  }
  return holder
}

/** The root, the folders on the way, and the path itself. */
function placesOn(path: string): string[] {
  const parts = path.split('/').filter(Boolean)
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)]
}

/** It is of another file system than the folder that it is in. */
export function isOfAnother(mounts: readonly Mount[], { at, device, parent }: Mount): boolean {
  const below = mounts.find(({ id }) => id === parent)
  if (below === undefined) return true
  return below.at === at ? isOfAnother(mounts, { ...below, device }) : below.device !== device
}

/** Whether a source is what is mounted: the device, or, for a bind, the folder or file. */
export function isSource(mounts: readonly Mount[], mount: Mount, src: string, real: string): boolean {
  if (mount.source === src || (mount.source === real && src.startsWith('/dev/'))) return true
  if (!src.startsWith('/')) return false
  const holder = holderOf(mounts, real)
  if (holder === undefined) return false
  const rest = holder.at === '/' ? real : real.slice(holder.at.length)
  const root = `${holder.root === '/' ? '' : holder.root}${rest}`
  return holder.device === mount.device && (root === '' ? '/' : root.replace(/(.)\/$/, '$1')) === mount.root
}
