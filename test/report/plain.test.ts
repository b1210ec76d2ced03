import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createPlain } from '../../src/report/plain.ts'
import type { RenderOptions } from '../../src/report/result.ts'
import type { ValueMap } from '../../src/values/value.ts'
import { block, change, changed, item, ok, result, Story, telling, textChange } from './events.ts'

const test = suite('plain')

/** What is printed of a run on two hosts. */
function printed(
  tell: (story: Story) => void,
  more: Partial<RenderOptions> = {},
  { check = false, hosts = ['hrouter', 'cnode'] } = {},
): string {
  let text = ''
  const listener = createPlain({
    telling: telling(more),
    write: (part) => {
      text += part
    },
  })
  const story = new Story(listener, hosts, { check })
  story.play()
  tell(story)
  story.end()
  return text
}

/** Only what the tasks said. */
function said(tell: (story: Story) => void, more: Partial<RenderOptions> = {}): string {
  const text = printed(tell, more)
  return text.slice(text.indexOf('\nTASK'), text.indexOf('\nPLAY RECAP'))
}

const broken = result('failed', {
  message: 'E: Unable to locate package tcpdumpp',
  ran: 'apt-get install -y tcpdumpp',
  advice: 'update_cache reads the package lists first',
  values: {
    changed: false,
    rc: 100,
    stdout: Array.from({ length: 25 }, (_, index) => `line ${index + 1}`).join('\n'),
    stderr: 'E: Unable to locate package tcpdumpp\n',
    cache_updated: false,
  },
})

test('a run that changes nothing says that all is in sync', () => {
  const text = printed((story) => {
    story.task('Gathering Facts', 'setup', { hrouter: ok(), cnode: ok() })
    story.task('router : forwarding', 'sysctl', {
      hrouter: ok(),
      cnode: result('skipped', { message: 'when: forwarding' }),
    })
  })
  assert.is(
    text,
    block`
      
      PLAY [Routers] *****************************************************************
      
      TASK [Gathering Facts] *********************************************************
      ok: [hrouter]
      ok: [cnode]
      
      TASK [router : forwarding] *****************************************************
      ok: [hrouter]
      skipping: [cnode]
      
      PLAY RECAP *********************************************************************
      cnode   : ok=1  changed=0  unreachable=0  failed=0  skipped=1  rescued=0  ignored=0
      hrouter : ok=2  changed=0  unreachable=0  failed=0  skipped=0  rescued=0  ignored=0
      
      in sync: 2 hosts, 2 tasks, nothing changed (1.8 s)
      `,
  )
})

test('what is shown is what the settings of Ansible say', () => {
  const tell = (story: Story) => {
    story.task('quiet', 'ping', { hrouter: ok(), cnode: result('skipped') })
    story.task('loud', 'copy', { hrouter: changed([change('mode', '1', '2')]), cnode: broken })
  }
  const hidden = printed(tell, { ok: false, skipped: false })
  assert.not.match(hidden, 'quiet')
  assert.match(hidden, /\nTASK \[loud\] \*+\nchanged: \[hrouter\]\n/)
  assert.match(printed(tell, { ok: false }), /\nTASK \[quiet\] \*+\nskipping: \[cnode\]\n\nTASK/)
  assert.match(printed(tell, { starts: true }), '\n [started TASK: quiet on cnode]\nok: [hrouter]')
  const check = { check: true }
  assert.match(
    printed(tell, { checkMarkers: true }, check),
    /^\nDRY RUN \*+\n\nPLAY \[Routers\] \[CHECK MODE\] /,
  )
  assert.match(
    printed(tell, { checkMarkers: true }, check),
    /TASK \[quiet\] \[CHECK MODE\] [\s\S]*\nDRY RUN \*+\n$/,
  )
  assert.not.match(printed(tell, { checkMarkers: false }, check), 'CHECK MODE')
})

