const REMOTE = /^[a-z][a-z\d+.-]*:\/\//i
/** As ssh and git write it: user@host:path. */
const SCP = /^[\w.-]+@[\w.-]+:/
const ARCHIVE = /\.(tar(\.\w+)?|tgz|txz|tbz2?|tzst)$/

/** Whether it is an address of a server, or of a file as `file://`; a path is not. */
export function isAddress(text: string): boolean {
  return REMOTE.test(text) || SCP.test(text)
}

/** The name that its source gives a role: "git+https://host/them/nginx.git" is "nginx", "them.nginx" stays that. */
export function nameInSource(source: string): string {
  const plain = source.replace(/^(git|hg)\+/, '').replace(/,.*$/s, '')
  const path = isAddress(plain) ? plain.replace(/[?#].*$/s, '') : plain
  const last = path
    .replace(/\/+$/, '')
    .split(isAddress(plain) ? /[/:]/ : '/')
    .at(-1)!
  return last.replace(/\.git$/, '').replace(ARCHIVE, '')
}
