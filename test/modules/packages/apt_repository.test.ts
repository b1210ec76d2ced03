import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { apt_repository } from '../../../src/modules/packages/apt_repository/index.ts'
import { fileNameOf, parseLine } from '../../../src/modules/packages/apt_repository/sources.ts'
import type { Plan } from '../../../src/sdk/module.ts'
import { CHECK, footprintOf, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'
import { statText } from '../../support/stat.ts'

const test = suite('apt_repository')

const SOURCE = 'deb http://a.example/x y main'
const D = '/etc/apt/sources.list.d'
const NEW = `${D}/a_example_x.list`

type Files = Readonly<Record<string, string | undefined>>

/** What a host prints that has these files of sources. */
function printed(files: Files): string {
  const all: Files = { '/etc/apt/sources.list': undefined, ...files }
  const paths = Object.keys(all)
  const there = Object.values(all).filter((text) => text !== undefined)
  return [
    [D, paths.length, ...paths].map((field) => `${field}\0`).join(''),
    Object.values(all)
      .map((text) => (text === undefined ? '0' : '1'))
      .join(''),
    ...there.map((text) => statText({ size: Buffer.byteLength(text) })),
    '1',
    ...there,
  ].join('')
}

const plan = (raw: Raw, files: Files, view = RUN) => planOf(apt_repository, raw, [printed(files), ''], view)

/** What the files that a plan writes hold. */
const written = ({ actions = [] }: Plan) =>
  actions.flatMap((action) => (action.do === 'send' && action.brief ? [action.content.text()] : []))

test('one that is there already goes by the packages, if all sources lie where they do most often', () => {
  const of = (raw: Raw, files: Files) =>
    footprintOf(apt_repository, { repo: SOURCE, ...raw }, [printed(files), ''])
  const there = { [NEW]: `${SOURCE}\n` }
  assert.equal(of({}, there), { reads: { names: ['packages'] }, writes: {} })
  assert.is(of({}, {})!.writes, 'anything')
  assert.is(of({ filename: '/srv/x' }, { ...there, '/srv/x.list': '' }), undefined)
})

test('a repository that is nowhere gets a file of its own, and the lists are fetched', () => {
  const made = plan({ repo: `  ${SOURCE.replaceAll(' ', '  ')} # why` }, {})
  assert.equal(rows(made), [
    [`file ${NEW}`, null, 'file'],
    [`source in ${NEW}`, null, SOURCE],
    ['package lists', null, 'fetched'],
  ])
  assert.equal(written(made), [`${SOURCE}\n`])
  assert.is(made.actions!.length, 2)
})

test('a repository that is there in another spacing, or behind a comment, is there', () => {
  for (const text of [`${SOURCE}\n`, `deb   http://a.example/x\ty main # why`, `# a\n\n ${SOURCE} \n`])
    assert.equal(rows(plan({ repo: SOURCE }, { '/etc/apt/sources.list': text })), [])
  const other = plan({ repo: SOURCE, update_cache: false }, { [NEW]: 'deb http://a.example/x y\n' })
  assert.equal(rows(other), [[`source in ${NEW}`, null, SOURCE]])
  assert.equal(written(other), [`deb http://a.example/x y\n${SOURCE}\n`])
})

test('a file without an end of its last line is given one', () => {
  const made = plan({ repo: SOURCE }, { [NEW]: 'deb http://b c d' })
  assert.equal(written(made), [`deb http://b c d\n${SOURCE}\n`])
})

test('where it is commented out it counts again, and all else stays as it is', () => {
  const text = `##  a\n#${SOURCE}  # why\ndeb  http://b  c\n# deb-src http://a.example/x y main\n`
  const files = { [`${D}/o.list`]: text, [`${D}/p.list`]: `# ${SOURCE}\n` }
  const made = plan({ repo: SOURCE, update_cache: false }, files)
  assert.equal(rows(made), [
    [`source in ${D}/o.list`, `# ${SOURCE}`, SOURCE],
    [`source in ${D}/p.list`, `# ${SOURCE}`, SOURCE],
  ])
  assert.equal(written(made), [text.replace(`#${SOURCE}  # why`, `${SOURCE} # why`), `${SOURCE}\n`])
})

test('what is to be absent is taken out of all files, and a file that is left empty too', () => {
  const files = { '/etc/apt/sources.list': `${SOURCE}\na\n#${SOURCE}\n${SOURCE}\n`, [NEW]: `${SOURCE}\n` }
  const made = plan({ repo: SOURCE, state: 'absent' }, files)
  assert.equal(rows(made), [
    ['source in /etc/apt/sources.list', SOURCE, null],
    [`source in ${NEW}`, SOURCE, null],
    [`file ${NEW}`, 'file', null],
    ['package lists', null, 'fetched'],
  ])
  assert.equal(written(made), [`a\n#${SOURCE}\n`, ''])
  assert.equal(rows(plan({ repo: SOURCE, state: 'absent' }, { [NEW]: `# ${SOURCE}\n` })), [])
})

test('filename and mode are for what is added', () => {
  const made = plan({ repo: SOURCE, filename: 'my', mode: '0600', update_cache: false }, {})
  assert.equal(rows(made)[1], [`source in ${D}/my.list`, null, SOURCE])
  assert.match(JSON.stringify(made.actions), /chmod 00600/)
  const far = { repo: SOURCE, filename: '/srv/my', update_cache: false }
  assert.equal(written(plan(far, { '/srv/my.list': 'a\n' })), [`a\n${SOURCE}\n`])
  assert.equal(rows(plan(far, { '/srv/my.list': `${SOURCE}\n` })), [])
})

test('letters of other languages are written as they are', () => {
  const odd = SOURCE.replace('main', 'éà')
  const made = plan({ repo: odd, update_cache: false }, {})
  assert.equal([rows(made).at(-1)![2], written(made)], [odd, [`${odd}\n`]])
  assert.equal(rows(plan({ repo: odd }, { [NEW]: `${odd}\n` })), [])
  assert.equal(written(plan({ repo: odd, state: 'absent' }, { [NEW]: `a\n${odd}\n` })), ['a\n'])
})

test('the name of a file is made of the address, without options and who logs in', () => {
  for (const [source, name] of [
    [SOURCE, 'a_example_x'],
    ['deb [arch=amd64 signed-by=/k.gpg] https://u:p@a.example/x/ y main', 'a_example_x'],
    ['deb-src ftp://a.example:80/ä-b ./', 'a_example_80_b'],
    ['deb file:///srv/a-b ./', 'srv_a_b'],
    ['ppa:a/b_jammy', 'ppa_a_b_jammy'],
  ] as const)
    assert.is(fileNameOf(source), name)
})

test('lines are read as Ansible reads them', () => {
  assert.equal(parseLine('  # deb a  b # c # d\n'), {
    ...{ isSource: true, isEnabled: false, source: 'deb a b', comment: 'c # d' },
  })
  assert.is(parseLine('## deb a b').isSource, false)
  assert.is(parseLine('').isSource, false)
})

test('the diff is returned as Ansible returns it, and repo and state', () => {
  const files = { [NEW]: 'a\n' }
  const view = { ...CHECK, diff: true }
  const { result, changes } = plan({ repo: SOURCE, update_cache: false }, files, view)
  assert.equal(result, {
    repo: SOURCE,
    state: 'present',
    diff: [{ before: 'a\n', after: `a\n${SOURCE}\n`, before_header: NEW, after_header: NEW }],
  })
  assert.equal(changes[0]!.text, { before: 'a\n', after: `a\n${SOURCE}\n` })
  const none = plan({ repo: SOURCE }, { [NEW]: `${SOURCE}\n` })
  assert.equal(none.result, { repo: SOURCE, state: 'present', diff: {} })
})

test('lists that cannot be fetched are a failure, and the files become what they were', () => {
  const { actions = [] } = plan({ repo: SOURCE }, { [NEW]: 'old\n' })
  const update = actions.at(-1)!
  assert.match(update.do === 'send' ? update.script : '', /back\(\) \{\nprintf 'old\n' \|/)
  const outcome = (code: number, stderr: string) => ({ code, stdout: '', stderr, seconds: 0 })
  const state = { signing: undefined }
  const conclude = (...outcomes: ReturnType<typeof outcome>[]) =>
    apt_repository.interpret!(outcomes, {} as never, state, { changes: [], actions })
  const failed = conclude(outcome(0, ''), outcome(100, 'W: x\nE: Failed to fetch a\nE: b\nE: b\n'))
  assert.equal(failed, { failed: 'Failed to update apt cache: Failed to fetch a, b' })
  assert.is(conclude(outcome(1, 'cannot write')).failed, 'cannot write')
  assert.equal(conclude(outcome(0, ''), outcome(0, '')), {})
})

const FINGERPRINT = '0123456789ABCDEF0123456789ABCDEF01234567'
const section = (name: string, text: string) => `${name}\0${text}\x000\0`
const fetched = (text: string, said = '') =>
  section('archive', `${Buffer.from(text).toString('base64')}\n${said}status ${said === '' ? 0 : 22}`)
const asked = (archive: string, program = '/usr/bin/apt-key\n') =>
  section('codename', 'jammy\n') + archive + section('keys', '') + section('program', program)
const ppa = (raw: Raw, sh: string, files: Files = {}) => planOf(apt_repository, raw, [printed(files), sh])
const PPA = 'deb http://ppa.launchpad.net/a/b/ubuntu jammy main'
const KEY = fetched(JSON.stringify({ signing_key_fingerprint: FINGERPRINT.toLowerCase() }))

test('a ppa brings its key along, through apt-key or gpg', () => {
  for (const program of ['/usr/bin/apt-key\n', '/usr/bin/gpg\n']) {
    const made = ppa({ repo: 'ppa:a/b', update_cache: false }, asked(KEY, program))
    const path = `${D}/ppa_a_b_jammy.list`
    assert.equal(rows(made), [
      [`key ${FINGERPRINT}`, null, 'trusted'],
      [`file ${path}`, null, 'file'],
      [`source in ${path}`, null, PPA],
    ])
    assert.equal(written(made), [`${PPA}\n`])
  }
})

test('a ppa that is there is not asked for, nor is one that is to be absent', () => {
  const sh = section('codename', 'jammy\n')
  assert.equal(rows(ppa({ repo: 'ppa:a/b' }, sh, { '/x.list': `${PPA}\n` })), [])
  const absent = { repo: 'ppa:a/b', state: 'absent', update_cache: false }
  assert.equal(rows(ppa(absent, sh, { [`${D}/x.list`]: `${PPA}\na\n` })), [
    [`source in ${D}/x.list`, PPA, null],
  ])
  const other = ppa({ ...absent, repo: 'ppa:a', codename: 'noble' }, section('codename', 'noble\n'))
  assert.equal(rows(other), [])
})

test('what Launchpad does not say is a failure', () => {
  const why = (archive: string, program?: string) => ppa({ repo: 'ppa:a/b' }, asked(archive, program)).failed
  const head = 'failed to fetch PPA information, error was: '
  assert.is(why(fetched('', 'curl: (22) 404\n')), `${head}curl: (22) 404`)
  assert.is(why(fetched('{}')), `${head}Launchpad names no key of this archive`)
  assert.match(why(KEY, '') ?? '', /Either apt-key or gpg binary is required/)
  assert.throws(() => why(fetched('<html>')), /printed what is not JSON/)
  assert.match(ppa({ repo: 'ppa:a/b' }, section('codename', '\n')).failed ?? '', /names no release/)
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(apt_repository, raw)[0]
  assert.is(problem({ repo: '' }), "Please set argument 'repo' to a non-empty value")
  for (const repo of ['a', 'deb', `# ${SOURCE}`, 'rpm http://a b'])
    assert.match(problem({ repo }) ?? '', /^Invalid repository string: /)
  for (const repo of ['ppa:', 'ppa:a/b/c', 'ppa:a b', 'ppa:../x'])
    assert.match(problem({ repo }) ?? '', /^Invalid repository string: .*ppa:OWNER/)
  assert.match(problem({ repo: SOURCE, filename: '' }) ?? '', /not a name of a file/)
  assert.match(problem({ repo: SOURCE, filename: 'a/' }) ?? '', /not a name of a file/)
  assert.match(problem({ repo: SOURCE, codename: 'a b' }) ?? '', /not a name of a release/)
  assert.match(problem({ repo: SOURCE, update_cache_retries: 0 }) ?? '', /less than 1/)
})

test('a host without a list of files makes no sense', () => {
  assert.throws(() => planOf(apt_repository, { repo: SOURCE }, ['/d\0x\0', '']), /did not say which files/)
})

test.run()
