// Bundles src/cli/main.ts into dist/run.bin, which src/start.cjs starts: a file that holds the program and its
// compiled form starts several times faster than many that are yet to be compiled. The licences of the packages that it
// holds go beside it, into dist/licenses.txt.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { type BuildOptions, build, type Plugin, transform, transformSync } from 'esbuild'
import { licensesOf } from './licenses.ts'

/** The flags that src/start.cjs sets: a cache is of use only under those that it was made under. */
const AS_STARTED = process.versions.v8.startsWith('11.') ? ['--interrupt-budget=1000000'] : []

// ssh2 loads Node's http for tunnels of web requests, Handlebars a library for source maps, which it can do without.
const withoutUnused: Plugin = {
  name: 'without what nobody asks for',
  setup: ({ onLoad }) => {
    onLoad({ filter: /ssh2\/lib\/http-agents\.js$|\/source-map\/source-map\.js$/ }, () => ({ contents: '' }))
    // Commander starts programs of their own for commands that have one; none has.
    onLoad({ filter: /\/commander\/lib\/command\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace("require('node:child_process')", 'undefined'),
    }))
  },
}

const AS_ONE_FILE = {
  write: false,
  metafile: true,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
} as const

const { outputFiles, metafile } = await build({
  ...AS_ONE_FILE,
  entryPoints: ['src/cli/main.ts'],
  // ssh2's native helpers are optional: it looks for them at run time and does without.
  external: ['cpu-features', '*.node'],
  plugins: [
    {
      name: 'modules when they are asked for',
      // A run loads the modules that its tasks name, and not all that there are.
      setup: ({ onLoad }) =>
        onLoad({ filter: /\/src\/modules\/[a-z]+\/index\.ts$/ }, ({ path }) => ({
          contents: lazily(readFileSync(path, 'utf8')),
          loader: 'ts',
        })),
    },
    {
      name: 'require where it is used',
      // What is asked for within a function is bundled, and read when the function is called.
      setup: ({ onLoad }) =>
        onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
          contents: withFolders(withTexts(path), path).replaceAll(
            'createRequire(import.meta.url)(',
            'require(',
          ),
          loader: 'ts',
        })),
    },
    {
      name: 'large packages apart',
      // Only who has plugins needs a compiler, and only who reads the history SQLite.
      setup: ({ onResolve }) =>
        onResolve({ filter: /^(sucrase|sql\.js)$/ }, ({ path }) => ({
          path: `../dist/${path}.cjs`,
          external: true,
        })),
    },
    {
      name: 'a queue apart',
      // Who has one waits for Redis anyway.
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/packages\.ts$/ }, () => ({ path: '../dist/queue.cjs', external: true })),
    },
    {
      name: 'lists apart',
      // Long lists that few runs look at stay files of their own, which src/start.cjs's require finds.
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/.*\.json$/ }, ({ path, resolveDir }) => ({
          path: `./${relative('src', join(resolveDir, path))}`,
          external: true,
        })),
    },
    withoutUnused,
  ],
  banner: { js: '(function (require, __dirname) {' },
  footer: { js: '})' },
  logLevel: 'warning',
}).catch(() => process.exit(1))

