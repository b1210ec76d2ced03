import { buildSync } from 'esbuild'

/** Makes a script and all that it imports one file, which Node starts at once; CommonJS packages find what they expect. */
export function bundle(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['cpu-features', '*.node'],
    banner: { js: COMMONJS },
    logLevel: 'warning',
  })
}

// A name of its own: what is bundled imports createRequire too.
const COMMONJS = `import { createRequire as requireOf } from 'node:module'
const require = requireOf(import.meta.url), __dirname = import.meta.dirname`
