import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lxc_container } from '../../../src/modules/virtual/lxc_container/index.ts'
import { isMap } from '../../../src/values/value.ts'
import { CHECK, planOf, problemsOf, RUN, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('lxc_container: archive')

interface There {
  /** What lxc-info says; "" for no container. */
  readonly state?: string
  /** What lies at the archive's path, and in the folders /srv and /srv/a above it. */
  readonly target?: string
  readonly folders?: readonly (string | undefined)[]
  readonly packs?: boolean
  readonly lack?: string
  /** Kind, path, volume, whether there is a snapshot. */
  readonly rootfs?: readonly [string, string, string, string]
  readonly uid?: number
}

const IN_FOLDER = ['dir', '/var/lib/lxc/g1/rootfs', '', '0'] as const

function planned(raw: object, there: There = {}, view = RUN) {
  const { state = 'STOPPED', folders = [FOLDER, FOLDER], packs = true, lack = '', uid = 0 } = there
  const isUp = state === 'RUNNING' || state === 'FROZEN'
  const rootfs = there.rootfs ?? (state === '' ? ['', '', '', '0'] : IN_FOLDER)
  const told = [String(uid), '1', state, isUp ? '42' : '', ...(isUp ? ['', 'lo'] : []), lack, ...rootfs]
  const isPacked = (raw as { archive_compression?: string }).archive_compression !== 'none'
  const printed = [
    filesText(FOLDER, state === '' ? undefined : statText({ mode: 0o640 })),
    state === '' ? '0' : '1lxc.uts.name = g1\n',
    filesText(there.target, ...folders),
    ...(isPacked ? [packs ? '1\0' : '0\0'] : []),
    told.map((one) => `${one}\0`).join(''),
  ]
  return planOf(lxc_container, { name: 'g1', archive: true, archive_path: '/srv/a', ...raw }, printed, view)
}

const scripts = (plan: ReturnType<typeof planned>) =>
  (plan.actions ?? []).map((action) => ('script' in action ? action.script : ''))

const ARCHIVE = ['archive of g1', null, '/srv/a/g1.tar.tgz']

for (const [raw, state, expected] of [
  [{ state: 'present' }, 'STOPPED', [ARCHIVE]],
  [{}, 'RUNNING', [ARCHIVE]],
  [{}, 'STOPPED', [ARCHIVE, ['container g1', 'stopped', 'running']]],
  [{ state: 'stopped' }, 'RUNNING', [ARCHIVE, ['container g1', 'running', 'stopped']]],
  [{ state: 'frozen' }, 'RUNNING', [ARCHIVE, ['container g1', 'running', 'frozen']]],
  [{}, '', [['container g1', null, 'running'], ARCHIVE]],
  [{ state: 'absent' }, 'RUNNING', [ARCHIVE, ['container g1', 'running', null]]],
  [{ state: 'absent' }, '', []],
] as const) {
  test(`${JSON.stringify(raw)} packs one that is ${state || 'absent'}, and check says so`, () => {
    for (const view of [RUN, CHECK]) {
      const plan = planned(raw, { state }, view)
      assert.equal(rows(plan), JSON.parse(JSON.stringify(expected)))
      const { lxc_container: told } = plan.result!
      assert.is(isMap(told!) && told.archive, expected.length === 0 ? undefined : '/srv/a/g1.tar.tgz')
    }
  })
}

test('it is packed in the state that it is to have, before it is copied or removed', () => {
  const order = (raw: object, state: string) =>
    scripts(planned(raw, { state })).flatMap((script) =>
      script.includes('--numeric-owner') ? 'pack' : (/lxc-(?!info)(\w+)/.exec(script)?.[1] ?? []),
    )
  assert.equal(order({}, 'STOPPED'), ['start', 'pack'])
  assert.equal(order({ state: 'stopped' }, 'RUNNING'), ['stop', 'pack'])
  assert.equal(order({ state: 'absent' }, 'RUNNING'), ['pack', 'stop', 'destroy'])
  assert.equal(order({ state: 'frozen' }, 'STOPPED'), ['start', 'freeze', 'pack'])
})

test('the archive is named after how it is compressed', () => {
  for (const [how, ending] of [
    ['gzip', 'tar.tgz'],
    ['bzip2', 'tar.bz2'],
    ['none', 'tar'],
  ]) {
    const [[, , path]] = rows(planned({ archive_compression: how, state: 'stopped' })) as [string[]]
    assert.is(path, `/srv/a/g1.${ending}`)
  }
})

test('folders that are missing are made, for their owner alone', () => {
  const plan = planned({ state: 'stopped' }, { folders: [FOLDER, undefined] })
  assert.equal(rows(plan), [['folder /srv/a', null, 'directory'], ARCHIVE])
  assert.match(scripts(plan)[0]!, /make_folder 00700/)
})

test('an old archive keeps owner and permissions, unless others could have put it there', () => {
  const target = statText({ uid: 7, gid: 8, mode: 0o640 })
  const wanted = (folder: string) => {
    const script = scripts(planned({ state: 'stopped' }, { target, folders: [FOLDER, folder] }))[0]!
    return /chmod (\d+) "\$new"/.exec(script)![1] + (/chown (\S+) "\$new"/.exec(script)?.[1] ?? '')
  }
  assert.is(wanted(FOLDER), '006407:8')
  assert.is(wanted(statText({ type: 'directory', mode: 0o1777 })), '00600')
  assert.is(wanted(statText({ type: 'directory', mode: 0o755, uid: 7 })), '00600')
})

const GIB = 1024 ** 3
const volume = (free: number, snapshot = '0') =>
  ['block', '/dev/v/g1', `v;g1;${GIB};${free};`, snapshot] as const

for (const [title, raw, there, expected] of [
  ['no root', {}, { uid: 1000 }, /^to pack g1 takes root: say become: true$/],
  ['no tar', {}, { lack: 'tar' }, /^tar is needed on the host to pack g1/],
  ['no gzip', {}, { packs: false }, /^gzip is not there, or only unpacks/],
  ['a folder in its place', {}, { target: FOLDER }, /^\/srv\/a\/g1\.tar\.tgz is a directory/],
  ['a file for a folder', {}, { folders: [FOLDER, statText()] }, /^\/srv\/a is a file/],
  [
    'an archive within',
    { archive_path: '/var/lib/lxc/g1' },
    {},
    /lies in \/var\/lib\/lxc\/g1, which is packed/,
  ],
  ['an archive within its files', {}, { rootfs: ['dir', '/srv', '', '0'] }, /lies in \/srv, which is packed/],
  ['nothing mounted', {}, { rootfs: ['none', '/z', '', '0'] }, /not there, or empty, or not mounted: \/z$/],
  ['a full group', {}, { rootfs: volume(GIB - 1) }, /needs 1073741824 bytes, .* v has only 1073741823 left/],
  ['a snapshot', {}, { rootfs: volume(GIB, '1') }, /^the snapshot v\/g1_lxc_snapshot is there already/],
  ['room for a snapshot', {}, { rootfs: volume(GIB) }, undefined],
  ['a thin pool', {}, { rootfs: ['block', '/dev/v/g1', `v;g1;${GIB};0;pool`, '0'] }, undefined],
] as [string, object, There, RegExp | undefined][]) {
  test(`what packing would fail at is said beforehand: ${title}`, () => {
    const folders = 'archive_path' in raw ? [FOLDER, FOLDER, FOLDER, FOLDER] : undefined
    for (const state of ['stopped', 'absent']) {
      const { failed } = planned({ state, ...raw }, { ...(folders && { folders }), ...there })
      if (expected === undefined) assert.is(failed, undefined)
      else assert.match(failed!, expected)
    }
  })
}

test('under check, what an earlier task may install may be missing', () => {
  assert.is(planned({}, { lack: 'tar', packs: false }, CHECK).failed, undefined)
})

test('an archive needs a folder', () => {
  assert.match(
    problemsOf(lxc_container, { name: 'g1', archive: true }).join(),
    /archive is True but all of the following are missing: archive_path/,
  )
})

test.run()
