/**
 * As `Promise.all`, but not before each has ended, also if one has failed. For calls of which others may wait for one,
 * too: what a handler leaves running stands still with its process, and whoever joins it then waits with it.
 *
 * @throws what the first of them was rejected with.
 */
export async function allEnded<const Calls extends readonly unknown[]>(
  calls: Calls,
): Promise<{ -readonly [Index in keyof Calls]: Awaited<Calls[Index]> }> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}
