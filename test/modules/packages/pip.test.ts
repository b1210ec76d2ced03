import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pip } from '../../../src/modules/packages/pip/index.ts'
import { parseRequirement, requirementsOf } from '../../../src/modules/packages/pip/requirements.ts'
import type { Outcome } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('pip')

const LIST = 'a==1.0\nB_b.c==2.1\npip==23.0.1\nfrom-git @ git+https://x\n'

type Sections = Readonly<Record<string, string | number>>

/** A text of a section that went well, or the exit status of one without. */
const printed = (sections: Sections) =>
  Object.entries(sections)
    .map(([name, one]) => (typeof one === 'string' ? `${name}\0${one}\x000\0` : `${name}\0\0${one}\0`))
    .join('')

const host = (more: Sections = {}) => printed({ pip: '', list: LIST, ...more })

const TABLE: [raw: Raw, sections: Sections, changes: unknown[][]][] = [
  [{ name: 'a' }, {}, []],
  [{ name: 'a, b-b-C' }, {}, []],
  [{ name: ['a', 'new'] }, {}, [['new', null, 'installed']]],
  [{ name: 'a>=1,<2' }, { 'same a>=1,<2': '' }, []],
  [{ name: 'a>=2' }, { 'same a>=2': 1 }, [['a>=2', '1.0', 'installed']]],
  [{ name: 'a', version: '1.0' }, { 'same a==1.0': '' }, []],
  [{ name: 'a', version: '>1' }, { 'same a >1': 1 }, [['a >1', '1.0', 'installed']]],
  [{ name: 'a', editable: true }, {}, [['a', '1.0', 'installed']]],
  [{ name: '/src' }, {}, [['/src', null, 'installed']]],
  [{ name: 'a', state: 'forcereinstall' }, {}, [['a', '1.0', 'installed anew']]],
  [{ name: 'a,new', state: 'absent' }, {}, [['a', '1.0', null]]],
  [
    { name: 'a', state: 'latest' },
    { would: 'Collecting a\nWould install a-2.0 b-b-c-3\n' },
    [
      ['a', '1.0', '2.0'],
      ['b-b-c', '2.1', '3'],
    ],
  ],
  [{ name: 'a', state: 'latest' }, { would: 'Requirement already satisfied\n' }, []],
  [{ name: 'a', state: 'latest' }, { would: 1 }, [['a', '1.0', 'newest']]],
  [{ requirements: '/r' }, { file: 'a\n', 'same -r': '' }, []],
  [{ requirements: '/r' }, { file: 'a\n', 'same -r': 1 }, [['/r', null, 'installed']]],
  [{ requirements: '/r', state: 'absent' }, { file: '# x\na==1 # y\n-e /s\nz\n' }, [['a', '1.0', null]]],
]

for (const [raw, sections, changes] of TABLE) {
  test(`${JSON.stringify(raw)} with ${JSON.stringify(sections)} plans just what differs`, () => {
    const plan = planOf(pip, raw, host(sections))
    assert.equal([rows(plan), plan.failed], [changes, undefined])
  })
}

test('an environment that is not there is made, and all is installed in it', () => {
  const raw = {
    name: 'a',
    virtualenv: '/v',
    virtualenv_command: 'python3 -m venv',
    virtualenv_site_packages: true,
  }
  const plan = planOf(pip, raw, printed({ maker: '', environment: 1 }))
  assert.equal(rows(plan), [
    ['/v', null, 'virtual environment'],
    ['a', null, 'installed'],
  ])
  const [action] = plan.actions!
  assert.match(
    action!.do === 'exec' ? action!.script : '',
    /\npython3 -m venv --system-site-packages "\$e" \|\| exit\n/,
  )
  assert.equal(rows(planOf(pip, raw, printed({ maker: '', environment: '', pip: '', list: LIST }))), [])
})

test('what is missing on the host is a failure, unless an earlier task may install it', () => {
  const failed = (raw: Raw, sections: Sections) =>
    planOf(pip, { name: 'a', ...raw }, printed(sections)).failed
  assert.is(failed({}, { pip: 1 }), 'Unable to find any of pip3 to use.  pip needs to be installed.')
  assert.match(failed({ executable: 'pip9' }, { pip: 1 }) ?? '', /any of pip9 to use/)
  const environment = { virtualenv: '/v' }
  assert.match(
    failed(environment, { maker: '', environment: '', pip: 1 }) ?? '',
    /^Unable to find pip in the virtualenv, \/v,/,
  )
  assert.match(failed(environment, { maker: 127, environment: 1 }) ?? '', /executable "virtualenv"/)
  const file = planOf(pip, { requirements: '/r' }, host({ file: 1 }))
  assert.match(file.failed ?? '', /^there is no file of requirements \/r/)
  assert.equal(rows(planOf(pip, { requirements: '/r' }, host({ file: 1 }), CHECK)), [
    ['/r', null, 'installed'],
  ])
  assert.equal(rows(planOf(pip, { name: 'a' }, printed({ pip: 1 }), CHECK)), [['a', null, 'installed']])
})

