/** Ansible-lint's profiles; each has the rules of those in front of it too. */
export const PROFILES = ['min', 'basic', 'moderate', 'safety', 'shared', 'production'] as const

export type ProfileName = (typeof PROFILES)[number]

/** Whether what is in `lowest` belongs to `profile`; what no profile has belongs to none. */
export function isInProfile(lowest: ProfileName | undefined, profile: ProfileName): boolean {
  return lowest !== undefined && PROFILES.indexOf(lowest) <= PROFILES.indexOf(profile)
}
