/**
 * Calls `listener` with the signal's reason when it is aborted, or soon if it has been. The function returned takes
 * that back.
 */
export function onAbort(signal: AbortSignal, listener: (reason: Error) => void): () => void {
  const aborted = () => listener(signal.reason)
  if (signal.aborted) queueMicrotask(aborted)
  else signal.addEventListener('abort', aborted, { once: true })
  return () => signal.removeEventListener('abort', aborted)
}