test('a Python whose packages are those of the system is left alone, unless it is asked for', () => {
  const of = (raw: Raw) => planOf(pip, raw, host({ managed: '' }))
  assert.match(of({ name: 'new' }).failed ?? '', /^error: externally-managed-environment/)
  assert.match(of({ name: 'a', state: 'absent' }).failed ?? '', /^error: externally-managed-environment/)
  assert.is(of({ name: 'a' }).failed, undefined)
  assert.is(of({ name: 'new', extra_args: '--break-system-packages' }).failed, undefined)
})

test('what Ansible returns is returned', () => {
  assert.equal(planOf(pip, { name: ['a', 'c'], extra_args: '-i "x y"' }, host()).result, {
    cmd: ['pip', 'install', '-i', 'x y', 'a', 'c'],
    name: ['a', 'c'],
    version: null,
    state: 'present',
    requirements: null,
    virtualenv: null,
  })
  assert.equal(planOf(pip, { name: '' }, host()).warnings, ['No valid name or requirements file found.'])
})

test('what pip says tells whether something has changed', () => {
  const conclude = (outcome: Partial<Outcome>, raw: Raw = { state: 'present' }) =>
    pip.interpret!(
      [{ code: 0, stdout: '', stderr: '', seconds: 0, ...outcome }],
      raw as never,
      { hasEnvironment: true },
      { changes: [] },
    )
  assert.is(conclude({ stdout: 'x\nSuccessfully installed a-1\n' }).changed, undefined)
  assert.is(conclude({ stdout: '  Successfully uninstalled a-1\n' }).changed, undefined)
  assert.is(conclude({ stdout: 'Requirement already satisfied: a\n' }).changed, false)
  assert.is(conclude({ stdout: 'Successfully installed a-1\n\0a==1\0a==1' }).changed, false)
  assert.equal(conclude({ stdout: 'x\0a==1\0a==2' }), { result: { stdout: 'x', stderr: '' } })
  assert.is(conclude({ code: 1, stdout: 'o', stderr: 'e' }).failed, 'stdout: o\n:stderr: e')
  assert.is(conclude({ code: 3 }).failed, 'exit status 3')
})

test('names that were cut at commas are put together again', () => {
  for (const [names, found] of [
    [
      ['django>1.11.1', '<1.11.3', 'ipaddress'],
      ['django>1.11.1,<1.11.3', 'ipaddress'],
    ],
    [
      ['a>1,<2,b', ' !=3'],
      ['a>1,<2', 'b,!=3'],
    ],
    [
      ['a[x,y]>1', 'b'],
      ['a[x,y]>1', 'b'],
    ],
    [[''], []],
  ])
    assert.equal(
      requirementsOf(names as string[]).map((text) => text.replaceAll(' ', '')),
      found,
    )
})

test('of a requirement the name is known in one form, if it has one', () => {
  for (const [text, name, isSpecific] of [
    ['A.b__c', 'a-b-c', false],
    ['a[x]', 'a', true],
    ['a ~= 1.0 ; python_version < "3"', 'a', true],
    ['a @ https://x', undefined, false],
    ['git+https://x#egg=a', undefined, false],
    ['./a', undefined, false],
  ] as const)
    assert.equal(parseRequirement(text), { text, name, isSpecific })
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(pip, raw)[0] ?? ''
  assert.match(problem({}), /one of the following is required: name, requirements/)
  assert.match(problem({ name: 'a', requirements: '/r' }), /mutually exclusive: name\|requirements/)
  assert.match(problem({ name: 'a', executable: 'x', virtualenv: '/v' }), /executable\|virtualenv/)
  for (const name of ['-e', '--pre', 'a\nb']) assert.match(problem({ name: [name] }), /is not a package/)
  assert.is(
    problem({ name: 'a', state: 'latest', version: '1' }),
    'version is incompatible with state=latest',
  )
  assert.match(problem({ name: 'a,b', version: '1' }), /^'version' argument is ambiguous/)
  assert.match(problem({ name: 'a>1', version: '1' }), /^The 'version' argument conflicts/)
  for (const version of ['-r x', '']) assert.match(problem({ name: 'a', version }), /is not a version/)
  assert.is(problem({ name: 'a', umask: 'x' }), 'umask must be an octal integer')
  assert.match(
    problem({ name: 'a', virtualenv: '/v', virtualenv_command: 'x -m venv', virtualenv_python: 'p' }),
    /should not be used/,
  )
  assert.match(problem({ name: 'a', extra_args: '"' }), /extra_args: the quote " is not closed/)
})

test.run()
