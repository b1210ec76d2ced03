import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { synchronize } from '../../../src/modules/files/synchronize/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import type { Beyond, Ends, ModuleContext, Plan } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows, stateOf } from '../../support/plan.ts'

const test = suite('synchronize')

const paths = (name: string) => [`/play/files/${name}`, `/play/${name}`]
const TUNNEL: Ends = { are: 'here and there', paths }
const A = { src: '/a/', dest: '/b' }
const view = (ends: Ends, check = false): ModuleContext => ({ check, diff: false, ends })

/** What is planned when rsync says this. */
function planned(raw: Raw, stdout: string, printed = '/b\x0011', code = 0): Plan {
  const { args } = readArguments(synchronize, raw)
  const state = stateOf(synchronize, args, printed, view(TUNNEL))
  const outcome = { code, stdout, stderr: code === 0 ? '' : 'rsync: it is wrong\n', seconds: 0 }
  return synchronize.plan(args, synchronize.talks!.heard(outcome, args, state), view(TUNNEL))
}

const TABLE: [title: string, raw: Raw, said: string[], changes: unknown[]][] = [
  ['nothing is to be done', {}, [], []],
  ['a file that is new', {}, ['<f+++++++++ a b'], [['a b', null, 'file']]],
  [
    'a folder and a link that are new',
    {},
    ['cd+++++++++ d/', 'cL+++++++++ l -> d'],
    [
      ['d/', null, 'directory'],
      ['l -> d', null, 'link'],
    ],
  ],
  [
    'a file that is another one',
    {},
    ['<fcst...... f'],
    [['f', 'file with other content, size, time', 'file']],
  ],
  [
    'its owner and permissions',
    {},
    ['.f...pog... f'],
    [['f', 'file with other permissions, owner, group', 'file']],
  ],
  ['lists and attributes', {}, ['.f.......ax f'], [['f', 'file with other acl, attributes', 'file']]],
  [
    'a link that leads elsewhere',
    {},
    ['cLc.T...... l -> x'],
    [['l -> x', 'link with other content, time', 'link']],
  ],
  ['what is deleted', {}, ['*deleting   x/y'], [['x/y', 'there', null]]],
  ['what is told besides is no change', {}, [], []],
  [
    'beside hard links, what stays is told too',
    { link_dest: ['/old'] },
    ['cd          ./', '.f          same', 'hf          linked'],
    [
      ['./', null, 'directory'],
      ['linked', null, 'hard link'],
    ],
  ],
]

for (const [title, raw, said, changes] of TABLE) {
  const stdout = `created directory /b\n${said.map((line) => `<<CHANGED>>${line}\n`).join('')}`
  test(title, () => assert.equal(rows(planned({ ...A, ...raw }, stdout)), changes))
}

test('the result is that of Ansible', () => {
  const { result, failed } = planned(A, '<<CHANGED>><f+++++++++ a\n\n<<CHANGED>>cd+++++++++ b/\n')
  assert.is(failed, undefined)
  assert.is(result?.msg, '<f+++++++++ a\n\ncd+++++++++ b/\n')
  assert.equal(result?.stdout_lines, ['<f+++++++++ a', 'cd+++++++++ b/'])
  assert.is(result?.rc, 0)
  assert.match(String(result?.cmd), /^rsync --delay-updates -F --compress --archive -s -8 /)
  const wrong = planned(A, '', undefined, 23)
  assert.is(wrong.failed, 'rsync: it is wrong')
  assert.is(wrong.result?.rc, 23)
  assert.throws(() => planned(A, '<<CHANGED>>short\n'), /makes no sense/)
})

/** The arguments that rsync gets for both ends. */
function given(raw: Raw, ends: Ends = TUNNEL, check = false): string[] {
  const { args, problems } = readArguments(synchronize, { ...A, ...raw })
  assert.equal(problems, [])
  const printed = stateOf(synchronize, args, '/b\x0011', view(ends))
  const talk = synchronize.talks!.ask(args, printed, view(ends, check))
  return talk === undefined ? [] : [...talk.program]
}

const FLAGS: [raw: Raw, flags: string][] = [
  [{}, '--delay-updates -F --compress --dry-run --archive'],
  [{ delay_updates: false, compress: false }, '--dry-run --archive'],
  [
    { rsync_timeout: 5, delete: true, existing_only: true },
    '--delay-updates -F --compress --timeout=5 --dry-run --delete-after --existing --archive',
  ],
  [
    { checksum: true, copy_links: true, dirs: true },
    '--delay-updates -F --compress --dry-run --checksum --copy-links --archive --dirs',
  ],
  [
    { recursive: false, links: false, perms: false, times: false, owner: false, group: false },
    '--delay-updates -F --compress --dry-run --archive --no-recursive --no-links --no-perms --no-times --no-owner --no-group',
  ],
  [
    { archive: false, recursive: true, links: true, perms: true, times: true, owner: true, group: true },
    '--delay-updates -F --compress --dry-run --recursive --links --perms --times --owner --group',
  ],
  [
    { rsync_opts: ['--chmod=a+rX', '-n'], partial: true },
    '--delay-updates -F --compress --dry-run --archive --chmod=a+rX -n --partial',
  ],
  [
    { link_dest: ['/old', '/x/../older'] },
    '--delay-updates -F --compress --dry-run --archive -H -vv --link-dest=/old --link-dest=/older',
  ],
]

