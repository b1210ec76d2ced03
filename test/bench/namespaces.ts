import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs this very program once more, with `--inside FOLDER`, as root in namespaces of its own, and gives its exit
 * status: whatever ends it takes its hosts, processes, mounts, network and folder along. `name` is what it is called.
 */
export function inNamespaces(name: string): Promise<number> {
  if (process.getuid?.() !== 0) {
    console.error(`The ${name} makes machines of its own: run it as root (sudo npm run ${name})`)
    return Promise.resolve(1)
  }
  const folder = mkdtempSync(join(tmpdir(), `playssh-${name}-`))
  const itself = [process.execPath, ...process.execArgv, ...process.argv.slice(1), '--inside', folder]
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL'],
      ...['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...['/bin/sh', '-ec', 'mount -t tmpfs -o mode=755 tmpfs "$0"; exec "$@"', folder, ...itself],
    ],
    { stdio: 'inherit' },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill('SIGKILL'))
  }
  return new Promise((done) => {
    child.once('exit', (status) => {
      rmSync(folder, { recursive: true, force: true })
      done(status ?? 1)
    })
  })
}
