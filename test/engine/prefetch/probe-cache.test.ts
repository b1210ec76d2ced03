import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { HostState } from '../../../src/engine/host.ts'
import { Prefetcher, type UpcomingProbe } from '../../../src/engine/prefetch/prefetcher.ts'
import { ProbeCache, ProbeFailed, probeNow } from '../../../src/engine/prefetch/probe-cache.ts'
import type { Session } from '../../../src/remote/session.ts'
import { type BatchedProbe, batchedProbesOf, unclear } from '../../../src/sdk/probe.ts'

const test = suite('probe cache')

/** A session of this machine's sh, and the words that each of its scripts says. */
function talking() {
  const scripts: string[] = []
  const sh = async (script: string) => {
    scripts.push([...script.matchAll(/(?<=say )[a-z ]+/g)].join('; '))
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', `${SAY}\n${script}`])
    return { code: status!, stdout, stderr: stderr.toString() }
  }
  return { scripts, session: { sh } as unknown as Session }
}

// It fails at "bad".
const SAY = 'say() { for w; do echo "$w"; [ "$w" != bad ] || { echo no good >&2; exit 1; }; done; }'

/** Asks for words, a line each; what is found of "vague" can only be told when it is asked alone. */
function wordsProbe(...items: string[]): BatchedProbe<string> {
  return {
    kind: 'words',
    items,
    script: (all) => `say ${all.join(' ')}`,
    read: (output, all) =>
      all.map((item) => (output.line() === 'vague' && all.length > 1 ? unclear : item.toUpperCase())),
  }
}

test('batched probes are one script, and each item is asked for once', async () => {
  const { scripts, session } = talking()
  const findings = new ProbeCache()
  const one = { session, probes: [wordsProbe('a', 'b')] }
  const other = { session, probes: [wordsProbe('b', 'c'), ...batchedProbesOf('say own; exit 0')] }
  findings.request(one)
  findings.request(other)
  findings.send()
  findings.request(one)
  findings.send()
  const found = await findings.result(other)
  assert.equal(found.of(wordsProbe('c', 'b')), ['C', 'B'])
  assert.is(found.text, 'own\n')
  assert.equal(scripts, ['a b c; own'])
})

test('another environment or user is another question', async () => {
  const [mine, others] = [talking(), talking()]
  const findings = new ProbeCache()
  for (const session of [mine.session, others.session]) {
    for (const environment of [undefined, { LANG: 'de' }])
      findings.request({ session, environment, probes: [wordsProbe('a')] })
  }
  findings.send()
  assert.equal([mine.scripts.length, others.scripts.length], [2, 2])
})

test('what one item is to blame for is not the failure of others', async () => {
  const { scripts, session } = talking()
  const findings = new ProbeCache()
  const [good, bad] = [
    { session, probes: [wordsProbe('good')] },
    { session, probes: [wordsProbe('bad')] },
  ]
  findings.request(good)
  findings.request(bad)
  findings.send()
  assert.equal((await findings.result(good)).of(wordsProbe('good')), ['GOOD'])
  const error = await findings.result(bad).catch((thrown) => thrown)
  assert.instance(error, ProbeFailed)
  assert.is(error.message, 'no good')
  assert.equal(scripts, ['good bad', 'good', 'bad'])
})

test('a probe that fails is the failure of none before and behind it', async () => {
  const { scripts, session } = talking()
  const findings = new ProbeCache()
  const others = { session, probes: [wordsProbe('a', 'b'), ...batchedProbesOf('say own')] }
  const bad = { session, probes: [{ ...wordsProbe('c', 'bad'), kind: 'bad words' }] }
  const behind = { session, probes: [{ ...wordsProbe('d'), kind: 'words behind' }] }
  for (const question of [others, bad, behind]) findings.request(question)
  findings.send()
  assert.is((await findings.result(others)).text, 'own\n')
  assert.equal((await findings.result(behind)).of(behind.probes[0]!), ['D'])
  const error = await findings.result(bad).catch((thrown) => thrown)
  assert.instance(error, ProbeFailed)
  assert.is(error.output.stdout.toString(), 'bad\n')
  assert.equal(scripts, ['a b; own; c bad; d', 'c', 'bad', 'd'])
})

