// Makes what an installed package has besides dist/run.bin: dist/sdk.js and its types, for modules of one's own, and the
// licences of the packages that dist/run.bin holds.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const bundled = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' } as const

await build({ ...bundled, entryPoints: ['src/sdk/index.ts'], outfile: 'dist/sdk.js', format: 'esm' })
rmSync('dist/types', { recursive: true, force: true })
execFileSync('node_modules/.bin/tsc', ['--project', 'src/sdk'], { stdio: 'inherit' })

const { metafile } = await build({
  ...bundled,
  entryPoints: ['src/cli/main.ts'],
  external: ['cpu-features', '*.node'],
  write: false,
  metafile: true,
})
const folders = new Set(
  Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []),
)
writeFileSync(
  'dist/licenses.txt',
  [...folders]
    .sort()
    .map(licence)
    .join(`\n${'-'.repeat(80)}\n\n`),
)

function licence(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file))
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return `${[`${name} ${version}`, ...(texts.length > 0 ? texts : [license])].join('\n\n')}\n`
}
