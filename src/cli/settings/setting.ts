import type * as type from './types.ts'

/** A setting: the key in playssh.yml is its name in the table. */
export interface Setting<T> {
  readonly type: type.Type<T>
  /** `section.key` in ansible.cfg, the first that is there. */
  readonly cfg: readonly string[]
  /** Variables of the environment, the first that is set. */
  readonly env: readonly string[]
  /** As it would be written; undefined: nothing holds. */
  readonly otherwise?: string
  readonly help: string
}

/** One that holds something when nothing is said. */
export interface SettingWithDefault<T> extends Setting<T> {
  readonly otherwise: string
}

export function setting<T>(
  type: type.Type<T>,
  cfg: string,
  env: string,
  help: string,
  otherwise: string,
): SettingWithDefault<T>
export function setting<T>(type: type.Type<T>, cfg: string, env: string, help: string): Setting<T>
export function setting<T>(
  kind: type.Type<T>,
  cfg: string,
  env: string,
  help: string,
  otherwise?: string,
): Setting<T> {
  const names = (words: string) => words.split(' ').filter(Boolean)
  return { type: kind, cfg: names(cfg), env: names(env), help, ...(otherwise !== undefined && { otherwise }) }
}
