// A local user attacks root's work in a folder of theirs: nothing that is root's may change, be given away or be read.
// ATTACK_ROUNDS=5000 attacks for long, and tells the counts.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modules } from '../../src/modules/index.ts'
import { LocalTransport } from '../../src/remote/local.ts'
import { Session } from '../../src/remote/session.ts'
import type { Module } from '../../src/sdk/module.ts'
import { readLocalFile } from '../../src/shell/content.ts'
import { type Attacker, type Strategy, startAttacker } from '../support/attacker.ts'
import { applyModule, busyboxHost, type Host } from '../support/host.ts'
import { TestUser } from '../support/user.ts'

const ROUNDS = Number(process.env.ATTACK_ROUNDS ?? 4)
const SECRET = 'SECRET of root\n'

interface Site {
  readonly user: TestUser
  readonly uid: number
  /** The user's own. */
  readonly folder: string
  /** Root's: a file and a folder that nobody else may touch. */
  readonly secret: string
  readonly vault: string
}

type Arguments = Readonly<Record<string, unknown>>

interface Attack {
  readonly name: string
  readonly module: string
  readonly strategy: Strategy
  /** What root does in one round. */
  work(site: Site, round: number): Arguments | Promise<Arguments>
  before?(site: Site): void
}

const ATTACKS: readonly Attack[] = [
  ...(['appearing', 'target', 'parent', 'stage'] as const).flatMap((strategy): Attack[] => {
    const dest = ({ folder }: Site) => join(folder, strategy === 'parent' ? 'sub/target' : 'target')
    return [
      {
        name: 'a clone',
        module: 'git',
        strategy,
        work: (site, round) => ({ repo, dest: `${dest(site)}${round}` }),
      },
      {
        name: 'a working copy',
        module: 'subversion',
        strategy,
        work: (site, round) => ({ repo: `file://${repo}-svn`, dest: `${dest(site)}${round}` }),
      },
    ]
  }),
  ...(['appearing', 'target', 'parent'] as const).flatMap((strategy): Attack[] => {
    const dest = ({ folder }: Site) => join(folder, strategy === 'parent' ? 'sub/target' : 'target')
    // So that there is something to work on.
    const mine = (site: Site) => theirs(site, `[ -e ${dest(site)} ] || echo mine >${dest(site)}`)
    const owned = (site: Site) => ({ owner: site.user.name, mode: '0644' })
    return [
      {
        name: 'content',
        module: 'copy',
        strategy,
        work: (site, round) => ({ ...owned(site), dest: dest(site), content: `round ${round}\n` }),
      },
      {
        name: 'content with a backup',
        module: 'copy',
        strategy,
        work: (site, round) => ({ ...owned(site), dest: dest(site), content: `r ${round}\n`, backup: true }),
      },
      {
        name: 'files that go together',
        module: 'copy',
        strategy,
        work: async (site, round) => {
          const src = join(local, 'together')
          mkdirSync(join(src, 'sub'), { recursive: true })
          for (const path of ['target', 'sub/target']) writeFileSync(join(src, path), `round ${round}\n`)
          return { ...owned(site), src: await readLocalFile(`${src}/`), dest: site.folder }
        },
      },
      {
        name: 'a copy of a file that is there',
        module: 'copy',
        strategy,
        work: (site) => ({
          ...owned(site),
          remote_src: true,
          src: dest(site),
          dest: join(site.folder, 'copied'),
        }),
        before: (site) => {
          mine(site)
          rmSync(join(site.folder, 'copied'), { recursive: true, force: true })
        },
      },
      {
        name: 'files of theirs',
        module: 'assemble',
        strategy,
        before: mine,
        work: (site) => ({
          ...owned(site),
          src: dirname(dest(site)),
          regexp: '^target$',
          dest: join(site.folder, 'made'),
        }),
      },
      {
        name: 'what is fetched',
        module: 'get_url',
        strategy,
        work: (site, round) => {
          writeFileSync(join(local, 'fetched'), `round ${round}\n`)
          return {
            ...owned(site),
            url: `file://${local}/fetched`,
            dest: dest(site),
            force: true,
            backup: true,
          }
        },
      },
      {
        name: 'what is packed',
        module: 'archive',
        strategy,
        work: (site, round) => {
          writeFileSync(join(local, 'a/file'), `round ${round}\n`)
          return { ...owned(site), path: join(local, 'a'), dest: dest(site), format: 'tar' }
        },
      },
      {
        name: 'a line',
        module: 'lineinfile',
        strategy,
        work: (site, round) => ({ ...owned(site), path: dest(site), line: `line ${round}`, create: true }),
      },
      {
        name: 'a block',
        module: 'blockinfile',
        strategy,
        work: (site, round) => ({ ...owned(site), path: dest(site), block: `block ${round}`, create: true }),
      },
      {
        name: 'keys',
        module: 'authorized_key',
        strategy,
        work: (site, round) => ({
          user: site.user.name,
          path: dest(site),
          key: `ssh-ed25519 AAAA${round} a`,
        }),
      },
      {
        name: 'keys of hosts',
        module: 'known_hosts',
        strategy,
        work: (site, round) => ({
          name: 'a',
          path: dest(site),
          key: `a ssh-rsa AAAAB3NzaC1yc2EA${String(round).padStart(4, '0')}`,
        }),
      },
      {
        name: 'a setting',
        module: 'ini_file',
        strategy,
        work: (site, round) => ({
          ...owned(site),
          path: dest(site),
          section: 's',
          option: 'o',
          value: `${round}`,
        }),
      },
      {
        name: 'an attribute',
        module: 'xml',
        strategy,
        before: (site) => theirs(site, `[ -e ${dest(site)} ] || echo '<a/>' >${dest(site)}`),
        work: (site, round) => ({
          path: dest(site),
          xpath: '/a',
          attribute: 'b',
          value: `${round}`,
        }),
      },
      {
        name: 'a password',
        module: 'htpasswd',
        strategy,
        work: (site, round) => ({
          ...owned(site),
          path: dest(site),
          name: 'a',
          password: `${round}`,
          crypt_scheme: 'plaintext',
        }),
      },
      {
        name: 'a limit',
        module: 'pam_limits',
        strategy,
        work: (site, round) => ({
          dest: dest(site),
          domain: 'a',
          limit_type: 'soft',
          limit_item: 'nofile',
          value: `${round}`,
        }),
      },
      {
        name: 'a rule of PAM',
        module: 'pamd',
        strategy,
        before: (site) => theirs(site, `[ -e ${dest(site)} ] || echo 'auth required a.so' >${dest(site)}`),
        work: (site, round) => ({
          path: dirname(dest(site)),
          name: 'target',
          type: 'auth',
          control: 'required',
          module_path: 'a.so',
          module_arguments: [`${round}`],
        }),
      },
      {
        name: 'an entry of fstab',
        module: 'mount',
        strategy,
        work: (site, round) => ({
          fstab: dest(site),
          path: '/a',
          src: `/dev/${round}`,
          fstype: 'ext4',
          state: 'present',
        }),
      },
      {
        name: 'a job',
        module: 'cron',
        strategy,
        work: (site, round) => ({
          name: 'a',
          job: `round ${round}`,
          user: site.user.name,
          cron_file: dest(site),
        }),
      },
      {
        name: 'an archive',
        module: 'git',
        strategy,
        work: (site, round) => ({ repo, dest: `${repo}-checkout`, archive: `${dest(site)}${round}.tar` }),
      },
      {
        name: 'a container',
        module: 'lxc_container',
        strategy,
        // Their file in its place is not the one that root's goes into.
        before: (site) => theirs(site, `[ -e ${dest(site)}.tar ] || echo mine >${dest(site)}.tar`),
        work: (site) => ({
          name: 'target',
          lxc_path: join(local, 'lxc'),
          state: 'present',
          archive: true,
          archive_path: dirname(dest(site)),
          archive_compression: 'none',
        }),
      },
      {
        name: 'a repository of packages',
        module: 'yum_repository',
        strategy,
        work: (site, round) => ({
          ...owned(site),
          name: 'a',
          description: `round ${round}`,
          baseurl: 'http://a/',
          reposdir: dirname(dest(site)),
          file: 'target',
        }),
      },
      {
        name: 'a value below /sys at boot',
        module: 'sysfs',
        strategy,
        work: (site, round) => ({
          path: 'class/net/lo/mtu',
          value: '65536',
          state: round % 2 === 0 ? 'present' : 'absent',
          persistent: true,
          tmpfiles_file: dest(site),
        }),
      },
      {
        name: 'a source of packages',
        module: 'apt_repository',
        strategy,
        work: (site, round) => ({
          repo: `deb http://a.invalid/${round} b`,
          filename: dest(site),
          update_cache: false,
        }),
      },
      {
        name: 'touch',
        module: 'file',
        strategy,
        work: (site) => ({ ...owned(site), path: dest(site), state: 'touch' }),
      },
      {
        name: 'owner and mode',
        module: 'file',
        strategy,
        before: mine,
        work: (site, round) => ({
          path: dest(site),
          owner: round % 2 ? site.user.name : 'root',
          mode: round % 2 ? '0666' : '0644',
        }),
      },
      {
        name: 'attributes of chattr',
        module: 'file',
        strategy,
        before: mine,
        work: (site, round) => ({ path: dest(site), attributes: round % 2 ? '+A' : '-A' }),
      },
      {
        name: 'content and attributes',
        module: 'copy',
        strategy,
        work: (site, round) => ({ ...owned(site), dest: dest(site), content: `${round}`, attributes: '+A' }),
      },
      {
        name: 'a key',
        module: 'openssl_privatekey',
        strategy,
        work: (site) => ({ ...owned(site), path: dest(site), type: 'Ed25519', force: true, backup: true }),
      },
      {
        name: 'an entry of a list',
        module: 'acl',
        strategy,
        before: mine,
        work: (site, round) => ({
          path: dest(site),
          entry: `user:nobody:${round % 2 ? 'rw' : 'r'}`,
          state: 'present',
        }),
      },
      {
        name: 'a folder',
        module: 'file',
        strategy,
        work: (site, round) => ({ ...owned(site), path: `${dest(site)}${round % 50}`, state: 'directory' }),
      },
      {
        name: 'a link',
        module: 'file',
        strategy,
        work: (site, round) => ({
          path: dest(site),
          src: `/nowhere/${round}`,
          state: 'link',
          force: true,
          follow: false,
          owner: site.user.name,
        }),
      },
      {
        name: 'a hard link',
        module: 'file',
        strategy,
        before: mine,
        work: (site) => ({
          path: join(site.folder, 'hard'),
          src: dest(site),
          state: 'hard',
          force: true,
          owner: site.user.name,
        }),
      },
      {
        name: 'rows',
        module: 'sqlite_query',
        strategy,
        work: (site, round) => ({
          db: dest(site),
          query: ['CREATE TABLE IF NOT EXISTS t (a)', `INSERT INTO t VALUES (${round})`],
        }),
      },
      {
        name: 'removal',
        module: 'file',
        strategy,
        work: (site) => ({ path: dest(site), state: 'absent' }),
        before: mine,
      },
    ]
  }),
  {
    name: 'owner and mode of a tree',
    module: 'file',
    strategy: 'tree',
    work: ({ folder, user }, round) => ({
      path: join(folder, 'tree'),
      recurse: true,
      state: 'directory',
      owner: round % 2 ? user.name : 'root',
      mode: round % 2 ? 'a+rwX' : 'go-w',
    }),
  },
  {
    name: 'attributes of a tree',
    module: 'file',
    strategy: 'tree',
    work: ({ folder }, round) => ({
      path: join(folder, 'tree'),
      recurse: true,
      state: 'directory',
      attributes: round % 2 ? '+A' : '-A',
    }),
  },
  {
    name: 'lists of a tree',
    module: 'acl',
    strategy: 'tree',
    work: ({ folder }, round) => ({
      path: join(folder, 'tree'),
      entry: `user:nobody:${round % 2 ? 'rw' : 'r'}`,
      state: 'present',
      recursive: true,
    }),
  },
  {
    name: 'a tree',
    module: 'copy',
    strategy: 'tree',
    work: async ({ folder, user }, round) => {
      for (const name of ['a', 'b', 'c']) writeFileSync(join(local, name, 'file'), `${round}\n`)
      return {
        src: await readLocalFile(`${local}/`),
        dest: join(folder, 'tree'),
        owner: user.name,
        mode: '0644',
      }
    },
  },
  ...(['tree', 'target'] as const).map(
    (strategy): Attack => ({
      name: 'an archive',
      module: 'unarchive',
      strategy,
      work: ({ folder, user }, round) => {
        for (const name of ['a', 'b', 'c']) writeFileSync(join(local, name, 'file'), `${round}\n`)
        writeFileSync(join(local, 'target'), `${round} of an archive\n`)
        const words = ['-cf', join(local, 'a.tar'), '--transform=s,^[abc]$,tree/&,;s,^[abc]/,tree/&,']
        execFileSync('tar', [...words, '-C', local, 'a', 'b', 'c', 'target'])
        return { src: join(local, 'a.tar'), remote_src: true, dest: folder, owner: user.name, mode: 'a+rX' }
      },
    }),
  ),
  {
    name: 'removal of a tree',
    module: 'file',
    strategy: 'tree',
    work: ({ folder }) => ({ path: join(folder, 'tree'), state: 'absent' }),
    before: (site) => theirs(site, PLANT),
  },
]

