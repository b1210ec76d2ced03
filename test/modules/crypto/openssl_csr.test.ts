import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openssl_csr } from '../../../src/modules/crypto/openssl_csr/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('openssl_csr')

const THERE = filesText(statText(), FOLDER)
const NOT_THERE = filesText(undefined, FOLDER)
const A = { path: '/d/c', privatekey_path: '/k', common_name: 'a' }

/** What the probe prints of a request. */
function request(subject: string[], extensions = '', key = 'KEY', isSigned = 1): string {
  const text =
    extensions === ''
      ? '        Attributes:\n            (none)\n'
      : `            Requested Extensions:\n${extensions}`
  return `subject=\n${subject.map((one) => `    ${one}\n`).join('')}\0${key}\n\0${text}\0${isSigned}`
}

const extension = (name: string, text: string) =>
  `                X509v3 ${name}\n                    ${text}\n`
const SAN = extension('Subject Alternative Name: ', 'DNS:a, IP Address:10.0.0.1')
const WANTED = request(['CN=a', 'O=b'], SAN)

const TABLE: [title: string, raw: Raw, current: string, changes: unknown[]][] = [
  ['one that is right is left', {}, WANTED, []],
  ['fields have no order', {}, request(['O=b', 'CN=a'], SAN), []],
  [
    'unless they are ordered',
    { common_name: undefined, subject_ordered: [{ CN: 'a' }, { O: 'b' }] },
    request(['O=b', 'CN=a'], SAN),
    [['subject', 'O=b, CN=a', 'CN=a, O=b']],
  ],
  [
    'nor have other names',
    {},
    request(['CN=a', 'O=b'], extension('Subject Alternative Name: ', 'IP Address:10.0.0.1, DNS:a')),
    [],
  ],
  ['another subject', {}, request(['CN=x'], SAN), [['subject', 'CN=x', 'CN=a, O=b']]],
  [
    'another extension, and one that is critical',
    {},
    request(['CN=a', 'O=b'], SAN.replace(': ', ': critical') + extension('Basic Constraints: ', 'CA:TRUE')),
    [
      ['Subject Alternative Name', 'critical, DNS:a, IP Address:10.0.0.1', 'DNS:a, IP Address:10.0.0.1'],
      ['Basic Constraints', 'CA:TRUE', null],
    ],
  ],
  [
    'another key',
    {},
    request(['CN=a', 'O=b'], SAN, 'OTHER', 0),
    [['public key', 'another', 'that of the private key']],
  ],
  ['a wrong signature', {}, request(['CN=a', 'O=b'], SAN, 'KEY', 0), [['signature', 'wrong', 'right']]],
  ['what is no request', {}, '\0\0\x000', [['request', 'unreadable', 'CN=a, O=b']]],
  ['by force', { force: true }, WANTED, [['request', 'CN=a, O=b', 'CN=a, O=b, new']]],
]

for (const [title, raw, current, changes] of TABLE)
  test(title, () =>
    assert.equal(rows(planOf(openssl_csr, { ...A, ...raw }, `${THERE}11${WANTED}1${current}`)), changes),
  )

test('one that is missing is made, and one that shall not be there is removed', () => {
  assert.equal(rows(planOf(openssl_csr, A, `${NOT_THERE}11${WANTED}0`)), [['request', null, 'CN=a, O=b']])
  assert.equal(rows(planOf(openssl_csr, { ...A, state: 'absent' }, THERE)), [['state', 'file', 'absent']])
  assert.equal(rows(planOf(openssl_csr, { ...A, state: 'absent' }, NOT_THERE)), [])
})

test('what cannot be is a failure, and under check what may still come', () => {
  const failed = (printed: string) => planOf(openssl_csr, A, printed).failed ?? ''
  assert.match(failed(`${NOT_THERE}0`), /required executable "openssl"/)
  assert.is(
    failed(`${NOT_THERE}10C0FF:error:16000069:STORE routines:x:no key:../a.c:1:\x000`),
    'STORE routines:x:no key:',
  )
  assert.match(failed(`${filesText(undefined, undefined)}11${WANTED}0`), /The directory \/d does not exist/)
  assert.equal(rows(planOf(openssl_csr, A, `${NOT_THERE}10no key\x000`, CHECK)), [['request', null, 'new']])
  assert.throws(
    () => planOf(openssl_csr, A, `${THERE}11${WANTED}1${request(['CN=a'], 'x\n')}`),
    /an extension was expected/,
  )
})

/** The configuration in the script that makes a request. */
function config(raw: Raw): string {
  const [action] = planOf(openssl_csr, { ...A, ...raw }, `${NOT_THERE}11${WANTED}0`).actions ?? []
  const script = action?.do === 'send' ? action.script : ''
  const octal = (text: string) =>
    text.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)))
  const format = [...script.matchAll(/printf '([^']*\[req\][^']*)'/g)].at(-1)![1]!
  return Buffer.from(octal(format), 'latin1').toString()
}

