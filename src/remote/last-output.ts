/** So much of what was said is kept, in bytes. */
const KEPT = 1000

/** The last that a host said on a stream, to give for a reason. */
export class LastOutput {
  readonly #sent: string
  #bytes: Buffer = Buffer.alloc(0)
  #isCut = false
  #isEcho = false

  /** `sent` begins what is sent to the host: from there on its output is an echo of that, and nobody is to read it. */
  constructor(sent: string) {
    this.#sent = sent
  }

  /** The output is an echo of what was sent. */
  get isEcho(): boolean {
    return this.#isEcho
  }

  add(bytes: Buffer): void {
    if (this.#isEcho) return
    const all = Buffer.concat([this.#bytes, bytes])
    const at = all.indexOf(this.#sent)
    this.#isEcho = at !== -1
    const own = this.#isEcho ? all.subarray(0, at) : all
    this.#isCut ||= own.length > KEPT
    this.#bytes = Buffer.from(own.subarray(-KEPT))
  }

  text(): string {
    const text = this.#bytes.toString().trim()
    return this.#isCut ? `[only the last ${KEPT} bytes:] ${text}` : text
  }
}
