import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cron } from '../../../src/modules/system/cron/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'

const real = suite<{ hosts: ApartHost[] }>('cron: on hosts')

// No crontab of this machine is seen or changed.
const SPOOL = [
  'd=/var/spool/cron/crontabs',
  'mount -t tmpfs -o mode=1730 tmpfs $d && chgrp crontab $d',
  'mkdir -p /etc/cron.d',
].join('\n')

real.before(async (context) => {
  context.hosts = await apartHosts(SPOOL)
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

const applied = async ({ session }: ApartHost, raw: Raw, view = RUN) => {
  const { plan, result } = await applyModule(session, cron, raw, view)
  assert.is(plan.failed ?? result.failed, undefined)
  return { changes: rows(plan), result: result.result }
}

/** Applies what check has announced, and sees that a second run finds nothing. */
async function settled(host: ApartHost, raw: Raw, listing: string): Promise<string> {
  const before = host.run(listing)
  const planned = await applied(host, raw, CHECK)
  assert.is(host.run(listing), before, 'check changes nothing')
  assert.ok(planned.changes.length > 0)
  assert.equal((await applied(host, raw)).changes, planned.changes)
  assert.equal((await applied(host, raw)).changes, [])
  return host.run(listing)
}

real('jobs and variables of users come, change and go', async ({ hosts }) => {
  for (const host of hosts) {
    for (const user of [undefined, 'root', 'nobody']) {
      const whose = { ...(user !== undefined && { user }) }
      const list = `crontab -u ${user ?? 'root'} -l 2>/dev/null || :`
      const job = { ...whose, name: `it's "a" $(id)`, job: `echo 'x' "$y" \\% ü`, hour: '5,2' }
      const line = `#Ansible: it's "a" $(id)\n* 5,2 * * * echo 'x' "$y" \\% ü\n`
      assert.is(await settled(host, job, list), line)
      const variable = { ...whose, name: 'A', value: '-1', env: true }
      assert.is(await settled(host, variable, list), `A="-1"\n${line}`)
      const disabled = { ...job, disabled: true }
      assert.is(await settled(host, disabled, list), `A="-1"\n${line.replace('\n*', '\n#*')}`)
      assert.is(await settled(host, { ...whose, name: job.name, state: 'absent' }, list), 'A="-1"\n')
      assert.is(await settled(host, { ...variable, state: 'absent' }, list), '')
    }
  }
})

real('files in /etc/cron.d come, change and go', async ({ hosts }) => {
  for (const host of hosts) {
    const list = "cat -- '/etc/cron.d/-f $x' 2>/dev/null || :"
    const job = { name: 'a', job: '/bin/a', user: 'root', cron_file: '-f $x' }
    assert.is(await settled(host, job, list), '#Ansible: a\n* * * * * root /bin/a\n')
    assert.is(host.run("stat -c '%a %u' -- '/etc/cron.d/-f $x'"), '644 0\n')
    await settled(host, { ...job, special_time: 'daily' }, list)
    const absent = { name: 'a', state: 'absent', cron_file: '/etc/cron.d/-f $x' }
    assert.is(await settled(host, absent, 'ls /etc/cron.d'), await host.run('ls /etc/cron.d'))
    assert.is(host.run(list), '')
  }
})

real('a copy of what is changed is kept, and none of what is not', async ({ hosts }) => {
  for (const host of hosts) {
    const job = { name: 'a', job: '/bin/a', backup: true }
    await applied(host, job)
    const { result } = await applied(host, { ...job, minute: 1 })
    const copy = String(result?.backup_file)
    assert.match(copy, /^\/tmp\/crontab\w{6}$/)
    assert.is(host.run(`cat ${copy}; stat -c %a ${copy}; rm ${copy}`), '#Ansible: a\n* * * * * /bin/a\n600\n')
    assert.is((await applied(host, { ...job, minute: 1 })).result?.backup_file, undefined)
    const file = { ...job, user: 'root', cron_file: '/etc/cron.d/kept' }
    await applied(host, file)
    const kept = String((await applied(host, { ...file, minute: 1 })).result?.backup_file)
    assert.is(host.run(`cat ${kept}`), '#Ansible: a\n* * * * * root /bin/a\n')
  }
})

real('what cron does not take is told in its words, and the crontab stays', async ({ hosts }) => {
  for (const host of hosts) {
    const before = host.run('crontab -l 2>/dev/null || :')
    const { result } = await applyModule(host.session, cron, { name: 'b', job: '/bin/b', minute: '99' })
    assert.match(result.failed ?? '', /bad minute/)
    assert.is(host.run('crontab -l 2>/dev/null || :'), before)
  }
})

real('a user who is not there is told by name', async ({ hosts }) => {
  for (const host of hosts) {
    const { plan } = await applyModule(host.session, cron, { name: 'b', job: '/bin/b', user: 'nobody-here' })
    assert.match(plan.failed ?? '', /there is no user "nobody-here" on this host/)
  }
})

real('a link of another user to what is not theirs is not followed', async ({ hosts }) => {
  for (const host of hosts) {
    host.run('echo mine >/etc/target; ln -sfn /etc/target /etc/cron.d/link; chown -h 65534 /etc/cron.d/link')
    const raw = { name: 'a', job: '/bin/a', user: 'root', cron_file: 'link' }
    const said = await applyModule(host.session, cron, raw).then(String, (error: Error) => error.message)
    assert.match(said, /which is not theirs; it is not followed/)
    assert.is(host.run('cat /etc/target; rm /etc/cron.d/link'), 'mine\n')
  }
})

real.run()
