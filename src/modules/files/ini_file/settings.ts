/** What is wanted of a file of settings; texts have a character a byte. */
export interface Wish {
  readonly state: 'present' | 'absent'
  readonly section: string | undefined
  readonly has: readonly Having[]
  readonly option: string | undefined
  readonly values: readonly string[]
  readonly exclusive: boolean
  /** Between name and value. */
  readonly equals: string
  readonly ignore_spaces: boolean
  readonly allow_no_value: boolean
  readonly modify_inactive_option: boolean
}

/** A setting by which a section is known; any value counts if there are none. */
export interface Having {
  readonly option: string
  readonly values: readonly string[]
}

interface Made {
  readonly lines: readonly string[]
  /** What was done, in Ansible's words. */
  readonly msg: string
}

/** Lines, without their ends, as they are to be. */
export function edited(lines: readonly string[], wish: Wish): Made {
  const found = sectionOf(lines, wish)
  if (found === undefined) return wish.state === 'present' ? withSection(lines, wish) : { lines, msg: 'OK' }
  const old = lines.slice(found.from, found.to)
  const whole = wish.state === 'absent' && wish.option === undefined
  if (whole) return { lines: lines.toSpliced(found.header, found.to - found.header), msg: 'section removed' }
  const made = wish.state === 'present' ? present(old, wish) : absent(old, wish)
  return { ...made, lines: lines.toSpliced(found.from, found.to - found.from, ...made.lines) }
}

/** The lines that set the wanted option in the wanted section, also those that are commented out. */
export function linesThatSet(lines: readonly string[], wish: Wish): string[] {
  const found = sectionOf(lines, wish)
  if (found === undefined) return []
  if (wish.option === undefined) return lines.slice(found.header, found.to)
  return lines.slice(found.from, found.to).filter((line) => readSetting(line, wish.option) !== undefined)
}

/** A setting in a line. */
interface Setting {
  readonly isActive: boolean
  readonly value: string
}

function readSetting(line: string, option: string | undefined): Setting | undefined {
  if (option === undefined) return undefined
  const [, mark, rest] = /^([#;]?)[ \t]*(.*)$/s.exec(line)!
  if (!rest!.startsWith(option)) return undefined
  const value = /^[ \t]*(?:=[ \t]*(.*)|)$/s.exec(rest!.slice(option.length))
  return value === null ? undefined : { isActive: mark === '', value: value[1] ?? '' }
}

/** Where a section is: its header, its first line behind that, and the line behind its last. */
interface Place {
  readonly header: number
  readonly from: number
  readonly to: number
}

function sectionOf(lines: readonly string[], { section, has }: Wish): Place | undefined {
  const endOf = (from: number) => {
    const end = lines.findIndex((line, index) => index >= from && line.startsWith('['))
    return end === -1 ? lines.length : end
  }
  if (section === undefined) return { header: 0, from: 0, to: endOf(0) }
  for (const [header, line] of lines.entries()) {
    if (!line.startsWith(`[${section}]`)) continue
    const place = { header, from: header + 1, to: endOf(header + 1) }
    if (hasAll(lines.slice(place.from, place.to), has)) return place
  }
  return undefined
}

function hasAll(lines: readonly string[], has: readonly Having[]): boolean {
  return has.every(({ option, values }) =>
    lines.some((line) => {
      const setting = readSetting(line, option)
      return setting !== undefined && (values.length === 0 || values.includes(setting.value))
    }),
  )
}

function assignment({ option, equals }: Wish, value: string): string {
  return `${option}${equals}${value}`
}

function present(old: readonly string[], wish: Wish): Made {
  const { option } = wish
  if (option === undefined) return { lines: old, msg: 'OK' }
  const lines: (string | undefined)[] = [...old]
  const left = [...wish.values]
  const settled = new Set<number>()
  const found = old.map((line) => settingToChange(line, wish))
  let isBare = false
  const put = (index: number, line: string) => {
    settled.add(index)
    const now = readSetting(line, option)!.value
    const keeps = wish.ignore_spaces && found[index]!.isActive && found[index]!.value === now
    if (!keeps) lines[index] = line
  }
  for (const [index, setting] of found.entries()) {
    if (setting === undefined) continue
    const at = left.indexOf(setting.value)
    if (at !== -1) {
      const bare = setting.value === '' && wish.allow_no_value
      put(index, bare ? option : assignment(wish, setting.value))
      left.splice(at, 1)
      isBare ||= bare
    } else if (wish.values.length === 0 && wish.allow_no_value) {
      put(index, option)
      isBare = true
      break
    }
  }
  if (wish.exclusive && !wish.allow_no_value) {
    for (const [index, setting] of found.entries()) {
      if (setting === undefined || settled.has(index)) continue
      const value = left.shift()
      if (value === undefined) lines[index] = undefined
      else put(index, assignment(wish, value))
    }
  }
  const kept = lines.filter((line) => line !== undefined)
  const isChanged = lines.some((line, index) => line !== old[index])
  const added = left.map((value) => assignment(wish, value))
  if (added.length === 0 && wish.allow_no_value && wish.values.length === 0 && !isBare) added.push(option)
  const place = kept.findLastIndex((line) => !/^[ \t]*([#;].*)?$/s.test(line)) + 1
  const msg = added.length > 0 ? 'option added' : isChanged ? 'option changed' : 'OK'
  return { lines: kept.toSpliced(place, 0, ...added), msg }
}

/** The setting in a line that may be replaced. */
function settingToChange(line: string, { option, modify_inactive_option }: Wish): Setting | undefined {
  const setting = readSetting(line, option)
  return setting?.isActive || modify_inactive_option ? setting : undefined
}

function absent(old: readonly string[], { option, exclusive, values }: Wish): Made {
  const lines = old.filter((line) => {
    const setting = readSetting(line, option)
    return !setting?.isActive || !(exclusive || values.includes(setting.value))
  })
  return { lines, msg: lines.length < old.length ? 'option changed' : 'OK' }
}

function withSection(lines: readonly string[], wish: Wish): Made {
  const { section, option, has, exclusive, allow_no_value } = wish
  const others = has.filter((one) => one.option !== option)
  const same = exclusive ? [] : has.filter((one) => one.option === option).flatMap((one) => one.values)
  const values = [...new Set([...wish.values, ...same])]
  const bare = (name: string) => (allow_no_value ? [name] : [])
  const settings = (name: string, all: readonly string[]) =>
    all.length > 0 ? all.map((value) => assignment({ ...wish, option: name }, value)) : bare(name)
  const own = option === undefined ? [] : settings(option, values)
  return {
    lines: [...lines, `[${section}]`, ...others.flatMap((one) => settings(one.option, one.values)), ...own],
    msg: own.length > 0 ? 'section and option added' : 'only section added',
  }
}
