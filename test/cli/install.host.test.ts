import { execFile, execFileSync } from 'node:child_process'
import {
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createServer as createProxy } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { archiveOf, type Galaxy, startGalaxy, type Tree, writeTree } from '../support/galaxy.ts'
import { startWeb } from '../support/web.ts'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'install-'))
let galaxy: Galaxy
let project = ''
let projects = 0

const test = suite('run install')

interface Ended {
  readonly status: number
  readonly out: string
}

/** A program in the project; both of its outputs together. */
function ended(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const all = { ...process.env, HOME: project, ANSIBLE_HOME: join(project, '.ansible'), ...env }
  return new Promise((done) =>
    execFile(program, words, { cwd: project, env: all }, (error, stdout, stderr) =>
      done({ status: error === null ? 0 : Number(error.code), out: `${stdout}${stderr}` }),
    ),
  )
}

const run = (...words: string[]) => ended(launcher, ['install', ...words])
const read = (name: string) => readFileSync(join(project, name), 'utf8')
const write = (name: string, text: string) => writeTree(project, { [name]: text })
const isThere = (name: string) => existsSync(join(project, name))

/** A git repository; gives its address and a way to commit more. */
function repository(name: string, files: Tree) {
  const path = join(project, 'repositories', name)
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.email=a@b', '-c', 'user.name=n', ...words], {
      cwd: path,
      encoding: 'utf8',
    })
  mkdirSync(path, { recursive: true })
  git('init', '-q', '-b', 'main')
  const commit = (more: Tree) => {
    writeTree(path, more)
    git('add', '-A')
    git('commit', '-qm', 'more')
    return git('rev-parse', 'HEAD').trim()
  }
  return { url: `file://${path}`, first: commit(files), commit, git }
}

test.before(async () => {
  galaxy = await startGalaxy(join(folder, 'galaxy'))
  for (const version of ['1.0.0', '1.2.0', '2.0.0', '2.1.0-beta.1']) galaxy.collection('acme.base', version)
  const hello = { 'roles/hello/tasks/main.yml': '- debug: {msg: hello of acme.web}\n' }
  galaxy.collection('acme.web', '1.0.0', { 'acme.base': '>=1.0.0,<2.0.0' }, hello)
  galaxy.collection('acme.new', '1.0.0', { 'acme.base': '>=2.0.0' })
  for (const version of ['1.0.0', '1.9.0', '1.10.0'])
    galaxy.role('bob', 'nginx', version, { 'tasks/main.yml': `- debug: {msg: nginx ${version}}\n` })
  const dependency = 'dependencies: [{role: bob.nginx, version: 1.9.0}]\n'
  galaxy.role('bob', 'site', '1.0.0', {
    'meta/main.yml': dependency,
    'tasks/main.yml': '- debug: {msg: site}\n',
  })
  galaxy.role('bob', 'other', '1.0.0', {
    'meta/main.yml': 'dependencies: [{role: bob.nginx, version: 1.0.0}]\n',
  })
})
test.after(async () => {
  await galaxy.close()
  rmSync(folder, { recursive: true })
})
test.before.each(() => {
  galaxy.need(undefined)
  galaxy.asked.length = 0
  projects += 1
  project = join(folder, `project${projects}`)
  mkdirSync(project)
  write(
    'ansible.cfg',
    `[defaults]\nroles_path = roles\ncollections_path = collections\n[galaxy]\nserver_list = test\n[galaxy_server.test]\nurl = ${galaxy.url}/api/\n`,
  )
})

const COLLECTIONS = 'collections/ansible_collections'

test('what ansible-galaxy installs from the same server is the same, and each lists the other', async () => {
  const words = ['-s', galaxy.url]
  assert.is((await run('collection', 'acme.web', ...words)).status, 0)
  assert.is((await run('bob.site', ...words)).status, 0)
  const theirs = (kind: string, ...more: string[]) => ended('ansible-galaxy', [kind, ...more])
  assert.match((await theirs('collection', 'list')).out, /acme\.base +1\.2\.0[\s\S]*acme\.web +1\.0\.0/)
  assert.match((await theirs('role', 'list')).out, '- bob.nginx, 1.9.0\n- bob.site, 1.0.0\n')
  assert.is((await theirs('collection', 'verify', 'acme.web', ...words)).status, 0)
  const collections = await theirs('collection', 'install', 'acme.web', ...words, '-p', 'theirs')
  assert.is(collections.status, 0, collections.out)
  assert.is((await theirs('role', 'install', 'bob.site', ...words, '-p', 'their-roles')).status, 0)
  const { out: different } = await ended('diff', [
    '-r',
    '-x',
    '*.info',
    `theirs/ansible_collections`,
    COLLECTIONS,
  ])
  assert.is(different, '')
  const roles = await ended('diff', ['-r', '-x', '.galaxy_install_info', 'their-roles', 'roles'])
  assert.is(roles.out, '')
})

