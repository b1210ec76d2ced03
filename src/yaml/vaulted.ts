import { type Problem, ProblemError } from '../values/problem.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import type { Node, ScalarNode } from '../values/value.ts'
import { isVault } from '../vault/envelope.ts'
import { decrypt, Locked } from '../vault/keyring.ts'
import { keepSecret, keepSecretPart } from '../vault/secrets.ts'
import { decoded } from './encoding.ts'

/** A value of `!vault`: always text, and never a template. Who does not use it needs no password for it. */
export class VaultedScalar implements ScalarNode {
  readonly kind = 'scalar'
  readonly unsafe = true
  readonly place: SourceSpan
  /** The vault itself, as it is written. */
  readonly encrypted: string
  #value: string | undefined

  constructor(encrypted: string, place: SourceSpan) {
    this.encrypted = encrypted
    this.place = place
  }

  /** Raises ProblemError when it cannot be decrypted. */
  get value(): string {
    if (this.#value === undefined) {
      this.#value = unlocked(() => decrypt(this.encrypted), 'this value', this.place).toString()
      keepSecret(this.#value)
    }
    return this.#value
  }
}

/** The source of what an encrypted file holds, or why it cannot be decrypted; another source is as it is. */
export function opened(source: Source): Source | Problem {
  if (!isVault(source.text)) return source
  const { path, text } = source
  const header = { source, start: 0, end: /^[^\r\n]*/.exec(text)![0].length }
  try {
    const plain = decoded(
      path,
      unlocked(() => decrypt(text), path, header),
    )
    if (!(plain instanceof Source))
      return { message: `${path} holds no UTF-8 when it is decrypted`, place: header }
    keepSecretPart(plain.text)
    return new Source(path, plain.text, plain.hasMark, true)
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0]!
    throw error
  }
}

/** What a vault holds; raises ProblemError with its place when it stays closed. */
export function unlocked(decrypted: () => Buffer, what: string, place: SourceSpan): Buffer {
  try {
    return decrypted()
  } catch (error) {
    if (!(error instanceof Locked)) throw error
    throw new ProblemError({ message: `${what} cannot be read: ${error.message}`, place, hint: error.hint })
  }
}

export interface ParsedYaml {
  readonly node: Node | undefined
  readonly problems: Problem[]
  /** A map gives a key twice, be that a mistake or not. */
  readonly hasDoubles?: true
}

/** The YAML of a decrypted file, with nothing shown of what it says, not even of what is wrong with it. */
export function untold({ node, problems }: ParsedYaml, { path }: Source): ParsedYaml {
  if (node !== undefined) keepScalars(node, new Set())
  const message = `${path} is no valid YAML here when it is decrypted`
  const hint = `"run vault view ${path}" shows it`
  return { node, problems: problems.map(({ place }) => ({ message, place, hint })) }
}

function keepScalars(node: Node, seen: Set<Node>): void {
  if (seen.has(node)) return
  seen.add(node)
  if (node.kind === 'list') for (const item of node.items) keepScalars(item, seen)
  else if (node.kind === 'map') for (const { value } of node.entries) keepScalars(value, seen)
  else if (!(node instanceof VaultedScalar) && typeof node.value !== 'boolean')
    keepSecretPart(String(node.value ?? ''))
}
