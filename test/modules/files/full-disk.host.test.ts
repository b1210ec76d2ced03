import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { archive } from '../../../src/modules/files/archive/index.ts'
import { assemble } from '../../../src/modules/files/assemble.ts'
import { blockinfile } from '../../../src/modules/files/blockinfile.ts'
import { copy } from '../../../src/modules/files/copy.ts'
import { ini_file } from '../../../src/modules/files/ini_file/index.ts'
import { lineinfile } from '../../../src/modules/files/lineinfile.ts'
import { replace } from '../../../src/modules/files/replace.ts'
import { unarchive } from '../../../src/modules/files/unarchive/index.ts'
import { get_url } from '../../../src/modules/network/get_url/index.ts'
import { git } from '../../../src/modules/source/git/index.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import type { Raw } from '../../support/plan.ts'
import { startWeb, type Web } from '../../support/web.ts'

const test = suite('a full disk')

/** A filesystem of one megabyte with a file that takes most of it, and beside it what is too large for the rest. */
const outside = mkdtempSync(join(tmpdir(), 'playssh-full-'))
const SMALL = '/mnt'
const OLD = `${SMALL}/old`

let all: ApartHost[] = []
let web: Web
test.before(async () => {
  const big = randomBytes(1_500_000)
  writeFileSync(join(outside, 'big'), big)
  web = await startWeb({ '/big': (_, response) => response.end(big) })
  all = await apartHosts(
    [
      `cd ${outside}`,
      '[ -e big.tar ] || tar -cf big.tar big',
      '[ -e repo ] || { git init -q repo; cp big repo; git -C repo add big; git -C repo -c user.name=a -c user.email=a@b commit -qm a; }',
      `mount -t tmpfs -o size=1M,mode=755 tmpfs ${SMALL}`,
      `{ printf '[a]\\nb = 1\\n'; head -c 700000 /dev/zero | tr '\\0' x; echo; } >${OLD}`,
    ].join('\n'),
  )
})
test.after(async () => {
  for (const host of all) await host.close()
  await web.close()
  rmSync(outside, { recursive: true })
})

/** As the programs of a host say it; tar and curl only say what they could not do. */
const WORDS = /No space left on device|Wrote only \d+ of|Failure writing output to destination/

const LISTING = `cd ${SMALL} && find . | sort && cksum old`

const cases: readonly (readonly [string, Module, () => Raw])[] = [
  ['copy', copy, () => ({ dest: OLD, content: 'y'.repeat(1_500_000) })],
  ['copy of a file that is there', copy, () => ({ dest: OLD, src: `${outside}/big`, remote_src: true })],
  ['copy with a backup', copy, () => ({ dest: OLD, content: 'y', backup: true })],
  ['assemble', assemble, () => ({ dest: OLD, src: outside, regexp: '^big$' })],
  ['lineinfile', lineinfile, () => ({ path: OLD, line: 'z' })],
  ['blockinfile', blockinfile, () => ({ path: OLD, block: 'z' })],
  ['replace', replace, () => ({ path: OLD, regexp: '^b = 1$', replace: 'c' })],
  ['ini_file', ini_file, () => ({ path: OLD, section: 'a', option: 'b', value: '2' })],
  ['archive', archive, () => ({ path: `${outside}/big`, dest: OLD, format: 'tar' })],
  ['unarchive', unarchive, () => ({ src: `${outside}/big.tar`, dest: SMALL, remote_src: true })],
  ['get_url', get_url, () => ({ url: `${web.url}/big`, dest: OLD, force: true })],
  ['git', git, () => ({ repo: `${outside}/repo`, dest: `${SMALL}/clone` })],
]
for (const [title, module, raw] of cases) {
  test(`${title}: a sentence, and everything is as it was`, async () => {
    for (const { session, run, name } of all) {
      const before = run(LISTING)
      const { result } = await applyModule(session, module, raw())
      assert.match(result.failed ?? JSON.stringify(result), WORDS)
      assert.is(run(LISTING), before, name)
    }
  })
}

test.run()