const test = suite('safe_path')
let site: Site
let local: string
let repo: string
let attacker: Attacker
let dash: Session
let busybox: Host

test.before(async () => {
  const top = mkdtempSync(join(tmpdir(), 'playssh-attack-'))
  chmodSync(top, 0o755)
  local = join(top, 'local')
  for (const name of ['a', 'b', 'c']) mkdirSync(join(local, name), { recursive: true })
  repo = join(top, 'repo')
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b']
  execFileSync('git', ['init', '-q', repo], { stdio: 'ignore' })
  execFileSync('git', ['-C', repo, ...identity, 'commit', '-q', '--allow-empty', '-m', 'a'])
  execFileSync('svnadmin', ['create', `${repo}-svn`])
  const rootfs = join(local, 'lxc/target/rootfs')
  mkdirSync(rootfs, { recursive: true })
  writeFileSync(join(rootfs, 'shadow'), SECRET)
  writeFileSync(join(rootfs, '../config'), `lxc.rootfs.path = dir:${rootfs}\n`)
  const user = new TestUser()
  const uid = Number(execFileSync('id', ['-u', user.name], { encoding: 'utf8' }))
  site = { user, uid, folder: join(top, 'home'), secret: join(top, 'secret'), vault: join(top, 'vault') }
  writeFileSync(site.secret, SECRET, { mode: 0o600 })
  mkdirSync(join(site.vault, 'sub'), { recursive: true })
  for (const name of ['file', 'target', 'sub/file'])
    writeFileSync(join(site.vault, name), SECRET, { mode: 0o600 })
  attacker = startAttacker(site)
  dash = new Session(new LocalTransport())
  busybox = await busyboxHost()
})
test.after(async () => {
  await attacker.stop()
  await dash.close()
  await busybox.close()
  site.user.remove()
  rmSync(join(site.folder, '..'), { recursive: true, force: true })
})

