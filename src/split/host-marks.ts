/** Gives hosts numbers, from 0 on, as they come. */
export class HostNumbers {
  readonly #numbers = new Map<string, number>()

  of(host: string): number {
    let number = this.#numbers.get(host)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(host, number)
    }
    return number
  }
}

/** Hosts by their numbers: a byte for each and half the time, where a set of names takes 33 bytes. */
export class HostMarks {
  #marks = new Uint8Array(16)

  has(host: number): boolean {
    return this.#marks[host] === 1
  }

  add(host: number): void {
    if (host >= this.#marks.length) {
      const marks = new Uint8Array(Math.max(host + 1, this.#marks.length * 2))
      marks.set(this.#marks)
      this.#marks = marks
    }
    this.#marks[host] = 1
  }
}
