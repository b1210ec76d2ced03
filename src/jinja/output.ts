const MEBI = 1024 * 1024
/** Characters that a template may make. */
const TEXT_AT_MOST = 64 * MEBI

/** The text that a template, macro or block makes. */
export class Output {
  text = ''

  add(text: string): void {
    this.text += text
    if (this.text.length > TEXT_AT_MOST) {
      throw new Error(`this makes a text of more than ${TEXT_AT_MOST / MEBI} MiB`)
    }
  }
}
