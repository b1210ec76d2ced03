import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { managers } from '../../../src/modules/packages/managers.ts'
import { pkg } from '../../../src/modules/packages/package.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { apkProgram } from './apks.ts'
import { pacmanProgram, pacmanRepository } from './pacmans.ts'
import { rpmRepository } from './rpms.ts'

// Programs of other systems, as far as they are asked: what is installed is a list in a file, and two is old.
const FAKE: Record<string, string> = {
  rpm: 'case $4 in --) shift ;; esac; in_list "$4"',
  dnf: `while case $1 in -*) [ "$1" != -y ] ;; *) false ;; esac; do shift; done
case "$*" in check-update*) printf 'two.x86_64   2-1   updates\\n' ;; "-y install"*) shift 2; put "$@" ;; "-y update"*) ;; "-y remove"*) shift 2; drop "$@" ;; esac`,
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

/** Makes the manager's program, with two packages that it can install. */
const MANAGERS: Record<string, (path: string, folder: string) => void> = {
  apk(path, folder) {
    apkProgram(folder, path)
    writeFileSync(join(folder, 'fetched'), 'one 1-1\ntwo 1-1\n')
  },
  pacman(path, folder) {
    const repo = join(folder, 'repo')
    pacmanRepository(repo, [
      { name: 'one', version: '1-1' },
      { name: 'two', version: '1-1' },
    ])
    const program = pacmanProgram(folder, repo)
    execFileSync(program, ['-Sy'], { stdio: 'ignore' })
    writeFileSync(path, `#!/bin/sh\nexec '${program}' "$@"\n`, { mode: 0o755 })
  },
  zypper(path, folder) {
    const [repo, root] = [join(folder, 'repo'), join(folder, 'root')]
    rpmRepository(
      repo,
      ['one', 'two'].map((name) => ({ name, version: '1' })),
    )
    const zypp = ['--root', root, '--quiet', '--non-interactive']
    execFileSync('zypper', [...zypp, 'addrepo', '--no-gpgcheck', `file://${repo}`, 'own'], {
      stdio: 'ignore',
    })
    writeFileSync(path, `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin exec zypper --root '${root}' "$@"\n`, {
      mode: 0o755,
    })
  },
}

for (const [use, make] of Object.entries(MANAGERS)) {
  real(`${use} is asked by its module, and a second run finds nothing`, async ({ hosts }) => {
    for (const { session, bin } of hosts) {
      const folder = mkdtempSync('/dev/shm/playssh-package-')
      make(join(bin, use), folder)
      const world = use === 'apk' ? { world: join(folder, 'world') } : {}
      const settled = async (raw: Raw, changes: unknown[][]) => {
        for (const [view, expected] of [
          [CHECK, changes],
          [RUN, changes],
          [CHECK, []],
        ] as const) {
          const { plan, result } = await applyModule(session, pkg, { use, ...world, ...raw }, view)
          assert.equal([plan.failed ?? result.failed, rows(plan)], [undefined, expected])
        }
      }
      await settled({ name: ['one', 'two'] }, [
        ['one', null, '1-1'],
        ['two', null, '1-1'],
      ])
      await settled({ name: ['one', 'two'], state: 'latest' }, [])
      await settled({ name: ['one', 'none'], state: 'absent' }, [['one', '1-1', null]])
      rmSync(join(bin, use))
      rmSync(folder, { recursive: true })
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