test('each argument is the option of rsync that Ansible makes of it', () => {
  for (const [raw, flags] of FLAGS) {
    const program = given(raw)
    assert.is(program.slice(1, program.indexOf('-s')).join(' '), flags)
  }
})

test('the path here is searched for, and the other is that of the host', () => {
  const ends = (raw: Raw) => given(raw).slice(-2)
  assert.equal(ends({}), ['/play//a/', 'host:/b'])
  assert.equal(ends({ mode: 'pull', dest: '/' }), ['host:/a/', '/play//'])
  assert.equal(ends({ dest: '-x' }), ['/play//a/', 'host:./-x'])
  assert.equal(ends({ dest: 'rsync://h/m' }), ['/play//a/', 'rsync://h/m'])
  const { args } = readArguments(synchronize, { ...A, dest: '~/b c', rsync_path: 'nice rsync' })
  const state = stateOf(synchronize, args, '/root/b c\x0011', view(TUNNEL))
  const talk = synchronize.talks!.ask(args, state, view(TUNNEL))!
  assert.is(talk.program.at(-1), 'host:/root/b c')
  assert.is(talk.answer(['host', 'rsync', '--server', 'a b', '.']), "exec nice rsync --server 'a b' .")
})

const BEYOND: Beyond = {
  address: '::2',
  port: 22,
  user: 'joe',
  privateKeyFile: '/k',
  sshArgs: ['-J', 'a b'],
  become: { user: 'root', method: 'sudo' },
}

test('from a host that the task is delegated to, ssh leads to the other', () => {
  const script = (raw: Raw, beyond: Beyond = BEYOND) => {
    const { args } = readArguments(synchronize, { ...A, ...raw })
    const probe = synchronize.probe!(args, view({ are: 'there and beyond', beyond }))
    return String(probe)
      .split('\n')
      .find((line) => line.startsWith('o='))!
  }
  assert.match(script({}), /--rsync-path=sudo -n -u root rsync/)
  assert.match(script({}), / -- \/a\/ 'joe@\[::2\]:\/b' 2>&1/)
  assert.match(script({}), /ssh -o BatchMode=yes -S none -i \/k -o .*Port=22.* -o .*StrictHostKeyChecking=no/)
  assert.match(script({ mode: 'pull' }), / -- 'joe@\[::2\]:\/a\/' \/b 2>&1/)
  assert.not.match(script({ set_remote_user: false }), /joe@/)
  const more = script({
    verify_host: true,
    ssh_connection_multiplexing: true,
    use_ssh_args: true,
    dest_port: 9,
    private_key: '/q',
  })
  assert.match(more, /BatchMode=yes -i \/q -o .*Port=9.* -J .*a b/)
  assert.not.match(more, /StrictHostKeyChecking|-S none/)
  assert.match(script({ rsync_path: 'x y' }), /--rsync-path=x y/)
  assert.not.match(script({ rsync_opts: ['--rsh=my'] }), /BatchMode/)
  const local = view({ are: 'there and beyond' })
  assert.match(planOf(synchronize, A, '/b\x0011', local).failed!, /not told how to reach this machine/)
})

test('what cannot be is a failure, and under check what may still come', () => {
  const lack = planOf(synchronize, A, '/b\x0001', RUN)
  assert.is(lack.failed, 'rsync is needed on the host, and is not there')
  assert.equal(rows(planOf(synchronize, A, '/b\x0001', CHECK)), [['/b', null, 'as /a/']])
  assert.is(
    planOf(synchronize, { ...A, dest: '/x/b' }, '/x/b\x0010', RUN).failed,
    'there is no folder /x for /x/b',
  )
  assert.equal(rows(planOf(synchronize, A, '/b\x0010', CHECK)), [['/b', null, 'as /a/']])
  const inside = planOf(synchronize, { ...A, link_dest: ['/b'], dest: '/b/c/d' }, '/b\x0011', RUN)
  assert.match(inside.failed!, /Hardlinking into a subdirectory of the source would cause recursion/)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ src: 'a' }, /missing required arguments: dest/],
  [{ ...A, src: '' }, /src is empty/],
  [{ src: 'rsync://a/b', dest: 'rsync://c/d' }, /either src or dest must be a localhost/],
  [{ ...A, rsync_timeout: -1 }, /rsync_timeout is a number of seconds/],
  [{ ...A, mode: 'both' }, /"both" is none of pull, push/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(synchronize, raw)
    assert.is(problems.length, 1, JSON.stringify(problems))
    assert.match(problems[0]!, problem)
  }
})

test.run()
