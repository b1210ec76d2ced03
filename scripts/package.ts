// Makes what an installed package has besides what the build makes: dist/sdk.js and its types, for modules of one's own.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { build } from 'esbuild'

await build({
  entryPoints: ['src/sdk/index.ts'],
  outfile: 'dist/sdk.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
})
rmSync('dist/types', { recursive: true, force: true })
execFileSync('node_modules/.bin/tsc', ['--project', 'src/sdk'], { stdio: 'inherit' })
