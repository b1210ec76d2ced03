import type { Source } from '../../values/source.ts'

/** What comments of a file say to yamllint: which lines (from 1) which parts are not looked for in. */
export function silenced(source: Source): (part: string, line: number) => boolean {
  const { text } = source
  if (!text.includes('yamllint ')) return () => false
  const lines = text.split('\n')
  if (/^\s*# yamllint disable-file\s*$/.test(lines[0] ?? '')) return () => true
  const silent: Set<string>[] = []
  let now = new Set<string>()
  lines.forEach((line, index) => {
    const said = /# yamllint (disable-line|disable|enable)((?: rule:\S+)*)\s*$/.exec(line)
    const own = new Set(now)
    if (said !== null) {
      const rules = [...said[2]!.matchAll(/rule:(\S+)/g)].map((match) => match[1]!)
      const named = rules.length === 0 ? ['*'] : rules
      if (said[1] === 'disable-line') {
        const isAlone = line.trim().startsWith('#')
        for (const rule of named) (isAlone ? now : own).add(isAlone ? `next ${rule}` : rule)
      } else if (said[1] === 'disable') now = new Set([...now, ...named])
      else now = rules.length === 0 ? new Set() : new Set([...now].filter((rule) => !rules.includes(rule)))
    } else {
      for (const rule of now) if (rule.startsWith('next ')) own.add(rule.slice(5))
      now = new Set([...now].filter((rule) => !rule.startsWith('next ')))
    }
    silent[index] = said?.[1] === 'disable' ? new Set(now) : own
  })
  return (part, line) => silent[line - 1]?.has(part) === true || silent[line - 1]?.has('*') === true
}
