/** The attempt that a copy is to start; undefined if it cannot be read. */
export function attemptOf(body: string): number | undefined {
  try {
    return (JSON.parse(body) as { attempt: number }).attempt;
  } catch {
    return undefined;
  }
}
