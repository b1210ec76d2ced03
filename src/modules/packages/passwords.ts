const PASSWORD = /(:\/\/[^/?#:@\s]*):[^/?#\s]*@/g

/** A text whose addresses have no passwords. */
export function withoutPassword(text: string): string {
  return text.replace(PASSWORD, '$1@')
}

/** A text whose addresses tell no passwords. */
export function withHiddenPassword(text: string): string {
  return text.replace(PASSWORD, '$1:(hidden)@')
}
