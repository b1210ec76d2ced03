// A process of its own: what a proxy keeps open is nothing that the controller has left behind.
import { behind } from '../bench/hosts.ts'
import { DelayingProxy } from '../bench/proxy.ts'

const proxy = new DelayingProxy(Number(process.argv[2]), (address) => ({ host: behind(address), port: 22 }))
await proxy.listen(22, '0.0.0.0')
process.send!('listening')
