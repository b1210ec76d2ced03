/** A program of the controller that speaks with one on the host: each reads what the other writes. */
export interface Talk {
  /** The program and its arguments; it starts `REMOTE_SHELL`, as rsync does. */
  readonly program: readonly [string, ...string[]]
  /** Sh for the host, made of the words that the program gave to `REMOTE_SHELL`. */
  answer(words: readonly string[]): string
}

/** Descriptors of the program that are ours: what the host writes, what it reads, and how many words there are and which. */
export const FROM_HOST = 3
export const TO_HOST = 4
export const WORDS = 5

/** A command line that stands for ssh: its standard streams are those of the program on the host. */
export const REMOTE_SHELL = `sh -c 'printf "%s\\0" "$#" "$@" >&${WORDS}; exec 6<&0; cat <&6 >&${TO_HOST} & exec cat <&${FROM_HOST}' sh`
