import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withoutSecrets } from '../../../src/modules/source/git/environment.ts'
import { git } from '../../../src/modules/source/git/index.ts'
import type { Outcome } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('git')

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const C = 'c'.repeat(40)
const BASE = { repo: 'https://x.example/r', dest: '/d' }

type Sections = Readonly<Record<string, string | [printed: string, code: number] | undefined>>

function printed(sections: Sections): string {
  return Object.entries(sections)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) =>
      typeof one === 'string' ? `${name}\0${one}\x000\0` : `${name}\0${one![0]}\0${one![1]}\0`,
    )
    .join('')
}

const REMOTE = `ref: refs/heads/main\tHEAD\n${A}\tHEAD\n${A}\trefs/heads/main\n${B}\trefs/heads/dev\n${C}\trefs/tags/t\n${B}\trefs/tags/t^{}\n`

const nothing = (more: Sections = {}) =>
  printed({ program: '/usr/bin/git\n', url: BASE.repo, place: 'none', dest: '/d', remote: REMOTE, ...more })

const there = (more: Sections = {}) =>
  nothing({
    ...{
      place: 'repository',
      gitdir: '/d/.git\n',
      head: `${A}\n`,
      branch: 'main\n',
      default: 'refs/remotes/origin/main\n',
    },
    ...{ remotes: `${BASE.repo}\n${BASE.repo}\n`, status: '' },
    ...more,
  })

const CLONES: [raw: Raw, after: string][] = [
  [{}, A],
  [{ version: 'dev' }, B],
  [{ version: 't' }, B],
  [{ version: C.slice(0, 8) }, C.slice(0, 8)],
  [{ version: 'x', refspec: 'refs/pull/1/head:x' }, 'x'],
  [{ version: 'origin/dev' }, 'origin/dev'],
  [{ version: 't~1' }, 't~1'],
]

for (const [raw, after] of CLONES) {
  test(`where nothing is, ${JSON.stringify(raw)} is cloned at ${after.slice(0, 12)}`, () => {
    for (const place of ['none', 'empty']) {
      const plan = planOf(git, { ...BASE, ...raw }, nothing({ place }))
      assert.equal(rows(plan), [['/d', null, after]])
      assert.equal(plan.result, { before: null, after })
    }
  })
}

test('what the other side does not have is a failure', () => {
  for (const version of ['none', 'feature/none'])
    assert.is(planOf(git, { ...BASE, version }, nothing()).failed, `Failed to checkout ${version}`)
  const empty = nothing({ remote: '' })
  assert.is(planOf(git, BASE, empty).failed, 'Could not determine remote revision for HEAD')
  const other = there({ branch: 'other\n' })
  assert.is(planOf(git, BASE, other).failed, 'Could not determine remote revision for HEAD')
})

test('a folder that holds something else is a failure', () => {
  for (const place of ['full', 'other'])
    assert.is(
      planOf(git, BASE, nothing({ place })).failed,
      "fatal: destination path '/d' already exists and is not an empty directory.",
    )
  const separate: Sections = { separate: '/s\n' }
  const raw = { ...BASE, separate_git_dir: '/s' }
  assert.is(planOf(git, raw, nothing(separate)).failed, 'Separate-git-dir path /s already exists.')
})

test('without clone only what there is on the other side is returned, as a change', () => {
  const plan = planOf(git, { repo: BASE.repo, clone: false, update: false }, nothing({ dest: '' }))
  assert.equal([rows(plan), plan.result], [[['version', null, A]], { before: null, after: A }])
})

const UPDATES: [raw: Raw, sections: Sections, changes: unknown[][]][] = [
  [{}, {}, []],
  [{ version: 'main' }, {}, []],
  [{ version: A }, { branch: ['', 1], local: A }, []],
  [{ version: A.slice(0, 8) }, { branch: ['', 1], local: A }, []],
  [{}, { head: B }, [['version', B, A]]],
  [
    { version: 'dev' },
    {},
    [
      ['version', A, B],
      ['branch', 'main', 'dev'],
    ],
  ],
  [{ version: 't' }, { branch: ['', 1] }, [['version', A, B]]],
  [{ version: C }, { branch: ['', 1] }, [['version', A, C]]],
  [{ version: 'v' }, { branch: ['', 1], local: B }, [['version', A, B]]],
  [{ force: true }, { status: ' M f\n' }, [['local modifications', 'some', null]]],
  [{}, { submodules: '-aaa sub\n' }, [['submodules', 'at other commits', 'as they should be']]],
  [{}, { remotes: 'https://u:p@y/r\nhttps://u:p@y/r\n' }, [['remote origin', 'https://****@y/r', BASE.repo]]],
  [{}, { remotes: `${BASE.repo}/\nhttps://elsewhere\n` }, []],
  [{ separate_git_dir: '/s' }, { separate: ['/s\n', 1] }, [['git dir', '/d/.git', '/s']]],
  [{ separate_git_dir: '/s' }, { separate: '/s\n', gitdir: '/s\n' }, []],
  [{ bare: true, version: 'dev' }, { head: B }, [['version', B, A]]],
  [{ bare: true, version: 'dev' }, {}, []],
]

