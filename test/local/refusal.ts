/** The message that something is refused with; empty when it is not. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => '',
    (error: Error) => error.message,
  )
}
