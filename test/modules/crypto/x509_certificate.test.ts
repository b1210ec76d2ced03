import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { x509_certificate } from '../../../src/modules/crypto/x509_certificate/index.ts'
import { identifierOf } from '../../../src/modules/crypto/x509_certificate/probe.ts'
import { printedTime, secondsFromNow, timeScript } from '../../../src/modules/crypto/x509_certificate/time.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('x509_certificate')

const pem = () =>
  String(
    generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'pem' }),
  )
const [KEY, CA, OTHER] = [pem(), pem(), pem()]
const THERE = filesText(statText(), FOLDER)
const NOT_THERE = filesText(undefined, FOLDER)

const fields = (name: string, all: string[]) => `${name}=\n${all.map((one) => `    ${one}\n`).join('')}\0`
const extension = (name: string, text: string) => `            X509v3 ${name}: \n                ${text}\n`
const SAN = extension('Subject Alternative Name', 'DNS:a')

function request(extensions = SAN, key = KEY, isSigned = 1): string {
  const text =
    extensions === '' ? '' : `            Requested Extensions:\n${extensions.replace(/^/gm, '    ')}`
  return `1${fields('subject', ['CN=a'])}\0${key}\0${text}\0\0${isSigned}`
}

interface Shown {
  readonly subject?: string
  readonly issuer?: string
  readonly key?: string
  readonly extensions?: string
  /** Undefined where nobody asks. */
  readonly isSigned?: number
}

const SKI = extension('Subject Key Identifier', identifierOf(KEY))
const AKI = extension('Authority Key Identifier', `keyid:${identifierOf(CA)}`)

function certificate({
  subject = 'a',
  issuer = 'a',
  key = KEY,
  extensions = SAN + SKI,
  isSigned,
}: Shown = {}): string {
  const text = `        X509v3 extensions:\n${extensions}`
  const more = 'serial=0A\nnotBefore=Nov  9 01:02:03 2026 GMT\nnotAfter=Nov 29 13:37:18 2036 GMT\n'
  return `1${fields('subject', [`CN=${subject}`])}${fields('issuer', [`CN=${issuer}`])}${key}\0${text}\0${more}\0${isSigned ?? ''}`
}

const SELF = { path: '/d/c', provider: 'selfsigned', privatekey_path: '/k', csr_path: '/r' }
const OWN = {
  path: '/d/c',
  provider: 'ownca',
  csr_path: '/r',
  ownca_path: '/ca',
  ownca_privatekey_path: '/cak',
}
const AUTHORITY = `${certificate({ subject: 'ca', issuer: 'ca', key: CA, extensions: '' })}1${CA}\0`

const self = (shown: Shown, more = request()) =>
  `${THERE}1${more}1${KEY}\x001${certificate({ isSigned: 1, ...shown })}`
const own = (shown: Shown) =>
  `${THERE}1${request()}${AUTHORITY}1${certificate({ issuer: 'ca', extensions: SAN + SKI + AKI, isSigned: 1, ...shown })}`

const TABLE: [title: string, raw: Raw, printed: string, changes: unknown[]][] = [
  ['one that signs itself and is right is left', SELF, self({}), []],
  [
    'another subject',
    SELF,
    self({ subject: 'b', issuer: 'b' }),
    [
      ['subject', 'CN=b', 'CN=a'],
      ['issuer', 'CN=b', 'CN=a'],
    ],
  ],
  ['another key', SELF, self({ key: OTHER }), [['public key', 'another', 'that which is asked for']]],
  ['signed by another', SELF, self({ isSigned: 0 }), [['signature', 'of another key', 'right']]],
  [
    'without what the request has, and with more',
    SELF,
    self({ extensions: SKI + extension('Key Usage', 'Digital Signature') }),
    [
      ['Key Usage', 'Digital Signature', null],
      ['Subject Alternative Name', null, 'DNS:a'],
    ],
  ],
  [
    'an identifier that nobody is to make',
    { ...SELF, selfsigned_create_subject_key_identifier: 'never_create' },
    self({}),
    [['Subject Key Identifier', identifierOf(KEY), null]],
  ],
  [
    'the identifier of the request',
    SELF,
    self(
      { extensions: SAN + extension('Subject Key Identifier', '00:11') },
      request(SAN + extension('Subject Key Identifier', '00:11')),
    ),
    [],
  ],
  ['times are passed over', { ...SELF, selfsigned_not_after: '20300101000000Z' }, self({}), []],
  [
    'unless they are to be right',
    {
      ...SELF,
      ignore_timestamps: false,
      selfsigned_not_before: '20261109010203Z',
      selfsigned_not_after: '203001010000Z',
    },
    self({}),
    [['not after', '20361129133718Z', '203001010000Z']],
  ],
  ['by force', { ...SELF, force: true }, self({}), [['certificate', 'CN=a', 'CN=a, new']]],
  ['one that an authority signs', OWN, own({}), []],
  ['of another authority', OWN, own({ issuer: 'b' }), [['issuer', 'CN=b', 'CN=ca']]],
  ['of another key of it', OWN, own({ isSigned: 0 }), [['signature', 'of another key', 'right']]],
  [
    'without the identifier of its key',
    OWN,
    own({ extensions: SAN + SKI }),
    [['Authority Key Identifier', null, identifierOf(CA)]],
  ],
  [
    'which it may do without',
    { ...OWN, ownca_create_authority_key_identifier: false },
    own({ extensions: SAN + SKI }),
    [],
  ],
  [
    'what is no certificate',
    SELF,
    `${THERE}1${request()}1${KEY}\x0010unable to load\x001`,
    [['certificate', 'unreadable', 'CN=a']],
  ],
  ['one that is missing', SELF, `${NOT_THERE}1${request()}1${KEY}\x000`, [['certificate', null, 'CN=a']]],
  ['one that shall not be there', { path: '/d/c', state: 'absent' }, THERE, [['state', 'file', 'absent']]],
]