for (const [raw, sections, changes] of UPDATES) {
  test(`${JSON.stringify(raw)} with ${JSON.stringify(sections)} plans just what differs`, () => {
    const plan = planOf(git, { ...BASE, ...raw }, there(sections))
    assert.equal([rows(plan), plan.silent ?? false, plan.failed], [changes, false, undefined])
  })
}

test('another branch at the same commit is checked out without a word', () => {
  for (const [raw, sections, row] of [
    [{ version: 'same' }, { remote: `${A}\trefs/heads/same\n` }, ['branch', 'main', 'same']],
    [{}, { branch: ['', 1] }, ['branch', null, 'main']],
    [{ version: A }, { local: A }, ['branch', 'main', A]],
  ] as [Raw, Sections, unknown[]][]) {
    const plan = planOf(git, { ...BASE, ...raw }, there(sections))
    assert.equal([rows(plan), plan.silent], [[row], true])
  }
})

test('what Ansible returns of an update is returned', () => {
  assert.equal(planOf(git, BASE, there({ head: B })).result, {
    before: B,
    after: A,
    remote_url_changed: false,
  })
  const changed = { ...BASE, force: true, separate_git_dir: '/s' }
  const sections: Sections = { status: ' M f\n', separate: ['/s\n', 1], remotes: 'x\nx\n' }
  assert.equal(planOf(git, changed, there(sections)).result, {
    before: A,
    after: A,
    remote_url_changed: true,
    msg: 'Local modifications exist in the destination: /d',
    git_dir_before: '/d/.git',
    git_dir_now: '/s',
  })
  const asIs = planOf(git, { ...BASE, update: false }, there({ remote: undefined, head: B }))
  assert.equal([rows(asIs), asIs.result], [[], { before: B, after: B }])
})

test('what is in the way of an update is a failure, in check mode too', () => {
  for (const view of [RUN, CHECK]) {
    const failed = (raw: Raw, sections: Sections) =>
      planOf(git, { ...BASE, ...raw }, there(sections), view).failed
    assert.is(
      failed({}, { status: ' M f\n' }),
      'Local modifications exist in the destination: /d (force=no).',
    )
    assert.match(failed({ remote: 'up' }, { remotes: 'up\n' }) ?? '', /^Failed to set a new url .* for up: /)
    assert.match(failed({}, { gitdir: ['', 1] }) ?? '', /^Current repo does not have a valid reference/)
    assert.match(
      failed({}, { head: ["fatal: detected dubious ownership in repository at '/d'\n", 128] }) ?? '',
      /^fatal: detected dubious/,
    )
    const separate = { separate_git_dir: '/s' }
    assert.is(failed(separate, { separate: '/s\n' }), 'Separate-git-dir path /s already exists.')
  }
})

test('a host of git whose key nobody knows is a failure with advice, and no secret is told', () => {
  const said = 'Host key verification failed.\nfatal: https://u:secret@x/r\n'
  const plan = planOf(git, BASE, nothing({ remote: [said, 128] }))
  assert.is(plan.failed, 'Host key verification failed.\nfatal: https://****@x/r')
  assert.match(plan.advice ?? '', /known_hosts/)
  assert.is(planOf(git, BASE, nothing({ remote: ['fatal: no\n', 128] })).advice, undefined)
  assert.is(withoutSecrets('ssh://git:pw@h/r https://h/r a@b'), 'ssh://git@h/r https://h/r a@b')
})

test('a host without git is told so, and under check an earlier task may install it', () => {
  const printedNothing = printed({ program: ['', 127] })
  assert.match(planOf(git, BASE, printedNothing).failed ?? '', /^Failed to find required executable "git"/)
  assert.equal(rows(planOf(git, BASE, printedNothing, CHECK)), [['/d', null, 'HEAD']])
  assert.match(planOf(git, { ...BASE, executable: '/x' }, printedNothing, CHECK).failed ?? '', /"\/x"/)
})

test('a signature is looked at even if nothing changes', () => {
  const raw = { ...BASE, verify_commit: true }
  const good = `gpg: x\n[GNUPG:] VALIDSIG ${'1'.repeat(40)} d t 0 4 0 1 8 00 ${'2'.repeat(40)}\n`
  const failed = (more: Raw, signature: Sections[string]) =>
    planOf(git, { ...raw, ...more }, there({ signature })).failed
  assert.is(failed({}, good), undefined)
  assert.is(failed({}, ['error: no signature\n', 1]), 'Failed to verify GPG signature of commit/tag "HEAD"')
  for (const key of ['1', '2']) assert.is(failed({ gpg_whitelist: [key.repeat(40)] }, good), undefined)
  assert.is(
    failed({ gpg_whitelist: ['3'] }, good),
    `The gpg_whitelist does not include the public key "${'1'.repeat(40)}" for this commit`,
  )
})

