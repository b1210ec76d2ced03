import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Transport } from '../../src/remote/channel.ts'
import { LocalTransport } from '../../src/remote/local.ts'
import { Session } from '../../src/remote/session.ts'
import type { Content } from '../../src/shell/content.ts'
import { quote, withStdin } from '../../src/shell/quote.ts'
import { type Host, hosts } from '../support/host.ts'

const MIB = 1024 * 1024

interface Context {
  hosts: Host[]
  folder: string
}

const test = suite<Context>('session')

test.before(async (context) => {
  context.hosts = await hosts()
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-session-'))
})

test.after(async (context) => {
  for (const host of context.hosts) await host.close()
  rmSync(context.folder, { recursive: true })
})

function contentOf(size: number, open: () => Readable): Content {
  return { size, sha256: '', sha1: '', open, bytes: () => Buffer.alloc(0), text: () => undefined }
}

const fileContent = (path: string) => contentOf(statSync(path).size, () => createReadStream(path))

for (const name of ['dash', 'busybox']) {
  const on = (context: Context) => context.hosts.find((host) => host.name === name)!.session

  test(`${name}: a script in the resident shell reads any bytes`, async (context) => {
    const bytes = Buffer.from([...Array(256).keys(), ...Buffer.from(`-n %s \\0 '"\n`)])
    const { stdout } = await on(context).sh(withStdin('cat', bytes))
    assert.ok(stdout.equals(bytes), stdout.toString('latin1'))
    assert.is((await on(context).sh(withStdin('wc -c', Buffer.alloc(0)))).stdout.toString().trim(), '0')
    assert.is((await on(context).sh(withStdin('exit 3', bytes))).code, 3)
  })

  test(`${name}: scripts in turn end with the first that fails`, async (context) => {
    const session = on(context)
    const running = session.shInTurn(['echo 1', 'echo 2; exit 4', 'echo 3 >&2; echo 3'])
    const after = session.sh('echo after')
    assert.equal(
      (await running).map(({ code, stdout }) => [code, stdout.toString()]),
      [
        [0, '1\n'],
        [4, '2\n'],
      ],
    )
    assert.is((await after).stdout.toString(), 'after\n')
  })

  test(`${name}: the resident shell keeps scripts apart`, async (context) => {
    const session = on(context)
    const scripts: [script: string, code: number, stdout: string][] = [
      ['echo a; exit 3', 3, 'a\n'],
      ['printf "no newline"', 0, 'no newline'],
      ['', 0, ''],
      ['cat', 0, ''],
      ['x=1; cd /; set -eu; false; echo not here', 1, ''],
      [`echo "[\${x-unset}]"`, 0, '[unset]\n'],
      ['cat <<END\nit\'s "$HOME" `\nEND', 2, ''],
      ["cat <<'END'\nit's \"$HOME\" `\nEND", 0, 'it\'s "$HOME" `\n'],
      ['# only a comment', 0, ''],
      ['echo still here', 0, 'still here\n'],
    ]
    const answers = await Promise.all(scripts.map(([script]) => session.sh(script)))
    for (const [index, [script, code, stdout]] of scripts.entries()) {
      if (stdout !== '' || code === 0) assert.is(answers[index]!.stdout.toString(), stdout, script)
      if (code === 0) assert.is(answers[index]!.code, 0, script)
      else assert.is.not(answers[index]!.code, 0, script)
    }
  })

  test(`${name}: text that is not a sh fails alone`, async (context) => {
    const session = on(context)
    const broken = ['if', ')', '(', "echo 'open", 'echo "open', 'cat <<END', 'for', '}', 'echo $(']
    for (const script of broken) await session.sh(script)
    assert.is((await session.sh('echo alive')).stdout.toString(), 'alive\n')
    assert.is.not((await session.sh(')')).code, 0)
  })

  test(`${name}: an environment reaches scripts as it is`, async (context) => {
    const session = on(context)
    const value = `a 'b' "c" $d \`e\` \\ \n-é `
    assert.is((await session.sh('printf %s "$odd"', { odd: value })).stdout.toString(), value)
    assert.is((await session.exec('printf %s "$odd"', { environment: { odd: value } })).stdout, value)
    assert.is((await session.sh(`printf %s "\${odd-gone}"`)).stdout.toString(), 'gone')
  })

  test(`${name}: bytes come as they are`, async (context) => {
    const { stdout } = await on(context).sh(`printf '\\000\\377\\n\\n'`)
    assert.equal([...stdout], [0, 255, 10, 10])
  })

  test(`${name}: exec tells status, both outputs and lines as they come`, async (context) => {
    const lines: string[] = []
    const outcome = await on(context).exec('echo one; echo two; printf three; echo err >&2; exit 7', {
      onLine: (line) => lines.push(line),
    })
    assert.is(outcome.code, 7)
    assert.is(outcome.stdout, 'one\ntwo\nthree')
    assert.is(outcome.stderr, 'err\n')
    assert.equal(lines.sort(), ['err', 'one', 'three', 'two'])
  })

  test(`${name}: a script knows the process that it is, and becomes`, async (context) => {
    const { stdout } = await on(context).exec("echo $$; echo $# $playssh_script; exec sh -c 'echo $$'")
    const [before, rest, after] = stdout.split('\n')
    assert.match(before!, /^\d+$/)
    assert.is(rest, '0')
    assert.is(after, before)
  })

  test(`${name}: exec tells a signal as 128 + n`, async (context) => {
    const { code } = await on(context).exec('kill -9 $$')
    assert.is(code, 137)
  })

  test(`${name}: nothing of a large output is lost`, async (context) => {
    const { code, stdout, stderr } = await on(context).exec(
      `head -c ${20 * MIB} /dev/zero | tr '\\0' x; head -c ${3 * MIB} /dev/zero | tr '\\0' y >&2`,
    )
    assert.is(code, 0)
    assert.is(stdout.length, 20 * MIB)
    assert.is(stderr.length, 3 * MIB)
  })

  test(`${name}: a flood is read to its end but not kept`, async (context) => {
    const session = on(context)
    for (const to of ['1', '2']) {
      const flood = `head -c ${80 * MIB} /dev/zero >&${to}; echo done >&${3 - Number(to)}`
      const kept = await session.sh(flood)
      assert.equal([kept.code, kept.stdout.length], [1, 0])
      assert.match(kept.stderr, /^it printed more than 64 MiB, .*max_output in playssh\.yml/)
      assert.is((await session.sh('echo next')).stdout.toString(), 'next\n')
      const told: number[] = []
      const onLine = (line: string) => told.push(line.length)
      const failure = await session.exec(`${flood}; exit 3`, { onLine }).catch((error) => error)
      assert.match(failure.message, /^it printed more than 64 MiB, .*it ended with status 3$/)
      // One endless line, told as it comes.
      assert.is(
        told.reduce((sum, length) => sum + length),
        80 * MIB + 'done'.length,
      )
      assert.ok(Math.max(...told) < 2 * MIB)
    }
  })

  test(`${name}: a child in the background that holds the output does not hold us`, async (context) => {
    const { code, stdout } = await on(context).exec('echo before; sleep 300 & echo $!')
    const [before, pid] = stdout.trim().split('\n')
    assert.is(code, 0)
    assert.is(before, 'before')
    process.kill(Number(pid))
  })

  test(`${name}: a child in the background that goes on printing does not hold us`, async (context) => {
    const flood = '(while :; do echo more; echo more >&2; sleep 0.1; done) & echo $!'
    const whole = await on(context).exec(flood)
    assert.is(whole.code, 0)
    const killed = await on(context).exec(`${flood}; sleep 0.2; kill -9 $$`)
    assert.is(killed.code, 137)
    assert.ok(killed.stdout.length < 10_000)
    // They end when nobody reads what they print.
    for (const { stdout } of [whole, killed]) {
      const pid = /^\d+$/m.exec(stdout)![0]
      await on(context).sh(`i=0; while kill -0 ${pid} && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done`)
      assert.throws(() => process.kill(Number(pid), 0), /ESRCH/)
    }
  })

  test(`${name}: a line is told when it is there, and not with the next`, async (context) => {
    let told!: (line: string) => void
    const line = new Promise<string>((resolve) => {
      told = resolve
    })
    const running = on(context).exec('echo one; sleep 300; echo two', { onLine: told })
    assert.is(await line, 'one')
    on(context).kill()
    assert.is.not((await running).code, 0)
  })

  test(`${name}: what is not a name of a variable is not run`, async (context) => {
    const mark = join(context.folder, 'injected')
    for (const name of [
      `x; touch ${mark}; y`,
      `$(touch ${mark})`,
      'a b',
      '1a',
      'a-b',
      '',
      'é',
      'a\nb',
      '-n',
    ]) {
      const environment = { [name]: 'value' }
      const content = contentOf(1, () => Readable.from(['x']))
      for (const doing of [
        () => on(context).sh('true', environment),
        () => on(context).exec('true', { environment }),
        () => on(context).send('true', content, environment),
      ]) {
        const failure = await doing().catch((error: Error) => error)
        assert.instance(failure, Error)
        assert.match((failure as Error).message, /is not a name of an environment variable/)
      }
    }
    assert.not.ok(existsSync(mark))
    assert.is((await on(context).sh('echo alive')).stdout.toString(), 'alive\n')
  })

  test(`${name}: kill ends what runs`, async (context) => {
    const session = on(context)
    const mark = `/tmp/playssh-kill-${randomBytes(4).toString('hex')}`
    const running = session.exec(`echo $$ >${mark}; sleep 300; echo no >>${mark}`)
    await session.sh(`until [ -s ${mark} ]; do sleep 0.05; done`)
    session.kill()
    const ended = await running.then(
      ({ code }) => code,
      () => 'rejected',
    )
    assert.is.not(ended, 0)
    const { code } = await session.sh(
      `i=0; while kill -0 $(cat ${mark}) 2>/dev/null && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; [ $i -lt 100 ]; r=$?; rm ${mark}; exit $r`,
    )
    assert.is(code, 0)
  })

  test(`${name}: kill ends what is only just starting`, async (context) => {
    const session = on(context)
    const running = session.exec('sleep 20')
    session.kill()
    const ended = await running.then(
      ({ code }) => code,
      () => 'rejected',
    )
    assert.is.not(ended, 0)
  })

  test(`${name}: 100 MiB go up and come down in little memory`, async (context) => {
    const session = on(context)
    const local = join(context.folder, 'large')
    const block = randomBytes(MIB)
    const sha256 = createHash('sha256')
    writeFileSync(local, '')
    for (let index = 0; index < 100; index += 1) {
      block.writeUInt32BE(index)
      sha256.update(block)
      writeFileSync(local, block, { flag: 'a' })
    }
    const expected = sha256.digest('hex')
    const far = join(context.folder, 'far')
    const before = process.memoryUsage().rss
    let most = before
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
    }, 20)
    try {
      let bytes = 0
      const heard = (now: number) => {
        bytes = now
      }
      const script = `cat >${quote(far)}; sha256sum <${quote(far)}`
      const sent = await session.send(script, fileContent(local), {}, heard)
      assert.is(bytes, statSync(local).size)
      assert.is(sent.code, 0)
      assert.is(sent.stdout.slice(0, 64), expected)
      const received = await session.receive(`cat ${quote(far)}`, local, Number.POSITIVE_INFINITY, heard)
      assert.is(bytes, statSync(local).size)
      assert.is(received.code, 0)
    } finally {
      clearInterval(watch)
    }
    assert.is(createHash('sha256').update(readFileSync(local)).digest('hex'), expected)
    assert.ok(most - before < 80 * MIB, `grew by ${Math.round((most - before) / MIB)} MiB`)
  })

  test(`${name}: a script that does not read all ends the sending`, async (context) => {
    const local = join(context.folder, 'unread')
    writeFileSync(local, Buffer.alloc(20 * MIB))
    const outcome = await on(context).send('head -c 10 >/dev/null; echo full >&2; exit 1', fileContent(local))
    assert.is(outcome.code, 1)
    assert.is(outcome.stderr, 'full\n')
  })

  test(`${name}: content that cannot be read to its end is not taken for whole`, async (context) => {
    const session = on(context)
    const far = join(context.folder, 'half')
    const half = contentOf(MIB, () =>
      Readable.from(
        (async function* () {
          yield Buffer.alloc(MIB / 2)
          throw new Error('the disk is broken')
        })(),
      ),
    )
    const failed = await session
      .send(`cat >${quote(far)}.new && mv ${quote(far)}.new ${quote(far)}`, half)
      .then(
        () => undefined,
        (error: Error) => error.message,
      )
    assert.is(failed, 'the disk is broken')
    assert.is.not((await session.sh(`sleep 0.5; test -e ${quote(far)}`)).code, 0)
  })

  test(`${name}: a failed receive leaves the file that was there`, async (context) => {
    const local = join(context.folder, 'kept')
    writeFileSync(local, 'old')
    const outcome = await on(context).receive(
      'echo new; echo why >&2; exit 5',
      local,
      Number.POSITIVE_INFINITY,
    )
    assert.is(outcome.code, 5)
    assert.is(outcome.stderr, 'why\n')
    assert.is(readFileSync(local, 'utf8'), 'old')
  })
}

