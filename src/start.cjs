#!/usr/bin/env node
// Starts dist/run.bin, as scripts/build.ts makes it: the length of the program, the program, and V8's code cache of it.
// Compiling takes longer than all else before the first connection; another Node refuses the cache, and compiles.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { Script } = require('node:vm')

const filename = join(__dirname, '../dist/run.bin')
const built = readFileSync(filename)
const end = 4 + built.readUInt32LE(0)
const script = new Script(built.latin1Slice(4, end), { filename, cachedData: built.subarray(end) })
script.runInThisContext()(require, __dirname)
