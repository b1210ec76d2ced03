import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { managers } from '../../../src/modules/packages/managers.ts'
import { pkg } from '../../../src/modules/packages/package.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, rows } from '../../support/plan.ts'

// Programs of other systems, as far as they are asked: what is installed is a list in a file, and two is old.
const FAKE: Record<string, string> = {
  rpm: 'case $4 in --) shift ;; esac; in_list "$4"',
  dnf: `while case $1 in -*) [ "$1" != -y ] ;; *) false ;; esac; do shift; done
case "$*" in check-update*) printf 'two.x86_64   2-1   updates\\n' ;; "-y install"*) shift 2; put "$@" ;; "-y update"*) ;; "-y remove"*) shift 2; drop "$@" ;; esac`,
  zypper: `case "$*" in "-q list-updates") printf 'S | Repository | Name | Version\\nv | main | two   | 2\\n' ;; *" install "*) shift 4; put "$@" ;; *" remove "*) shift 3; drop "$@" ;; esac`,
  apk: `case "$1 $2" in "info -e") in_list "$3" ;; "version -l") echo "two-1.0-r0 < 2.0-r0" ;; "add --upgrade") ;; add*) shift; put "$@" ;; del*) shift; drop "$@" ;; esac`,
  pacman: `case $1 in -Qq) in_list "$2" ;; -Quq) echo two ;; -S) shift 3; put "$@" ;; -R) shift 2; drop "$@" ;; esac`,
  opkg: `case $1 in status) in_list "$2" && printf 'Package: %s\\nStatus: install user installed\\n' "$2" ;; list-upgradable) echo "two - 1 - 2" ;; install) shift; put "$@" ;; remove) shift; drop "$@" ;; esac`,
}
const LIST = `list=/run/playssh-packages; touch $list
in_list() { grep -qx -- "$1" $list; }
put() { for n; do in_list "$n" || echo "$n" >>$list; done; }
drop() { for n; do grep -vx -- "$n" $list >$list.new; mv $list.new $list; done; }
echo "\${0##*/} $*" >>/run/playssh-said
`

const real = suite<{ hosts: ApartHost[] }>('package: on hosts')

real.before(async (context) => {
  context.hosts = await apartHosts('mount -t tmpfs none /run')
  for (const { bin } of context.hosts) {
    const programs = { ...FAKE, yum: FAKE.dnf! }
    for (const [name, body] of Object.entries(programs)) {
      const path = join(bin, name)
      // One of busybox's own may stand there.
      writeFileSync(`${path}.new`, `#!/bin/sh\n${LIST}${body}\n`, { mode: 0o755 })
      assert.ok(readFileSync(`${path}.new`).length > 0)
    }
  }
  for (const { run, bin } of context.hosts) run(`for f in ${bin}/*.new; do mv "$f" "\${f%.new}"; done`)
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

for (const { name: use } of managers) {
  real(`${use} installs and removes, and a second run finds nothing`, async ({ hosts }) => {
    for (const { session, run } of hosts) {
      run('rm -f /run/playssh-*')
      const both = { name: ['one', 'two'], use }
      assert.is((await applyModule(session, pkg, both, CHECK)).plan.changes.length, 2)
      assert.is((await applyModule(session, pkg, { ...both, update_cache: true })).result.failed, undefined)
      assert.equal((await applyModule(session, pkg, both)).plan.changes, [])
      const latest = await applyModule(session, pkg, { ...both, state: 'latest' }, CHECK)
      assert.equal(rows(latest.plan), [['two', 'installed', 'newer']])
      await applyModule(session, pkg, { name: 'one', state: 'absent', use })
      assert.equal(rows((await applyModule(session, pkg, both)).plan), [['one', null, 'installed']])
      assert.equal((await applyModule(session, pkg, both)).plan.changes, [])
      assert.match(run('cat /run/playssh-said'), /(refresh|makecache|update|-Sy)/)
    }
  })
}

real('what only apt understands is refused by the others', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    run('rm -f /run/playssh-packages')
    for (const { name: use } of managers) {
      for (const name of ['a*', 'a?', 'a=1', 'a>=1', 'a:i386']) {
        const { plan } = await applyModule(session, pkg, { name, use })
        assert.match(plan.failed!, new RegExp(`here ${use} does; give a plain name`))
      }
    }
    run('[ ! -s /run/playssh-packages ]')
  }
})

real('apt is found by itself', async ({ hosts }) => {
  for (const { session } of hosts) {
    const there = await applyModule(session, pkg, { name: 'dpkg,awk' })
    assert.ok(there.plan.changes.length === 0 || there.plan.silent)
    const { plan } = await applyModule(session, pkg, { name: 'no-such-package-here' })
    assert.match(plan.failed!, /Unable to locate package/)
  }
})

real('a host without any package manager is a failure', async ({ hosts }) => {
  for (const { session, run, bin } of hosts) {
    run(`rm ${bin}/opkg`)
    try {
      await applyModule(session, pkg, { name: 'a', use: 'opkg' })
      assert.unreachable()
    } catch (error) {
      assert.is((error as Error).message, 'this host has none of these package managers: opkg')
    }
  }
})

real.run()