const PLANT = 'mkdir -p sub tree/a tree/b tree/c; for f in a b c; do echo theirs >tree/$f/file; done'

/** The user's folder as it is before an attack. */
function plant(site: Site): void {
  rmSync(site.folder, { recursive: true, force: true })
  mkdirSync(site.folder)
  chownSync(site.folder, site.uid, site.uid)
  theirs(site, PLANT)
}

/** Has the user do something in their folder. */
function theirs({ uid, folder }: Site, script: string): void {
  spawnSync('/bin/sh', ['-c', script], { uid, gid: uid, cwd: folder, stdio: 'ignore' })
}

/** All that is root's, as text that is the same as long as nothing was done to it. */
function rootsOwn({ secret, vault }: Site): string {
  const told = (path: string): string => {
    const { uid, gid, mode, nlink, size } = lstatSync(path)
    const own = `${path} ${uid}:${gid} ${mode.toString(8)} ${nlink} ${size}`
    if (lstatSync(path).isSymbolicLink()) return `${own} ${readlinkSync(path)}`
    if (!lstatSync(path).isDirectory()) return `${own} ${readFileSync(path)}`
    return [
      own,
      ...readdirSync(path)
        .sort()
        .map((name) => told(join(path, name))),
    ].join('\n')
  }
  const attributes = spawnSync('lsattr', ['-R', '--', secret, vault], { encoding: 'utf8' }).stdout
  return `${told(secret)}\n${told(vault)}\n${attributes}`
}

