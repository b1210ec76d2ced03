import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** Files of test/ made into JavaScript, in a folder of their own. */
export interface Compiled {
  /** Where a file that is named by its path below test/ is now. */
  at(name: string): string
  /** Removes the folder. */
  remove(): void
}

/**
 * Compiles files of tests, which are named by their paths below test/, and all of src/ that they import, once for all
 * processes: a process that compiles what it imports takes a second to start. The folder is one of temporary files: who
 * runs tests need not be who owns the clone.
 */
export async function compileTests(names: readonly string[]): Promise<Compiled> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-tests-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  await build({
    entryPoints: names.map((name) => join('test', name)),
    outbase: 'test',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    // Names of classes and functions are told in messages.
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [whereWritten],
    logLevel: 'warning',
  })
  return { at: (name) => join(folder, name.replace(/\.ts$/, '.mjs')), remove }
}

/** Files beside a file of the project are found from where it was written. */
const whereWritten: Plugin = {
  name: 'where it was written',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const url = JSON.stringify(pathToFileURL(path).href)
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' }
    }),
}
