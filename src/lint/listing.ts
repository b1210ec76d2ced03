import { PROFILES } from './profiles.ts'
import type { Rule } from './rule.ts'
import { RULES } from './rules/index.ts'

/** Each rule once, by id. */
export function ruleList(): Rule[] {
  const byId = new Map(RULES.map((rule) => [rule.id, rule]))
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The rules, each with what is to be done and its tags. */
export function shownRules(): string {
  return ruleList()
    .map(({ id, description, parts = {}, tags, fixes }) => {
      const lines = Object.entries(parts).map(([part, said]) => `  ${id}[${part}]: ${said}`)
      const told = [...tags, ...(fixes ? ['--fix'] : [])].join(', ')
      return `${[`${id}: ${description} (${told})`, ...lines].join('\n')}\n`
    })
    .join('')
}

/** The tags, each with its rules. */
export function shownTags(): string {
  const rules = ruleList()
  const tags = [...new Set(rules.flatMap((rule) => rule.tags))].sort()
  return tags
    .map((tag) => {
      const ids = rules.filter((rule) => rule.tags.includes(tag)).map(({ id }) => `  - ${id}\n`)
      return `${tag}:\n${ids.join('')}`
    })
    .join('')
}

/** The profiles, each with the rules that it adds to those in front of it. */
export function shownProfiles(): string {
  const rules = ruleList()
  return PROFILES.map((profile) => {
    const own = rules.filter((rule) => rule.profile === profile).map(({ id }) => id)
    const parts = rules.flatMap(({ id, partProfiles = {} }) =>
      Object.entries(partProfiles).flatMap(([part, lowest]) =>
        lowest === profile ? [`${id}[${part}]`] : [],
      ),
    )
    return `${profile}: ${[...own, ...parts].join(', ')}\n`
  }).join('')
}