// Of BullMQ its queues and workers over Redis by way of ioredis. What computes when jobs come back is as large as all else;
// what is there to read long lists faster takes longer to load than a run has to read.
const withoutWhatQueuesDoWithout: Plugin = {
  name: 'without what queues do without',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/(?:cron-parser|luxon)\/.*\.js$/ }, () => ({ contents: '' }))
    onLoad({ filter: /\/bullmq\/dist\/[^/]+\/classes\/(?:node-redis|bun-redis)-client\.js$/ }, () => ({
      contents: '',
    }))
    onLoad({ filter: /\/bullmq\/dist\/[^/]+\/index\.js$/ }, () => ({
      contents: `export { Queue } from './classes/queue.js'
        export { Worker } from './classes/worker.js'
        export { DelayedError } from './classes/errors/delayed-error.js'
        export { UnrecoverableError } from './classes/errors/unrecoverable-error.js'`,
    }))
    onLoad({ filter: /\/msgpackr-extract\/index\.js$/ }, () => ({ contents: 'module.exports = undefined' }))
    // V8 copies all properties of a prototype for each one that is added, and there are hundreds of commands.
    onLoad({ filter: /\/ioredis\/built\/utils\/Commander\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replace('commands.forEach(', 'const all = Object.create(null);\n$&')
        .replaceAll('Commander.prototype[commandName', 'all[commandName')
        .replace(
          'Commander.prototype.call =',
          'Object.setPrototypeOf(Commander.prototype, Object.setPrototypeOf(all, Object.prototype));\n$&',
        ),
    }))
  },
}

const compiler = await packages('sucrase', 'sucrase')
const database = await packages('sql.js', 'sql.js')
const queue = await packages('src/queue/packages.ts', 'queue', {
  // Other databases, and ways to speak with Redis, of which BullMQ needs one.
  external: ['bullmq-otel', 'pg', 'redis'],
  plugins: [withoutWhatQueuesDoWithout],
  banner: { js: '(function (require, module, exports) {' },
  footer: { js: '})' },
})

const keeper = await packages('src/remote/kept/main.ts', 'keeper', {
  external: ['cpu-features', '*.node'],
  plugins: [withoutUnused],
  banner: { js: '(function (require, __dirname) {' },
  footer: { js: '})' },
})

/** How dist/queue.cjs loads dist/queue.bin, as src/start.cjs loads the program. */
const QUEUE_LOADER = `const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')
const filename = join(__dirname, 'queue.bin')
const built = readFileSync(filename)
const end = 4 + built.readUInt32LE(0)
const script = new Script(built.latin1Slice(4, end), { filename, cachedData: built.subarray(end) })
script.runInThisContext()(require, module, module.exports)
`

/** Loads packages once, and writes V8's code cache of them. */
const REQUIRED = `const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')
const folder = process.argv[2]
const script = new Script(readFileSync(join(folder, 'queue.js'), 'latin1'), { filename: 'dist/queue.bin' })
const module_ = { exports: {} }
script.runInThisContext()(require, module_, module_.exports)
writeFileSync(join(folder, 'queue.cache'), script.createCachedData())
`

const programs = {
  run: ascii(outputFiles[0]!.text),
  keeper: ascii(keeper.outputFiles[0]!.text),
  queue: ascii(queue.outputFiles[0]!.text),
}

mkdirSync('dist', { recursive: true })
const apart = [compiler, database, queue, keeper]
const outputs = Object.assign({}, ...[{ metafile }, ...apart].map((one) => one.metafile.outputs))
writeFileSync('dist/licenses.txt', licensesOf({ ...metafile, outputs }))
for (const { outputFiles: files } of [compiler, database])
  for (const { path, contents } of files) place(basename(path), contents)
// It is looked for beside the program that loads it.
place('sql-wasm.wasm', readFileSync('node_modules/sql.js/dist/sql-wasm.wasm'))
const caches = await compiled(programs)
place('queue.bin', startable(programs.queue, caches.queue))
place('queue.cjs', Buffer.from(QUEUE_LOADER))
place('keeper.bin', startable(programs.keeper, caches.keeper))
place('run.bin', startable(programs.run, caches.run))

