// Bundles src/cli/main.ts into dist/run.js: one file starts several times faster than many.
import { renameSync } from 'node:fs'
import { build } from 'esbuild'

const outfile = 'dist/run.js'
// Renamed into place: a run that starts meanwhile finds the old one or the new one.
const beside = `${outfile}.${process.pid}`

await build({
  entryPoints: ['src/cli/main.ts'],
  outfile: beside,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // ssh2's native helpers are optional: it looks for them at run time and does without.
  external: ['cpu-features', '*.node'],
  banner: {
    // What CommonJS packages find around them.
    js: `#!/usr/bin/env node
import { createRequire } from 'node:module';
import { dirname as dirnameOf } from 'node:path';
import { fileURLToPath } from 'node:url';
const require = createRequire(import.meta.url);
const __dirname = dirnameOf(fileURLToPath(import.meta.url));`,
  },
  legalComments: 'none',
  logLevel: 'warning',
}).catch(() => process.exit(1))
renameSync(beside, outfile)
