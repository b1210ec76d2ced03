import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { NOTHING } from '../../sdk/plans.ts'

export const async_status = defineModule({
  name: 'async_status',
  summary: 'Tells whether a job has finished that a task with "async" has started, and how.',
  options: options({
    jid: { type: 'str', help: 'The job: ansible_job_id of what the task returned.', required: true },
    mode: {
      type: 'str',
      choices: ['status', 'cleanup'],
      help: 'Whether it is looked at, or forgotten.',
      default: 'status',
    },
  }),
  controls: 'async_status',
  runsCommands: true,
  probe: () => '',
  plan: () => NOTHING,
})
