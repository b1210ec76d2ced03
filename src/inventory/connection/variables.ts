import { homedir } from 'node:os'
import { Float } from '../../values/float.ts'
import { toNumber } from '../../values/number.ts'
import { unpassable } from '../../values/passable.ts'
import { toPeriod } from '../../values/period.ts'
import { didYouMean } from '../../values/problem.ts'
import { toBoolean } from '../../values/truth.ts'
import type { Value } from '../../values/value.ts'
import { splitWords } from '../../values/words.ts'

/**
 * Whether a variable says how a host is reached or as whom work is done there (Ansible's list, and more of the kind):
 * what a host reports of itself must not set one. Host keys are facts all the same.
 */
export function isConnectionVariable(name: string): boolean {
  return CONNECTION.test(name) && !HOST_KEY.test(name)
}

const HOST_KEY = /^ansible_ssh_host_key_(?!checking$)/

const CONNECTION =
  /^ansible_(connection|host|host_key_checking|module_compression|pass|password|pipelining|port|private_key_file|remote_tmp|timeout|user|become|(become|paramiko|scp|sftp|shell|ssh|su|sudo)_.*|.*_interpreter)$/

/** The rendered value of a host's variable; undefined when it has none of that name. */
export type Lookup = (variable: string) => Value | undefined

/** A connection variable or keyword holds what it cannot: a sentence that names the host and it. */
export class ConnectionError extends Error {
  readonly host: string
  readonly variable: string
  readonly hint: string | undefined

  constructor(host: string, variable: string, fault: string, hint?: string) {
    // The name itself may be what is wrong.
    super(`${variable} of host ${host.replace(/\p{Cc}/gu, '\ufffd')} ${fault}`)
    this.name = 'ConnectionError'
    this.host = host
    this.variable = variable
    this.hint = hint
  }
}

/**
 * Reads one host's connection variables. Each method takes the names that a setting goes by, the strongest first;
 * variables beat keywords, which have no `ansible_` in front. Null and the empty text say nothing.
 */
export class ConnectionVariables {
  readonly #host: string
  readonly #get: Lookup
  readonly #keywords: Readonly<Record<string, Value | undefined>>

  constructor(host: string, get: Lookup, keywords: Readonly<Record<string, Value | undefined>>) {
    this.#host = host
    this.#get = get
    this.#keywords = keywords
  }

  /** One line; a line break at its end is none of it. */
  text(...names: string[]): string | undefined {
    const text = this.#text(names)?.replace(/[\r\n]+$/, '')
    if (text !== undefined) this.#checkLine(names, text)
    return text
  }

  /** The host's own name, where a variable would stand. */
  ownName(variable: string): string {
    this.#checkLine([variable], this.#host)
    return this.#host
  }

  /** A leading `~` is the home folder of who runs this. */
  path(...names: string[]): string | undefined {
    return this.text(...names)?.replace(/^~(?=\/|$)/, homedir())
  }

  truth(...names: string[]): boolean | undefined {
    return this.#read(names, toBoolean, 'true or false')
  }

  port(...names: string[]): number | undefined {
    const toPort = (value: Value) => {
      const port = toNumber(value)
      return port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65535 ? port : undefined
    }
    return this.#read(names, toPort, 'a port from 1 to 65535')
  }

  seconds(...names: string[]): number | undefined {
    const toSeconds = (value: Value) => {
      const seconds = toNumber(value)
      return seconds !== undefined && seconds > 0 ? seconds : undefined
    }
    return this.#read(names, toSeconds, 'a number of seconds')
  }

  /** A span of time, in seconds. */
  period(...names: string[]): number | undefined {
    const read = (value: Value) =>
      value === false
        ? 0
        : typeof value === 'number' || typeof value === 'string'
          ? toPeriod(String(value))
          : undefined
    return this.#read(names, read, 'a time, such as 60s, 5m or 0')
  }

  /** A text split as sh would; nothing in it is expanded. */
  words(fallback: string | undefined, name: string): string[] {
    const line = this.#text([name]) ?? fallback ?? ''
    const fault = unpassable(line)
    if (fault !== undefined) throw new ConnectionError(this.#host, name, `cannot be used: ${fault}`)
    try {
      return splitWords(line).map((word) => word.text)
    } catch (error) {
      throw new ConnectionError(this.#host, name, `cannot be split into words: ${(error as Error).message}`)
    }
  }

  /** What one of the known words stands for; Ansible's full names (`ansible.builtin.ssh`) count too. */
  choice<T>(known: Readonly<Record<string, T>>, fallback: string, ...names: string[]): T {
    const written = this.text(...names) ?? fallback
    const word = written.replace(/^ansible\.(builtin|legacy)\./, '')
    if (Object.hasOwn(known, word)) return known[word]!
    const words = Object.keys(known)
    const fault = `is "${written}", which is not known here; known are ${words.join(', ')}`
    throw new ConnectionError(this.#host, this.#given(names) ?? names[0]!, fault, didYouMean(word, words))
  }

  #text(names: readonly string[]): string | undefined {
    const toText = (value: Value) =>
      typeof value === 'string' || typeof value === 'number' || value instanceof Float
        ? String(value)
        : undefined
    return this.#read(names, toText, 'a text (in quotes)')
  }

  /** It may be secret, and is not shown. */
  #checkLine(names: readonly string[], text: string): void {
    const control = /(?!\t)\p{Cc}/u.exec(text)?.[0]
    const fault =
      unpassable(text) ??
      (control && `it holds a control character (${JSON.stringify(control).slice(1, -1)})`)
    if (fault === undefined) return
    throw new ConnectionError(this.#host, this.#given(names) ?? names[0]!, `cannot be used: ${fault}`)
  }

  #read<T>(
    names: readonly string[],
    convert: (value: Value) => T | undefined,
    wanted: string,
  ): T | undefined {
    const name = this.#given(names)
    if (name === undefined) return undefined
    const value = this.#valueOf(name)!
    const converted = convert(value)
    if (converted === undefined)
      throw new ConnectionError(this.#host, name, `must be ${wanted}, found ${describe(value)}`)
    return converted
  }

  /** The first of the names that says something. */
  #given(names: readonly string[]): string | undefined {
    return names.find((name) => {
      const value = this.#valueOf(name)
      return value !== undefined && value !== null && value !== ''
    })
  }

  #valueOf(name: string): Value | undefined {
    return name.startsWith('ansible_') ? this.#get(name) : this.#keywords[name]
  }
}

/** What is inside of a list or map may be secret. */
function describe(value: Value): string {
  if (typeof value !== 'object' || value instanceof Float) return JSON.stringify(value)
  return Array.isArray(value) ? 'a list' : 'a map'
}
