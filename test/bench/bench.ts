import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bed } from './bed.ts'
import { inSync } from './parts.ts'

// The bench lives in namespaces of its own: whatever ends it takes its hosts, processes, mounts and network along.
if (process.argv[2] === '--inside') await inside(process.argv[3]!)
else process.exitCode = await outside()

function outside(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-bench-'))
  const child = spawn(
    'setpriv',
    [
      ...[
        '--pdeathsig',
        'KILL',
        'unshare',
        '--mount',
        '--net',
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
      ],
      ...['/bin/sh', '-ec', 'mount -t tmpfs tmpfs "$1"; shift; exec "$@"', 'sh', folder],
      ...[
        process.execPath,
        ...process.execArgv,
        import.meta.filename,
        '--inside',
        folder,
        ...process.argv.slice(2),
      ],
    ],
    { stdio: 'inherit' },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => child.kill('SIGKILL'))
  return new Promise((resolve) => {
    child.once('exit', (status) => {
      rmSync(folder, { recursive: true, force: true })
      resolve(status ?? 1)
    })
  })
}

async function inside(folder: string): Promise<void> {
  const bed = await Bed.make(folder)
  await inSync(bed, 3)
  process.exit(0)
}
