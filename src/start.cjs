#!/usr/bin/env node
// Starts dist/run.bin, or the process that keeps logins, dist/keeper.bin, as scripts/build.ts makes it: the length of the
// program, the program, and V8's code cache of it.
// Compiling takes longer than all else before the first connection; another Node refuses the cache, and compiles.
const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { setFlagsFromString } = require('node:v8')
const { Script } = require('node:vm')

const name = process.argv[2] === '__keep' ? 'keeper.bin' : 'run.bin'
const filename = join(__dirname, '../dist', name)
if (!existsSync(filename)) {
  // npm builds what it packs, and not what it installs from git.
  process.stderr.write('playssh: not built; start ./run in a clone, or install what `npm pack` makes there\n')
  process.exit(1)
}
// V8 of Node 20 and 21 soon compiles what is used often for speed, on threads of its own. A run is over before that has
// paid: without this it takes a quarter more CPU. Later ones wait longer by themselves. A cache is taken only under the
// flags that it was made under.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000')
const built = readFileSync(filename)
const end = 4 + built.readUInt32LE(0)
const script = new Script(built.latin1Slice(4, end), { filename, cachedData: built.subarray(end) })
const run = script.runInThisContext()
run(require, __dirname)