test('what failed goes to stderr where it is asked for, and nothing else', () => {
  const to = { stdout: '', stderr: '' }
  const listener = createPlain({
    telling: telling(),
    write: (text) => {
      to.stdout += text
    },
    writeFailed: (text) => {
      to.stderr += text
    },
  })
  new Story(listener, ['a']).play().task('t', 'apt', { a: broken })
  assert.match(to.stderr, /^fatal: \[a\]: FAILED! => [\s\S]*line 25/)
  assert.not.match(to.stdout, 'fatal')
  assert.match(to.stdout, 'TASK [t]')
})

test('values of results are YAML or JSON', () => {
  const tell = (story: Story) => void story.task('t', 'stat', { hrouter: ok({ a: [1], b: { c: 'd' } }) })
  assert.match(said(tell, { verbosity: 1 }), '    a:\n      - 1\n    b:\n      c: d')
  assert.match(said(tell, { verbosity: 1, results: 'json' }), '    {"a":[1],"b":{"c":"d"}}')
  assert.match(said(tell, { verbosity: 1, results: 'json', pretty: true }), '    {\n        "a": [\n')
})

test('what set_stats has set is shown where it is asked for', () => {
  const stats = (data: ValueMap, per_host: boolean, aggregate = true) =>
    ok({ ansible_stats: { data, per_host, aggregate } })
  const tell = (story: Story) => {
    story.task('a', 'set_stats', {
      hrouter: stats({ n: 1, l: ['a'] }, false),
      cnode: stats({ n: 2, l: ['b'] }, false),
    })
    story.task('b', 'set_stats', { cnode: stats({ n: 1 }, true) })
    story.task('c', 'set_stats', { cnode: stats({ n: 5 }, true, false) })
  }
  assert.match(
    printed(tell, { customStats: true }),
    /CUSTOM STATS: \*+\n {8}cnode: \{"n":5\}\n {8}RUN: \{"n":3,"l":\["a","b"\]\}\n/,
  )
  assert.not.match(printed(tell), 'CUSTOM')
})

test('a detail is shown to whoever has said as many -v as it needs', () => {
  const at = (verbosity: number) =>
    printed(
      (story) => {
        story.tell({ type: 'detail', level: 2, message: 'PLAYBOOK: site.yml', isHeading: true })
        story.tell({ type: 'detail', level: 3, message: 'PROBE 1 \x1b[31mfiles', host: 'cnode' })
      },
      { verbosity },
    )
  assert.not.match(at(1), 'PLAYBOOK')
  assert.match(at(2), /\n\nPLAYBOOK: site\.yml \*{61}\n/)
  assert.not.match(at(2), 'PROBE')
  assert.match(at(3), '\n<cnode> PROBE 1 files\n')
})

test('a failure with all that is known of it, an unreachable host', () => {
  const text = said((story) => {
    const unreachable = result('unreachable', {
      message: 'connection timed out after 10 s',
      advice: 'Is it running?',
    })
    story.task('node : packages', 'apt', { hrouter: broken, cnode: unreachable })
  })
  assert.is(
    text,
    block`
      
      TASK [node : packages] *********************************************************
      fatal: [hrouter]: FAILED! => E: Unable to locate package tcpdumpp
          task    node : packages (apt)
          at      roles/router/tasks/main.yml:10:3
          ran     apt-get install -y tcpdumpp
          exit    100
          stdout  ... 5 more lines, -v shows all
                  line 6
                  line 7
                  line 8
                  line 9
                  line 10
                  line 11
                  line 12
                  line 13
                  line 14
                  line 15
                  line 16
                  line 17
                  line 18
                  line 19
                  line 20
                  line 21
                  line 22
                  line 23
                  line 24
                  line 25
          stderr  E: Unable to locate package tcpdumpp
          try     update_cache reads the package lists first
      fatal: [cnode]: UNREACHABLE! => connection timed out after 10 s
          task    node : packages (apt)
          at      roles/router/tasks/main.yml:10:3
          try     Is it running?
      `,
  )
})

test('-v shows all of the output and the other values', () => {
  const text = said((story) => story.task('t', 'apt', { hrouter: broken }), { verbosity: 1 })
  assert.match(text, '    stdout  line 1\n')
  assert.not.match(text, 'more lines')
  assert.match(text, '    cache_updated: false\n')
})

