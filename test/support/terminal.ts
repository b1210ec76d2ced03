import { spawnSync } from 'node:child_process'

/** Types into a program on a terminal of its own, each text when what is before it has come; Python has terminals. */
const TYPIST = `
import json, os, pty, re, select, sys, time
command, steps, patience = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = ''
def read(wanted):
    global shown
    end = time.time() + patience
    while not re.search(wanted, shown, re.S):
        if time.time() > end: return False
        if select.select([terminal], [], [], 0.05)[0]:
            try: piece = os.read(terminal, 65536)
            except OSError: return False
            if not piece: return False
            shown += piece.decode(errors='replace')
    return True
for typed, wanted in steps:
    shown = ''
    os.write(terminal, typed.encode())
    if not read(wanted):
        print('not shown: ' + wanted + ' in ' + repr(shown))
        break
os.close(terminal)
os.kill(pid, 9)
os.waitpid(pid, 0)
`

/** How long one thing may take to be shown, in seconds: the machine may be busy. */
const PATIENCE = 30

/**
 * What went wrong when all was typed on a terminal: of each step the text, and a regular expression (Python's) for what is
 * shown behind it. The empty text if nothing did.
 */
export function typed(
  command: readonly string[],
  steps: readonly (readonly [text: string, shown: string])[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): string {
  const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', TYPIST], {
    ...options,
    input: JSON.stringify([command, steps, PATIENCE]),
    encoding: 'utf8',
    timeout: (steps.length + 1) * PATIENCE * 1000,
  })
  return stdout + stderr
}
