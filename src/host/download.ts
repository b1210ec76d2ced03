import { quote } from '../shell/quote.ts'

interface Download {
  readonly url: string
  readonly validate_certs: boolean
  /** The type that the server is asked for. */
  readonly accept?: string
}

/** What a host has fetched: bytes, or why there are none. */
export type Fetched = { readonly bytes: Buffer } | { readonly complaint: string }

/** Sh that prints what is at a URL, by curl or wget, or fails with a sentence. */
export function downloadScript({ url, validate_certs, accept = '*/*' }: Download): string {
  const header = quote(`Accept: ${accept}`)
  const [curl, wget] = validate_certs ? ['', ''] : [' -k', ' --no-check-certificate']
  return `if command -v curl >/dev/null; then
  curl -fsSL --connect-timeout 10 --max-time 300${curl} -H ${header} --url ${quote(url)}
elif command -v wget >/dev/null; then
  case $(wget --help 2>&1) in *BusyBox*) set -- ;; *) set -- -t 1 -nv ;; esac
  wget -T 10 "$@"${wget} --header ${header} -O - -- ${quote(url)}
else
  echo 'neither curl nor wget is on this host: install one of them' >&2
  (exit 127)
fi`
}

/** The same for a probe: it never fails, and prints what `readFetched` reads. */
export function fetchScript(download: Download): string {
  return `exec 8>&1
said=$({ { ${downloadScript(download)}
echo "status $?" >&2; } | base64 | tr -d '\\n' >&8; } 2>&1)
printf '\\n%s' "$said"`
}

export function readFetched(printed: string): Fetched {
  const [, base64, said, status] = /^([A-Za-z0-9+/=]*)\n(.*?)\n?status (\d+)$/s.exec(printed.trimEnd()) ?? []
  if (base64 === undefined) throw new Error('the host did not say how fetching ended')
  if (status !== '0') return { complaint: said!.trim() || `exit status ${status}` }
  return { bytes: Buffer.from(base64, 'base64') }
}

/** What is wrong with an address that a host is to fetch, if anything. */
export function urlProblems(option: string, url: string | undefined): string[] {
  if (url === undefined || /^(https?|ftp):\/\/[^\s/]\S*$/.test(url)) return []
  return [`${option}: ${JSON.stringify(url)} is not an address that begins with https://, http:// or ftp://`]
}
