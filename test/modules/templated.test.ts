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
  alternatives: [{ name: 'a', path: '/a', link: '/b', priority: 1, state: 'auto' }],
  apt: [
    { name: ['a', 'b=1'], state: 'present', update_cache: true, cache_valid_time: 60 },
    { upgrade: 'dist', update_cache: true, autoremove: true },
    { deb: '/a.deb', state: 'present' },
  ],
  assemble: [{ src: '/a', dest: '/b', regexp: 'c', delimiter: '#', mode: '0644', validate: 'a %s' }],
  apt_key: [
    { id: '0x0123456789ABCDEF', url: 'https://a/b', keyring: '/a.gpg', validate_certs: false },
    { id: '01234567', state: 'absent' },
    { id: '01234567', keyserver: 'a' },
  ],
  apt_repository: [
    { repo: 'deb http://a b c', filename: 'd', mode: '0600', update_cache: true, update_cache_retries: 2 },
    { repo: 'ppa:a/b', codename: 'c', state: 'absent' },
  ],
  archive: [
    { path: ['/a', '/b*'], dest: '/c.zip', format: 'zip', exclude_path: '/b1', remove: true },
    { path: '/a', force_archive: true, exclusion_patterns: '*.b', dest: '/c' },
  ],
  assert: [{ that: [{ text: 'a', holds: true }], fail_msg: ['a'], quiet: true }],
  async_status: [{ jid: 'j1.2', mode: 'cleanup' }],
  authorized_key: [
    { user: 'a', key: '', state: 'present', exclusive: true },
    { user: 'a', key: 'https://a/b.keys', validate_certs: false },
  ],
  bond_port: [{ name: 'a', queue_id: 1, prio: 5 }],
  bridge_fdb: [{ address: '02:00:00:00:00:01', dev: 'a', master: true, state: 'present' }],
  bridge_port: [{ name: 'a', cost: 5, hairpin: true }],
  bridge_vlan: [{ dev: 'a', vid: '10-20', untagged: true, state: 'present' }],
  blockinfile: [
    { path: '/a', block: 'x', marker: '# {mark} x', insertafter: 'EOF', create: true, mode: '0644' },
  ],
  capabilities: [{ path: '/a', capability: 'cap_net_raw+ep', state: 'present' }],
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
  deb822_repository: [{ name: 'a', uris: 'b', signed_by: 'https://a/b', by_hash: true, mode: '0600' }],
  debconf: [{ name: 'a', question: 'b', vtype: 'boolean', value: true, unseen: true }],
  debug: [{ msg: 'a', verbosity: 1 }],
  pacman: [
    { name: 'a', state: 'latest', reason: 'explicit' },
    { upgrade: true, update_cache: true },
  ],
  apk: [
    { name: 'a', state: 'latest', repository: ['https://a/b'] },
    { upgrade: true, available: true },
  ],
  zypper: [
    { name: 'a', state: 'latest', type: 'pattern', update_cache: true },
    { name: '*', state: 'dist-upgrade' },
  ],
  zypper_repository: [
    { name: 'a', repo: 'https://a/b', priority: 1, enabled: true },
    { repo: '/a.repo', state: 'absent' },
  ],
  dnf: [
    { name: 'a', state: 'latest', enablerepo: 'b', update_cache: true },
    { autoremove: true, state: 'absent' },
    { list: 'installed', installroot: '/a', releasever: '9' },
  ],
  dpkg_divert: [{ path: '/a', divert: '/b', holder: 'c', rename: true, force: true }],
  dpkg_selections: [{ name: 'a', selection: 'hold' }],
  ethtool: [
    { dev: 'eth0', features: { tso: false }, ring: { rx: 256 }, speed: 100, duplex: 'full', autoneg: false },
  ],
  fail: [{ msg: { a: 1 } }],
  fetch: [{ src: '/a', dest: 'b/', flat: true, fail_on_missing: false }],
  file: [
    { path: '/a', state: 'link', src: '/b', force: true },
    { path: '/a', state: 'directory', recurse: true, mode: 'u=rwX', owner: 'a', group: 'b' },
    { path: '/a', state: 'touch', access_time: 'preserve', modification_time: 'now' },
  ],
  filesystem: [{ dev: '/a', fstype: 'ext4', resizefs: true, force: true, opts: '-b 1', state: 'absent' }],
  find: [
    { paths: ['/a'], patterns: ['*.b'], excludes: ['c'], contains: 'x', age: '-1w', size: '1k' },
    { paths: ['/a'], patterns: ['a.*'], use_regex: true, recurse: true, depth: 2, file_type: 'any' },
  ],
  firewalld: [
    { zone: 'a', service: 'b', permanent: true, immediate: true, state: 'enabled' },
    {
      zone: 'a',
      port_forward: [{ port: 1, proto: 'tcp', toport: 2, toaddr: '10.0.0.1' }],
      state: 'disabled',
      timeout: 5,
    },
    { zone: 'a', target: 'DROP', permanent: true, state: 'present' },
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
  flatpak: [
    { name: ['org.a.B', 'https://a/b'], state: 'latest', remote: 'c', method: 'user', no_dependencies: true },
    { name: 'org.a.B', from_url: 'https://a/b', executable: '/c' },
  ],
  flatpak_remote: [
    { name: 'a', flatpakrepo_url: 'https://a/b', method: 'user', enabled: false, executable: '/c' },
    { name: 'a', state: 'absent' },
  ],
  gem: [{ name: 'a', version: '1', repository: 'https://r/', user_install: false, install_dir: '/i' }],
  git: [
    {
      repo: 'https://a/b',
      dest: '/c',
      version: 'd',
      depth: 1,
      umask: '022',
      archive: '/a.zip',
      archive_prefix: 'e/',
    },
    {
      repo: 'a@b:c',
      clone: false,
      accept_newhostkey: true,
      key_file: '/k',
      refspec: 'a:b',
      verify_commit: true,
    },
  ],
  group: [{ name: 'a', gid: 1, non_unique: true, system: true }],
  group_by: [{ key: 'a', parents: ['b'] }],
  hostname: [{ name: 'a.b', use: 'systemd' }],
  htpasswd: [{ path: '/a', name: 'a', password: 'b', crypt_scheme: 'bcrypt', state: 'absent', mode: '0640' }],
  include_vars: [
    { file: 'a.yml', name: 'a' },
    { dir: 'a', depth: 1, extensions: ['yml'] },
  ],
  ini_file: [
    { path: '/a', section: 'a', option: 'b', value: 'c', state: 'present', create: false },
    { path: '/a', section: 'a', option: 'b', values: ['c'], exclusive: false, state: 'absent' },
    { path: '/a', section: 'a', option: 'b', allow_no_value: true },
  ],
  interfaces_file: [{ dest: '/a', iface: 'a', option: 'mtu', value: '1', state: 'absent', backup: true }],
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
  locale_gen: [{ name: ['a'], state: 'absent' }],
  lvg: [{ vg: 'a', pvs: ['/a'], pesize: '4', pvresize: true, state: 'present', force: true }],
  lxc_container: [
    { name: 'g1', template: 'debian', memory: 512, vif: [{ bridge: 'br0', mac: '00:16:3e:00:00:01' }] },
    { name: 'g1', state: 'clone', clone_name: 'g2', container_config: ['lxc.tty.max=3'] },
    { name: 'g1', archive: true, archive_path: '/a', archive_compression: 'bzip2' },
  ],
  lvol: [
    { vg: 'a', lv: 'b', size: '+1g', opts: '-r 1', force: true, shrink: false, resizefs: true },
    { vg: 'a', lv: 'b', snapshot: 'c', size: '10%FREE', pvs: '/a', active: false },
    { vg: 'a', thinpool: 'b', state: 'absent' },
  ],
  mobility_facts: [{ netns: 'a' }],
  modprobe: [{ name: 'a', state: 'present', params: 'a=1', persistent: 'present' }],
  mount: [
    { path: '/a', src: '/b', fstype: 'none', opts: 'bind', state: 'mounted', fstab: '/c', boot: false },
    { path: 'none', src: '/b', fstype: 'swap', dump: '0', passno: '0', state: 'present' },
  ],
  mpls_route: [
    { label: '100', as: [200, 300], via: '10.0.0.2', dev: 'eth0', proto: 'static', state: 'present' },
  ],
  mysql_db: [
    { name: ['a'], encoding: 'utf8', collation: 'utf8_bin', login_password: 'b' },
    { name: 'a', state: 'dump', target: '/a.sql.gz', ignore_tables: ['a.b'], master_data: 2 },
  ],
  mysql_query: [
    { query: 'SELECT %s', positional_args: ['a'], login_db: 'b', login_password: 'c' },
    { query: ['SELECT %(a)s'], named_args: { a: 1 }, single_transaction: true },
  ],
  mysql_user: [
    { name: 'a', host: '%', password: 'b', priv: 'c.*:ALL,GRANT/*.*:PROCESS', append_privs: true },
    { name: 'a', host_all: true, state: 'absent', login_unix_socket: '/a' },
    { name: 'a', tls_requires: { SSL: null }, resource_limits: { MAX_USER_CONNECTIONS: 1 }, plugin: 'b' },
  ],
  netns: [{ name: 'a', id: 5, state: 'present' }],
  ip_netns: [{ name: 'a', state: 'absent' }],
  mysql_variables: [{ variable: 'a', value: '1', mode: 'persist', login_password: 'b' }],
  neighbor: [{ address: '10.0.0.1', dev: 'eth0', lladdr: '00:11:22:33:44:55', state: 'present' }],
  network_config: [{ links: [{ name: 'eth0', dhcp4: true }], name: 'lab', backend: 'networkd', apply: true }],
  nexthop: [
    { id: 1, via: '10.0.0.2', dev: 'eth0', onlink: true, proto: 'static', state: 'present' },
    { id: 2, group: [1], type: 'resilient', buckets: 8 },
  ],
  openssl_csr: [
    { path: '/a', privatekey_path: '/b', common_name: 'c', key_usage: ['digitalSignature'], O: 'd' },
    { path: '/a', privatekey_content: 'b', subject_ordered: [{ CN: 'c' }] },
  ],
  openssl_dhparam: [{ path: '/a', size: 2048, force: true, mode: '0600' }],
  openssl_privatekey: [
    { path: '/a', type: 'ECC', curve: 'secp256r1', passphrase: 'b', cipher: 'auto', regenerate: 'fail' },
  ],
  nftables: [
    { table: 't', family: 'inet', content: 'table inet t { }', file: '/a', mode: '0600', backup: true },
    { state: 'absent', family: 'ip6' },
  ],
  npm: [
    { name: 'a', path: '/d', version: '1', registry: 'https://r/', state: 'present' },
    { path: '/d', ci: true },
  ],
  package: [{ name: ['a'], state: 'latest', update_cache: true, use: 'auto' }],
  package_facts: [{ manager: ['apt', 'auto'], strategy: 'all' }],
  pam_limits: [
    { domain: 'a', limit_type: 'soft', limit_item: 'nofile', value: '1', use_max: true, comment: 'c' },
    { domain: 'a', limit_type: '-', limit_item: 'nice', value: '-20', use_min: true, backup: true },
  ],
  pamd: [
    {
      name: 'a',
      path: '/d',
      type: 'auth',
      control: 'required',
      module_path: 'a.so',
      new_type: 'auth',
      new_control: 'optional',
      new_module_path: 'b.so',
      module_arguments: ['c'],
      state: 'after',
      backup: true,
    },
  ],
  parted: [
    {
      device: '/a',
      number: 1,
      state: 'present',
      label: 'gpt',
      part_end: '1GiB',
      name: 'a',
      flags: ['lvm'],
      resize: true,
    },
  ],
  pause: [
    { seconds: 1, prompt: 'a' },
    { minutes: 1, echo: false },
  ],
  pip: [
    {
      name: ['a', 'b>=1'],
      virtualenv: '/v',
      virtualenv_command: 'virtualenv',
      extra_args: '-q',
      umask: '0022',
    },
    { name: 'a', version: '1', executable: 'pip3', editable: true, state: 'present' },
    { requirements: '/r.txt', chdir: '/c', state: 'latest' },
  ],
  ping: [{ data: 'a' }],
  postgresql_db: [
    { name: 'a', owner: 'b', encoding: 'UTF8', template: 'template0', login_password: 'c', port: 5432 },
    { name: 'a', state: 'rename', target: 'b', maintenance_db: 'c' },
    { name: 'a', state: 'dump', target: '/a.sql.gz', connect_params: { sslcert: '/b' } },
  ],
  postgresql_ext: [
    { name: 'a', db: 'b', schema: 'c', version: '1.0', cascade: true },
    { name: 'a', db: 'b', state: 'absent' },
  ],
  postgresql_privs: [
    { db: 'a', roles: 'b,c', objs: 'd', privs: 'SELECT,INSERT', grant_option: true },
    { db: 'a', roles: 'PUBLIC', type: 'function', objs: 'f(int:text)', privs: 'ALL', schema: 'b' },
    { db: 'a', roles: 'b', type: 'default_privs', objs: 'ALL_DEFAULT', privs: 'ALL', target_roles: 'c' },
    { db: 'a', roles: 'b', type: 'group', objs: 'c', state: 'absent' },
  ],
  postgresql_query: [
    { query: 'SELECT %s', positional_args: ['a'], db: 'b', search_path: ['c'] },
    { query: ['SELECT %(a)s'], named_args: { a: 1 }, autocommit: true },
    { path_to_script: '/a.sql', as_single_query: false },
  ],
  postgresql_user: [
    { name: 'a', password: 'b', role_attr_flags: 'CREATEDB,NOLOGIN', groups: ['c'], expires: 'infinity' },
    { name: 'a', db: 'b', priv: 'CONNECT/t:SELECT', conn_limit: 1 },
  ],
  qdisc: [
    { dev: 'eth0', kind: 'netem', parent: '1:10', handle: '2:', delay: '100ms', jitter: '1ms', loss: '1%' },
    { dev: 'eth0', kind: 'tbf', rate: '1mbit', burst: '10kb', latency: '50ms', state: 'present' },
  ],
  raw: [{ cmd: 'a', executable: '/bin/sh' }],
  reboot: [{ reboot_command: 'a', boot_time_command: 'b', test_command: 'c', search_paths: ['/a'] }],
  redis: [
    { command: 'config', name: 'a', value: '1MB', login_password: 'b' },
    { command: 'replica', master_host: 'a', master_port: 1, tls: true, ca_certs: '/a' },
    { command: 'flush', flush_mode: 'db', db: 1 },
  ],
  redis_data: [
    { key: 'a', value: 'b', expiration: 1, non_existing: true, login_password: 'c' },
    { key: 'a', value: 'b', keep_ttl: true, existing: true, tls: false },
    { key: 'a', state: 'absent' },
  ],
  redis_data_incr: [
    { key: 'a', increment_int: 1 },
    { key: 'a', increment_float: 1.5, ca_certs: '/a' },
  ],
  redis_data_info: [{ key: 'a', login_user: 'b', validate_certs: false }],
  redis_info: [{ cluster: true, tls: true }],
  replace: [{ path: '/a', regexp: 'a', replace: 'b', after: 'c', before: 'd', backup: true }],
  route: [{ to: '10.0.0.0/8', via: '10.0.0.1', dev: 'eth0', state: 'present', table: 'main', metric: 1 }],
  rpm_key: [{ key: 'https://a/b', fingerprint: 'AB CD', state: 'absent', validate_certs: false }],
  rule: [{ priority: 1, from: '10.0.0.0/8', table: '100', state: 'present' }],
  script: [{ cmd: {}, creates: '/a', executable: '/bin/sh' }],
  selinux_permissive: [{ domain: 'a', permissive: true, no_reload: true, store: 'mls' }],
  seboolean: [{ name: 'a', state: true, persistent: true, ignore_selinux_state: true }],
  sefcontext: [
    { target: '/a(/.*)?', setype: 'a_t', ftype: 'd', seuser: 'a_u', selevel: 's0', reload: false },
    { target: '/a', substitute: '/b', state: 'absent' },
  ],
  selinux: [{ state: 'enforcing', policy: 'a', configfile: '/a', update_kernel_param: true }],
  seport: [{ ports: ['80', '1-2'], proto: 'tcp', setype: 'a_t', state: 'absent', local: true }],
  service: [{ name: 'a', state: 'started', enabled: true, daemon_reload: true, masked: false }],
  service_facts: [{}],
  set_fact: [{ a: 1, cacheable: true }],
  set_stats: [{ data: { a: 1 }, per_host: true }],
  setup: [{ gather_subset: ['min'], filter: 'ansible_*' }],
  shell: [{ cmd: 'a', chdir: '/', executable: '/bin/bash' }],
  slurp: [{ src: '/a' }],
  snap: [
    { name: ['a', '/b.snap'], classic: true, channel: 'latest/edge', dangerous: true, options: ['a:b=c'] },
    { name: 'a', state: 'disabled' },
  ],
  snap_alias: [
    { name: 'a.b', alias: ['c'], state: 'present' },
    { aliases: 'c', state: 'absent' },
  ],
  sqlite_query: [
    { db: '/a', query: 'SELECT %s', positional_args: ['b'], busy_timeout: 1 },
    { db: '/a', query: ['SELECT %(a)s'], named_args: { a: 1 }, single_transaction: true },
  ],
  stat: [{ path: '/a', follow: true, get_md5: true, checksum_algorithm: 'sha256' }],
  subversion: [{ repo: 'a', dest: '/b', revision: '5', force: true, username: 'c', password: 'd' }],
  synchronize: [
    { src: '/a/', dest: '/b', mode: 'pull', delete: true, rsync_opts: ['--exclude=c'], archive: false },
  ],
  sysctl: [{ name: 'a.b', value: '1', state: 'present', sysctl_file: '/a', reload: true }],
  sysfs: [
    { path: 'class/net/eth0/mtu', value: '1400', state: 'present', persistent: true, tmpfiles_file: '/a' },
  ],
  systemd: [
    { name: 'a', state: 'started', enabled: true, scope: 'system' },
    { daemon_reload: true, masked: false, name: 'a@.service' },
  ],
  sysvinit: [{ name: 'a', state: 'restarted', enabled: true, runlevels: ['3'], arguments: 'b', sleep: 1 }],
  tc_class: [
    { dev: 'eth0', classid: '1:10', parent: '1:', rate: '1mbit', ceil: '2mbit', burst: '15k', prio: 1 },
  ],
  tempfile: [{ state: 'directory', path: '/a', prefix: 'a', suffix: '.b' }],
  template: [
    { src: {}, dest: '/a', mode: '0644', validate: 'a %s', trim_blocks: false, output_encoding: 'ascii' },
  ],
  timezone: [{ name: 'UTC', hwclock: 'UTC' }],
  topology: [{ machines: [{ name: 'a' }], mobile_nodes: ['a'] }],
  ufw: [
    { rule: 'allow', port: '22', direction: 'in', interface: 'a', from_ip: 'any', insert: 1, comment: 'c' },
    { rule: 'deny', route: true, interface_in: 'a', interface_out: 'b', delete: true },
    { state: 'enabled', default: 'deny', logging: 'on' },
  ],
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
  virt: [
    { command: 'define', xml: '<domain><name>a</name></domain>', autostart: true },
    { name: 'a', state: 'running', uri: 'qemu:///session' },
  ],
  virt_domain: [
    { name: 'a', memory: 64, vcpus: 2, disks: [{ vdev: 'vda', target: '/a' }], vif: [{ bridge: 'b' }] },
    { name: 'a', state: 'shutdown', timeout: 5, restart: false, boot: ['hd'], vnc: true },
  ],
  virt_net: [
    { name: 'a', state: 'present', xml: '<network><name>a</name></network>', autostart: true },
    { name: 'a', command: 'modify', xml: "<host mac='52:54:00:00:00:01'/>" },
  ],
  virt_pool: [
    { name: 'a', command: 'build', mode: 'overwrite' },
    { command: 'list_pools', state: 'active' },
  ],
  wait_for: [
    { port: 1, host: 'a', timeout: 1, state: 'started' },
    { path: '/a', search_regex: 'x', state: 'present' },
  ],
  wait_for_connection: [{ delay: 1, timeout: 2, sleep: 1 }],
  wireguard: [
    {
      name: 'wg0',
      private_key: 'dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=',
      listen_port: 1,
      fwmark: '1',
      peers: [],
    },
  ],
  x509_certificate: [
    {
      path: '/a',
      provider: 'selfsigned',
      privatekey_path: '/b',
      csr_content: 'c',
      selfsigned_not_after: '+1d',
    },
    {
      path: '/a',
      provider: 'ownca',
      csr_path: '/b',
      ownca_path: '/c',
      ownca_privatekey_content: 'd',
      ownca_not_before: '+0s',
    },
  ],
  yum: [
    { name: 'a', state: 'latest', enablerepo: 'b', use_backend: 'dnf' },
    { autoremove: true, state: 'absent' },
    { list: 'installed', installroot: '/a', releasever: '9' },
  ],
  yum_repository: [
    { name: 'a', description: 'b', baseurl: 'c', gpgcheck: true, keepcache: '1', mode: '0600' },
  ],
  acl: [
    { path: '/a', entity: 'b', etype: 'user', permissions: 'r', state: 'present', recursive: true },
    { path: '/a', entry: 'user:b:r', state: 'present' },
  ],
  xattr: [{ path: '/a', key: 'b', value: 'c', state: 'present', namespace: 'trusted', follow: false }],
  nmcli: [
    {
      conn_name: 'a',
      state: 'present',
      type: 'vlan',
      vlanid: 5,
      vlandev: 'b',
      ip4: 'c',
      mtu: 5,
      master: 'm',
    },
    { conn_name: 'a', state: 'present', type: 'wifi', ssid: 'a', wifi_sec: { psk: 'b' }, autoconnect: false },
  ],
  xml: [
    { path: '/a', xpath: '/b', value: 'c', attribute: 'd', backup: true, pretty_print: true },
    { path: '/a', xpath: '/b', add_children: ['c'], insertbefore: true },
    { xmlstring: '<a/>', xpath: '/b', count: true, print_match: false, state: 'present' },
  ],
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
