// Makes what an installed package has besides what the build makes: what modules of one's own import, and its types.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { build } from 'esbuild'

await build({
  entryPoints: { sdk: 'src/sdk/index.ts', host: 'src/host/index.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
})
rmSync('dist/types', { recursive: true, force: true })
execFileSync('node_modules/.bin/tsc', ['--project', 'src/sdk'], { stdio: 'inherit' })
