import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { probeNow } from '../../src/engine/prefetch/probe-cache.ts'
import { largeDigestsOf } from '../../src/host/bytes.ts'
import { contentOf } from '../../src/shell/content.ts'
import { type ApartHost, apartHosts } from '../support/apart.ts'

const test = suite('digests of large files, on hosts')

let all: ApartHost[] = []
let top = ''
test.before(async () => {
  all = await apartHosts()
  top = mkdtempSync(join(tmpdir(), 'large '))
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(top, { recursive: true })
})

test('they are those of files of the size that was asked for, by openssl or without it', async () => {
  const path = join(top, `-odd '\n" $x~`)
  writeFileSync(path, 'large')
  symlinkSync(path, join(top, 'link'))
  mkdirSync(join(top, 'folder'))
  const { sha256 } = contentOf('large')
  const asked = [
    { path, size: 5 },
    { path, size: 6 },
    { path: join(top, 'link'), size: 5 },
    { path: join(top, 'folder'), size: 5 },
    { path: join(top, 'nowhere'), size: 5 },
  ]
  for (const host of all) {
    const looked = async () => {
      const look = largeDigestsOf(asked)
      return (await probeNow(host.session, undefined, [look])).of(look)
    }
    const right = [sha256, undefined, sha256, undefined, undefined]
    assert.equal(await looked(), right, host.name)
    const broken = join(host.bin, 'openssl')
    writeFileSync(broken, '#!/bin/sh\necho half; exit 1\n')
    chmodSync(broken, 0o755)
    assert.equal(await looked(), right, `${host.name} with an openssl that fails`)
  }
})

test.run()