/** Files of the user's folder in which they can read what is root's. */
function given(site: Site, folder = site.folder): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    try {
      const { uid, mode } = lstatSync(path)
      if ((mode & 0o170000) === 0o040000) return given(site, path)
      const isTheirs = uid === site.uid || (mode & 0o004) !== 0
      return (mode & 0o170000) === 0o100000 && isTheirs && readFileSync(path, 'utf8').includes('SECRET')
        ? [path]
        : []
    } catch {
      return []
    }
  })
}

async function attacked({ name, module, strategy, work, before }: Attack, session: Session): Promise<string> {
  plant(site)
  const untouched = rootsOwn(site)
  await attacker.turnTo(strategy)
  let done = 0
  let last = ''
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      before?.(site)
      try {
        const { plan, result: conclusion } = await applyModule(
          session,
          modules[module] as Module,
          await work(site, round),
        )
        const failed = plan.failed ?? conclusion.failed
        if (failed === undefined) done += 1
        else last = failed
      } catch (error) {
        last = (error as Error).message
      }
      assert.is(rootsOwn(site), untouched, `${module}: ${name}, round ${round}`)
    }
  } finally {
    await attacker.turnTo('rest')
  }
  assert.equal(given(site), [], `${module}: ${name}`)
  return `${module.padEnd(16)}${name.padEnd(32)}${strategy.padEnd(11)}${ROUNDS} rounds, ${done} done, ${ROUNDS - done} refused${last === '' ? '' : ` (${last.split('\n').at(-1)})`}`
}

