import { quote } from '../../../shell/quote.ts'

/** sh that prints "open" or "closed": whether a TCP port takes a connection within so many seconds. */
export function connectScript(host: string, port: number, seconds: number): string {
  const target = `${quote(host)} ${port}`
  const verdict = 'then echo open; else echo closed; fi; exit 0'
  return [
    LIMIT,
    'if command -v nc >/dev/null; then',
    `  said=$(nc -z -w ${seconds} ${target} </dev/null 2>&1)`,
    // busybox's has no -z, and says how it is used.
    '  case $?:$said in 0:*) echo open; exit 0 ;; *[Uu]sage*|*option*) ;; *) echo closed; exit 0 ;; esac',
    'fi',
    'if command -v bash >/dev/null; then',
    `  if $limit ${seconds} bash -c ': <>"/dev/tcp/$0/$1"' ${target} 2>/dev/null; ${verdict}`,
    'fi',
    ...others(target, seconds, false),
    // It connects, and waits for the other side, until the clock ends it.
    'if command -v nc >/dev/null; then',
    `  $limit ${seconds} nc -w ${seconds} ${target} </dev/null >/dev/null 2>&1`,
    '  case $? in 0|124|143) echo open ;; *) echo closed ;; esac',
    '  exit 0',
    'fi',
    NOTHING,
  ].join('\n')
}

/** sh that prints "open", and then what a TCP port says of itself within so many seconds; or "closed". */
export function listenScript(host: string, port: number, seconds: number): string {
  const target = `${quote(host)} ${port}`
  return [
    LIMIT,
    'if command -v bash >/dev/null; then',
    `  $limit ${seconds * 2} bash -c ${quote(BASH)} ${target} ${seconds} 2>/dev/null`,
    '  exit 0',
    'fi',
    ...others(target, seconds, true),
    'if command -v nc >/dev/null && command -v timeout >/dev/null; then',
    `  echo open; timeout ${seconds} nc ${target} </dev/null 2>/dev/null`,
    '  exit 0',
    'fi',
    NOTHING,
  ].join('\n')
}

const LIMIT = `unlimited() { shift; "$@"; }
limit=unlimited; ! command -v timeout >/dev/null || limit=timeout`

const NOTHING = `echo 'nothing here can try a port: install nc, bash, python3 or perl' >&2
exit 1`

function others(target: string, seconds: number, listen: boolean): string[] {
  const words = `${target} ${seconds} ${listen ? 1 : 0}`
  return [
    'if command -v python3 >/dev/null; then',
    `  python3 -c ${quote(PYTHON)} ${words} 2>/dev/null || echo closed`,
    '  exit 0',
    'fi',
    'if command -v perl >/dev/null; then',
    `  perl -e ${quote(PERL)} ${words} 2>/dev/null || echo closed`,
    '  exit 0',
    'fi',
  ]
}

/** Seconds in which more must follow what has come: nobody is waited for who has said all. */
const MORE = 0.5

const BASH = `exec 3<>"/dev/tcp/$0/$1" || { echo closed; exit; }
echo open
t=$2
while IFS= read -r -t "$t" line <&3; do printf '%s\\n' "$line"; t=${MORE}; done
printf %s "$line"`

const PYTHON = `import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3]))
print("open", flush=True)
try:
    while sys.argv[4] == "1":
        b = s.recv(1024)
        if not b: break
        sys.stdout.buffer.write(b)
        sys.stdout.flush()
        s.settimeout(${MORE})
except OSError: pass`

const PERL = `use IO::Socket::INET;
$| = 1;
my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => $ARGV[2]) or exit 1;
print "open\\n";
exit 0 unless $ARGV[3];
$SIG{ALRM} = sub { exit 0 };
alarm $ARGV[2];
while (sysread $s, my $b, 1024) { print $b; alarm 1 }`