test('a failed command without a word is told by its exit status', () => {
  const text = said((story) => {
    const values = { rc: 3, stdout: '', stderr: '', msg: 'non-zero return code' }
    story.task('t', 'command', { hrouter: result('failed', { values, message: values.msg }) })
  })
  assert.match(text, 'fatal: [hrouter]: FAILED! => exit status 3\n')
  assert.not.match(text, 'stdout')
})

test('ignored failures say so, and delegation is shown', () => {
  const text = said((story) => {
    story.task('t', 'command', {
      hrouter: result('failed', { message: 'no', ignored: true, delegatedTo: 'galileo' }),
    })
  })
  assert.is(
    text,
    block`
      
      TASK [t] ***********************************************************************
      fatal: [hrouter -> galileo]: FAILED! => no
          task    t (command)
          at      roles/router/tasks/main.yml:10:3
          on      galileo
      ...ignoring
      `,
  )
})

test('loops: a line for every item', () => {
  const text = said((story) => {
    story.task('routes', 'route', {
      hrouter: result('failed', {
        message: '1 of 3 items failed',
        items: [
          item('a', changed([change('route a', null, 'eth0')])),
          item('b', ok()),
          item('c', result('failed', { message: 'no such device' })),
        ],
      }),
      cnode: result('skipped', { items: [item('a', result('skipped')), item('b', result('skipped'))] }),
    })
  })
  assert.is(
    text,
    block`
      
      TASK [routes] ******************************************************************
      changed: [hrouter] => (item=a)
      ok: [hrouter] => (item=b)
      failed: [hrouter] (item=c): FAILED! => no such device
          task    routes (route)
          at      roles/router/tasks/main.yml:10:3
      skipping: [cnode] => (item=a)
      skipping: [cnode] => (item=b)
      skipping: [cnode]
      `,
  )
})

const drifted = changed(
  [
    textChange('content', 'a\nb\n', 'a\nc\n'),
    change('mode', '0644', '0600'),
    change('owner', null, 'root'),
    change('groups', ['a'], ['a', 'b']),
  ],
  { dest: '/etc/motd' },
)

test('check without --diff: a short line for every change', () => {
  const text = printed(
    (story) => story.task('motd', 'copy', { hrouter: drifted, cnode: ok() }),
    { changes: true },
    { check: true },
  )
  assert.is(
    text,
    block`
      
      PLAY [Routers] [CHECK MODE] ****************************************************
      
      TASK [motd] ********************************************************************
      changed: [hrouter]
          content: 2 lines -> 2 lines
          mode: 0644 -> 0600
          owner: absent -> root
          groups: [a] -> [a, b]
      ok: [cnode]
      
      PLAY RECAP *********************************************************************
      cnode   : ok=1  changed=0  unreachable=0  failed=0  skipped=0  rescued=0  ignored=0
      hrouter : ok=1  changed=1  unreachable=0  failed=0  skipped=0  rescued=0  ignored=0
      
      drift: 1 difference on 1 host: hrouter: file /etc/motd (1.8 s)
      `,
  )
})

test('--diff: before and after of every change', () => {
  const text = said((story) => story.task('motd', 'copy', { hrouter: drifted }), { diff: true })
  assert.is(
    text,
    block`
      
      TASK [motd] ********************************************************************
      changed: [hrouter]
          --- before: /etc/motd (content)
          +++ after: /etc/motd (content)
          @@ -1,2 +1,2 @@
           a
          -b
          +c
          mode: 0644 -> 0600
          owner: absent -> root
          groups:
              - a
            + - b
      `,
  )
})

