// Bundles src/cli/main.ts into dist/run.bin, which src/start.cjs starts: a file that holds the program and its
// compiled form starts several times faster than many that are yet to be compiled.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'
import { build } from 'esbuild'

const outfile = 'dist/run.bin'

const { outputFiles } = await build({
  entryPoints: ['src/cli/main.ts'],
  write: false,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // ssh2's native helpers are optional: it looks for them at run time and does without.
  external: ['cpu-features', '*.node'],
  plugins: [
    {
      name: 'without http',
      // ssh2 loads Node's http for tunnels of web requests, which nobody asks for here.
      setup: ({ onLoad }) => onLoad({ filter: /ssh2\/lib\/http-agents\.js$/ }, () => ({ contents: '' })),
    },
  ],
  banner: { js: '(function (require, __dirname) {' },
  footer: { js: '})' },
  legalComments: 'none',
  logLevel: 'warning',
}).catch(() => process.exit(1))

// A text of one byte a character is the quickest to read.
const program = outputFiles[0].text.replace(
  /[^\0-\x7f]/g,
  (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
)

// Every function is compiled, and not only those that the program begins with. V8 takes a cache only under the
// flags it was made under, so they are as before when it is made.
setFlagsFromString('--no-lazy')
const script = new Script(program, { filename: outfile })
setFlagsFromString('--lazy')

const length = Buffer.alloc(4)
length.writeUInt32LE(program.length)
// Renamed into place: a run that starts meanwhile finds the old one or the new one.
const beside = `${outfile}.${process.pid}`
mkdirSync('dist', { recursive: true })
writeFileSync(beside, Buffer.concat([length, Buffer.from(program, 'latin1'), script.createCachedData()]))
renameSync(beside, outfile)