test('too much of one is not the failure of the first', async () => {
  const { scripts, session } = talking()
  const sh = async (script: string) => {
    const output = await session.sh(script)
    return scripts.length > 1 ? output : { code: 1, stdout: Buffer.alloc(0), stderr: 'it printed too much' }
  }
  const found = await probeNow({ sh } as unknown as Session, undefined, [wordsProbe('a'), 'say own'])
  assert.equal(found.of(wordsProbe('a')), ['A'])
  assert.equal(scripts, ['a; own', 'a', 'own'])
})

test('what is unclear among others is asked for alone', async () => {
  const { scripts, session } = talking()
  const found = await probeNow(session, undefined, [wordsProbe('a', 'vague')])
  assert.equal(found.of(wordsProbe('a', 'vague')), ['A', 'VAGUE'])
  assert.equal(scripts, ['a vague', 'vague'])
})

test('a lost connection fails all that was asked over it', async () => {
  const session = { sh: () => Promise.reject(new Error('lost')) } as unknown as Session
  const error = await probeNow(session, undefined, [wordsProbe('a', 'b')]).catch((thrown) => thrown)
  assert.is(error.message, 'lost')
})

/** Probes that are sent ahead of their turn, with whether they are expected to change something. */
function toCome(session: Session, ...steps: [word: string, stops: boolean][]) {
  return async function* (): AsyncIterable<UpcomingProbe> {
    for (const [word, stops] of steps)
      yield { session, probes: [wordsProbe(word)], mayGoAlong: false, stopsAt: () => stops }
  }
}

const host = {} as HostState

test('behind a change no more is asked than up to the next one that is expected', async () => {
  const { scripts, session } = talking()
  const ahead = new Prefetcher(true, 1)
  const rest = toCome(session, ['b', false], ['c', true], ['d', false])
  await ahead.prepare(host, { session, probes: [wordsProbe('a')] }, rest)
  await ahead.result(host, { session, probes: [wordsProbe('d')] })
  ahead.invalidate(host)
  await ahead.prepareBehind(host, session, rest)
  assert.equal(scripts, ['a b c d', 'b c'])
  ahead.stepEnded()
  await ahead.result(host, { session, probes: [wordsProbe('b')] })
  assert.is(scripts.length, 2, 'it was asked behind the only change')
})

test('what is to be asked at its turn is asked each time anew, and by its task alone', async () => {
  const { scripts, session } = talking()
  const ahead = new Prefetcher(true, 1)
  const request = { session, probes: [{ ...wordsProbe('a'), inTurn: true as const }] }
  for (const rest of [toCome(session, ['b', false]), toCome(session)]) {
    await ahead.prepare(host, request, rest)
    assert.equal((await ahead.result(host, request)).of(request.probes[0]!), ['A'])
    assert.is(ahead.known(host, request), undefined)
  }
  assert.equal(scripts, ['a b', 'a'])
})

test('with changes on two hosts in a step nothing that was asked in it counts', async () => {
  const [one, other] = [talking(), talking()]
  const ahead = new Prefetcher(true, 2)
  const second = {} as HostState
  ahead.invalidate(host)
  await ahead.prepareBehind(host, one.session, toCome(one.session, ['b', false]))
  ahead.invalidate(second)
  await ahead.prepareBehind(second, other.session, toCome(other.session, ['b', false]))
  ahead.stepEnded()
  await ahead.result(host, { session: one.session, probes: [wordsProbe('b')] })
  assert.equal([one.scripts.length, other.scripts.length], [2, 0])
})

test('behind a change only the shell that makes it is asked', async () => {
  const [root, user] = [talking(), talking()]
  const ahead = new Prefetcher(false, 1)
  ahead.invalidate(host)
  await ahead.prepareBehind(host, root.session, toCome(user.session, ['b', false]))
  assert.equal(user.scripts, [])
})

test('with many hosts fewer probes go ahead, and what is over is dropped', async () => {
  const { scripts, session } = talking()
  const ahead = new Prefetcher(true, 25_000)
  const rest = toCome(session, ['b', false], ['c', false], ['d', false])
  await ahead.prepare(host, { session, probes: [wordsProbe('a')] }, rest)
  await ahead.prepare(host, { session, probes: [wordsProbe('c')] }, toCome(session, ['d', false]))
  assert.equal(scripts, ['a b', 'c d'])
})

test.run()
