import { spawnSync } from 'node:child_process'

/**
 * Shows a text: on a terminal through PAGER, or less where it is installed, as ansible-doc does; else as it is. What the
 * pager is started with is a command line of /bin/sh.
 */
export function page(text: string): void {
  const { stdout, env } = process
  const pager = env.PAGER ?? 'less'
  if (!stdout.isTTY || pager === '' || !shownBy(pager, text)) stdout.write(text)
}

function shownBy(pager: string, text: string): boolean {
  // Ctrl-C is for the pager.
  const ignore = () => {}
  process.on('SIGINT', ignore)
  try {
    const { status, error } = spawnSync('/bin/sh', ['-c', pager], {
      input: text,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { ...process.env, LESS: process.env.LESS ?? 'FRX' },
    })
    const missing = status === 127 || status === 126
    return !missing && (error === undefined || (error as NodeJS.ErrnoException).code === 'EPIPE')
  } finally {
    process.off('SIGINT', ignore)
  }
}
