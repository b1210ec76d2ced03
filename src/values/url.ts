/** The password of a URL (RFC 3986, section 3.2.1), with what stands before it. */
const PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"']*):[^\s/?#"]*@/gi

/** A text to be shown: the passwords of URLs in it are `********`. */
export function withoutPasswords(text: string): string {
  return replaced(text, '$1:********@')
}

/** A text whose URLs have no passwords, as programs show them that leave those away. */
export function withPasswordsLeftOut(text: string): string {
  return replaced(text, '$1@')
}

function replaced(text: string, by: string): string {
  return text.includes('://') ? text.replace(PASSWORD, by) : text
}