test('requirements are met with what they need, found by a run, and locked; a second time there is nothing to do', async () => {
  const common = repository('common', { 'tasks/main.yml': '- debug: {msg: common of git}\n' })
  const nginx = repository('nginx', {
    'tasks/main.yml': '- debug: {msg: nginx of git}\n',
    'meta/main.yml': `dependencies: [{src: "git+${common.url}", version: main}]\n`,
  })
  nginx.git('tag', 'v1')
  const collection = repository('acme', {
    'one/galaxy.yml':
      'namespace: acme\nname: one\nversion: 0.1.0\nreadme: R\nauthors: [me]\nbuild_ignore: [secret*]\n',
    'one/secret.txt': '',
    'one/roles/r/tasks/main.yml': '- debug: {msg: r of acme.one}\n',
    'two/galaxy.yml': 'namespace: acme\nname: two\nversion: 0.2.0\nreadme: R\nauthors: [me]\n',
  })
  write(
    'requirements.yml',
    `roles:
- {src: "${nginx.url}", scm: git, version: v1}
- {name: web, src: bob.site}
collections:
- {name: acme.web, version: ">=1.0.0"}
- {name: "git+${collection.url}#/one", version: main}
`,
  )
  const first = await run()
  assert.is(first.status, 0, first.out)
  assert.match(first.out, `installed: role nginx v1 (${nginx.first.slice(0, 7)}) => roles/nginx\n`)
  assert.match(
    first.out,
    'installed: collection acme.base 1.2.0 => collections/ansible_collections/acme/base\n',
  )
  assert.not(isThere(`${COLLECTIONS}/acme/one/secret.txt`))
  assert.not(isThere(`${COLLECTIONS}/acme/two`))
  const lock = read('requirements.lock.yml')
  assert.match(lock, `commit: ${nginx.first}`)
  assert.match(lock, `commit: ${collection.first}`)
  assert.match(
    lock,
    /name: bob\.nginx\n {2}type: galaxy\n {2}source: bob\.nginx\n {2}asked: 1\.9\.0\n {2}version: 1\.9\.0\n {2}sha256: [\da-f]{64}\n/,
  )

  write(
    'site.yml',
    '- {hosts: localhost, connection: local, gather_facts: false, roles: [nginx, web, acme.web.hello, acme.one.r]}\n',
  )
  const { out } = await ended(launcher, ['site.yml'])
  for (const told of [
    'common of git',
    'nginx of git',
    'nginx 1.9.0',
    'site',
    'hello of acme.web',
    'r of acme.one',
  ])
    assert.match(out, told)

  galaxy.asked.length = 0
  const second = await run('--frozen')
  assert.is(second.status, 0, second.out)
  assert.not.match(second.out, /^(installed|changed)/m)
  assert.is(read('requirements.lock.yml'), lock)
  assert.equal(
    galaxy.asked.filter(({ path }) => path.startsWith('/download')),
    [],
  )
})

test('a lock file holds what moves on, until it is renewed', async () => {
  const role = repository('role', { 'tasks/main.yml': '- debug: {msg: one}\n' })
  write('requirements.yml', `- {src: "git+${role.url}", version: main}\n`)
  await run()
  const second = role.commit({ 'tasks/main.yml': '- debug: {msg: two}\n' })
  rmSync(join(project, 'roles'), { recursive: true })
  assert.is((await run('--frozen')).status, 0)
  assert.match(read('roles/role/tasks/main.yml'), 'one')
  assert.match((await run('--upgrade')).out, `changed: role role main (${second.slice(0, 7)}) (was`)
  assert.match(read('roles/role/tasks/main.yml'), 'two')
  assert.match(read('requirements.lock.yml'), second)

  write('requirements.yml', `- {src: "git+${role.url}", version: ${role.first}}\n`)
  const frozen = await run('--frozen')
  assert.is(frozen.status, 1)
  assert.match(
    frozen.out,
    'requirements.lock.yml does not fit the requirements: role role is asked for otherwise',
  )
  assert.match(read('roles/role/tasks/main.yml'), 'two')
  assert.is((await run()).status, 0)
  assert.match(read('roles/role/tasks/main.yml'), 'one')
})

