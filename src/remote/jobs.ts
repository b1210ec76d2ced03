import type { Content } from '../shell/content.ts'
import type { Outcome } from '../shell/outcome.ts'
import { Output } from '../shell/output.ts'
import { quote, quotePath } from '../shell/quote.ts'
import { SAFE_PATH } from '../shell/safe-path.ts'
import { inOwnShell } from './own-shell.ts'
import type { Session } from './session.ts'

/** One thing that a job does. */
export interface JobStep {
  readonly script: string
  /** What the script reads from its stdin; nothing if it is not said. */
  readonly input?: string | Content
  /** It is what a user wrote, and has a shell to itself. */
  readonly isOwn?: boolean
}

/**
 * Programs that go on without us: those of `steps`, one after the other up to one that fails. On the host a job is the
 * folder `ID.job`, which only its user can enter, beside the file `ID`, which says in JSON whether it has finished.
 */
export interface Job {
  readonly id: string
  /** Where jobs are kept: a path on the host; `~` is the user's home there. */
  readonly folder: string
  /** How long it may take. */
  readonly seconds: number
  readonly steps: readonly JobStep[]
  /** Kept with the job, for whoever asks how it ended. */
  readonly note: string
}

export interface JobState {
  /** `late`: its time was over; `lost`: it has ended and left no result; `none`: there is no such job. */
  readonly state: 'none' | 'running' | 'finished' | 'late' | 'lost'
  /** The path of its file on the host. */
  readonly file: string
  readonly note: string
  /** What has ended, in its order. */
  readonly outcomes: readonly Outcome[]
}

/** Names that jobs have; anything else could lead out of their folder. */
const ID = /^[A-Za-z0-9_][\w.-]*$/

/** Starts a job, and gives the path of its file. Raises Unreachable, and an Error with the host's words. */
export async function startJob(
  session: Session,
  job: Job,
  environment?: Readonly<Record<string, string>>,
): Promise<string> {
  const contents = job.steps.flatMap(({ input }, index) =>
    input === undefined || typeof input === 'string' ? [] : [{ input, name: `${index + 1}.in` }],
  )
  const make = [HERE, SAFE_PATH, ...made(job)]
  if (contents.length === 0) return said(await session.exec([...make, ...LAUNCH].join('\n'), { environment }))
  said(await session.exec(make.join('\n')))
  for (const { input, name } of contents)
    said(await session.send([...within(job.folder, job.id), `cat >./${name}`].join('\n'), input))
  return said(await session.exec([...within(job.folder, job.id), ...LAUNCH].join('\n'), { environment }))
}

/** How a job fares. Raises as `startJob` does. */
export async function lookAtJob(session: Session, folder: string, id: string): Promise<JobState> {
  if (!ID.test(id)) return none(`${folder}/${id}`)
  const { code, stdout, stderr } = await session.sh([...entered(folder, id), LOOK].join('\n'))
  if (code !== 0) throw new Error(stderr.trim() || `exit status ${code}`)
  const output = new Output(stdout)
  const state = output.line() as JobState['state']
  const file = output.line()
  if (state === 'none') return none(file)
  const note = output.take(Number(output.line())).toString()
  const outcomes: Outcome[] = []
  while (!output.done) outcomes.push(readOutcome(output))
  return { state, file, note, outcomes }
}

/** Forgets a job, and gives the path that its file had; undefined if there was none. Raises as `startJob` does. */
export async function removeJob(session: Session, folder: string, id: string): Promise<string | undefined> {
  const { state, file } = await lookAtJob(session, folder, id)
  if (state === 'none') return undefined
  const remove = 'rm -rf -- "./$n" "./$n.job" || fail "$w/$n.job was not removed"'
  const { code, stderr } = await session.sh([...entered(folder, id), remove].join('\n'))
  if (code !== 0) throw new Error(stderr.trim() || `exit status ${code}`)
  return file
}

function none(file: string): JobState {
  return { state: 'none', file, note: '', outcomes: [] }
}

function said({ code, stdout, stderr }: Outcome): string {
  if (code !== 0) throw new Error(`the job was not started: ${stderr.trim() || `exit status ${code}`}`)
  return stdout.replace(/\n$/, '')
}

function readOutcome(output: Output): Outcome {
  const [code, began, ended, out, err] = output.line().split(' ').map(Number) as [
    ...[number, number, number, number, number],
  ]
  const stdout = output.take(out).toString()
  return { code, stdout, stderr: output.take(err).toString(), seconds: Math.max(0, ended - began) }
}

/** Sh that goes into the folder in which jobs are kept; $n is then the job's name, and $w the folder's path. */
function entered(folder: string, id: string): string[] {
  const path = quotePath(`${folder}/${id}`)
  const missing = `[ -d "\${f%/*}" ] || { printf 'none\\n%s\\n' "$f"; exit 0; }`
  return [SAFE_PATH, `f=${path}`, missing, 'enter "$f"']
}

