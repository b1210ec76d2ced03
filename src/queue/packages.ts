// What is used of these packages. They are bundled as a file of their own, dist/queue.cjs, that only who has a queue loads.
export { DelayedError, Queue, UnrecoverableError, Worker } from 'bullmq'
export { Redis } from 'ioredis'
