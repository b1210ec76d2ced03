// Bundles src/cli/main.ts into dist/run.js: one file starts several times faster than many.
import { build } from 'esbuild'

await build({
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/run.js',
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
})
