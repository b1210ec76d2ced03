import { parentPort, workerData } from 'node:worker_threads'
import { prepare } from '../../analysis/prepare.ts'
import { modules } from '../../modules/index.ts'
import { Carrier } from '../../queue/carrier.ts'
import { keepHeapsSmall } from '../../queue/heap.ts'
import { carryOut } from '../../split/carry-out.ts'
import { ProblemError } from '../../values/problem.ts'

/** The thread of a worker in which slices of one run are carried out; it ends with its port. */
export function openLane(): void {
  if (parentPort === null) throw new ProblemError({ message: 'only a worker opens such a thread' })
  keepHeapsSmall()
  new Carrier(parentPort, workerData, {
    prepare: (request, inventory) => prepare(request, modules, undefined, inventory),
    carryOut,
  })
}