test('debug always speaks, others with -v', () => {
  const tell = (story: Story): void => {
    story.task('say', 'debug', { hrouter: ok({ msg: 'hello' }), cnode: ok({ msg: 'two\nlines' }) })
    story.task('show', 'debug', { hrouter: ok({ routes: [{ to: '10.0.0.0/8' }] }) })
    story.task('look', 'stat', { hrouter: ok({ stat: { exists: false } }) })
    story.task('wait', 'command', { hrouter: result('skipped', { message: 'when: later' }) })
  }
  assert.is(
    said(tell),
    block`
      
      TASK [say] *********************************************************************
      ok: [hrouter] => hello
      ok: [cnode]
          two
          lines
      
      TASK [show] ********************************************************************
      ok: [hrouter]
          routes:
            - to: 10.0.0.0/8
      
      TASK [look] ********************************************************************
      ok: [hrouter]
      
      TASK [wait] ********************************************************************
      skipping: [hrouter]
      `,
  )
  assert.match(said(tell, { verbosity: 1 }), 'ok: [hrouter]\n    stat:\n      exists: false\n')
  assert.match(said(tell, { verbosity: 1 }), 'skipping: [hrouter] => when: later\n')
  assert.match(said(tell, { verbosity: 2 }), 'task path: roles/router/tasks/main.yml:30:3\n')
})

test('connections are shown with -vvv', () => {
  const tell = (story: Story): void => {
    story.tell({ type: 'connecting', host: 'hrouter' })
    story.tell({ type: 'connected', host: 'hrouter', seconds: 0.25 })
  }
  assert.not.match(printed(tell, { verbosity: 2 }), 'connect')
  assert.match(printed(tell, { verbosity: 3 }), 'connecting: [hrouter]\nconnected: [hrouter] in 0.3 s\n')
})

test('handlers, retries, warnings, plays without hosts, interruptions', () => {
  const text = printed((story) => {
    const handler = story.info('reload', 'systemd', true)
    story.start(handler)
    story.tell({ type: 'retrying', task: handler, host: 'cnode', attempt: 1, left: 2 })
    story.tell({ type: 'warning', message: 'odd', location: { file: 'a.yml', line: 2, column: 1 } })
    story.tell({ type: 'interrupted', running: ['cnode'], again: false })
    story.tell({ type: 'interrupted', running: ['cnode'], again: true })
    story.tell({ type: 'play-without-hosts', play: Story.play, reason: 'no hosts matched' })
  })
  assert.is(
    text.slice(text.indexOf('\nRUNNING'), text.indexOf('\nPLAY RECAP')),
    block`
      
      RUNNING HANDLER [reload] *******************************************************
      FAILED - RETRYING: [cnode]: reload (2 retries left).
      [WARNING]: odd (a.yml:2:1)
      
      Interrupted: nothing more is started; waiting for cnode to finish. Ctrl-C again cuts them off.
      
      Interrupted again: what was running is cut off.
      
      PLAY [Routers] *****************************************************************
      skipping: no hosts matched
      `,
  )
})

test('under the free strategy a heading comes again when another task speaks', () => {
  const text = said((story) => {
    const one = story.info('one', 'ping')
    const two = story.info('two', 'ping')
    story.start(one).finish(one, 'hrouter', ok()).start(two).finish(two, 'hrouter', ok())
    story.finish(one, 'cnode', ok())
  })
  assert.equal(text.match(/TASK \[\w+\]/g), ['TASK [one]', 'TASK [two]', 'TASK [one]'])
})

test('whatever hosts and files hold, no control character is printed', () => {
  const evil = '\x1b[2J\x1b]0;x\x07\x9b31m\r\0\u202e\tend'
  const text = printed(
    (story) => {
      const lists = { msg: evil, rc: 1, stdout: evil, stderr: evil, extra: { [evil]: [evil] } }
      const told = result('failed', { message: evil, advice: evil, ran: evil, values: lists })
      const both = changed([textChange(evil, evil, `${evil}\n`), change(evil, [evil], { a: evil })], {
        dest: `/${evil}`,
      })
      story.task(evil, 'command', { hrouter: told, cnode: item(evil, both) })
      story.task('loop', 'command', { hrouter: result('failed', { items: [item(evil, told)] }) })
      story.task('say', 'debug', { hrouter: ok({ msg: evil, [evil]: evil }) })
      story.tell({ type: 'warning', message: evil })
    },
    { diff: true, verbosity: 3 },
  )
  assert.is(text.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/), null)
  assert.match(text, 'end')
})

test.run()
