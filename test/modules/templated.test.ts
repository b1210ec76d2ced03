// Arguments that are templates are not known before a host is connected to. No module takes them for missing.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modules } from '../../src/modules/index.ts'
import { readArguments } from '../../src/sdk/arguments.ts'
import type { Option } from '../../src/sdk/options.ts'
import { problemsOf, type Raw } from '../support/plan.ts'

const test = suite('arguments that are templates')

/** Arguments that each module takes; any of them may be a template. */
const VALID: Readonly<Record<string, readonly Raw[]>> = {
  add_host: [{ name: 'a', groups: 'x,y', port: 1 }],
  address: [{ address: '10.0.0.1/24', dev: 'eth0', state: 'present', exclusive: true, scope: 'global' }],
  apt: [
    { name: ['a', 'b=1'], state: 'present', update_cache: true, cache_valid_time: 60 },
    { upgrade: 'dist', update_cache: true, autoremove: true },
    { deb: '/a.deb', state: 'present' },
  ],
  archive: [
    { path: ['/a', '/b*'], dest: '/c.zip', format: 'zip', exclude_path: '/b1', remove: true },
    { path: '/a', force_archive: true, exclusion_patterns: '*.b', dest: '/c' },
  ],
  assert: [{ that: [{ text: 'a', holds: true }], fail_msg: ['a'], quiet: true }],
  async_status: [{ jid: 'j1.2', mode: 'cleanup' }],
  authorized_key: [{ user: 'a', key: '', state: 'present', exclusive: true }],
  blockinfile: [
    { path: '/a', block: 'x', marker: '# {mark} x', insertafter: 'EOF', create: true, mode: '0644' },
  ],
  command: [
    { cmd: 'a', chdir: '/', creates: '/a' },
    { argv: ['a', 'b'], removes: '/a' },
  ],
  copy: [
    { content: 'x', dest: '/a', mode: '0644', owner: 'a', validate: 'a %s' },
    { src: '/a', dest: '/b/', remote_src: true, backup: true },
  ],
  cron: [
    { name: 'a', job: 'b', user: 'c', minute: '0', hour: '*/2', disabled: true },
    { name: 'A', env: true, job: 'b', insertafter: 'C', backup: true },
    { name: 'a', job: 'b', cron_file: 'f', user: 'root', special_time: 'daily' },
  ],
  debug: [{ msg: 'a', verbosity: 1 }],
  fail: [{ msg: { a: 1 } }],
  fetch: [{ src: '/a', dest: 'b/', flat: true, fail_on_missing: false }],
  file: [
    { path: '/a', state: 'link', src: '/b', force: true },
    { path: '/a', state: 'directory', recurse: true, mode: 'u=rwX', owner: 'a', group: 'b' },
    { path: '/a', state: 'touch', access_time: 'preserve', modification_time: 'now' },
  ],
  find: [
    { paths: ['/a'], patterns: ['*.b'], excludes: ['c'], contains: 'x', age: '-1w', size: '1k' },
    { paths: ['/a'], patterns: ['a.*'], use_regex: true, recurse: true, depth: 2, file_type: 'any' },
  ],
  get_url: [
    { url: 'http://a/b', dest: '/a', checksum: 'sha1:aa', force: true, headers: { a: 'b' }, timeout: 5 },
    {
      url: 'http://a/b',
      dest: '/a/',
      checksum: 'md5:http://a/sums',
      username: 'a',
      password: 'b',
      backup: true,
    },
  ],
  getent: [{ database: 'passwd', key: 'a', service: 'files', split: ':', fail_key: false }],
  group: [{ name: 'a', gid: 1, non_unique: true, system: true }],
  group_by: [{ key: 'a', parents: ['b'] }],
  hostname: [{ name: 'a.b', use: 'systemd' }],
  include_vars: [
    { file: 'a.yml', name: 'a' },
    { dir: 'a', depth: 1, extensions: ['yml'] },
  ],
  iptables: [
    { chain: 'INPUT', protocol: 'tcp', destination_port: '22', jump: 'ACCEPT', comment: 'a' },
    { chain: 'INPUT', policy: 'DROP' },
    { chain: 'A', chain_management: true, state: 'absent' },
    { table: 'nat', flush: true },
  ],
  known_hosts: [{ name: 'a', path: '/a', hash_host: true, state: 'absent' }],
  lineinfile: [
    { path: '/a', line: 'x', regexp: '^x', backrefs: true, create: true },
    { path: '/a', state: 'absent', regexp: 'x' },
    { path: '/a', line: 'x', insertbefore: 'BOF', validate: 'a %s' },
  ],
  link: [{ name: 'br0', type: 'bridge', state: 'up', mtu: 1500 }],
  mobility_facts: [{ netns: 'a' }],
  modprobe: [{ name: 'a', state: 'present', params: 'a=1', persistent: 'present' }],
  neighbor: [{ address: '10.0.0.1', dev: 'eth0', lladdr: '00:11:22:33:44:55', state: 'present' }],
  package: [{ name: ['a'], state: 'latest', update_cache: true, use: 'auto' }],
  package_facts: [{ manager: ['apt', 'auto'], strategy: 'all' }],
  pause: [
    { seconds: 1, prompt: 'a' },
    { minutes: 1, echo: false },
  ],
  ping: [{ data: 'a' }],
  raw: [{ cmd: 'a', executable: '/bin/sh' }],
  replace: [{ path: '/a', regexp: 'a', replace: 'b', after: 'c', before: 'd', backup: true }],
  route: [{ to: '10.0.0.0/8', via: '10.0.0.1', dev: 'eth0', state: 'present', table: 'main', metric: 1 }],
  rule: [{ priority: 1, from: '10.0.0.0/8', table: '100', state: 'present' }],
  script: [{ cmd: {}, creates: '/a', executable: '/bin/sh' }],
  service: [{ name: 'a', state: 'started', enabled: true, daemon_reload: true, masked: false }],
  service_facts: [{}],
  set_fact: [{ a: 1, cacheable: true }],
  set_stats: [{ data: { a: 1 }, per_host: true }],
  setup: [{ gather_subset: ['min'], filter: 'ansible_*' }],
  shell: [{ cmd: 'a', chdir: '/', executable: '/bin/bash' }],
  slurp: [{ src: '/a' }],
  stat: [{ path: '/a', follow: true, get_md5: true, checksum_algorithm: 'sha256' }],
  sysctl: [{ name: 'a.b', value: '1', state: 'present', sysctl_file: '/a', reload: true }],
  systemd: [
    { name: 'a', state: 'started', enabled: true, scope: 'system' },
    { daemon_reload: true, masked: false, name: 'a@.service' },
  ],
  tempfile: [{ state: 'directory', path: '/a', prefix: 'a', suffix: '.b' }],
  template: [
    { src: {}, dest: '/a', mode: '0644', validate: 'a %s', trim_blocks: false, output_encoding: 'ascii' },
  ],
  tunnel: [{ name: 'a', mode: 'gre', local: '10.0.0.1', remote: '10.0.0.2', state: 'present' }],
  unarchive: [
    {
      src: '/a',
      dest: '/b',
      remote_src: true,
      include: ['a'],
      extra_opts: ['--strip-components=1'],
      owner: 'a',
    },
    { src: '/a', dest: '/b', copy: false, exclude: ['a'], keep_newer: true, creates: '/c' },
  ],
  uri: [
    { url: 'http://a/b', method: 'POST', body: { a: 1 }, body_format: 'json', status_code: [200, 201] },
    { url: 'http://a/b', src: '/a', remote_src: true, dest: '/b', unix_socket: '/c', return_content: true },
  ],
  user: [
    { name: 'a', append: true, groups: ['b'], shell: '/bin/sh', home: '/a', state: 'present' },
    { name: 'a', uid: 1, non_unique: true, password: '*', update_password: 'on_create', expires: -1 },
    { name: 'a', state: 'absent', remove: true, force: true },
  ],
  validate_argument_spec: [{ argument_spec: { a: { type: 'str' } }, provided_arguments: { a: 1 } }],
  wait_for: [
    { port: 1, host: 'a', timeout: 1, state: 'started' },
    { path: '/a', search_regex: 'x', state: 'present' },
  ],
  wait_for_connection: [{ delay: 1, timeout: 2, sleep: 1 }],
  xattr: [{ path: '/a', key: 'b', value: 'c', state: 'present', namespace: 'trusted', follow: false }],
}