/** A text of one byte a character is the quickest to read. */
function ascii(text: string): string {
  return text.replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Packages as a file of their own. */
function packages(
  entry: string,
  name: string,
  around: Pick<BuildOptions, 'banner' | 'footer' | 'external' | 'plugins'> = {},
) {
  return build({ ...AS_ONE_FILE, entryPoints: [entry], outfile: `dist/${name}.cjs`, ...around })
}

/** As src/start.cjs reads it. */
function startable(program: string, cache: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(program.length)
  return Buffer.concat([length, Buffer.from(program, 'latin1'), cache])
}

/** Renamed into place: a run that starts meanwhile finds the old one or the new one. */
function place(name: string, content: Uint8Array): void {
  const beside = `dist/${name}.${process.pid}`
  writeFileSync(beside, content)
  renameSync(beside, `dist/${name}`)
}

/** A family's catalogue whose properties load the modules that stood there. */
function lazily(catalogue: string): string {
  const loads = new Map<string, string>()
  const rest = catalogue.replace(/^import \{ (\w+) \} from ('\.\/[^']+')$/gm, (_, name, path) => {
    loads.set(name, `require(${path}).${name}`)
    return ''
  })
  const [, head, entries] = /^(.*: Catalogue = \{)([^{}]*)\}\n$/s.exec(rest) ?? []
  if (entries === undefined) throw new Error('a family exports one catalogue of modules, and nothing else')
  const getters = entries.split(/,\s*/).map((entry) => entry.trim())
  const told = getters.filter(Boolean).map((entry) => {
    const [key, name = key] = entry.split(': ')
    if (!loads.has(name!)) throw new Error(`${name} is no module of the family`)
    return `get ${key}() { return ${loads.get(name!)} },`
  })
  return `${head}${told.join('')}}`
}

/** A source in which the texts of files stand that it reads beside itself, as short as they can be. */
function withTexts(path: string): string {
  const reading = /readFileSync\(new URL\('([^']+)', import\.meta\.url\), 'utf8'\)/g
  return readFileSync(path, 'utf8').replace(reading, (_, name: string) => {
    const text = readFileSync(join(dirname(path), name), 'utf8')
    const loader = /\.(css|js)$/.exec(name)?.[1] as 'css' | 'js' | undefined
    return JSON.stringify(loader ? transformSync(text, { loader, minify: true }).code : text)
  })
}

/** A source whose paths of folders beside itself are found from src/, where the program is started. */
function withFolders(source: string, path: string): string {
  return source.replace(/new URL\('([^']+\/)', import\.meta\.url\)/g, (_, name: string) => {
    const folder = relative('src', join(dirname(path), name))
    return `require('node:url').pathToFileURL(__dirname + ${JSON.stringify(`/${folder}/`)})`
  })
}

/** V8's code caches; empty, which costs time at each start and nothing else, where the rehearsal has failed. */
async function compiled<Name extends string>(texts: Record<Name, string>): Promise<Record<Name, Buffer>> {
  const folder = resolve(mkdtempSync('dist/rehearsal-'))
  const at = (name: string) => join(folder, name)
  const names = Object.keys(texts) as Name[]
  for (const name of names) writeFileSync(at(`${name}.js`), texts[name])
  // As JavaScript: tsx takes a third of a second to start.
  const { code } = await transform(readFileSync('scripts/code-cache.ts'), { loader: 'ts' })
  writeFileSync(at('rehearsal.mjs'), code)
  writeFileSync(at('queue.cjs'), REQUIRED)
  const cacheOf = (name: string) =>
    existsSync(at(`${name}.cache`)) ? readFileSync(at(`${name}.cache`)) : Buffer.alloc(0)
  try {
    const said = ['rehearsal.mjs', 'queue.cjs'].map((rehearsal) => {
      const { stderr } = spawnSync(process.execPath, [...AS_STARTED, at(rehearsal), folder], {
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
        // It takes one; a machine may have much else to do.
        timeout: 60_000,
      })
      return stderr
    })
    const caches = Object.fromEntries(names.map((name) => [name, cacheOf(name)])) as Record<Name, Buffer>
    const missing = names.filter((name) => caches[name].length === 0)
    if (missing.length > 0) sayMissing(missing, said.join(''))
    return caches
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function sayMissing(names: readonly string[], why: string): void {
  const files = names.map((name) => `dist/${name}.bin`).join(', ')
  console.error(`run: ${files} could not be compiled beforehand and will start slower:\n${why.trimEnd()}`)
}
