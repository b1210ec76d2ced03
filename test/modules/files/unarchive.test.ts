import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { unarchive } from '../../../src/modules/files/unarchive/index.ts'
import { readMembers, refusalOf } from '../../../src/modules/files/unarchive/members.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('unarchive')

const A = { src: '/a.tgz', dest: '/d', remote_src: true }
const TIME = '2000-01-01 00:00:00'
const NO_WORDS = { exclude: [], include: [], extra: [] }

const line = (mode: string, name: string, size = 0, owner = '0/0') =>
  `${mode} ${owner} ${size} ${TIME} ${name}\n`
const LIST = line('drwxr-xr-x', 's/') + line('-rw-r--r--', 's/f', 4) + line('lrwxrwxrwx', 's/l -> f')

const SUB = statText({ type: 'directory', mode: 0o755 })
const FILE = statText({ size: 4 })

/** What the probe prints of names below dest, without links. */
const found = (...files: [name: string, text: string][]) =>
  `${files.map(([name]) => `./${name}\0`).join('')}\0${filesText(...files.map(([, text]) => text))}`
const printed = (list: string, below: string, dest: string | undefined = FOLDER, uid = 0) =>
  `${filesText(dest)}${uid}\n\0gzip\0${list}\0${below}`

// With a link: its text, and that it leads somewhere, would come in between; so these have none.
const PLAIN = line('drwxr-xr-x', 's/') + line('-rw-r--r--', 's/f', 4)
const THERE = found(['s', SUB], ['s/f', FILE])

const TABLE: [title: string, raw: Raw, printed: string, changes: unknown[]][] = [
  [
    'what is missing is unpacked',
    A,
    printed(LIST, ''),
    [
      ['s', null, 'directory'],
      ['s/f', null, 'file'],
      ['s/l', null, 'link'],
    ],
  ],
  ['what is there is not', A, printed(PLAIN, THERE), []],
  [
    'a file of another size is',
    A,
    printed(PLAIN, found(['s', SUB], ['s/f', statText({ size: 5 })])),
    [['s/f', '5 bytes', 'file']],
  ],
  [
    'one of another time too',
    A,
    printed(PLAIN, found(['s', SUB], ['s/f', statText({ size: 4, mtime: '2000-01-01 00:00:01 +0000' })])),
    [['s/f', '4 bytes', 'file']],
  ],
  [
    'a newer one stays if that is said',
    { ...A, keep_newer: true },
    printed(
      PLAIN,
      found(['s', SUB], ['s/f', statText({ size: 5, mode: 0o600, mtime: '2000-01-01 00:00:01 +0000' })]),
    ),
    [],
  ],
  [
    'owner and permissions are those of the archive',
    A,
    printed(PLAIN, found(['s', SUB], ['s/f', statText({ size: 4, uid: 7, owner: 'x', mode: 0o600 })])),
    [
      ['owner of s/f', '7', '0'],
      ['mode of s/f', '0600', '0644'],
    ],
  ],
  [
    'or those of the task',
    { ...A, mode: 'g+w', owner: '7' },
    printed(PLAIN, found(['s', SUB], ['s/f', statText({ size: 4, uid: 7, owner: 'x', mode: 0o664 })])),
    [
      ['owner of s', '0', '7'],
      ['mode of s', '0755', '0775'],
    ],
  ],
  [
    'whoever is not root unpacks as who they are, with a umask of 022',
    A,
    printed(
      line('-rw-rw-r--', 'f', 4, '5/5'),
      found(['f', statText({ size: 4, uid: 7, owner: 'x' })]),
      FOLDER,
      7,
    ),
    [],
  ],
  [
    'a folder that the archive does not name is only given what the task says',
    A,
    printed(
      line('-rw-r--r--', 's/f', 4),
      found(['s', statText({ type: 'directory', mode: 0o700 })], ['s/f', FILE]),
    ),
    [],
  ],
]

for (const [title, raw, text, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(unarchive, raw, text)), changes))

test('the result tells what the archive is and holds', () => {
  const { result } = planOf(unarchive, { ...A, list_files: true }, printed(PLAIN, THERE))
  const { handler, files, dest, src, state } = result!
  assert.equal(
    { handler, files, dest, src, state },
    { handler: 'TgzArchive', files: ['s/', 's/f'], dest: '/d', src: '/a.tgz', state: 'directory' },
  )
})

