// Makes what an installed package has besides what the build makes: what modules of one's own import, and its types; and
// the schemas for editors.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { describedSettings } from '../src/cli/settings/described.ts'
import { modules } from '../src/modules/index.ts'
import { SCHEMAS } from '../src/schema/index.ts'

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
mkdirSync('dist/schemas', { recursive: true })
for (const [kind, { make }] of Object.entries(SCHEMAS)) {
  const schema = make({ modules, settings: describedSettings() })
  writeFileSync(`dist/schemas/${kind}.json`, `${JSON.stringify(schema)}\n`)
}
