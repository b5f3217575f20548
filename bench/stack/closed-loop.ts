/** Keeps `inFlight` pieces of work under way until `total` are done. Answers the seconds that took. */
export async function closedLoop(
  inFlight: number,
  total: number,
  work: (index: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const lane = async () => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, total) }, lane));
  return (performance.now() - startedAt) / 1_000;
}