const INTO_JOB = `cd -P -- "./$n.job" 2>/dev/null && here && [ "$at" = "\${w%/}/$n.job" ] && [ -O . ]`
const NOT_OURS = 'fail "$w/$n.job is not a folder of this job"'

function within(folder: string, id: string): string[] {
  return [HERE, SAFE_PATH, `enter ${quotePath(`${folder}/${id}`)}`, `${INTO_JOB} || ${NOT_OURS}`]
}

/** Programs of the job begin where and as those of tasks do. */
const HERE = 'home=$PWD mask=$(umask)'

/** Sh that makes the folder of a job with all that is known of it. */
function made(job: Job): string[] {
  const { id, folder, steps, note } = job
  const files: [string, string][] = [
    ['main', mainScript(job)],
    ['work', workScript(job)],
    ['note', note],
    ...steps.flatMap(({ script, input, isOwn }, index): [string, string][] => [
      [`${index + 1}.sh`, isOwn ? inOwnShell(script) : script],
      ...(typeof input === 'string' ? ([[`${index + 1}.in`, input]] as [string, string][]) : []),
    ]),
  ]
  return [
    `enter_made ${quotePath(`${folder}/${id}`)}`,
    'mkdir -- "./$n.job" || fail "no folder for a job can be made in $w"',
    `${INTO_JOB} || ${NOT_OURS}`,
    ...files.map(([name, text]) => `printf %s ${quote(text)} >./${name} || exit`),
    `set -C; printf '%s\\n' ${quote(stateOf(id, 0))} >"../$n" || exit; set +C`,
  ]
}

// In a session of its own a job outlives ours; where there is no setsid, it is at least told nothing of our end.
const LAUNCH = [
  'playssh_home=$home playssh_umask=$mask playssh_setsid=; export playssh_home playssh_umask playssh_setsid',
  'if command -v setsid >/dev/null 2>&1; then playssh_setsid=setsid; else trap "" HUP; fi',
  '$playssh_setsid sh <./main >/dev/null 2>&1 &',
  'echo $! >./pid',
  `printf '%s\\n' "\${w%/}/$n"`,
]

function stateOf(id: string, finished: 0 | 1): string {
  return JSON.stringify({ started: 1, finished, ansible_job_id: id })
}

/** Sh that has a job's work done, and ends it when its time is over. */
function mainScript({ id, seconds }: Job): string {
  return [
    '$playssh_setsid sh <./work >/dev/null 2>&1 &',
    'w=$! i=0',
    'while [ ! -e ./done ] && kill -0 "$w" 2>/dev/null; do',
    `  if [ "$i" -ge ${Math.ceil(seconds)} ]; then`,
    '    : >./late',
    '    kill -9 "-$w" 2>/dev/null || kill -9 "$w"',
    `    ${finish(id)}`,
    '    exit',
    '  fi',
    '  sleep 1 </dev/null',
    '  i=$((i + 1))',
    'done',
  ].join('\n')
}

function finish(id: string): string {
  return `rm -f ./*.sh ./*.in; printf '%s\\n' ${quote(stateOf(id, 1))} >./state && mv -f ./state ${quote(`../${id}`)}`
}

/** Sh that does a job's steps. */
function workScript({ id, steps }: Job): string {
  return [
    'home=$playssh_home mask=$playssh_umask; unset playssh_home playssh_umask playssh_setsid',
    'now() { { read -r t _ </proc/uptime; } 2>/dev/null || t=$(date +%s </dev/null); }',
    `step() (s=$(cat "./$1.sh" && echo .) || exit; cd -- "$home"; umask "$mask"; eval "\${s%.}")`,
    `for n in ${steps.map((_, index) => index + 1).join(' ')}; do`,
    '  in=/dev/null; [ ! -e "./$n.in" ] || in=./$n.in',
    '  now; b=$t',
    '  step "$n" <"$in" >"./$n.out" 2>"./$n.err"; c=$?',
    '  now; echo "$c $b $t" >"./$n.rc"',
    '  [ "$c" -eq 0 ] || break',
    'done',
    ': >./done',
    finish(id),
  ].join('\n')
}

/** Sh that tells how a job fares. */
const LOOK = `j=\${w%/}/$n
${INTO_JOB} || { printf 'none\\n%s\\n' "$j"; exit 0; }
if [ -e ./late ]; then how=late
elif kill -0 "$(cat ./pid)" 2>/dev/null && [ ! -e ./done ]; then how=running
elif [ -e ./done ]; then how=finished
else how=lost; fi
printf '%s\\n' "$how" "$j" "$(($(wc -c <./note)))"
cat ./note
[ "$how" != running ] || exit 0
i=1
while [ -e "./$i.rc" ]; do
  read -r c <"./$i.rc"
  printf '%s %s %s\\n' "$c" "$(($(wc -c <"./$i.out")))" "$(($(wc -c <"./$i.err")))"
  cat "./$i.out" "./$i.err"
  i=$((i + 1))
done`
