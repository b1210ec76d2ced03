import { spawnSync } from 'node:child_process'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseGroups, parseUser } from '../../src/host/accounts.ts'
import { readFiles } from '../../src/host/file-state.ts'
import { readAnswer } from '../../src/host/http/answer.ts'
import { editKeys, parseKey, readKeys } from '../../src/modules/accounts/authorized_key/keys-file.ts'
import { parseConnections } from '../../src/modules/control/wait_for/tcp.ts'
import { resultsIn as mysqlResultsIn } from '../../src/modules/databases/mysql_query/results.ts'
import { resultsIn } from '../../src/modules/databases/postgresql_query/results.ts'
import { statementsOf } from '../../src/modules/databases/postgresql_query/statements.ts'
import { infoIn } from '../../src/modules/databases/redis_info.ts'
import { textIn } from '../../src/modules/databases/redis-client.ts'
import { resultsIn as sqliteResultsIn } from '../../src/modules/databases/sqlite_query/results.ts'
import { statementsOf as sqliteStatementsOf } from '../../src/modules/databases/sqlite_query/statements.ts'
import { readMembers, refusalOf } from '../../src/modules/files/unarchive/members.ts'
import { modules } from '../../src/modules/index.ts'
import { rowsOf } from '../../src/modules/network/iproute2.ts'
import { readRuleset } from '../../src/modules/network/nftables/listing.ts'
import { describedIn, fits, isMasked, patternOf } from '../../src/modules/packages/flatpak/refs.ts'
import { xmlDifferences } from '../../src/modules/virtual/differences.ts'
import { xmlOf } from '../../src/modules/virtual/xml.ts'
import { FrameReader } from '../../src/remote/frames.ts'
import { namesMatch } from '../../src/remote/ssh/known-hosts.ts'
import { readSettings } from '../../src/remote/ssh/settings.ts'
import { clean, cleanLines, fit, width } from '../../src/report/text.ts'
import { Output } from '../../src/shell/output.ts'
import { quote } from '../../src/shell/quote.ts'
import { planOf, problemsOf } from '../support/plan.ts'
import { FOLDER, filesText, statText } from '../support/stat.ts'
import { hostile, hostileBytes, mayFail, property } from './property.ts'

const test = suite('parsers of what hosts and their tools say')

const NONCE = 'n0nce'
/** The frames that a stream is cut into, which comes in these pieces. */
async function frames(pieces: readonly Buffer[], count: number): Promise<[string, number][]> {
  const stream = new PassThrough()
  const reader = new FrameReader(NONCE)
  reader.read(stream)
  const all = Array.from({ length: count }, () => reader.next())
  for (const piece of pieces) stream.write(piece)
  return (await Promise.all(all)).map(({ bytes, code }) => [bytes.toString('latin1'), code])
}