test('collections keep to the lock file too, within their ranges', async () => {
  write('requirements.yml', 'collections: [{name: acme.base, version: ">=1.0.0,<2.0.0"}]\n')
  await run()
  write(
    'requirements.lock.yml',
    read('requirements.lock.yml')
      .replace('version: 1.2.0', 'version: 1.0.0')
      .replace(/ +sha256: .*\n/, ''),
  )
  assert.match((await run()).out, 'changed: collection acme.base 1.0.0 (was 1.2.0)')
  assert.match((await run('--upgrade')).out, 'changed: collection acme.base 1.2.0 (was 1.0.0)')
  write('requirements.yml', 'collections: [{name: acme.base, version: ">=2.0.0"}]\n')
  assert.match((await run()).out, 'changed: collection acme.base 2.0.0 (was 1.2.0)')
})

test('what came otherwise than it was announced or locked is not installed, and nothing else is either', async () => {
  galaxy.collection('acme.broken', '1.0.0')
  galaxy.breakArchive('acme.broken', '1.0.0')
  write('requirements.yml', 'roles: [bob.nginx]\ncollections: [acme.base, acme.broken]\n')
  const broken = await run()
  assert.is(broken.status, 1)
  assert.match(
    broken.out,
    /requirements\.yml:2:\d+: collection acme\.broken is not installed: .* came broken: its sha256 is/,
  )
  assert.equal(readdirSync(join(project, 'roles')), [])
  assert.equal(readdirSync(join(project, 'collections')), [])

  const archive = archiveOf(join(galaxyWork(), 'bob.nginx-1.0.0'), join(project, 'n.tar.gz'), 'n')
  write('requirements.yml', '- {src: ./n.tar.gz}\n')
  assert.is((await run()).status, 0)
  archiveOf(join(galaxyWork(), 'bob.nginx-1.9.0'), archive, 'n')
  rmSync(join(project, 'roles'), { recursive: true })
  assert.match((await run()).out, 'what came is not what the lock file has')
  assert.not(isThere('roles/n'))
  assert.is((await run('--upgrade')).status, 0)
})

const galaxyWork = () => join(folder, 'galaxy')

test('a conflict is told with the places of both', async () => {
  write('requirements.yml', '- bob.site\n- bob.other\n')
  const roles = await run()
  assert.is(roles.status, 1)
  assert.match(
    roles.out,
    'role bob.nginx is wanted as 1.9.0 of bob.nginx (role bob.site 1.0.0, roles/bob.site/meta/main.yml:1:16) and as 1.0.0 of bob.nginx (role bob.other 1.0.0, roles/bob.other/meta/main.yml:1:16)',
  )
  assert.equal(readdirSync(join(project, 'roles')), [])
  write('requirements.yml', '- bob.site\n- bob.other\n- {src: bob.nginx, version: 1.10.0}\n')
  const said = await run()
  assert.is(said.status, 0, said.out)
  assert.match(said.out, 'it is installed as requirements.yml says')
  assert.match(said.out, 'installed: role bob.nginx 1.10.0')

  write('requirements.yml', 'collections:\n- acme.web\n- {name: acme.base, version: ">=2.0.0"}\n')
  assert.match(
    (await run()).out,
    'collection acme.base is wanted as >=2.0.0 (requirements.yml:3:3) and as >=1.0.0,<2.0.0 (collection acme.web 1.0.0), which no version is',
  )
})