/** What is wrong with arguments of which these are templates. */
function faultsBeside(name: string, given: Raw, templates: readonly string[]): string[] {
  const known = Object.entries(given).map(([key, value]) => [
    key,
    templates.includes(key) ? undefined : value,
  ])
  return readArguments(modules[name]!, Object.fromEntries(known), templates.length > 0).problems.map(
    ({ message }) => message,
  )
}

function subsets(names: readonly string[]): string[][] {
  let sets: string[][] = [[]]
  for (const name of names) sets = sets.concat(sets.map((set) => [...set, name]))
  return sets
}

for (const [name, examples] of Object.entries(VALID)) {
  for (const example of examples) {
    test(`any of the arguments of ${name} may be templates: ${Object.keys(example).join(', ')}`, () => {
      assert.equal(problemsOf(modules[name]!, example), [])
      for (const templates of subsets(Object.keys(example)))
        assert.equal(faultsBeside(name, example, templates), [], templates.join(', '))
    })
  }
}

/** The words that an option takes whatever else is said. */
function wordsOf({ type, choices }: Option): readonly (string | boolean)[] {
  return choices ?? (type === 'bool' ? [true, false] : [])
}

test('a word is right in every module while all its other arguments are templates', () => {
  for (const [name, { options }] of Object.entries(modules)) {
    const others = Object.keys(options)
    for (const [option, declared] of Object.entries(options)) {
      for (const word of wordsOf(declared)) {
        const given = { ...Object.fromEntries(others.map((other) => [other, ''])), [option]: word }
        const templates = others.filter((other) => other !== option)
        assert.equal(faultsBeside(name, given, templates), [], `${name}: ${option}: ${word}`)
      }
    }
  }
})

test('every module that has two arguments has an example here', () => {
  const without = Object.entries(modules).filter(([, { options }]) => Object.keys(options).length > 1)
  const [known, all] = [
    Object.keys(VALID),
    [...new Map(without.map(([, module]) => [module, module.name])).values()],
  ]
  assert.equal(
    all.filter((name) => !known.includes(name)),
    ['xen_domain', 'xen_vif', 'xen_image'],
  )
})

test.run()