for (const [title, raw, printed, changes] of TABLE)
  test(title, () => assert.equal(rows(planOf(x509_certificate, raw, printed)), changes))

test('the results are those of Ansible', () => {
  const { result } = planOf(x509_certificate, OWN, own({}))
  assert.equal(result, {
    ...{ filename: '/d/c', privatekey: null, csr: '/r', ca_cert: '/ca', ca_privatekey: '/cak' },
    ...{ notBefore: '20261109010203Z', notAfter: '20361129133718Z', serial_number: '10' },
  })
})

test('what does not belong to each other is a failure, and under check what may still come', () => {
  const failed = (raw: Raw, printed: string) => planOf(x509_certificate, raw, printed).failed ?? ''
  assert.match(failed(SELF, `${NOT_THERE}0`), /required executable "openssl"/)
  assert.match(
    failed(OWN, `${NOT_THERE}1${request()}${AUTHORITY.replaceAll(`1${CA}\0`, `1${OTHER}\0`)}0`),
    /The CA private key does not belong/,
  )
  assert.match(failed(SELF, self({}, request(SAN, OTHER))), /the private key does not belong to the request/)
  assert.match(failed(SELF, self({}, request(SAN, KEY, 0))), /the request is not signed/)
  const lacking = `${NOT_THERE}10/r is not there\x0000no key\x000`
  assert.is(failed(SELF, lacking), 'openssl: /r is not there')
  assert.equal(rows(planOf(x509_certificate, SELF, lacking, CHECK)), [['certificate', null, 'new']])
})

test('both ends of a validity count from the same moment, though the clock goes on', () => {
  const script = [
    'f=$(mktemp)',
    'date() { case $1 in +%s) echo >>"$f"; wc -l <"$f" ;; *) echo "$@" ;; esac; }',
    'now=$(date +%s)',
    timeScript('+0s'),
    timeScript('+1d'),
    'rm "$f"',
  ].join('\n')
  const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' })
  assert.equal(said.match(/@\d+/g), ['@1', '@86401'])
})

test('times are read', () => {
  assert.is(printedTime('Nov  9 01:02:03 2026 GMT'), '20261109010203Z')
  assert.throws(() => printedTime('soon'), /makes no sense/)
  assert.is(secondsFromNow('+1w2d3h4m5s'), 788_645)
  assert.is(secondsFromNow('-1d'), -86_400)
  assert.is(secondsFromNow('20261109010203Z'), undefined)
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ path: '/c' }, /all of the following are missing: provider/],
  [{ path: '/c', provider: 'selfsigned' }, /One of privatekey_path and privatekey_content must be specified/],
  [{ ...OWN, csr_path: undefined }, /csr_path or csr_content is required/],
  [{ ...OWN, ownca_path: undefined }, /One of ownca_path and ownca_content/],
  [{ ...OWN, ownca_privatekey_path: undefined }, /One of ownca_privatekey_path and/],
  [{ ...OWN, csr_content: 'x' }, /mutually exclusive: csr_path\|csr_content/],
  [{ ...SELF, selfsigned_not_after: 'soon' }, /The time spec "soon" for selfsigned_not_after is invalid/],
  [{ ...SELF, selfsigned_digest: '-x' }, /is not a name of a digest/],
  [{ ...SELF, selfsigned_version: 2 }, /does not support v2/],
  [{ path: '/c', provider: 'acme' }, /provider acme is not known here/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(x509_certificate, raw)
    assert.is(problems.length, 1, JSON.stringify([raw, problems]))
    assert.match(problems[0]!, problem)
  }
})

test.run()
