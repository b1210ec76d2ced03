import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { service } from '../../../src/modules/services/service.ts'
import { systemd } from '../../../src/modules/services/systemd.ts'
import { parseUnit, probeUnit } from '../../../src/modules/services/units.ts'
import { quote } from '../../../src/shell/quote.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, RUN, rows } from '../../support/plan.ts'

// No systemd runs on machines for tests; this one keeps what it was told in files, and writes down what it was told.
const SYSTEMCTL = `#!/bin/sh
kept=/run/playssh-units; mkdir -p $kept
verb= unit= last=
for word; do case $word in --) ;; -*) flags="$flags $word" ;; *) [ -z "$verb" ] && verb=$word || unit=$word ;; esac; done
get() { if [ -e "$kept/$unit.$1" ]; then cat "$kept/$unit.$1"; else echo "$2"; fi; }
put() { echo "$2" >"$kept/$unit.$1"; }
[ "$verb" = show ] || [ "$verb" = is-enabled ] || echo "$verb$flags $unit" >>$kept/log
case $verb in
  show)
    [ "$unit" = nothing.service ] && { echo LoadState=not-found; echo ActiveState=inactive; exit 0; }
    printf 'LoadState=loaded\\nActiveState=%s\\nUnitFileState=%s\\nNeedDaemonReload=no\\n' "$(get active inactive)" "$(get file disabled)" ;;
  is-enabled) get file disabled ;;
  start | restart | reload) put active active ;;
  stop) put active inactive ;;
  enable) put file enabled ;;
  disable | unmask) put file disabled ;;
  mask) put file masked ;;
esac
`

const real = suite<{ hosts: ApartHost[] }>('systemd: on hosts')

real.before(async (context) => {
  context.hosts = await apartHosts('mount -t tmpfs none /run; mkdir -p /run/systemd/system')
  for (const { bin } of context.hosts) writeFileSync(join(bin, 'systemctl'), SYSTEMCTL, { mode: 0o755 })
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('a second run finds nothing to do', async ({ hosts }) => {
  for (const module of [systemd, service]) {
    for (const { session, run } of hosts) {
      run('rm -rf /run/playssh-units')
      const planned = []
      for (const step of [
        { state: 'started', enabled: true },
        { enabled: false },
        { state: 'stopped' },
        ...(module === systemd ? [{ masked: true }, { masked: false }] : []),
        { enabled: true, state: 'started' },
      ]) {
        const raw = { name: 'it\\x27s-a@b', ...step }
        planned.push((await applyModule(session, module, raw, CHECK)).plan.changes.length)
        await applyModule(session, module, raw)
        assert.equal((await applyModule(session, module, raw)).plan.changes, [], JSON.stringify(raw))
      }
      assert.equal(planned, module === systemd ? [2, 1, 1, 1, 1, 2] : [2, 1, 1, 2])
    }
  }
})

real('systemctl gets the words that the arguments mean', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    run('rm -rf /run/playssh-units')
    await applyModule(session, systemd, { daemon_reload: true, daemon_reexec: true })
    await applyModule(session, systemd, { name: 'x', state: 'started', no_block: true, force: true })
    await applyModule(session, systemd, { name: 'x', state: 'restarted', scope: 'user' })
    await applyModule(session, systemd, { name: 'x', state: 'reloaded' })
    await applyModule(session, systemd, { name: 'x', enabled: true, scope: 'global' })
    await applyModule(session, service, { name: 'y', state: 'restarted' })
    // To "systemctl show" a number is a job.
    await applyModule(session, systemd, { name: 5, state: 'started' })
    const said = run('cat /run/playssh-units/log')
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' ').trim())
    assert.equal(said, [
      'daemon-reload',
      'daemon-reexec',
      'start --no-block --force x.service',
      'restart --user x.service',
      'reload x.service',
      'enable --global x.service',
      'start y.service',
      'start 5.service',
    ])
  }
})