test('what nobody has is told with what there is', async () => {
  const told = async (...words: string[]) => (await run(...words)).out
  assert.match(await told('bob.nothing'), `there is no role bob.nothing on ${galaxy.url}`)
  assert.match(await told('bob.nginx,7'), 'has no version 7 of it; it has 1.0.0, 1.9.0, 1.10.0')
  assert.match(
    await told('collection', 'acme.nothing'),
    `acme.nothing is wanted as * (the command line), and is not on ${galaxy.url}`,
  )
  assert.match(
    await told('collection', 'acme.base:>3'),
    'acme.base is wanted as >3 (the command line), which no version is\n  it has 2.1.0-beta.1, 2.0.0',
  )
  assert.match(await told('collection', 'acme.base:>2.0'), 'only pre-releases fit; --pre takes them')
  assert.match(
    await told('collection', 'acme.base:>2.0', '--pre'),
    'installed: collection acme.base 2.1.0-beta.1',
  )
  assert.match(await told('-s', 'http://127.0.0.1:1', 'bob.nginx'), 'cannot be read: connect ECONNREFUSED')
  assert.match(await told('-s', 'tset', 'bob.nginx'), '"tset" is no address of a Galaxy server')
  galaxy.collection('acme.evil', '1.0.0', { 'a/../../x.y': '*' })
  assert.match(await told('collection', 'acme.evil'), 'needs "a/../../x.y", which is no name of a collection')
  assert.match(await told(), 'there is no requirements.yml here')
  assert.match(await told('bob.nginx', '--frozen'), '--frozen is for all that requirements.yml asks for')
})

test('with --ignore-errors the rest is installed', async () => {
  write('requirements.yml', 'roles: [bob.nothing, bob.nginx]\ncollections: [acme.nothing, acme.base]\n')
  const { status, out } = await run('-i')
  assert.is(status, 0, out)
  assert.match(out, 'there is no role bob.nothing')
  assert.match(out, 'acme.nothing is wanted as * (requirements.yml:2:15), and is not on')
  assert.match(out, 'installed: role bob.nginx 1.10.0')
  assert.match(out, 'installed: collection acme.base 2.0.0')
})

test('one that somebody wrote there is left; an installed one is changed, and replaced by --force', async () => {
  write('roles/bob.nginx/tasks/main.yml', 'mine')
  const refused = await run('bob.nginx')
  assert.is(refused.status, 1)
  assert.match(refused.out, 'was not installed, so it is left as it is; --force replaces it')
  assert.is(read('roles/bob.nginx/tasks/main.yml'), 'mine')
  assert.is((await run('bob.nginx', '--force')).status, 0)
  assert.match((await run('bob.nginx')).out, 'unchanged: role bob.nginx 1.10.0')
  assert.match((await run('bob.nginx,1.9.0')).out, 'changed: role bob.nginx 1.9.0 (was 1.10.0)')
  rmSync(join(project, 'roles/bob.nginx/tasks/main.yml'))
  await run('bob.nginx', '-f')
  assert.ok(isThere('roles/bob.nginx/tasks/main.yml'))
  assert.equal(readdirSync(join(project, 'roles')), ['bob.nginx'])
})

test('without dependencies, and without a server', async () => {
  assert.not.match((await run('bob.site', '--no-deps')).out, 'bob.nginx')
  assert.match((await run('collection', 'acme.base', '--offline')).out, '--offline asks no server')
  await run('collection', 'acme.base')
  galaxy.asked.length = 0
  assert.match(
    (await run('collection', 'acme.base', '--offline')).out,
    'unchanged: collection acme.base 2.0.0',
  )
  assert.equal(galaxy.asked, [])
})

test('servers are asked in their order, with what each is logged in to, and secrets are not told', async () => {
  const other = await startGalaxy(join(project, 'other'))
  try {
    other.collection('acme.base', '1.1.0')
    other.need('Token sesame-token')
    write(
      'ansible.cfg',
      `[defaults]\ncollections_path = collections\n[galaxy]\nserver_list = private, test\n[galaxy_server.private]\nurl = ${other.url}\ntoken = sesame-token\n[galaxy_server.test]\nurl = ${galaxy.url}\n`,
    )
    assert.match((await run('collection', 'acme.base')).out, 'installed: collection acme.base 1.1.0')
    assert.match(
      (await run('collection', 'acme.base:>=2')).out,
      'changed: collection acme.base 2.0.0 (was 1.1.0)',
    )
    assert.ok(galaxy.asked.every(({ authorization }) => authorization === undefined))
    other.need('Token another')
    const { status, out } = await run('collection', 'acme.base:<2', '-s', 'private', '--token', 'wrong-token')
    assert.is(status, 1)
    assert.match(out, 'answers 401 Unauthorized: Who are you?')
    assert.not.match(out, /sesame-token|wrong-token/)
    other.need(`Basic ${Buffer.from('joe:hunter2hunter').toString('base64')}`)
    const login = other.url.replace('//', '//joe:hunter2hunter@')
    assert.is((await run('collection', 'acme.base:<2', '-s', login)).status, 0)
    const failed = await run('collection', 'acme.base:<1', '-s', login)
    assert.not.match(failed.out, 'hunter2hunter')
  } finally {
    await other.close()
  }
})

