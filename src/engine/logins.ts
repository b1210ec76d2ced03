import { readTarget } from '../inventory/connection/target.ts'
import type { Listener } from '../protocol/event.ts'
import type { SessionPoolOptions } from '../remote/session-pool.ts'
import type { Target } from '../remote/target.ts'
import { Variables } from '../template/variables.ts'
import type { Prepared } from './run.ts'

/** How a run has its logins made, and what it tells of them. */
export function loginsOf(prepared: Prepared, emit: Listener): SessionPoolOptions {
  const { execution, output } = prepared.request
  const detail = (level: number, message: string, host: string) =>
    emit({ type: 'detail', level, message, host })
  return {
    maxOutput: execution.maxOutput,
    hop: (name) => hopTarget(name, prepared),
    warn: (message) => emit({ type: 'warning', message }),
    onConnecting: (host) => emit({ type: 'connecting', host }),
    onConnected: (host, seconds) => emit({ type: 'connected', host, seconds }),
    ...(output.verbosity > 2 && { onStep: (host, message) => detail(3, message, host) }),
    ...(output.verbosity > 3 && { onDebug: (host, message) => detail(4, message, host) }),
  }
}

/** How a jump host is reached when the inventory knows it. */
function hopTarget(name: string, { inventory, playbooks, request, extraVars }: Prepared): Target | undefined {
  const host = inventory.hosts.get(name)
  if (host === undefined) return undefined
  const folder = playbooks[0]?.plays[0]?.folder ?? request.folder
  const variables = new Variables([
    ...inventory.layersOf(host, folder),
    { name: 'extra vars', variables: extraVars },
    {
      name: 'magic',
      values: new Map([
        ['inventory_hostname', name],
        ['inventory_dir', inventory.inventoryDir(host) ?? null],
        ['playbook_dir', folder],
      ]),
    },
  ])
  return readTarget(name, (variable) => variables.get(variable), request.connection)
}