/** This machine, where `command` runs instead of every shell; with how many have been opened. */
function local(command?: string): Transport & { opened: number } {
  const inner = new LocalTransport()
  const transport = {
    opened: 0,
    closed: false,
    open(shell: string) {
      transport.opened += 1
      return inner.open(command ?? shell)
    },
    close: () => inner.close(),
  }
  return transport
}

test('a probe that is not answered ends, on the host too; time in which others have the shell is not its own', async (context) => {
  const pipe = join(context.folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const session = new Session(local(), undefined, { answer: 2 })
  const slow = session.shInTurn(['sleep 3; echo slow'])
  const behind = await session.sh('echo look')
  assert.is(behind.stdout.toString(), 'look\n')
  assert.is((await slow)[0]?.stdout.toString(), 'slow\n')
  const pid = join(context.folder, 'pid')
  const stuck = await session.sh(`sh -c 'echo $$ >${pid}; exec cat ${pipe}'`).then(String, String)
  assert.match(stuck, /the host has not answered what it was asked for 2 s/)
  const { code } = await session.exec(
    `i=0; while kill -0 $(cat ${pid}) 2>/dev/null && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; [ $i -lt 100 ]`,
  )
  assert.is(code, 0)
  assert.is((await session.sh('echo again')).stdout.toString(), 'again\n')
  await session.close()
})

test('a shell that could not be opened is tried again with the next script', async () => {
  const inner = local()
  const open = inner.open.bind(inner)
  inner.open = (shell) => {
    inner.open = open
    return Promise.reject(new Error(`no ${shell} now`))
  }
  const session = new Session(inner)
  assert.match(await session.sh('echo one').then(String, String), /no exec \/bin\/sh now/)
  assert.is((await session.sh('echo two')).stdout.toString(), 'two\n')
  await session.close()
})

test('what a login exports does not change what a bash that is /bin/sh is told', async (context) => {
  const sh = join(context.folder, 'sh')
  symlinkSync('/bin/bash', sh)
  const start = join(context.folder, 'start')
  writeFileSync(start, 'echo noise; trap "echo bye" EXIT')
  const lies = ['printf', 'kill', 'read', 'cat', '[', 'echo'].map((name) => `'BASH_FUNC_${name}%%=() { :; }'`)
  const options = 'SHELLOPTS=errexit:noglob:nounset:xtrace:verbose:noclobber'
  const session = new Session(
    local(`exec env ENV=${start} BASH_ENV=${start} CDPATH=/:/usr ${options} ${lies.join(' ')} ${sh}`),
  )
  const script = 'false; [ 1 = 2 ]; echo "$unset" /usr/bi[n]; cd bin && pwd | cat >/dev/null; exit 3'
  const folder = join(context.folder, 'with')
  for (const { code, stdout, stderr } of [
    await session.sh(`mkdir -p ${folder}/bin; cd ${folder}; ${script}`),
    await session.exec(`cd ${folder}; ${script}`),
  ]) {
    assert.equal([code, stdout.toString().split('\n')[0], stderr], [3, ' /usr/bin', ''])
  }
  await session.close()
})

test('where the host has no PATH the current folder is in none either', async (context) => {
  const trap = join(context.folder, 'trap')
  mkdirSync(trap)
  writeFileSync(join(trap, 'made-up'), '#!/bin/sh\necho trapped\n', { mode: 0o755 })
  const session = new Session(local('cd /; PATH= exec /bin/sh'))
  for (const { stdout } of [
    await session.sh(`cd ${trap}; made-up; echo "$PATH"; id -u`),
    await session.exec(`cd ${trap}; made-up; echo "$PATH"; id -u`),
  ]) {
    const [path, user] = stdout.toString().split('\n')
    assert.not.match(path!, /^:|::|:$|trapped/)
    assert.match(user!, /^\d+$/)
  }
  await session.close()
})

test('an output is kept up to the limit that is set, in no more memory than it needs', async () => {
  const session = new Session(local(), undefined, { most: 2 * MIB })
  assert.is((await session.exec(`head -c ${2 * MIB} /dev/zero`)).stdout.length, 2 * MIB)
  const failure = await session.exec(`head -c ${2 * MIB + 1} /dev/zero`).catch((error) => error)
  assert.match(failure.message, /more than 2 MiB/)
  assert.match((await session.sh(`head -c ${2 * MIB + 1} /dev/zero >&2`)).stderr, /more than 2 MiB/)
  await session.close()
  const large = new Session(local())
  const before = process.memoryUsage().rss
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  // In many small pieces, which are not kept as such.
  const { stdout } = await large.exec(
    `yes 0123456789 | dd bs=1k count=${50 * 1024} iflag=fullblock 2>/dev/null`,
  )
  clearInterval(watch)
  assert.is(stdout.length, 50 * MIB)
  assert.ok(most - before < 400 * MIB, `grew by ${Math.round((most - before) / MIB)} MiB`)
  await large.close()
})

test('a host that answers with a mark of its own making is not believed', async () => {
  // It puts the mark together as a shell would, but without a number.
  const answer = `while read -r line; do set -- $(expr "$line" : ".*'%s%s %s.n' \\([0-9a-f]* [0-9a-f]*\\) .*"); echo "$1$2 many"; done`
  const failure = await new Session(local(answer)).sh('true').catch((error) => error)
  assert.match(failure.message, /answered with what no shell says|only says back/)
})

test('a shell that has begun is the one that is asked', async () => {
  const transport = local()
  const session = new Session(transport)
  assert.equal([session.begin(), session.begin()], [true, false])
  assert.is((await session.sh('echo hello')).stdout.toString(), 'hello\n')
  assert.is(session.begin(), false)
  assert.is(transport.opened, 1)
  await session.close()
})

test('a shell that cannot be begun fails what it is asked, with the reason', async () => {
  const session = new Session(local('echo "no shell for you" >&2; exit 1'))
  assert.ok(session.begin())
  const failure = await session.sh('true').catch((error) => error)
  assert.match(failure.message, /did not start \/bin\/sh: no shell for you/)
})

test('what a shell is asked that never comes up can be ended', async () => {
  const session = new Session(local('exec sleep 5'))
  const failure = session.sh('true').catch((error) => error)
  await new Promise((resolve) => setTimeout(resolve, 100))
  session.kill()
  assert.match((await failure).message, /^cut off/)
})

test.run()
