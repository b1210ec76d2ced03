import type { Readable } from 'node:stream'

/** Bytes to be written on a host. They are read when they are sent, so a file may be larger than memory. */
export interface Content {
  /** Length in bytes. */
  readonly size: number
  /** Hexadecimal SHA-256. */
  readonly sha256: string
  open(): Readable
  /** The whole as UTF-8, or undefined if it is not text or over 1 MiB: for diffs. */
  text(): string | undefined
}

/** A file, or a folder and what is below it, on the controller. */
export interface LocalFile {
  /** Absolute path. */
  readonly path: string
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  /** The file's content; undefined for a folder. */
  readonly content?: Content | undefined
  /** A folder's files and folders, paths relative to it, parents before children. */
  readonly below?: readonly {
    readonly path: string
    readonly mode: number
    readonly content?: Content | undefined
  }[]
}
