import { basename, dirname, resolve } from 'node:path'
import { type Problem, ProblemError } from '../values/problem.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import type { Node } from '../values/value.ts'
import { documentsOf } from '../yaml/documents.ts'
import { readWritten } from '../yaml/files.ts'
import { type YamlToken, yamlTokens } from '../yaml/tokens.ts'
import { VaultedScalar } from '../yaml/vaulted.ts'
import { parseYamlDocuments } from '../yaml/yaml.ts'
import { type Kind, kindByContent } from './kinds.ts'
import { Noqa } from './noqa.ts'

/** A file that is looked at. */
export class LintFile {
  /** Absolute. */
  readonly path: string
  readonly kind: Kind
  /** The folder of the role that the file belongs to. */
  readonly role: string | undefined
  readonly source: Source
  /** As it was read. */
  readonly written: Source
  /** The documents in it; none where the file is empty or cannot be read. */
  readonly documents: readonly Node[]
  /** Why it cannot be read. */
  readonly problems: readonly Problem[]
  readonly noqa: Noqa
  #composed: ReturnType<typeof documentsOf> | undefined
  #tokens: readonly YamlToken[] | undefined

  constructor(path: string, kind: Kind, source: Source) {
    this.path = path
    this.written = source
    this.role = roleOf(path)
    const { documents, problems } = documentsIn(source)
    this.source = documents[0]?.place.source ?? source
    this.documents = documents
    this.problems = problems
    this.kind = kindByContent(kind, documents[0])
    this.noqa = new Noqa(this.source)
  }

  get node(): Node | undefined {
    return this.documents[0]
  }

  /** The library's documents; none where it cannot be read. */
  get composed(): ReturnType<typeof documentsOf> {
    this.#composed ??= this.problems.length > 0 ? [] : documentsOf(this.source)
    return this.#composed
  }

  /** Empty where it cannot be read. */
  get tokens(): readonly YamlToken[] {
    this.#tokens ??= this.problems.length > 0 ? [] : yamlTokens(this.source.text)
    return this.#tokens
  }

  /** The same file with another text. */
  with(text: string): LintFile {
    const { path, hasMark } = this.written
    return new LintFile(this.path, this.kind, new Source(path, text, hasMark))
  }

  at(start: number, end: number): SourceSpan {
    return { source: this.source, start, end }
  }
}

/** The folder (absolute) of the role in which a file of a role's lies. */
function roleOf(path: string): string | undefined {
  const found = /^(.*)\/(tasks|handlers|vars|defaults|meta)\/.*$/.exec(resolve(path))
  if (found === null) return undefined
  const folder = found[1]!
  return found[2] === 'vars' && basename(dirname(folder)) !== 'roles' ? undefined : folder
}

function documentsIn(source: Source): { documents: readonly Node[]; problems: readonly Problem[] } {
  try {
    const parsed = parseYamlDocuments(source.text, source.path)
    // Aliases make many of a node that is copied: only where there is a reason.
    const documents = source.text.includes('!vault') ? parsed.map(sealed) : parsed
    return {
      documents: documents.filter((node) => node.kind !== 'scalar' || node.value !== null),
      problems: [],
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { documents: [], problems: error.problems }
  }
}

/** The same without what would be decrypted: nobody is asked for a password, and a value that is known at a run is any. */
function sealed(node: Node): Node {
  if (node instanceof VaultedScalar)
    return { kind: 'scalar', value: '{{ encrypted }}', place: node.place, unsafe: true }
  if (node.kind === 'list') return { ...node, items: node.items.map(sealed) }
  if (node.kind === 'scalar') return node
  return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: sealed(entry.value) })) }
}

/** Reads a file; a problem where it is not there or no text. */
export function readLintFile(path: string, kind: Kind): LintFile | Problem {
  const source = readWritten(path)
  return source instanceof Source ? new LintFile(path, kind, source) : source
}