real('a service that is not there', async ({ hosts }) => {
  for (const { session } of hosts) {
    for (const module of [systemd, service]) {
      const { plan } = await applyModule(session, module, { name: 'nothing', state: 'started' })
      assert.match(plan.failed!, /Could not find the requested service nothing/)
    }
  }
})

real.run()

interface Kind {
  readonly name: string
  /** Unit files of a package, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** sh that makes it what it is. */
  readonly made?: string
  /** What each wish comes to: a change, nothing to do, or a refusal. */
  readonly enable: Outcome
  readonly disable: Outcome
  readonly mask?: Outcome
  readonly unmask?: Outcome
  /** Where this cannot be but where systemd runs. */
  readonly where?: 'running'
}
type Outcome = 'changes' | 'same' | RegExp

const PLAIN = '[Service]\nExecStart=/bin/true\n'
const WANTED = `${PLAIN}[Install]\nWantedBy=multi-user.target\n`
const main = (install: string) => ({ 'a.service': `${PLAIN}[Install]\n${install}\n` })
const MASKED = /is masked/
const COMES_AND_GOES = { enable: 'changes', disable: 'same' } as const

const KINDS: Readonly<Record<string, Kind>> = {
  disabled: { name: 'a', files: main('WantedBy=multi-user.target'), ...COMES_AND_GOES },
  enabled: {
    ...{ name: 'a', files: main('WantedBy=multi-user.target'), made: 'systemctl --root=/ enable a' },
    ...{ enable: 'same', disable: 'changes' },
  },
  'enabled until the next boot': {
    ...{ name: 'a', files: main('WantedBy=multi-user.target') },
    ...{ made: 'systemctl --root=/ --runtime enable a', where: 'running' },
    ...{ enable: 'same', disable: 'changes' },
  },
  static: { name: 'a', files: { 'a.service': PLAIN }, enable: 'same', disable: 'same' },
  'with Also= alone': {
    ...{ name: 'a', files: { ...main('Also=b.service'), 'b.service': WANTED } },
    ...COMES_AND_GOES,
  },
  'with Also= alone, all of it enabled': {
    ...{ name: 'a', files: { ...main('Also=b.service'), 'b.service': WANTED } },
    ...{ made: 'systemctl --root=/ enable a', enable: 'same', disable: 'changes' },
  },
  'with Also= alone, some of it enabled': {
    ...{
      name: 'a',
      files: { ...main('Also=b.service\nAlso=c.service'), 'b.service': WANTED, 'c.service': WANTED },
    },
    ...{ made: 'systemctl --root=/ enable b', enable: 'changes', disable: 'changes' },
  },
  'with Also= of what cannot be enabled': {
    ...{ name: 'a', files: { ...main('Also=b.service c.service'), 'b.service': PLAIN } },
    ...{ enable: 'same', disable: 'same' },
  },
  'with Also= in a drop-in': {
    ...{ name: 'a', files: { 'a.service': PLAIN, 'b.service': WANTED } },
    made: 'mkdir /etc/systemd/system/a.service.d; printf "[Install]\nAlso=b.service\n" >/etc/systemd/system/a.service.d/x.conf',
    ...COMES_AND_GOES,
  },
  'an instance with Also= of its own': {
    ...{
      name: 'a@x',
      files: { 'a@.service': `${PLAIN}[Install]\nAlso=b@%i.service\n`, 'b@.service': WANTED },
    },
    ...COMES_AND_GOES,
  },
  'an alias of a package': {
    ...{
      name: 'n',
      files: main('WantedBy=multi-user.target'),
      made: 'ln -s a.service /usr/lib/systemd/system/n.service',
    },
    ...COMES_AND_GOES,
  },
  'an alias that came with enabling': {
    ...{
      name: 'n',
      files: main('WantedBy=multi-user.target\nAlias=n.service'),
      made: 'systemctl --root=/ enable a',
    },
    // Without its alias nobody knows the unit by this name.
    ...{ enable: 'same', disable: 'changes' },
  },
  'with another name by a link': {
    ...{ name: 'a', files: main('WantedBy=multi-user.target') },
    made: 'ln -s /usr/lib/systemd/system/a.service /etc/systemd/system/n.service',
    ...COMES_AND_GOES,
  },
  'an instance': { name: 'a@x', files: { 'a@.service': WANTED }, ...COMES_AND_GOES },
  'an instance of a static template': {
    ...{ name: 'a@x', files: { 'a@.service': PLAIN }, enable: 'same', disable: 'same' },
  },
  'a template with DefaultInstance': {
    ...{ name: 'a@', files: { 'a@.service': `${WANTED}DefaultInstance=x\n` }, ...COMES_AND_GOES },
  },
  'a template with DefaultInstance, another instance enabled': {
    ...{ name: 'a@', files: { 'a@.service': `${WANTED}DefaultInstance=x\n` } },
    ...{ made: 'systemctl --root=/ enable a@y', enable: 'changes', disable: 'changes' },
  },
  'a template without DefaultInstance': {
    ...{ name: 'a@.service', files: { 'a@.service': WANTED } },
    ...{ enable: /a@\.service is a template .* name one: a@NAME\.service/, disable: 'same' },
  },
  'a static template': { name: 'a@', files: { 'a@.service': PLAIN }, enable: 'same', disable: 'same' },
  'a link to a file elsewhere': {
    ...{
      name: 'a',
      made: `printf '${WANTED}' >/etc/elsewhere; mv /etc/elsewhere /etc/a.service; systemctl --root=/ link /etc/a.service`,
    },
    ...{ ...COMES_AND_GOES, mask: /is in the place/ },
  },
  'a link to a file elsewhere, enabled': {
    ...{ name: 'a', made: `printf '${WANTED}' >/etc/a.service; systemctl --root=/ enable /etc/a.service` },
    ...{ enable: 'same', disable: 'changes', mask: /is in the place/ },
  },
  'a link to a static file elsewhere': {
    ...{ name: 'a', made: `printf '${PLAIN}' >/etc/a.service; systemctl --root=/ link /etc/a.service` },
    ...{ enable: 'same', disable: 'same', mask: /is in the place/ },
  },
  'a file of the administrator': {
    ...{ name: 'a', made: `printf '${WANTED}' >/etc/systemd/system/a.service` },
    ...{ ...COMES_AND_GOES, mask: /\/etc\/systemd\/system\/a\.service is in the place/ },
  },
  masked: {
    ...{ name: 'a', files: main('WantedBy=multi-user.target'), made: 'systemctl --root=/ mask a' },
    ...{ enable: MASKED, disable: 'same', mask: 'same', unmask: 'changes' },
  },
  'masked and enabled behind it': {
    ...{ name: 'a', files: main('WantedBy=multi-user.target') },
    ...{ made: 'systemctl --root=/ enable a; systemctl --root=/ mask a' },
    ...{ enable: MASKED, disable: 'same', mask: 'same', unmask: 'changes' },
  },
  'masked until the next boot': {
    ...{ name: 'a', files: main('WantedBy=multi-user.target'), where: 'running' },
    made: 'systemctl --root=/ --runtime mask a',
    ...{ enable: MASKED, disable: 'same', mask: 'same', unmask: 'changes' },
  },
  'masked by its package': {
    ...{ name: 'a', made: 'ln -s /dev/null /usr/lib/systemd/system/a.service' },
    ...{ enable: MASKED, disable: 'same', mask: 'same', unmask: /masked by its package/ },
  },
  'not there': {
    ...{
      name: 'a',
      enable: /Could not find the requested service a/,
      disable: /Could not find the requested service a/,
    },
  },
}

