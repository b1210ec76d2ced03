/** What is known of a file of the controller's before its content is there. */
export interface LaterFile {
  /** Bytes. */
  readonly size: number
  /** Hexadecimal, of the whole content. */
  readonly sha256: string
  readonly sha1: string
  /** The first bytes, in base64: enough to tell what is encrypted. */
  readonly beginning: string
}

/** Contents that come when they are read. */
export interface LaterContents {
  /** By their absolute paths on the controller, in which no folder is a link. */
  readonly files: ReadonlyMap<string, LaterFile>
  /** Gives the path at which this process has the content of one of these files. Raises ContentMissing. */
  fetch(path: string): Promise<string>
  /** The same for those who cannot wait: the thread stands still meanwhile. */
  fetchNow(path: string): string
}

/** The content of a file of the controller's cannot be had. */
export class ContentMissing extends Error {
  /** Why, to stand behind the name of the file. */
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path} ${reason}`)
    this.name = 'ContentMissing'
    this.reason = reason
  }
}