test('an archive is made when it is not what git makes of the version', () => {
  const raw = { ...BASE, archive: '/a.tar.gz' }
  const digest = (one: string) => `${one.repeat(64)}  -\n`
  const same: Sections = { archive: digest('1'), made: digest('1') }
  assert.equal(rows(planOf(git, raw, there(same))), [])
  assert.equal(rows(planOf(git, raw, there({ ...same, made: digest('2') }))), [
    ['/a.tar.gz', '1'.repeat(12), '2'.repeat(12)],
  ])
  const missing: Sections = { archive: ['', 1], made: digest('2') }
  assert.equal(rows(planOf(git, { ...raw, update: false }, there(missing))), [
    ['/a.tar.gz', null, '2'.repeat(12)],
  ])
  assert.equal(rows(planOf(git, raw, there({ ...same, head: B })))[1], [
    '/a.tar.gz',
    '1'.repeat(12),
    'made of the version',
  ])
  assert.equal(rows(planOf(git, raw, nothing()))[1], ['/a.tar.gz', null, 'made of the version'])
})

test('what is left away is warned of', () => {
  const depth = planOf(git, { ...BASE, depth: 1, version: C }, nothing())
  assert.match(depth.warnings![0]!, /^Ignoring depth argument/)
  assert.is(planOf(git, { ...BASE, depth: 1, version: 'dev' }, nothing()).warnings, undefined)
  const accepts = planOf(git, { ...BASE, accept_newhostkey: true }, nothing({ accepts: ['', 255] }))
  assert.match(accepts.warnings![0]!, /does not support accept_newhostkey/)
  assert.is(planOf(git, { ...BASE, accept_newhostkey: true }, nothing({ accepts: '' })).warnings, undefined)
})

test('what git has done is returned, or why it has not', () => {
  const conclude = (outcome: Partial<Outcome>) =>
    git.interpret!(
      [{ code: 0, stdout: '', stderr: '', seconds: 0, ...outcome }],
      BASE as never,
      {},
      {
        changes: [],
        result: { before: null, after: 'x' },
      },
    )
  assert.equal(conclude({ stdout: `done\0${A}\0\0` }), { result: { after: A } })
  assert.equal(conclude({ stdout: `done\0${A}\0submodules\0diff --git` }), {
    result: { after: A, submodules_changed: true, diff: { prepared: 'diff --git' } },
  })
  const stderr = 'fatal: https://u:p@x\n'
  assert.is(
    conclude({ code: 1, stdout: 'failed\0Failed to checkout x\0', stderr }).failed,
    'Failed to checkout x: fatal: https://****@x',
  )
  assert.is(conclude({ code: 1, stdout: 'failed\0\0', stderr }).failed, 'fatal: https://****@x')
  assert.is(conclude({ code: 3 }).failed, 'exit status 3')
  assert.equal(conclude({}), {})
})

test('an answer that makes no sense is an error', () => {
  assert.throws(() => planOf(git, BASE, nothing({ place: 'odd' })), /"odd" where the kind of a folder/)
  assert.throws(() => planOf(git, BASE, 'odd\0\x000\0'), /which nobody asked for/)
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(git, { ...BASE, ...raw })[0] ?? ''
  for (const repo of ['', '-x', '--upload-pack=x', 'a\nb']) assert.match(problem({ repo }), /not an address/)
  for (const version of ['', '-x', '--orphan', 'a b', 'a\nb'])
    assert.match(problem({ version }), /not a name of a version/)
  for (const remote of ['', '-x', 'a b', '.a', 'a*'])
    assert.match(problem({ remote }), /not a name of a remote/)
  for (const refspec of ['', '-x', 'a b']) assert.match(problem({ refspec }), /not what git fetch takes/)
  assert.match(problem({ ssh_opts: '-v\nid' }), /line break/)
  assert.is(problem({ umask: 22 }), 'umask must be defined as a quoted octal integer')
  for (const umask of ['x', '8', '']) assert.is(problem({ umask }), 'umask must be an octal integer')
  assert.match(
    problem({ archive: '/a.rar' }),
    /^Unable to get file extension from archive file name : \/a\.rar/,
  )
  assert.is(problem({ archive_prefix: 'a/' }), "missing parameter(s) required by 'archive_prefix': archive")
  assert.is(problem({ dest: undefined }), 'the destination directory must be specified unless clone=no')
  assert.match(problem({ bare: true, separate_git_dir: '/s' }), /separate_git_dir\|bare/)
  assert.match(
    problem({ accept_hostkey: true, accept_newhostkey: true }),
    /accept_hostkey\|accept_newhostkey/,
  )
})

test.run()