function split(bytes: Buffer, at: readonly number[]): Buffer[] {
  const ends = [...new Set([...at.map((one) => one % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  )
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

test('frames: every split of every byte', async () => {
  const told: [string, number][] = [
    ['', 0],
    ['\n', 1],
    [`\n${NONCE}`, 127],
    ['a\r\n\0\xff\n\n', 2],
  ]
  const bytes = Buffer.from(told.map(([text, code]) => `${text}${NONCE} ${code}\n`).join(''), 'latin1')
  for (let first = 0; first <= bytes.length; first += 1) {
    for (let second = first; second <= bytes.length; second += 1) {
      assert.equal(await frames(split(bytes, [first, second]), told.length), told, `${first} ${second}`)
    }
  }
  const single = [...bytes].map((byte) => Buffer.from([byte]))
  assert.equal(await frames(single, told.length), told)
})

const answers = fc.array(
  fc.tuple(
    fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom('\n', `\n${NONCE}`, NONCE, 'x'.repeat(500)),
    ),
    fc.nat({ max: 255 }),
  ),
  { minLength: 1, maxLength: 5 },
)
property(
  test,
  'frames: any answers in any pieces',
  fc.tuple(answers, fc.array(fc.nat(), { maxLength: 30 })),
  async ([told, at]) => {
    const bytes = Buffer.from(told.map(([text, code]) => `${text}${NONCE} ${code}\n`).join(''), 'latin1')
    assert.equal(await frames(split(bytes, at), told.length), told)
  },
)

const ROWS = '[,],{,},"dev":,"eth0",1,-1,null,true,"",:,"dst":"default",{"ifname":"a"},[{},{}],1e999, ,\n'
  .split(',')
  .concat(',')
const IP = ['[{"ifindex":1,"ifname":"lo","mtu":65536,"addr_info":[{"local":"127.0.0.1","prefixlen":8}]}]']
const NFT = [
  'table ip t {\n',
  '\tset s {\n',
  '\t\telements = { ',
  '1.1.1.1',
  ',',
  '"',
  '{',
  '}',
  ' timeout 1h',
  '\t}\n',
  '}\n',
]
const SETS = [
  'table ip t {\n\tset s {\n\t\tflags timeout\n\t\telements = { 1.1.1.1 timeout 1h, 2.2.2.2 comment "}" }\n\t}\n}\n',
]
property(test, 'rulesets of nft', hostile(NFT, SETS), (text) => void mayFail(() => readRuleset(text)))

property(test, 'JSON of ip', hostile(ROWS, IP), (text) => void mayFail(() => rowsOf(`${text}\n\nexit 0\n`)))

const STAT = `${filesText(statText(), FOLDER)}`
property(
  test,
  'files',
  hostileBytes(['0', '1', '2', ' ', '\n', '\0', '81a4', '41ed', '2020-01-01 00:00:00.0 +0000', STAT], [STAT]),
  (bytes) => {
    for (const looking of [{}, { follow: true }, { digest: 'sha256sum' }])
      mayFail(() => readFiles(new Output(bytes), 2, looking))
  },
)

const LISTED = '-rw-r--r-- 0/0 4 2020-01-01 00:00:00 a/f\nlrwxrwxrwx 0/0 0 2020-01-01 00:00:00 l -> ../x\n'
const ZIPPED = Buffer.concat([
  Buffer.from('PK\x01\x02'),
  Buffer.alloc(42),
  Buffer.from('PK\x05\x06'),
  Buffer.alloc(18),
])
ZIPPED.writeUInt32LE(46, 58)
property(
  test,
  'archives',
  hostileBytes(
    [
      '-rw-r--r-- ',
      '0/0 ',
      '4 ',
      '2020-01-01 00:00:00 ',
      '..',
      '/',
      ' -> ',
      ' link to ',
      '\n',
      'PK\x01\x02',
      'PK\x05\x06',
      '\0',
    ],
    [LISTED, ZIPPED.toString('latin1')],
  ),
  (bytes) => {
    for (const kind of ['tar', 'zip'] as const)
      mayFail(() => refusalOf(readMembers({ kind, bytes }, { exclude: ['*a'], include: [], extra: [] })))
  },
)

const HEADS = [
  'HTTP/1.1 ',
  'HTTP/2 ',
  '200',
  '302',
  ' OK',
  '\r\n',
  '\n',
  '  ',
  'Location: ',
  'Set-Cookie: ',
  'a=b',
  ';',
  '//x',
]
const MARK = `${'0123456789abcdef'.repeat(2)}\n`
const ANSWER = `${MARK}Column\0Type\0a\0integer[]\0b\0jsonb\0${MARK}a\0b\0{{1,NULL},{"x,\\"",2}}\0{"c": []}\0${MARK}`
property(
  test,
  'what a query of PostgreSQL gives',
  hostile(
    [MARK, '\0', '{', '}', '"', '\\', ',', 'integer[]\0', '\u001f'],
    [ANSWER, `${MARK}INSERT 0 1\n${MARK}`],
  ),
  (text) => {
    for (const query of ['SELECT 1', 'SHOW x', '']) mayFail(() => resultsIn(text, [query]))
  },
)

const ROW = (fields: string) => `<resultset statement="x">\n  <row>\n${fields}</row>\n</resultset>\n`
const END = ROW(
  ['0123456789abcdef'.repeat(2), 'w', 't'].map((name) => `\t<field name="${name}">1</field>\n`).join(''),
)
property(
  test,
  'what a query of MySQL gives',
  hostile(
    [MARK, END, '<row>', '</row>', '</resultset>', '&lt;', '"', 'Type: LONG\n', 'Field 1: `a`\n'],
    [
      `${MARK}${END}${ROW('\t<field name="a" xsi:nil="true" />\n')}${END}${MARK}Field   1:  \`a\`\nType:  LONG\n`,
    ],
  ),
  (text) => {
    mayFail(() => mysqlResultsIn(text))
  },
)

const TOLD = `'${'0123456789abcdef'.repeat(2)}','b','c'\n0,0,0\n`
property(
  test,
  'what a query of SQLite gives',
  hostile(
    [MARK, TOLD, "'", "''", ',', '\n', "X'", 'NULL', '-1e9'],
    [`${MARK}${TOLD}'a','b'\n1,'c'\n${TOLD}`, `${MARK}${TOLD}${TOLD}`],
  ),
  (text) => {
    for (const query of ['SELECT 1', 'PRAGMA user_version = 1'])
      mayFail(() => sqliteResultsIn(text, sqliteStatementsOf(query)))
  },
)

property(
  test,
  'what a server of Redis says of itself, and of keys',
  hostile(
    [':', '=', ',', 'db0', 'module', '"', '\\x', '(nil)', '1.0'],
    ['db0:keys=1,expires=0', '"a\\xff\\n"'],
  ),
  (text) => {
    infoIn(text.split('\n'))
    textIn(text)
  },
)

const SQL = ["'", '"', '$$', '$a$', 'E', '\\', '--', '/*', '*/', ';', '\n', 'SELECT 1', '(', 'INTO']
property(
  test,
  'statements of PostgreSQL',
  hostile(SQL, ["SELECT 'a;', $b$;$b$ /* ; */; SELECT 2"]),
  (text) => {
    for (const statement of statementsOf(text)) assert.ok(text.includes(statement.text))
  },
)

property(
  test,
  'statements of SQLite',
  hostile([...SQL, '`', '[', ']', '\r\n', 'CREATE TRIGGER', 'END'], ["SELECT 'a;' -- b;\n; SELECT 2"]),
  (text) => {
    mayFail(() => {
      for (const { text: one } of sqliteStatementsOf(text)) assert.match(one, /^[A-Za-z]/)
    })
  },
)

const XML = [
  '<domain>',
  '</domain>',
  '<a b="c"/>',
  '<!-- x -->',
  '<![CDATA[',
  ']]>',
  '&lt;',
  '&#x0;',
  '<!DOCTYPE a [',
]
const GUEST =
  "<domain type='kvm'><name>g</name><memory unit='MiB'>64</memory><devices><disk/></devices></domain>"

property(
  test,
  'descriptions of libvirt, which differ in nothing from themselves',
  hostile(XML, [GUEST]),
  (text) => {
    const root = mayFail(() => xmlOf(text))
    if (root !== undefined) assert.equal(xmlDifferences(root, root), [])
  },
)

property(test, 'heads of answers', hostile(HEADS, ['HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n']), (text) => {
  for (const code of [0, 7]) readAnswer(text, code, 'http://a/b')
})

const ACCOUNT = 'root,x,0,:,::,/root,/bin/sh,\n, '.split(',').concat(',')
property(test, 'accounts', hostile(ACCOUNT, ['root:x:0:0:root:/root:/bin/sh', 'adm:x:4:a,b']), (text) => {
  parseUser(text)
  parseGroups(text.split('\n'))
})

const KEY = 'ssh-ed25519 ,AAAAC3NzaC1lZDI1NTE5,command=",",no-pty,=,\\",#, ,\n,a@b,cert-authority '
  .split(',')
  .concat(',')
const keys = hostile(KEY, ['command="a b",no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me@here\n'])
property(test, 'authorized keys', keys, (text) => {
  parseKey(text)
  mayFail(() => readKeys(text))
  editKeys(text, {
    keys: [{ options: '', type: 'ssh-rsa', blob: 'AAAA', comment: '' }],
    state: 'present',
    exclusive: true,
  } as Parameters<typeof editKeys>[1])
})

property(
  test,
  'connections of the kernel',
  hostile(['0:', ' 0100007F:1F90', ' 0A', ' ', '\n', ':', 'sl']),
  (text) => void parseConnections(text),
)

const CONFIG =
  'hostname ,port ,22,user ,identityfile ,none,~/.ssh/id,%h,%%,%,proxyjump ,a,b, ,\n,\n,yes,userknownhostsfile ,/x'
    .split(',')
    .concat(',')
property(
  test,
  'what ssh -G prints',
  hostile(CONFIG, ['hostname a\nport 22\nuser b\nidentityfile ~/.ssh/id_%h\n']),
  (text) => void mayFail(() => readSettings('a', text)),
)
property(
  test,
  'names of known hosts',
  fc.tuple(hostile(['a', '*', '?', '!', ',', '|1|', '=', '[a]:22', '.']), hostile(['a', '.', '*'])),
  ([names, name]) => void namesMatch(names, name),
)

const REF = [
  '[Flatpak Ref]',
  '\n',
  'Name=',
  'Branch=',
  'IsRuntime=true',
  'org.a.B',
  '/',
  'app',
  '*',
  '.',
  '-',
  ' ',
]
property(
  test,
  'files of refs, and masks of flatpak',
  fc.tuple(hostile(REF, ['[Flatpak Ref]\nName=org.a.B\nBranch=c\n']), hostile(REF)),
  ([file, mask]) => {
    const described = describedIn(file)
    if (described === undefined) return
    const ref = `${described.kind}/${described.id}/x86_64/${described.branch}`
    assert.ok(fits(ref, described) && new RegExp(patternOf(described)).test(`${ref}\t`))
    isMasked(ref, [mask])
  },
)

const OUTPUTS =
  '0,1,ok,\n,\n\n,\0, ,:,=,{},[],[{"ifname":"eth0"}],shadow,table,open,root:x:0:0::/root:/bin/sh,Loaded=,loaded,active,Inst a [1] (2),3,-1,yes,\t'.split(
    ',',
  )
const MODULES: [name: string, raw: Record<string, unknown>][] = [
  ['acl', { path: '/f', entry: 'user:a:r', state: 'present', recursive: true }],
  ['address', { address: '10.0.0.1/24', dev: 'eth0' }],
  ['alternatives', { name: 'a', path: '/a', link: '/b' }],
  ['apt', { name: 'a' }],
  ['authorized_key', { user: 'root', key: 'ssh-rsa AAAA' }],
  ['authorized_key', { user: 'root', key: 'https://a/b.keys', exclusive: true }],
  ['blockinfile', { path: '/f', block: 'a' }],
  ['deb822_repository', { name: 'r', signed_by: 'https://a/b' }],
  ['debconf', { name: 'p', question: 'q', vtype: 'string', value: 'v' }],
  ['dpkg_divert', { path: '/f' }],
  ['dpkg_selections', { name: 'p', selection: 'hold' }],
  ['capabilities', { path: '/f', capability: 'cap_net_raw+ep' }],
  ['ethtool', { dev: 'eth0', features: { tso: true }, ring: { rx: 1 }, speed: 10 }],
  ['file', { path: '/f', state: 'touch' }],
  ['file', { path: '/f', state: 'directory', recurse: true, attributes: '+A', setype: '_default' }],
  ['filesystem', { dev: '/d', fstype: 'ext4', resizefs: true }],
  ['find', { paths: '/f', contains: 'a', get_checksum: true }],
  ['getent', { database: 'hosts' }],
  ['flatpak', { name: 'org.a.B,http://a/b', state: 'latest' }],
  ['flatpak_remote', { name: 'a', flatpakrepo_url: 'b', enabled: false }],
  ['gem', { name: 'g', state: 'latest' }],
  ['git', { repo: 'https://a/b', dest: '/f' }],
  ['group', { name: 'g' }],
  ['hostname', { name: 'h' }],
  ['htpasswd', { path: '/f', name: 'a', password: 'b' }],
  ['ini_file', { path: '/f', section: 's', option: 'o', value: '1' }],
  ['interfaces_file', { iface: 'a', option: 'up', value: '1' }],
  ['known_hosts', { name: 'a', state: 'absent' }],
  ['lineinfile', { path: '/f', line: 'a', regexp: 'b*' }],
  ['link', { name: 'l0', type: 'dummy' }],
  ['locale_gen', { name: 'de_DE.UTF-8' }],
  ['lvg', { vg: 'v', pvs: '/a' }],
  ['lvol', { vg: 'v', lv: 'a', size: '+10%FREE' }],
  ['mobility_facts', {}],
  ['modprobe', { name: 'm' }],
  ['mount', { path: '/m', src: '/a', fstype: 'none', opts: 'bind', state: 'mounted' }],
  ['firewalld', { service: 'http', permanent: true, immediate: true, state: 'enabled' }],
  ['mpls_route', { label: 100, via: '10.0.0.2' }],
  ['neighbor', { address: '10.0.0.2', dev: 'eth0', proxy: true }],
  ['network_config', { links: [{ name: 'eth0', dhcp4: true }] }],
  ['nexthop', { id: 1, group: [2, 3] }],
  ['nftables', { table: 't', content: 'table t { }' }],
  ['nmcli', { conn_name: 'c', type: 'ethernet', state: 'present', ip4: '192.0.2.1/24', gw6: '2001:db8::1' }],
  ['npm', { path: '/f', state: 'latest' }],
  ['openssl_csr', { path: '/f', privatekey_path: '/k', common_name: 'a' }],
  ['openssl_dhparam', { path: '/f' }],
  ['openssl_privatekey', { path: '/f', return_content: true }],
  ['package', { name: 'p' }],
  ['package_facts', { strategy: 'all' }],
  ['pam_limits', { domain: 'a', limit_type: 'soft', limit_item: 'nofile', value: '1', use_max: true }],
  ['pamd', { name: 'f', type: 'auth', control: 'required', module_path: 'a.so', state: 'absent' }],
  ['parted', { device: '/d', number: 1, state: 'present', resize: true }],
  ['qdisc', { dev: 'eth0', kind: 'netem', delay: '1ms', loss: '1%' }],
  ['qdisc', { dev: 'eth0', kind: 'tbf', rate: '1mbit', burst: 1500, latency: '1ms' }],
  ['reboot', { reboot_command: 'a' }],
  ['route', { to: 'default', via: '10.0.0.2' }],
  ['apt_key', { file: '/f' }],
  ['apt_key', { url: 'https://a/b' }],
  ['apt_repository', { repo: 'deb http://a b c' }],
  ['apt_repository', { repo: 'ppa:a/b' }],
  ['pip', { name: 'a,b>=1' }],
  ['rpm_key', { key: '/f' }],
  ['rule', { from: '10.0.0.1', table: 5, priority: 9 }],
  ['selinux_permissive', { domain: 'a', permissive: true, store: 'mls' }],
  ['seboolean', { name: 'a', state: true, persistent: true }],
  ['sefcontext', { target: '/a', setype: 'a_t', ignore_selinux_state: true }],
  ['selinux', { state: 'enforcing', policy: 'targeted', update_kernel_param: true }],
  ['seport', { ports: '80', proto: 'tcp', setype: 'a_t', ignore_selinux_state: true }],
  ['service', { name: 's', state: 'started' }],
  ['service_facts', {}],
  ['setup', {}],
  ['lxc_container', { name: 'c', archive: true, archive_path: '/a' }],
  ['lxc_container', { name: 'c', memory: 64, vif: [{ bridge: 'b' }], container_config: ['lxc.a=b'] }],
  ['slurp', { src: '/f' }],
  ['snap', { name: 'a,/b.snap', channel: 'edge', options: 'a.b=1' }],
  ['snap_alias', { name: 'a', alias: 'b' }],
  ['stat', { path: '/f' }],
  ['subversion', { repo: 'a', dest: '/f' }],
  ['synchronize', { src: '/a', dest: '/b' }],
  ['sysctl', { name: 'net.ipv4.ip_forward', value: '1' }],
  ['sysfs', { path: 'class/net/eth0/mtu', value: '1', persistent: true }],
  ['systemd', { name: 's', enabled: true }],
  ['sysvinit', { name: 's', state: 'started', enabled: true, runlevels: ['3'] }],
  ['tc_class', { dev: 'eth0', classid: '1:1', rate: '1mbit', burst: 1500 }],
  ['timezone', { name: 'UTC' }],
  ['ufw', { rule: 'allow', port: '22', insert: 0, insert_relative_to: 'last-ipv6' }],
  ['user', { name: 'u' }],
  ['wait_for', { port: 22 }],
  ['wait_for', { path: '/f', search_regex: '(a+)+b' }],
  ['wireguard', { name: 'wg0', listen_port: 1 }],
  ['x509_certificate', { path: '/f', provider: 'selfsigned', privatekey_path: '/k' }],
  ['xen_domain', { name: 'd' }],
  ['xml', { path: '/f', xpath: '/a/b[@c="1"]', value: 'x' }],
  ['yum_repository', { name: 'r', description: 'd', baseurl: 'u' }],
  ['xen_vif', { domain: 'd', bridge: 'b' }],
]
const cases = fc.tuple(
  fc.constantFrom(...MODULES),
  fc.array(hostile(OUTPUTS, [STAT, ...IP]), { minLength: 12, maxLength: 12 }),
)
property(test, 'modules: a plan or a sentence, whatever a probe prints', cases, ([[name, raw], printed]) => {
  mayFail(() => planOf(modules[name]!, raw, printed))
})
for (const [name, raw] of MODULES) {
  test(`the arguments of ${name} are right`, () => assert.equal(problemsOf(modules[name]!, raw), []))
}

const SH = 'a,\',",\\,$,`,!,\n, ,*,~,-,(,),{,},#,&,|,;,<,>,$(id),\t,é'.split(',')
property(
  test,
  'what is quoted is one word of sh',
  fc.array(hostile(SH), { minLength: 1, maxLength: 20 }),
  (all) => {
    const texts = all.map((text) => text.replace(/[\0\ud800-\udfff]/g, ''))
    const script = `for w in ${texts.map(quote).join(' ')}; do printf '%s\\0' "$w"; done`
    const { stdout } = spawnSync('sh', { input: script, encoding: 'utf8' })
    assert.equal(stdout.split('\0').slice(0, -1), texts)
  },
)

const ANSI = '\x1b[,\x1b],\x1b,0,;,m,\x07,\x1b\\,a,é,😀,日,\u200d,\u0301,\t,\r,\n,\x9b,\u202e,\ufeff,?'.split(
  ',',
)
property(test, 'texts of reports: one line that is as wide as it says', hostile(ANSI), (text) => {
  const line = clean(text)
  assert.not.match(line, /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/)
  cleanLines(text)
  for (const columns of [0, 1, 10]) assert.ok(width(fit(line, columns)) <= columns)
})

test.run()
