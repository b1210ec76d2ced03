import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nftables } from '../../../src/modules/network/nftables/index.ts'
import { applyModule } from '../../support/host.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const real = suite<{ hosts: NetnsHost[]; folder: string }>('nftables: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  context.folder = mkdtempSync(join(tmpdir(), 'nftables '))
})
real.after(async ({ hosts, folder }) => {
  for (const host of hosts) await host.close()
  rmSync(folder, { recursive: true })
})

/** Runs sh in the network of a host, whose session is there. */
async function inside({ session }: NetnsHost, script: string): Promise<string> {
  const { code, stdout, stderr } = await session.exec(script)
  assert.is(code, 0, stderr)
  return stdout
}

const CONTENT = `
define web = { 80, 443 }
table inet t {
  counter seen { }
  set banned { type ipv4_addr; flags timeout; elements = { 9.9.9.9 timeout 1h }; }
  set nets { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.168.0.0/16, 1.1.1.1 }; }
  chain in {
    type filter hook input priority 0; policy drop;
    ct state related,established counter accept comment "it's $(id) \\"
    tcp dport $web accept; ip saddr @banned drop
    iif lo accept
    iif up0 ip saddr @nets counter name seen jump more
  }
  chain more { meta l4proto { 17, 6 } limit rate 10/second accept; }
}
`
const T = { family: 'inet', table: 't', content: CONTENT }

real('a table is made as declared, found again, changed and deleted; others stay', async ({ hosts }) => {
  for (const host of hosts) {
    host.ip('link', 'add', 'up0', 'type', 'bridge')
    await inside(host, 'nft add table ip t; nft add table ip6 other')
    const planned = rows((await applyModule(host.session, nftables, T, CHECK)).plan)
    assert.is(await inside(host, 'nft list tables inet'), '', 'check changes nothing')
    await settles(host, nftables, T, ['table inet t'])
    assert.equal(planned, [['table inet t', null, 'present']])
    await inside(
      host,
      'nft add element inet t banned { 8.8.8.8 timeout 1h }; nft add rule inet t more counter drop',
    )
    await settles(host, nftables, T, ['inet t chain more'])
    await settles(host, nftables, { ...T, content: CONTENT.replace('1.1.1.1', '1.1.1.2') }, [
      'inet t set nets',
    ])
    await inside(host, 'nft delete element inet t banned { 9.9.9.9 }')
    await settles(host, nftables, { ...T, content: CONTENT.replace('1.1.1.1', '1.1.1.2') }, [])
    await settles(host, nftables, { family: 'inet', table: 't', state: 'absent' }, ['table inet t'])
    assert.is(await inside(host, 'nft list tables'), 'table ip t\ntable ip6 other\n')
  }
})

real(
  'a whole ruleset takes the place of what there is, and of one family only of that',
  async ({ hosts }) => {
    for (const host of hosts) {
      await inside(host, 'nft flush ruleset; nft add table ip old; nft add table ip6 other')
      const content =
        '#!/usr/sbin/nft -f\nflush ruleset\ntable inet t { chain a { counter; }; }\ntable ip u { }'
      await settles(host, nftables, { family: 'ip', content: 'table u { }' }, ['table ip old', 'table ip u'])
      await settles(host, nftables, { content }, ['table ip6 other', 'table inet t'])
      assert.is(await inside(host, 'nft list tables'), 'table inet t\ntable ip u\n')
      await settles(host, nftables, { state: 'absent' }, ['table inet t', 'table ip u'])
      assert.is(await inside(host, 'nft list ruleset'), '')
    }
  },
)

real('what would not load changes nothing, and is said with and without check', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, nftables, { table: 'kept', content: 'table kept { chain a { accept; }; }' }, [
      'table ip kept',
    ])
    const before = await inside(host, 'nft list ruleset')
    const bad: [Raw, RegExp][] = [
      [
        { content: 'table ip a { }\ntable ip kept { chain b { foo; } }' },
        /^\/dev\/stdin:2:\S+ Error: syntax error/,
      ],
      [{ table: 'kept', content: 'table kept { chain b { jump none; }; }' }, /No such file or directory/],
      [
        { table: 'kept', content: 'table kept { chain b { iif none0 accept; }; }' },
        /Interface does not exist/,
      ],
      [
        { table: 'kept', content: 'table kept { }\ntable ip6 x { }' },
        /makes table ip6 x, and is to be table ip kept/,
      ],
      [{ table: 'none', content: '# nothing' }, /makes no table ip none/],
    ]
    for (const [raw, sentence] of bad) assert.match((await failureOf(host, nftables, raw)) ?? '', sentence)
    const { plan } = await applyModule(host.session, nftables, bad[0]![0], CHECK)
    assert.match(plan.failed ?? '', /syntax error/)
    assert.is(await inside(host, 'nft list ruleset'), before)
    await inside(host, 'nft flush ruleset')
  }
})

real('an included file that flushes all is no table of its own', async ({ hosts, folder }) => {
  for (const host of hosts) {
    const path = join(folder, 'all.nft')
    execFileSync('sh', ['-c', 'echo "flush ruleset" >"$1"', 'sh', path])
    const raw = { table: 't', content: `include "${path}"\ntable t { }` }
    assert.match((await failureOf(host, nftables, raw)) ?? '', /takes other tables away than ip t/)
  }
})

real('a file keeps it over a reboot', async ({ hosts, folder }) => {
  for (const host of hosts) {
    const file = join(folder, `${host.name} ' file`)
    const raw = { ...T, content: 'table inet t { chain a { accept; }; }', file, mode: '0600' }
    const { plan } = await applyModule(host.session, nftables, raw, CHECK)
    assert.not.ok(existsSync(file))
    await settles(
      host,
      nftables,
      raw,
      plan.changes.map(({ what }) => what),
    )
    assert.is(statSync(file).mode & 0o7777, 0o600)
    const before = await inside(host, 'nft list ruleset')
    execFileSync('cp', [file, join(folder, 'again.nft')])
    await inside(host, `nft -f '${join(folder, 'again.nft')}' && nft -f '${join(folder, 'again.nft')}'`)
    assert.is(await inside(host, 'nft list ruleset'), before, 'as at a boot')
    const bad = await failureOf(host, nftables, { ...raw, content: 'table inet t { foo }' })
    assert.match(bad ?? '', /syntax error/)
    assert.match(readFileSync(file, 'utf8'), /accept/, 'the file of what loads is left')
    const more = { ...raw, content: 'table inet t { chain a { drop; }; }', backup: true }
    const { result } = await applyModule(host.session, nftables, more)
    assert.match(readFileSync(String(result.result?.backup_file), 'utf8'), /accept/)
    await settles(host, nftables, { ...raw, state: 'absent' }, ['table inet t', file])
    assert.not.ok(existsSync(file))
  }
})

real.run()
