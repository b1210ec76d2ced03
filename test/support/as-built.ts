import { createRequire, Module } from 'node:module'

/** The built program has none of ssh2's native helpers, which a test would find; this is imported before ssh2 is. */
const require = createRequire(import.meta.url)
const helper = require.resolve('ssh2').replace(/index\.js$/, 'protocol/crypto/build/Release/sshcrypto.node')
const none = new Module(helper)
none.loaded = true
require.cache[helper] = none