for (const attack of ATTACKS) {
  test(`${attack.module}: ${attack.name}, attacked by ${attack.strategy}`, async () => {
    for (const session of [dash, busybox.session]) {
      const told = await attacked(attack, session)
      if (process.env.ATTACK_ROUNDS !== undefined) console.log(told)
    }
  })
}

test("a link of theirs in a tree that root takes and gives back stays theirs, and what it leads to stays root's", async () => {
  for (const session of [dash, busybox.session]) {
    plant(site)
    const untouched = rootsOwn(site)
    theirs(
      site,
      `rm tree/a/file; ln -s ${site.secret} tree/a/file; ln -s ${site.vault} tree/b/vault; ln -s ../b/file tree/c/own`,
    )
    const path = join(site.folder, 'tree')
    const take = async (owner: string, mode: string, follow: boolean) =>
      applyModule(session, modules.file as Module, {
        path,
        state: 'directory',
        recurse: true,
        owner,
        mode,
        follow,
      })
    for (const follow of [true, false]) {
      for (const owner of ['root', site.user.name]) {
        const { plan } = await take(owner, owner === 'root' ? 'go-w' : 'u+rwX', follow)
        assert.is(rootsOwn(site), untouched, `${owner}, follow: ${follow}`)
        // Where nothing is to change, there is nothing to warn of.
        const left = follow || owner === 'root' ? [join(path, 'a/file'), join(path, 'b/vault')] : []
        assert.equal(plan.warnings?.map((warning) => warning.replace(/ is a link of .*/, '')).sort(), left)
        assert.is(lstatSync(join(path, 'a/file')).uid, site.uid)
        assert.is(lstatSync(join(path, 'c/own')).uid, owner === 'root' ? 0 : site.uid)
      }
    }
  }
})

