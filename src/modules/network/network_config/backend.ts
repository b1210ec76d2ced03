import type { ConfiguredLink } from './model.ts'

export interface OwnedFile {
  readonly path: string
  readonly mode: number
  readonly text: string
}

/** A way in which a system keeps its network over a restart. */
export interface Backend {
  readonly folder: string
  /** The files for links, under a name; `header` is a comment line. */
  files(name: string, links: readonly ConfiguredLink[], header: string): OwnedFile[]
  /** Whether a file is one that `files` makes for that name. */
  owns(name: string, path: string): boolean
  /** A pattern of sh for all that it owns. */
  pattern(name: string): string
  /** What of a link it has no word for, as the end of a sentence. */
  cannot(link: ConfiguredLink): string[]
  /** Sh that makes the running system as the files say. */
  readonly apply: string
}
