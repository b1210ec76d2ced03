/** A text to be shown: the passwords of URLs in it (RFC 3986, section 3.2.1) are `********`. */
export function withoutPasswords(text: string): string {
  if (!text.includes('://')) return text
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"']*):[^\s/?#"']*@/gi, '$1:********@')
}
