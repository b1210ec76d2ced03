import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'

/** The waiting itself is the engine's: it gets hold of the host anew until the probe runs or time is over. */
export const wait_for_connection = defineModule({
  name: 'wait_for_connection',
  summary: 'Waits until the host can be logged in to.',
  options: options({
    delay: { type: 'int', help: 'Seconds to wait before the first try.', default: 0 },
    timeout: { type: 'int', help: 'Seconds after which to give up.', default: 600 },
    sleep: { type: 'int', help: 'Seconds between two tries.', default: 1 },
    connect_timeout: { type: 'int', help: 'Seconds that one try may take.', default: 5 },
  }),
  reconnects: true,
  probe: () => ':',
  plan: () => ({ changes: [] }),
})
