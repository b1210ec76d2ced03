import type { SourceSpan } from '../values/source.ts'

/** Who asks for a role or collection: "requirements.yml", "role nginx 1.2". */
export interface Asker {
  readonly who: string
  readonly place?: SourceSpan | undefined
  /** The user asks, and not another role or collection. */
  readonly isUser: boolean
}

/** Where something is: on a Galaxy server, in a repository, in an archive (a path or an address), in a folder. */
export type Where =
  /** `server`: the name or address of one server, else all are asked. */
  | { readonly type: 'galaxy'; readonly server?: string | undefined }
  | { readonly type: 'git'; readonly url: string; readonly subfolder?: string | undefined }
  | { readonly type: 'archive'; readonly at: string }
  | { readonly type: 'dir'; readonly path: string }
  | { readonly type: 'subdirs'; readonly path: string }

export interface WantedRole {
  readonly kind: 'role'
  /** What its folder is called. */
  readonly name: string
  readonly where: Where
  /** On a Galaxy server: "user.role". */
  readonly galaxyName?: string | undefined
  /** A version, branch, tag or commit, as written; undefined: the newest. */
  readonly version?: string | undefined
  readonly asker: Asker
}

export interface WantedCollection {
  readonly kind: 'collection'
  /** "namespace.name"; undefined until its repository, archive or folder has been looked into. */
  readonly name?: string | undefined
  readonly where: Where
  /** A range of versions; in a repository a branch, tag or commit. "*" is any. */
  readonly version: string
  readonly asker: Asker
}

export interface Wanted {
  readonly roles: readonly WantedRole[]
  readonly collections: readonly WantedCollection[]
}

/** How a place is told, and what tells places apart. */
export function whereText(where: Where, shown: (address: string) => string): string {
  switch (where.type) {
    case 'galaxy':
      return where.server === undefined ? 'galaxy' : shown(where.server)
    case 'git':
      return `${shown(where.url)}${where.subfolder === undefined ? '' : `#/${where.subfolder}`}`
    case 'archive':
      return shown(where.at)
    default:
      return where.path
  }
}