test('a token is exchanged where a server says so', async () => {
  const web = await startWeb({
    '/token': (_, response) => response.end(JSON.stringify({ access_token: 'short-lived' })),
  })
  try {
    galaxy.need('Bearer short-lived')
    const env = {
      ANSIBLE_GALAXY_SERVER_TEST_TOKEN: 'long-lived',
      ANSIBLE_GALAXY_SERVER_TEST_AUTH_URL: `${web.url}/token`,
    }
    const { status, out } = await ended(launcher, ['install', 'bob.nginx'], env)
    assert.is(status, 0, out)
    assert.equal(
      web.asked.map(({ body }) => body),
      ['grant_type=refresh_token&client_id=cloud-services&refresh_token=long-lived'],
    )
  } finally {
    await web.close()
  }
})

test('a login in an address is told nowhere, and leads nowhere else', async () => {
  const bytes = readFileSync(join(galaxyWork(), 'bob.nginx-1.0.0.tar.gz'))
  const elsewhere = await startWeb({ '/n.tar.gz': (_, response) => response.end(bytes) })
  const web = await startWeb({
    '/n.tar.gz': (_, response) => response.writeHead(302, { Location: `${elsewhere.url}/n.tar.gz` }).end(),
  })
  try {
    const login = web.url.replace('//', '//joe:hunter2hunter@')
    write('requirements.yml', `- src: ${login}/n.tar.gz\n`)
    const { status, out } = await run()
    assert.is(status, 0, out)
    assert.match(web.asked[0]!.headers.authorization ?? '', /^Basic /)
    assert.is(elsewhere.asked[0]!.headers.authorization, undefined)
    for (const text of [out, read('requirements.lock.yml'), read('roles/n/meta/.galaxy_install_info')])
      assert.not.match(text, 'hunter2hunter')
    write('requirements.yml', `- src: ${login}/nope.tar.gz\n- src: git+${login}/nope.git\n`)
    const failed = await run('-i')
    assert.match(failed.out, 'nope')
    assert.not.match(failed.out, 'hunter2hunter')
    write('requirements.yml', `- {src: "${login}/n.tar.gz", versoin: 1}\n`)
    const mistaken = await run()
    assert.match(mistaken.out, 'did you mean "version"?')
    assert.not.match(mistaken.out, 'hunter2hunter')
  } finally {
    await web.close()
    await elsewhere.close()
  }
})

test('servers are reached through the proxy that the environment names, with TLS and without', async () => {
  const key = join(project, 'key.pem')
  const cert = join(project, 'cert.pem')
  const words = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=far',
    '-keyout',
    key,
    '-out',
    cert,
  ]
  execFileSync('openssl', words, { stdio: 'ignore' })
  const bytes = readFileSync(join(galaxyWork(), 'bob.nginx-1.0.0.tar.gz'))
  const secure = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end(bytes),
  )
  await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done))
  const asked: string[] = []
  const proxy = createProxy((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end(bytes)
  })
  proxy.on('connect', (request, client) => {
    asked.push(`${request.method} ${request.url}`)
    const server = connect((secure.address() as AddressInfo).port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      server.pipe(client).pipe(server)
    })
    for (const end of [client, server]) end.on('error', () => {})
  })
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
  try {
    const at = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const env = { https_proxy: at, http_proxy: at, no_proxy: '' }
    const through = (...more: string[]) => ended(launcher, ['install', ...more], env)
    const plain = await through('http://far.invalid/plain.tar.gz')
    assert.is(plain.status, 0, plain.out)
    const refused = await through('https://far.invalid/secure.tar.gz')
    assert.is(refused.status, 1)
    assert.match(refused.out, 'self-signed certificate')
    const taken = await through('https://far.invalid/secure.tar.gz', '--ignore-certs')
    assert.is(taken.status, 0, taken.out)
    assert.equal(asked, [
      'GET http://far.invalid/plain.tar.gz',
      'CONNECT far.invalid:443',
      'CONNECT far.invalid:443',
    ])
  } finally {
    proxy.closeAllConnections()
    secure.closeAllConnections()
    proxy.close()
    secure.close()
  }
})