const CONFIGS: [raw: Raw, lines: string[]][] = [
  [{ common_name: 'a $b #c "d" \\e', OU: ' f' }, ['0.OU = " "f', '1.CN = a \\$b \\#c \\"d\\" \\\\e']],
  [{}, ['subjectAltName = @san', 'DNS.0 = a']],
  [
    { subject_alt_name: ['IP:::1', 'dirName:CN=x,O=y'], subject_alt_name_critical: true },
    ['subjectAltName = critical,@san', 'IP.0 = ::1', '0.O = y', '1.CN = x'],
  ],
  [{ key_usage: ['digitalSignature', 'Content Commitment'] }, ['keyUsage = digitalSignature,nonRepudiation']],
  [
    { extended_key_usage: ['serverAuth'], extended_key_usage_critical: true },
    ['extendedKeyUsage = critical,serverAuth'],
  ],
  [{ basic_constraints: ['CA:TRUE', 'pathlen:0'] }, ['basicConstraints = CA:TRUE,pathlen:0']],
  [{ ocsp_must_staple: true }, ['tlsfeature = status_request']],
  [
    { name_constraints_permitted: ['IP:10.0.0.0/9'], name_constraints_excluded: ['IP:fc00::/7'] },
    ['permitted;IP.0 = 10.0.0.0/255.128.0.0', 'excluded;IP.0 = fc00::/fe00:0:0:0:0:0:0:0'],
  ],
  [{ create_subject_key_identifier: true }, ['subjectKeyIdentifier = hash']],
  [{ subject_key_identifier: '0011:22' }, ['subjectKeyIdentifier = 00:11:22']],
  [
    { authority_key_identifier: '00:11' },
    ['authorityKeyIdentifier = ASN1:SEQUENCE:authority', 'key = IMPLICIT:0,FORMAT:HEX,OCTETSTRING:0011'],
  ],
  [
    { authority_cert_issuer: ['DNS:b'], authority_cert_serial_number: 7 },
    ['n0 = IMPLICIT:2,IA5STRING:b', 'serial = IMPLICIT:2,INTEGER:7'],
  ],
  [
    { crl_distribution_points: [{ full_name: ['URI:http://a,b'], reasons: ['ca_compromise'] }] },
    [
      'crlDistributionPoints = point0',
      'fullname = @point0name',
      'URI.0 = http://a,b',
      'reasons = CACompromise',
    ],
  ],
]

test('each argument is what openssl reads in its configuration', () => {
  for (const [raw, lines] of CONFIGS) {
    const text = config(raw)
    for (const line of lines) assert.ok(text.split('\n').includes(line), `${line}\nis not in\n${text}`)
  }
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ path: '/c' }, /one of the following is required: privatekey_path, privatekey_content/],
  [{ ...A, privatekey_content: 'x' }, /mutually exclusive: privatekey_path\|privatekey_content/],
  [
    { ...A, subject: { O: 'a' }, subject_ordered: [{ O: 'a' }] },
    /mutually exclusive: subject\|subject_ordered/,
  ],
  [{ ...A, subject_ordered: [{ O: 'a' }] }, /cannot be combined with any other subject field/],
  [{ ...A, common_name: undefined, subject_ordered: [{ O: 'a', C: 'b' }] }, /maps with one field each/],
  [{ ...A, common_name: 'a\nb' }, /is not what a field holds/],
  [{ ...A, subject: { 'a b': 'c' } }, /"a b" is not a name of a field/],
  [{ ...A, subject_alt_name: ['a.b'] }, /Cannot parse Subject Alternative Name "a.b"/],
  [{ ...A, key_usage: ['a\nb'] }, /is not a name of a use/],
  [{ ...A, digest: '-x' }, /is not a name of a digest/],
  [{ ...A, authority_cert_issuer: ['DNS:a'] }, /are required together/],
  [{ ...A, authority_cert_issuer: ['IP:1.2.3.4'], authority_cert_serial_number: 1 }, /begins with none of/],
  [{ ...A, create_subject_key_identifier: true, subject_key_identifier: '00' }, /cannot be specified if/],
  [{ ...A, subject_key_identifier: 'xy' }, /Cannot parse subject_key_identifier/],
  [{ ...A, crl_distribution_points: [{}] }, /number 1 needs full_name/],
  [
    { ...A, crl_distribution_points: [{ full_name: ['URI:a'], reasons: ['b'] }] },
    /"b" is none of key_compromise/,
  ],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(openssl_csr, raw)
    assert.is(problems.length, 1, JSON.stringify([raw, problems]))
    assert.match(problems[0]!, problem)
  }
})

test.run()