test("a link of theirs to nowhere, or out of the tree, does not become root's with the tree: it may lead elsewhere later", async () => {
  for (const session of [dash, busybox.session]) {
    plant(site)
    const later = join(site.vault, 'later')
    const theirsOnce = join(site.folder, 'once')
    const kept = join(site.folder, 'kept')
    theirs(site, `ln -s ${later} tree/a/nowhere; echo theirs >once; ln -s ../../once tree/b/out`)
    writeFileSync(kept, SECRET, { mode: 0o600 })
    const path = join(site.folder, 'tree')
    const take = async (owner: string) => {
      const raw = { path, state: 'directory', recurse: true, owner, mode: 'u+rwX' }
      return (await applyModule(session, modules.file as Module, raw)).plan
    }
    const { warnings } = await take('root')
    assert.equal(warnings?.map((warning) => warning.replace(/ is a link of .*/, '')).sort(), [
      join(path, 'a/nowhere'),
      join(path, 'b/out'),
    ])
    writeFileSync(later, SECRET, { mode: 0o600 })
    theirs(site, 'rm -f once; mv kept once')
    const untouched = `${rootsOwn(site)} ${lstatSync(theirsOnce).uid}`
    await take(site.user.name)
    assert.is(`${rootsOwn(site)} ${lstatSync(theirsOnce).uid}`, untouched)
    rmSync(later)
    const raw = { path: join(path, 'a/nowhere'), state: 'link', owner: 'root', follow: false }
    const { plan } = await applyModule(session, modules.file as Module, raw)
    assert.match(plan.failed ?? '', /it changes its owner only with src/)
  }
})

test("a link of root's is not followed from a folder whose owner can have put it there, but to what is the owner's", async () => {
  for (const session of [dash, busybox.session]) {
    plant(site)
    const untouched = rootsOwn(site)
    const link = join(site.folder, 'link')
    const write = async (to: string, raw: Arguments) => {
      rmSync(link, { force: true })
      symlinkSync(to, link)
      const work = applyModule(session, modules[String(raw.line ? 'lineinfile' : 'copy')] as Module, raw)
      return work.then(
        ({ plan, result }) => String(plan.failed ?? result.failed ?? 'done'),
        (error: Error) => error.message,
      )
    }
    const line = { path: link, line: 'x' }
    assert.match(
      await write(site.secret, line),
      /another user's.*not followed|not theirs; it is not followed/,
    )
    assert.match(
      await write(site.vault, { dest: join(link, 'new'), content: 'x' }),
      /the link .* is another user's, or where one may have put it, .*; it is not followed/,
    )
    assert.is(rootsOwn(site), untouched)
    assert.is(await write(join(site.folder, 'tree/a/file'), line), 'done')
    assert.is(await write(join(site.folder, 'tree/b'), { dest: join(link, 'new'), content: 'x' }), 'done')
    assert.is(readFileSync(join(site.folder, 'tree/b/new'), 'utf8'), 'x')
  }
})

test.run()