test('a server that says nothing is given up', async () => {
  const web = await startWeb({ '/api/': () => {}, '/': () => {} })
  try {
    const began = Date.now()
    assert.match((await run('-s', web.url, '--timeout', '1', 'bob.nginx')).out, 'says nothing for 1 s')
    assert.ok(Date.now() - began < 30_000)
  } finally {
    await web.close()
  }
})

test('names given to git are no options and no programs', async () => {
  const role = repository('role', { 'tasks/main.yml': '[]\n' })
  write('requirements.yml', `- {src: "git+${role.url}", version: "--upload-pack=touch ${project}/pwned"}\n`)
  assert.match((await run()).out, 'do not begin with "-"')
  write(
    'requirements.yml',
    `- {src: "ext::touch ${project}/pwned", scm: git, name: x}\n- {src: "--upload-pack=touch ${project}/pwned", scm: git, name: y}\n`,
  )
  assert.is((await run('-i')).status, 0)
  assert.not(isThere('pwned'))
  assert.equal(readdirSync(join(project, 'roles')), [])
})

test('no link of another user leads what is installed elsewhere', async () => {
  mkdirSync(join(project, 'target'))
  symlinkSync(join(project, 'target'), join(project, 'roles'))
  lchownSync(join(project, 'roles'), 12345, 12345)
  const { status, out } = await run('bob.nginx')
  assert.is(status, 1)
  assert.match(out, "is a link of another user's (id 12345); it is not followed")
  assert.equal(readdirSync(join(project, 'target')), [])
})

test('list, verify and remove', async () => {
  await run('bob.nginx')
  await run('collection', 'acme.web')
  const { out } = await run('list')
  assert.is(
    out,
    `# ${project}/roles\n- bob.nginx, 1.10.0\n\n# ${project}/${COLLECTIONS}\nCollection Version\n---------- -------\nacme.base  1.2.0\nacme.web   1.0.0\n`,
  )
  assert.equal(JSON.parse((await run('collection', 'list', '--format', 'json')).out), {
    [`${project}/${COLLECTIONS}`]: { 'acme.base': { version: '1.2.0' }, 'acme.web': { version: '1.0.0' } },
  })
  assert.is(
    (await run('verify')).out,
    'in order: collection acme.base 1.2.0\nin order: collection acme.web 1.0.0\n',
  )
  write(`${COLLECTIONS}/acme/web/README.md`, 'changed')
  write(`${COLLECTIONS}/acme/web/new`, '')
  const verified = await run('verify', '--offline')
  assert.is(verified.status, 1)
  assert.match(verified.out, '  README.md differs\n  new is not of the collection\n')
  const manifest = `${COLLECTIONS}/acme/base/MANIFEST.json`
  write(manifest, read(manifest).replace('nobody', 'somebody'))
  assert.is((await run('verify', 'acme.base', '--offline')).status, 0)
  assert.match((await run('verify', 'acme.base')).out, 'MANIFEST.json differs')
  assert.match(
    (await run('remove', 'bob.nginx', 'acme.web')).out,
    'removed: role bob.nginx (roles/bob.nginx)\nremoved: collection acme.web',
  )
  assert.not(isThere('roles/bob.nginx'))
  assert.not(isThere(`${COLLECTIONS}/acme/web`))
  write('roles/mine/tasks/main.yml', '[]\n')
  assert.match((await run('remove', 'mine')).out, 'was not installed')
  assert.match((await run('remove', '../target')).out, '../target is not installed')
  assert.ok(isThere('roles/mine'))
})

test('an interrupted installation leaves nothing', async () => {
  let asked = 0
  const web = await startWeb({
    '/n.tar.gz': (_, response) => {
      asked += 1
      response.writeHead(200).write('x')
    },
  })
  try {
    const env = { ...process.env, HOME: project }
    const child = execFile(launcher, ['install', '-p', 'roles', `${web.url}/n.tar.gz`], { cwd: project, env })
    while (asked === 0) await new Promise((done) => setTimeout(done, 50))
    assert.ok(readdirSync(join(project, 'roles')).some((name) => name.startsWith('.install-')))
    child.kill('SIGINT')
    await new Promise((done) => child.once('close', done))
    assert.equal(readdirSync(join(project, 'roles')), [])
  } finally {
    await web.close()
  }
})

test.run()
