import { nameProblems } from '../../../host/accounts.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'

const TIMES = ['minute', 'hour', 'day', 'month', 'weekday'] as const

export const cronOptions = options({
  name: {
    type: 'str',
    required: true,
    help: 'What the job is called in the crontab, in a comment above it; with env, the name of the variable.',
  },
  job: {
    type: 'str',
    aliases: ['value'],
    help: 'The command line of the job, in one line; with env, the value of the variable.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the job or variable is there.',
  },
  user: {
    type: 'str',
    help: "Whose crontab it is, the task's user's if not given; with cron_file, who the job is run as.",
  },
  cron_file: {
    type: 'path',
    help: 'A file in place of a crontab of a user; a relative path starts at /etc/cron.d.',
  },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the crontab as it was.' },
  minute: { type: 'str', default: '*', help: 'Minutes at which it is run: 0-59, *, */2 and so on.' },
  hour: { type: 'str', default: '*', help: 'Hours at which it is run: 0-23, *, */2 and so on.' },
  day: { type: 'str', default: '*', aliases: ['dom'], help: 'Days of the month: 1-31, *, */2 and so on.' },
  month: { type: 'str', default: '*', help: 'Months: 1-12, *, */2 and so on.' },
  weekday: {
    type: 'str',
    default: '*',
    aliases: ['dow'],
    help: 'Days of the week: 0-6 from Sunday, * and so on.',
  },
  special_time: {
    type: 'str',
    choices: ['reboot', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'hourly'],
    help: 'When it is run, by a word in place of times.',
  },
  disabled: { type: 'bool', default: false, help: 'Whether the job is commented out.' },
  env: { type: 'bool', default: false, help: 'Whether it is a variable of the crontab, and no job.' },
  insertafter: { type: 'str', help: 'The variable below which a new one goes; on top if not given.' },
  insertbefore: { type: 'str', help: 'The variable above which a new one goes.' },
})

export type CronArgs = ArgsOf<typeof cronOptions>

export function problems(args: Partial<CronArgs>, complete: boolean): string[] {
  const { job, user, cron_file, special_time, env, insertafter, insertbefore } = args
  const found = nameProblems('cron', user)
  for (const name of ['name', 'insertafter', 'insertbefore', ...TIMES] as const) {
    if (/[\r\n]/.test(args[name] ?? '')) found.push(`${name} holds a line break`)
  }
  if (env && args.name?.includes(' ')) found.push('Invalid name for environment variable')
  if (env && /[\r\n]/.test(job ?? ''))
    found.push('job holds a line break, which no variable of a crontab can')
  if (cron_file === '/etc/crontab')
    found.push('Will not manage /etc/crontab via cron_file, see documentation.')
  if (insertafter !== undefined && insertbefore !== undefined)
    found.push('parameters are mutually exclusive: insertafter|insertbefore')
  if (special_time !== undefined && TIMES.some((time) => (args[time] ?? '*') !== '*'))
    found.push('You must specify time and date fields or special time.')
  if (!complete || args.state === 'absent') return found
  if (cron_file && !user) found.push('To use cron_file=... parameter you must specify user=... as well')
  if (job === undefined) found.push("You must specify 'job' to install a new cron job or variable")
  if ((insertafter || insertbefore) && !env)
    found.push('Insertafter and insertbefore parameters are valid only with env=yes')
  return found
}

export function warningsOf({ cron_file, state, env, job = '' }: CronArgs): string[] {
  const name = cron_file?.replace(/.*\//s, '')
  return [
    ...(name && !/^[A-Z0-9_-]+$/i.test(name)
      ? [
          `Filename portion of cron_file ("${name}") should consist solely of upper- and lower-case letters, digits, underscores, and hyphens`,
        ]
      : []),
    ...(state === 'present' && !env && /[\r\n]/.test(stripped(job))
      ? ['Job should not contain line breaks']
      : []),
  ]
}

function stripped(job: string): string {
  return job.replace(/^[\r\n]+|[\r\n]+$/g, '')
}

/** The line of a crontab that runs the job; with who runs it where the file is nobody's. */
export function jobLine({ job = '', user, cron_file, special_time, disabled, ...times }: CronArgs): string {
  const when = special_time === undefined ? TIMES.map((time) => times[time]).join(' ') : `@${special_time}`
  const words = [when, ...(cron_file ? [user ?? ''] : []), stripped(job)]
  return `${disabled ? '#' : ''}${words.join(' ')}`
}