const kinds = suite<{ hosts: ApartHost[] }>('systemd: every kind of unit')

// As systemd would tell of unit files; they themselves are the truth.
const TELLS = `#!/bin/sh
for word; do unit=$word; done
case " $* " in
  *" show "*)
    s=$(/usr/bin/systemctl --root=/ is-enabled -- "$unit" 2>/dev/null)
    if [ "$s" = alias ]; then
      for d in /usr/lib /etc; do [ ! -e $d/systemd/system/$unit ] || unit=$(basename "$(readlink -f $d/systemd/system/$unit)"); done
      s=$(/usr/bin/systemctl --root=/ is-enabled -- "$unit" 2>/dev/null)
    fi
    case $s in '') l=not-found ;; masked*) l=masked ;; *) l=loaded ;; esac
    printf 'Id=%s\nLoadState=%s\nActiveState=inactive\nUnitFileState=%s\nNeedDaemonReload=no\n' "$unit" $l "$s" ;;
  *) exec /usr/bin/systemctl --root=/ "$@" ;;
esac
`

kinds.before(async (context) => {
  context.hosts = await apartHosts(
    'mount -t tmpfs none /run; mount -t tmpfs none /usr/lib/systemd/system; rm -rf /etc/systemd/system',
  )
})
kinds.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** Every kind is asked for where systemd runs, on a host with dash, and where it does not, on one with busybox. */
const WHERE = { dash: 'running', busybox: 'offline' } as const