test('what cannot be unpacked is a failure, and under check what may still come', () => {
  const failed = (text: string, view = { check: false, diff: false }) =>
    planOf(unarchive, A, text, view).failed
  assert.is(failed(printed(PLAIN, '', statText())), "dest '/d' must be an existing dir")
  const nowhere = `${filesText(undefined)}0\n\0gzip\0${PLAIN}\0`
  assert.is(failed(nowhere), "dest '/d' must be an existing dir")
  assert.is(planOf(unarchive, A, nowhere, CHECK).changes.length, 2)
  const missing = `${filesText(FOLDER)}0\nSource '/a.tgz' does not exist\0`
  assert.is(failed(missing), "Source '/a.tgz' does not exist")
  assert.is(planOf(unarchive, A, missing, CHECK).changes.length, 1)
  assert.is(failed(printed(PLAIN, found(['s', FILE]))), 's is a file, and a folder is to be there')
  assert.is(
    failed(printed(PLAIN, found(['s', SUB], ['s/f', SUB]))),
    's/f is a directory, and a file is to be there',
  )
})

const REFUSED: [list: string, why: RegExp][] = [
  [line('-rw-r--r--', '../f'), /holds \.\.\/f, which leads out/],
  [line('-rw-r--r--', 'a/../f'), /holds a\/\.\.\/f, which leads out/],
  [line('-rw-r--r--', '/f'), /holds \/f, which leads out/],
  [line('lrwxrwxrwx', 'l -> /etc'), /holds the link l to \/etc, which leads out/],
  [line('lrwxrwxrwx', 's/l -> ../../x'), /holds the link s\/l to \.\.\/\.\.\/x/],
  [line('lrwxrwxrwx', 'a -> s') + line('lrwxrwxrwx', 'b -> a/..'), /holds the link b to a\/\.\./],
  [
    line('lrwxrwxrwx', 'a -> s') + line('-rw-r--r--', 'a/f'),
    /holds a\/f, whose way leads through one of its links/,
  ],
  [line('hrw-r--r--', 'a link to ../f'), /holds the link a to \.\.\/f/],
]

test('an archive that leads out of its folder is refused', () => {
  for (const [list, why] of REFUSED) {
    const plan = planOf(unarchive, A, printed(list, ''))
    assert.match(plan.failed ?? '', why)
    assert.match(plan.failed ?? '', /nothing was unpacked$/)
    assert.equal(plan.changes, [])
  }
  const fine = line('lrwxrwxrwx', 's/l -> ../f') + line('hrw-r--r--', 'b link to f')
  const members = readMembers({ kind: 'tar', bytes: Buffer.from(fine) }, NO_WORDS)
  assert.is(refusalOf(members), undefined)
})

test('what tar lists is read strictly', () => {
  const read = (text: string) => readMembers({ kind: 'tar', bytes: Buffer.from(text) }, NO_WORDS)
  // busybox has no letter for hard links, and names of users.
  const text = `-rwsr-xr-t root/me 0 ${TIME} a\n-rw-r--r-- 1/2 0 ${TIME} b -> a\n-rw-r--r-- 1/2 3 ${TIME} c -> a\n`
  const [a, b, c] = read(text)
  assert.equal([a!.mode, a!.uid, a!.gid], [0o5755, 0, undefined])
  assert.equal([b!.type, b!.name, b!.target], ['hard', 'b', 'a'])
  assert.equal([c!.type, c!.name], ['file', 'c -> a'])
  assert.throws(() => read('-rw-r--r-- 0/0 1 2000-01-01 00:00:00 a\nb\n'), /cannot be read: b/)
  assert.throws(() => read(line('lrwxrwxrwx', 'a -> b -> c')), /cannot be told from its name/)
  const odd = Buffer.concat([Buffer.from(line('-rw-r--r--', 'x').trimEnd()), Buffer.from([0xff, 0x0a])])
  assert.throws(() => readMembers({ kind: 'tar', bytes: odd }, NO_WORDS), /not UTF-8/)
})

test('a list of a zip that is broken is a sentence', () => {
  const read = (bytes: Buffer) => readMembers({ kind: 'zip', bytes }, NO_WORDS)
  assert.throws(() => read(Buffer.from('PK')), /the zip is broken/)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  assert.equal(read(end), [])
  end.writeUInt32LE(46, 12)
  assert.throws(() => read(Buffer.concat([Buffer.alloc(46), end])), /the list of the zip is broken/)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ dest: '/d' }, /missing required arguments: src/],
  [{ ...A, include: ['a'], exclude: ['b'] }, /mutually exclusive: include\|exclude/],
  [{ ...A, copy: false }, /mutually exclusive: \('copy', 'remote_src'\)/],
  [{ ...A, src: 'gopher://x/y' }, /is not a URL of/],
  [{ ...A, extra_opts: ['-C', '/'] }, /extra_opts: -C is not taken/],
  [{ ...A, extra_opts: ['--to-command=sh'] }, /extra_opts: --to-command=sh is not taken/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(unarchive, raw)
    assert.is(problems.length, 1, JSON.stringify(problems))
    assert.match(problems[0]!, problem)
  }
})

test.run()