function make({ run, bin }: ApartHost, { files = {}, made = ':' }: Kind, where: 'running' | 'offline'): void {
  rmSync(join(bin, 'systemctl'), { force: true })
  if (where === 'running') writeFileSync(join(bin, 'systemctl'), TELLS, { mode: 0o755 })
  const lines = [
    'rm -rf /etc/systemd/system /run/systemd /usr/lib/systemd/system/* /etc/a.service',
    `mkdir -p /etc/systemd/system ${where === 'running' ? '/run/systemd/system' : ''}`,
    ...Object.entries(files).map(
      ([file, text]) => `printf '%s' ${quote(text)} >/usr/lib/systemd/system/${file}`,
    ),
    `PATH=/usr/bin:$PATH; { ${made}; } >/dev/null 2>&1`,
  ]
  run(lines.join('\n'))
}

for (const [what, kind] of Object.entries(KINDS)) {
  const wishes: [object, Outcome][] = [
    [{ enabled: true }, kind.enable],
    [{ enabled: false }, kind.disable],
    [{ masked: true }, kind.mask ?? 'changes'],
    ...(kind.unmask === undefined
      ? []
      : ([
          [{ masked: false }, kind.unmask],
          [{ masked: false, enabled: true }, kind.unmask],
          [{ masked: false, enabled: false }, kind.unmask],
        ] as [object, Outcome][])),
  ]
  kinds(`${what} comes to be as wanted, and a second run finds nothing`, async ({ hosts }) => {
    for (const host of hosts) {
      const where = kind.where ?? WHERE[host.name]
      for (const [wish, expected] of wishes) {
        make(host, kind, where)
        const raw = { name: kind.name, ...wish }
        const about = `${JSON.stringify(raw)}, ${where}, ${host.name}`
        const { plan, result: conclusion } = await applyModule(host.session, systemd, raw)
        assert.is(conclusion.failed, undefined, about)
        if (expected instanceof RegExp) assert.match(plan.failed ?? about, expected)
        else assert.is(plan.failed ?? (plan.changes.length === 0 ? 'same' : 'changes'), expected, about)
        const again = await applyModule(host.session, systemd, raw, expected instanceof RegExp ? RUN : CHECK)
        assert.equal(rows(again.plan), [], about)
        if (!(expected instanceof RegExp) && !what.startsWith('an alias that came'))
          assert.is(again.plan.failed, undefined, about)
      }
    }
  })
}

kinds(
  'systemctl that only looks at files, as in a chroot, is told from one that could start something',
  () => {
    for (const sh of [['/bin/sh'], ['busybox', 'sh']]) {
      const script = probeUnit('systemd-journald', 'system')
      const env = { ...process.env, SYSTEMD_OFFLINE: '1' }
      const { stdout } = spawnSync(sh[0]!, [...sh.slice(1), '-c', script], { env, encoding: 'utf8' })
      const { inChroot, running, properties } = parseUnit(stdout.split('\n'))
      assert.equal([inChroot, running, properties.get('UnitFileState')], [true, false, 'static'])
    }
  },
)

kinds.run()
